"""What pages say of identity: the sentence to thank with, the permanent address with its code, paper to print."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils import translation

from liqi.catalogue.federation import acknowledgement
from liqi.web import landing

register = template.Library()


@register.inclusion_tag("components/acknowledgement.html", takes_context=True)
def acknowledge(context: Context, record: Any) -> dict[str, Any]:
    """How to cite and thank for an instrument or a facility: the sentence in three languages, address, code, paper."""
    request = context["request"]
    kind = str(record._meta.model_name)
    language = translation.get_language() or ""
    texts = [
        (tag, acknowledgement.LANGUAGES[tag], text, tag.lower() == language)
        for tag, text in acknowledgement.sentences(record, landing.site_of(request))
    ]
    return {
        "texts": sorted(texts, key=lambda one: not one[3]),
        "address": landing.absolute(request, f"/id/{record.key}"),
        "record": record,
        "kind": kind,
        "plural": landing.PLURALS[kind],
    }
