"""Sessions are started and ended by the user of a booking; the hours are metered in between."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Booking, Session
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, clock
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person

__all__ = ["EARLY", "NotAllowed", "Refused", "end", "start"]

EARLY = timedelta(minutes=15)
"""How long before its booking a session may start."""


def start(*, booking: Booking, person: Person, now: datetime) -> Session:
    """The instrument is in use by the person of the booking; starting twice gives the running session."""
    now = utc(now)
    if booking.person_id != person.pk:
        raise NotAllowed(
            _("This booking is %(owner)s's; only they can start it. Book a time of your own.")
            % {"owner": booking.person}
        )
    if running := booking.sessions.running().first():
        return running
    _require_its_time(booking, now)
    institution = booking.instrument.institution
    try:
        with transaction.atomic():
            session = Session.objects.create(
                booking=booking,
                instrument=booking.instrument,
                person=person,
                organisation=booking.organisation,
                started_at=now,
                outside=belonging.is_outside(booking.organisation, institution),
            )
            journal.write(person=person, verb="started", thing=session, at=now, booking=booking.pk)
    except IntegrityError:
        other = Session.objects.running().filter(instrument=booking.instrument).select_related("person").first()
        if other is None:
            raise
        if other.booking_id == booking.pk:
            return other
        raise Refused([_in_use(other)]) from None
    return session


def end(*, session: Session, person: Person, now: datetime, idle: timedelta = timedelta(0)) -> Session:
    """The session is over, its effective hours and whether they were outside hours are on record.

    ``idle`` is the time in which the instrument ran for nobody. Ending it again changes nothing.
    """
    now = utc(now)
    if session.person_id != person.pk and not belonging.looks_after(person, session.instrument):
        raise NotAllowed(
            _("This session is %(owner)s's; only they and the stewards of %(instrument)s may end it.")
            % {"owner": session.person, "instrument": session.instrument}
        )
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=session.pk)
        if not session.is_running:
            return session
        if now <= session.started_at or not timedelta(0) <= idle <= now - session.started_at:
            raise Refused([_no_time(session, now, idle)])
        session.ended_at, session.idle = now, idle
        session.effective_hours = session.hours_until(now)
        session.save(update_fields=["ended_at", "idle", "effective_hours"])
        journal.write(
            person=person, verb="ended", thing=session, at=now,
            effective_hours=str(session.effective_hours), outside=session.outside,
        )  # fmt: skip
    return session


def _require_its_time(booking: Booking, now: datetime) -> None:
    said = {
        "start": clock(booking.starts_at, booking.instrument, booking.person),
        "end": clock(booking.ends_at, booking.instrument, booking.person),
    }
    if not booking.is_live:
        words = _("This booking is cancelled; take it back first, or make a new one.")
        raise Refused([Objection("cancelled", words, waivable=False)])
    if now < booking.starts_at - EARLY:
        words = _("This booking starts at %(start)s; start the session then, or 15 minutes before at the earliest.")
        raise Refused([Objection("early", words % said, waivable=False)])
    if now >= booking.ends_at:
        words = _("This booking ended at %(end)s; make a new one.")
        raise Refused([Objection("over", words % said, waivable=False)])


def _in_use(other: Session) -> Objection:
    words = _("%(person)s's session on this instrument is still running; ask them or a steward to end it.")
    return Objection("in_use", words % {"person": other.person}, waivable=False)


def _no_time(session: Session, now: datetime, idle: timedelta) -> Objection:
    words = _("The session started at %(start)s: it cannot end at %(now)s with %(idle)s idle; correct these.")
    said = {
        "start": clock(session.started_at, session.instrument),
        "now": clock(now, session.instrument),
        "idle": idle,
    }
    return Objection("no_time", words % said, waivable=False)
