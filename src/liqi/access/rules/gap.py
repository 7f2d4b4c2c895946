"""Between two bookings of one person lies a gap, so that the longest length is not got round."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.rules._objection import Objection, Request, clock, duration
from liqi.catalogue.models import Instrument

CODES = ("gap",)
TITLE = gettext_lazy("Gap between one's own bookings")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "minutes": {
        "title": gettext_lazy("Minutes between two bookings"),
        "type": "integer", "minimum": 1, "maximum": 60 * 24 * 60, "default": 60,
    },
    "whose": {
        "title": gettext_lazy("Between bookings of"), "type": "string", "enum": ["person", "group"],
        "default": "person",
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when another booking of the same person, or group, is nearer than the gap."""
    parameters = request.settings("gap")
    if parameters is None or request.length <= timedelta(0):
        return []
    gap = timedelta(minutes=parameters["minutes"])
    near = request.record.periods(request, parameters["whose"], request.starts_at - gap, request.ends_at + gap)
    if not near:
        return []
    start, end = near[0]
    said = {
        "start": clock(start, request.instrument, request.person),
        "end": clock(end, request.instrument, request.person),
        "gap": duration(gap),
    }
    if parameters["whose"] == "group":
        words = _("Your group has a booking from %(start)s to %(end)s; leave at least %(gap)s between the two.")
    else:
        words = _("You have a booking from %(start)s to %(end)s; leave at least %(gap)s between the two.")
    return [Objection("gap", words % said, waivable=True)]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """The gap."""
    gap = {"gap": duration(timedelta(minutes=parameters["minutes"]))}
    if parameters["whose"] == "group":
        return _("At least %(gap)s between two bookings of one group.") % gap
    return _("At least %(gap)s between two bookings of one person.") % gap
