"""What a record's page offers of it to others: a menu of formats, and its description in the words of schema.org."""

import json
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from liqi.catalogue import exporter
from liqi.catalogue.exchange import linked_data

register = template.Library()
_UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("components/exports.html")
def exports(record: Any) -> dict[str, Any]:
    """A menu with the record as a file of each standard that has words for it."""
    kind = record._meta.model_name
    return {
        "exports": [
            {"title": module.TITLE, "address": reverse(f"{kind}_export", args=[record.key, name])}
            for name, module in exporter.of_one(kind)
        ]
    }


@register.simple_tag(takes_context=True)
def linked(context: dict[str, Any], record: Any) -> SafeString:
    """The record as a JSON-LD data block for the page's head; no browser runs it, and nothing in it ends it early."""
    document = linked_data.document(record, context["request"].build_absolute_uri("/").rstrip("/"))
    text = json.dumps(document, ensure_ascii=False).translate(_UNSAFE)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
