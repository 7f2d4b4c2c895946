"""What templates say of the formats that an answer can leave in."""

from collections.abc import Mapping
from typing import Any

from django import template

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
