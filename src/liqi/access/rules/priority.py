"""Booking opens earlier for some classes of users than for the others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.rules._objection import Objection, Request, clock
from liqi.access.rules._organisations import ORGANISATIONS, belongs
from liqi.catalogue.models import Instrument

CODES = ("priority",)
TITLE = gettext_lazy("Priority classes")
_AHEAD: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 1100}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "classes": {
        "title": gettext_lazy("Classes, the first that fits counts"),
        "type": "array", "minItems": 1, "maxItems": 10, "default": [],
        "items": {
            "type": "object", "required": ["name", "organisations", "days_ahead"], "additionalProperties": False,
            "properties": {
                "name": {"title": gettext_lazy("Class"), "type": "string", "minLength": 1, "maxLength": 60},
                "organisations": ORGANISATIONS | {"title": gettext_lazy("Organisations"), "minItems": 1},
                "days_ahead": _AHEAD | {"title": gettext_lazy("Days ahead")},
            },
        },
    },
    "others_days_ahead": _AHEAD | {"title": gettext_lazy("Days ahead for everybody else"), "default": 7},
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when booking that far ahead is not open to the person's class yet."""
    parameters = request.settings("priority")
    if parameters is None:
        return []
    mine = next((each for each in parameters["classes"] if belongs(request.organisation, each["organisations"])), None)
    days = mine["days_ahead"] if mine else parameters["others_days_ahead"]
    opens_at = request.starts_at - timedelta(days=days)
    if opens_at <= request.now:
        return []
    said = {"days": days, "opens": clock(opens_at, request.instrument, request.person), "name": mine and mine["name"]}
    if mine:
        words = _("Users of the class %(name)s book %(days)d days ahead; this period opens to them at %(opens)s.")
    else:
        words = _("Users without priority book %(days)d days ahead; this period opens to them at %(opens)s.")
    return [Objection("priority", words % said, waivable=True)]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """How far ahead each class books."""
    text = _("%(name)s books %(days)d days ahead")
    classes = "; ".join(text % {"name": each["name"], "days": each["days_ahead"]} for each in parameters["classes"])
    others = _("everybody else %(days)d days ahead") % {"days": parameters["others_days_ahead"]}
    return _("%(classes)s; %(others)s.") % {"classes": classes, "others": others}
