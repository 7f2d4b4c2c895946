"""Whoever did not come several times books nothing here for a while (three strikes)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.models import NoShow
from liqi.access.rules._objection import Objection, Request, clock
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

CODES = ("no_shows",)
TITLE = gettext_lazy("Bookings that nobody comes to")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "release_after_minutes": {
        "title": gettext_lazy("Release a booking that is not begun after so many minutes (0: never)"),
        "type": "integer", "minimum": 0, "maximum": 1440, "default": 15,
    },
    "strikes": {
        "title": gettext_lazy("No-shows that bring a ban (0: none does)"),
        "type": "integer", "minimum": 0, "maximum": 50, "default": 3,
    },
    "within_days": {
        "title": gettext_lazy("Counted over so many days"),
        "type": "integer", "minimum": 1, "maximum": 1100, "default": 90,
    },
    "ban_days": {
        "title": gettext_lazy("Days without booking"),
        "type": "integer", "minimum": 1, "maximum": 366, "default": 30,
    },
    "counted_on": {
        "title": gettext_lazy("Where no-shows count"),
        "type": "string", "enum": ["instrument", "facility", "platform"], "default": "facility",
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection while the person is banned here for bookings that they did not come to."""
    parameters = request.settings("no_shows")
    if parameters is None:
        return []
    points, _strikes, until = counted(request.person, request.instrument, parameters, now=request.now)
    if until is None:
        return []
    words = _(
        "%(count)d bookings were not used lately, so booking here is closed until %(until)s; "
        "ask a steward if there was a good reason."
    ) % {"count": points, "until": clock(until, request.instrument, request.person)}
    return [Objection("no_shows", words, waivable=True)]


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """What becomes of a booking that nobody comes to, and of whoever does not come."""
    said = []
    if parameters["release_after_minutes"]:
        text = _("A booking that is not begun within %(minutes)d min is given free.")
        said.append(text % {"minutes": parameters["release_after_minutes"]})
    if parameters["strikes"]:
        text = _("After %(strikes)d no-shows within %(within)d days, no booking for %(ban)d days.")
        said.append(
            text
            % {
                "strikes": parameters["strikes"],
                "within": parameters["within_days"],
                "ban": parameters["ban_days"],
            }
        )
    return " ".join(said)


def counted(
    person: Person, instrument: Instrument, parameters: Mapping[str, Any], *, now: datetime
) -> tuple[int, int, datetime | None]:
    """The points that count at ``now``, how many bring a ban, and until when the person is banned; one query.

    A ban begins with the no-show that brings the points of the days before it to the number of strikes; what a
    steward forgave never counted.
    """
    strikes, within = parameters["strikes"], timedelta(days=parameters["within_days"])
    ban = timedelta(days=parameters["ban_days"])
    rows = NoShow.objects.filter(person=person, forgiven_at=None, at__gt=now - within - ban, at__lte=now)
    if parameters["counted_on"] == "instrument" or (
        parameters["counted_on"] == "facility" and instrument.facility_id is None
    ):
        rows = rows.filter(instrument=instrument)
    elif parameters["counted_on"] == "facility":
        rows = rows.filter(instrument__facility=instrument.facility_id)
    found = list(rows.order_by("at").values_list("at", "points"))
    points = sum(each for at, each in found if at > now - within)
    until = None
    for at, _points in found if strikes else []:
        if sum(each for when, each in found if at - within < when <= at) >= strikes and at + ban > now:
            until = at + ban
    return points, strikes, until
