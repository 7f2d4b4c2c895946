"""What templates say of the formats that an answer can leave in, and of the licences of its release."""

from collections.abc import Mapping
from typing import Any

from django import template

from liqi.answers.licences import LICENCES, Licence
from liqi.methods.exports import Export, exports_of
from liqi.methods.exports.lists import LISTS

register = template.Library()


@register.simple_tag
def formats_of(answer: Mapping[str, Any]) -> list[Export]:
    """The formats of other programs that can say this answer; its tables as CSV have links of their own."""
    return [one for one in exports_of(answer) if one.key != "csv"]


@register.simple_tag
def lists_of(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The three lists, where the answer has them."""
    return LISTS if answer["method"] == "ms.identify" else ()


@register.filter
def licence_of(spdx: str) -> Licence | None:
    """The licence of this SPDX identifier."""
    return LICENCES.get(spdx)
