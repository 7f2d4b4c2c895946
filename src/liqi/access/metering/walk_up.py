"""Walk-up use: who stands at a free instrument books the time from now on and starts, by all the rules of booking."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liqi.access import belonging, booking, free, session
from liqi.access.metering import terms
from liqi.access.models import Booking, Session
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["LENGTH", "free_until", "start"]

LENGTH = timedelta(hours=2)
"""So long the instrument is booked where nobody says until when."""


def free_until(instrument: Instrument, *, now: datetime) -> datetime | None:
    """Until when the instrument is free and open, at most a day ahead; None where it is not free now."""
    now = utc(now)
    for start, end in free.periods_of(instrument, now, now + timedelta(days=1)):
        if start <= now < end:
            return end
    return None


def start(
    *,
    instrument: Instrument,
    person: Person,
    now: datetime,
    until: datetime | None = None,
    staff: Person | None = None,
    others: Iterable[Person] = (),
    purpose: str = "",
) -> Session:
    """The person has the instrument from now until the given end, LENGTH, or the next booking, and works on it.

    A booking of theirs that has begun is used instead. Raises Refused, SlotTaken, NotAllowed as booking does.
    """
    now = utc(now).replace(microsecond=0)
    if held := _own(instrument, person, now):
        return session.start(booking=held, person=person, now=now, staff=staff, others=others, purpose=purpose)
    if not terms.of(instrument).walk_up and not belonging.looks_after(staff or person, instrument):
        words = _("%(instrument)s takes nobody without a booking; book a time first.")
        raise Refused([Objection("walk_up", words % {"instrument": called(instrument)}, waivable=False)])
    latest = free_until(instrument, now=now)
    if latest is None:
        words = _("%(instrument)s is booked or closed now; book a free time.")
        raise Refused([Objection("not_free", words % {"instrument": called(instrument)}, waivable=False)])
    ends_at = min(utc(until), latest) if until else min(now + LENGTH, latest)
    made = booking.book(instrument=instrument, person=person, starts_at=now, ends_at=ends_at, now=now)
    try:
        return session.start(booking=made, person=person, now=now, staff=staff, others=others, purpose=purpose)
    except Refused:
        booking.cancel(booking=made, person=person, now=now)
        raise


def _own(instrument: Instrument, person: Person, now: datetime) -> Booking | None:
    """The booking of the person that may be started now."""
    mine = Booking.objects.filter(instrument=instrument, person=person, state=Booking.State.CONFIRMED)
    near = mine.filter(starts_at__lte=now + session.EARLY, ends_at__gt=now).order_by("starts_at")
    return near.select_related("instrument__institution__organisation", "person", "organisation").first()
