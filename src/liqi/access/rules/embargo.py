"""A time is reserved for some organisations; to everybody else it opens late, or never."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.opening import zone
from liqi.access.rules._objection import Objection, Request
from liqi.access.rules._organisations import ORGANISATIONS, belongs, said_names
from liqi.catalogue.models import Instrument

CODES = ("embargo",)
TITLE = gettext_lazy("Reserved for some organisations")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "organisations": ORGANISATIONS | {"title": gettext_lazy("Reserved for"), "minItems": 1},
    "first_day": {
        "title": gettext_lazy("First reserved day (empty: from now on)"),
        "type": ["string", "null"], "format": "date", "default": None,
    },
    "last_day": {
        "title": gettext_lazy("Last reserved day (empty: without end)"),
        "type": ["string", "null"], "format": "date", "default": None,
    },
    "opens_days_before": {
        "title": gettext_lazy("Opens to everybody so many days before (empty: never)"),
        "type": ["integer", "null"], "minimum": 0, "maximum": 730, "default": None,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when the wish touches a reserved day and is of none of the organisations, before it opens."""
    parameters = request.settings("embargo")
    if parameters is None or request.length <= timedelta(0):
        return []
    here = zone(request.instrument)
    first = request.starts_at.astimezone(here).date()
    last = (request.ends_at - timedelta(microseconds=1)).astimezone(here).date()
    from_, to = _day(parameters["first_day"]), _day(parameters["last_day"])
    if (from_ is not None and last < from_) or (to is not None and first > to):
        return []
    if belongs(request.organisation, parameters["organisations"]):
        return []
    days = parameters["opens_days_before"]
    if days is not None and request.now >= request.starts_at - timedelta(days=days):
        return []
    said = {"names": said_names(parameters["organisations"]), "days": days or 0}
    if days is None:
        words = _("That time is reserved for %(names)s; choose another one.")
    else:
        words = _("That time is reserved for %(names)s until %(days)d days before; come back then, or choose another.")
    return [Objection("embargo", words % said, waivable=True)]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """For whom which days are reserved, and when they open."""
    from_, to, days = parameters["first_day"], parameters["last_day"], parameters["opens_days_before"]
    facts = {"names": said_names(parameters["organisations"]), "first": from_, "last": to, "days": days}
    if from_ and to:
        said = _("From %(first)s to %(last)s reserved for %(names)s.")
    elif from_:
        said = _("From %(first)s on reserved for %(names)s.")
    elif to:
        said = _("Until %(last)s reserved for %(names)s.")
    else:
        said = _("Reserved for %(names)s.")
    if days is not None:
        opens = _("What is left opens to everybody %(days)d days before.")
        return f"{said % facts} {opens % facts}"
    return said % facts


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
