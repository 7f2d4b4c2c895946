"""A booking starts, and ends if so set, on the lines of a grid of the clock."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.opening import zone
from liqi.access.rules._objection import Objection, Request, clock
from liqi.catalogue.models import Instrument

CODES = ("off_grid",)
TITLE = gettext_lazy("Grid of the clock")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "minutes": {
        "title": gettext_lazy("Bookings start every so many minutes, counted from midnight"),
        "type": "integer", "enum": [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440], "default": 15,
    },
    "ends_too": {
        "title": gettext_lazy("They also end so"), "type": "boolean", "default": True,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when the start, or the end where that counts, is between two lines."""
    parameters = request.settings("grid")
    if parameters is None:
        return []
    step, said = parameters["minutes"], []
    if before := _beside(request, request.starts_at, step):
        words = _("The booking starts at %(found)s, bookings here start every %(step)d min; start at %(near)s.")
        said.append((words, request.starts_at, before))
    if parameters["ends_too"] and (before := _beside(request, request.ends_at, step)):
        words = _("The booking ends at %(found)s, bookings here end every %(step)d min; end at %(near)s.")
        said.append((words, request.ends_at, before))
    return [
        Objection(
            "off_grid",
            words % {"found": _clock(request, found), "step": step, "near": _clock(request, near)},
            waivable=True,
        )
        for words, found, near in said
    ]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """The grid."""
    if parameters["ends_too"]:
        return _("Bookings start and end every %(step)d min, counted from midnight.") % {"step": parameters["minutes"]}
    return _("Bookings start every %(step)d min, counted from midnight.") % {"step": parameters["minutes"]}


def _beside(request: Request, moment: datetime, step: int) -> datetime | None:
    """The line nearest to the moment by the wall clock; None when the moment is on one."""
    here = moment.astimezone(zone(request.instrument))
    passed = timedelta(hours=here.hour, minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
    line = timedelta(minutes=step)
    if not passed % line:
        return None
    wall = datetime.combine(here.date(), time()) + line * round(passed / line)
    return wall.replace(tzinfo=here.tzinfo, fold=here.fold)


def _clock(request: Request, moment: datetime) -> str:
    return clock(moment, request.instrument, request.person)
