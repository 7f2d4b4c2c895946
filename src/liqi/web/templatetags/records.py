"""What the pages of records need beside `face`: quantities, days and columns in words, pictures of classes."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import translation
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.web import choices, histories, papers

register = template.Library()
DRAWINGS = {
    "01": "wave-sine",
    "02": "ruler-measure",
    "03": "scale",
    "04": "adjustments",
    "05": "map",
    "06": "map",
    "07": "world",
    "08": "telescope",
    "09": "stethoscope",
    "10": "hexagons",
    "11": "search",
    "12": "flask",
    "13": "database",
    "14": "sparkles",
}
"""The drawing that stands for a large class where there is no picture; a microscope for the others."""


@register.filter
def quantity_name(name: str) -> str:
    """The name of a quantity of the taxonomy in the language of the page; other words as they are."""
    known = taxonomy.quantities().get(name)
    return known.label(translation.get_language() or "") if known else name


@register.filter
def column_name(name: str) -> str:
    """The head of a column of rows in a form."""
    return choices.column(name)


@register.filter
def weekday(code: str) -> str:
    """The name of a day of the week."""
    days = {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    }
    return days.get(code, code)


@register.filter
def code_word(code: str, field: str) -> str:
    """The words for a code of this field."""
    return choices.code_word(field, code) if code else ""


@register.filter
def yes_no(value: bool | None) -> str:
    """Yes, no, or nothing where it is not recorded."""
    return "" if value is None else histories.said(value)


@register.filter
def drawing(class_code: str) -> str:
    """The icon that stands for the class of an instrument without a picture."""
    return DRAWINGS.get((class_code or "")[:2], "microscope")


@register.filter
def link_of(identifier: Any) -> str:
    """The web address of an identifier of a record; blank where none is known."""
    return papers.address_of(str(identifier.get("value", "")), str(identifier.get("type", "")))


@register.filter
def code_name(code: Any) -> str:
    """The label of a code of a classification in the language of the page where it has one."""
    try:
        return str(code.name(translation.get_language() or ""))
    except KeyError:
        return str(code.label)


@register.filter
def unlocalize(value: float) -> str:
    """The number as drawings want it, with a point in every language."""
    return str(value)
