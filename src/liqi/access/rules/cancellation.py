"""A booking is given back early enough that somebody else can have the time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.rules._objection import Objection, Request, clock, duration
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

CODES = ("late_change", "late_cancellation")
TITLE = gettext_lazy("Notice for giving back")
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "hours": {
        "title": gettext_lazy("Hours before the start until which a booking is given back or moved freely"),
        "type": "number", "exclusiveMinimum": 0, "maximum": 2160, "default": 24,
    },
    "grace_minutes": {
        "title": gettext_lazy("Minutes after booking in which it is always free"),
        "type": "integer", "minimum": 0, "maximum": 1440, "default": 15,
    },
}  # fmt: skip


def objections(request: Request) -> list[Objection]:
    """One objection when a booking is moved or cut short later than that, so that nobody else can have the time.

    A change that keeps every minute of the booking gives nothing back, so it is always free.
    """
    if request.but is None:
        return []
    parameters = request.settings("cancellation")
    booking = request.but
    if parameters is None or not _is_late(request, parameters):
        return []
    if request.starts_at <= booking.starts_at and booking.ends_at <= request.ends_at:
        return []
    return [_objection(request, parameters, "late_change")]


def to_giving_back(request: Request) -> list[Objection]:
    """One objection to cancelling ``request.but`` at ``request.now``, where that is late."""
    parameters = request.settings("cancellation")
    if parameters is None or not _is_late(request, parameters):
        return []
    return [_objection(request, parameters, "late_cancellation")]


def _is_late(request: Request, parameters: Mapping[str, Any]) -> bool:
    """Whether ``request.but`` is so near, and was made so long ago, that giving it back is no longer free."""
    if request.but is None:
        return False
    made_just_now = request.now < request.but.created_at + timedelta(minutes=parameters["grace_minutes"])
    return not made_just_now and request.now > _latest(request.but.starts_at, parameters)


def words(instrument: Instrument, parameters: Mapping[str, Any]) -> str:
    """Until when a booking is given back."""
    notice = duration(timedelta(hours=parameters["hours"]))
    return _("Bookings are given back or moved until %(notice)s before their start.") % {"notice": notice}


def _latest(starts_at: datetime, parameters: Mapping[str, Any]) -> datetime:
    return starts_at - timedelta(hours=parameters["hours"])


def _objection(request: Request, parameters: Mapping[str, Any], code: str) -> Objection:
    assert request.but is not None
    words = _(
        "The booking starts at %(start)s; it could be given back or moved until %(latest)s. "
        "Ask a steward of %(instrument)s."
    ) % {
        "start": clock(request.but.starts_at, request.instrument, request.person),
        "latest": clock(_latest(request.but.starts_at, parameters), request.instrument, request.person),
        "instrument": called(request.instrument),
    }
    return Objection(code, words, waivable=True)
