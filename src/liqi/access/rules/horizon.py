"""A booking does not start too far ahead."""

from datetime import timedelta

from django.utils.translation import gettext as _

from liqi.access.rules._objection import Objection, Request, clock
from liqi.catalogue.models import Instrument

CODES = ("too_far_ahead",)


def objections(request: Request) -> list[Objection]:
    """One objection when the start is beyond the horizon."""
    latest = request.now + timedelta(days=request.instrument.horizon_days)
    if request.starts_at <= latest:
        return []
    words = _("The booking starts at %(start)s, bookings open %(days)d days ahead; start before %(latest)s.") % {
        "start": clock(request.starts_at, request.instrument, request.person),
        "days": request.instrument.horizon_days,
        "latest": clock(latest, request.instrument, request.person),
    }
    return [Objection("too_far_ahead", words, waivable=True)]


def words(instrument: Instrument) -> str:
    """How far ahead one may book."""
    return _("Bookings open %(days)d days ahead.") % {"days": instrument.horizon_days}
