"""Sessions are started and ended by the user of a booking; the hours are metered in between."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.booking import copied, fresh, require_held
from liqi.access.models import Booking, Session
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, clock
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["EARLY", "NotAllowed", "Refused", "close", "end", "start"]

EARLY = timedelta(minutes=15)
"""How long before its booking a session may start."""


def start(
    *,
    booking: Booking,
    person: Person,
    now: datetime,
    staff: Person | None = None,
    others: Iterable[Person] = (),
    purpose: str = "",
    take_over: bool = False,
) -> Session:
    """The instrument is in use by the person of the booking; starting twice gives the running session.

    ``staff`` is the steward who works with them and may start it for them; ``others`` take part. With ``take_over`` a
    session of somebody else whose booking is over is ended where that booking ended.
    """
    now = utc(now)
    if booking.person_id != person.pk:
        raise NotAllowed(
            _("This booking is %(owner)s's; only they can start it. Book a time of your own.")
            % {"owner": booking.person}
        )
    if staff is not None and not belonging.looks_after(staff, booking.instrument):
        words = _("%(person)s does not look after %(instrument)s; only its stewards can start a session with somebody.")
        raise NotAllowed(words % {"person": staff, "instrument": called(booking.instrument)})
    if running := booking.sessions.running().first():
        return running
    try:
        return _begun(booking, now, staff, list(others), purpose)
    except IntegrityError:
        other = _running_on(booking)
        if other is None:
            raise
        if other.booking_id == booking.pk:
            return other
        if not (take_over and is_over(other, now)):
            raise Refused([_in_use(other, now)]) from None
    assert other.booking is not None
    close(session=other, at=max(other.booking.ends_at, other.started_at + timedelta(minutes=1)), now=now)
    return start(booking=booking, person=person, now=now, staff=staff, others=others, purpose=purpose)


def end(*, session: Session, person: Person, now: datetime, idle: timedelta = timedelta(0)) -> Session:
    """The session is over, its effective hours and whether they were outside hours are on record.

    ``idle`` is the time in which the instrument ran for nobody. Ending it again changes nothing.
    """
    now = utc(now)
    if session.person_id != person.pk and not belonging.looks_after(person, session.instrument):
        raise NotAllowed(
            _("This session is %(owner)s's; only they and the stewards of %(instrument)s may end it.")
            % {"owner": session.person, "instrument": called(session.instrument)}
        )
    return _ended(session, now, idle=idle, by=Session.EndedBy.PERSON, person=person, now=now)


def close(*, session: Session, at: datetime, now: datetime) -> Session:
    """A forgotten session is over at the moment where the evidence of its use ends; nobody ended it."""
    return _ended(session, min(utc(at), utc(now)), idle=session.idle, by=Session.EndedBy.RULE, person=None, now=now)


def is_over(session: Session, now: datetime) -> bool:
    """Whether a running session's booking has ended, so that somebody else may take over."""
    return session.booking is not None and session.booking.ends_at <= now


def _begun(booking: Booking, now: datetime, staff: Person | None, others: list[Person], purpose: str) -> Session:
    """The session, if the booking, its row locked, still is to be used: a release at the same moment waits for it."""
    with transaction.atomic():
        booking = copied(fresh(booking), booking)
        if running := booking.sessions.running().first():
            return running
        _require_its_time(booking, now)
        session = Session.objects.create(
            booking=booking,
            instrument=booking.instrument,
            position=booking.position,
            person=booking.person,
            organisation=booking.organisation,
            started_at=now,
            outside=belonging.is_outside(booking.organisation, booking.instrument.institution),
            staff=staff,
            purpose=purpose,
        )
        if others:
            session.others.set(others)
        journal.write(
            person=staff or booking.person, verb="started", thing=session, at=now, booking=booking.pk,
            others=[other.pk for other in others],
        )  # fmt: skip
    return session


def _ended(
    session: Session, ended_at: datetime, *, idle: timedelta, by: str, person: Person | None, now: datetime
) -> Session:
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=session.pk)
        if not session.is_running:
            return session
        if ended_at <= session.started_at or not timedelta(0) <= idle <= ended_at - session.started_at:
            raise Refused([_no_time(session, ended_at, idle)])
        session.ended_at, session.idle, session.ended_by = ended_at, idle, by
        session.effective_hours = session.hours_until(ended_at)
        session.save(update_fields=["ended_at", "idle", "ended_by", "effective_hours"])
        journal.write(
            person=person, verb="ended", thing=session, at=now, by=by,
            effective_hours=str(session.effective_hours), outside=session.outside,
        )  # fmt: skip
    return session


def _running_on(booking: Booking) -> Session | None:
    running = Session.objects.running().filter(instrument=booking.instrument, position=booking.position)
    return running.select_related("person", "booking", "instrument").first()


def _require_its_time(booking: Booking, now: datetime) -> None:
    said = {
        "start": clock(booking.starts_at, booking.instrument, booking.person),
        "end": clock(booking.ends_at, booking.instrument, booking.person),
    }
    require_held(booking)
    if booking.state != Booking.State.CONFIRMED:
        words = _("This booking is not confirmed yet; a steward of the instrument has to say yes first.")
        raise Refused([Objection("not_confirmed", words, waivable=False)])
    if now < booking.starts_at - EARLY:
        words = _("This booking starts at %(start)s; start the session then, or 15 minutes before at the earliest.")
        raise Refused([Objection("early", words % said, waivable=False)])
    if now >= booking.ends_at:
        words = _("This booking ended at %(end)s; make a new one.")
        raise Refused([Objection("over", words % said, waivable=False)])


def _in_use(other: Session, now: datetime) -> Objection:
    if is_over(other, now):
        words = _(
            "%(person)s's session on this instrument is still running although its booking is over; "
            "ask them or a steward to end it, or take over at the instrument."
        )
        return Objection("in_use", words % {"person": other.person}, waivable=False)
    words = _("%(person)s's session on this instrument is still running; ask them or a steward to end it.")
    return Objection("in_use", words % {"person": other.person}, waivable=False)


def _no_time(session: Session, ended_at: datetime, idle: timedelta) -> Objection:
    words = _("The session started at %(start)s: it cannot end at %(now)s with %(idle)s idle; correct these.")
    said = {
        "start": clock(session.started_at, session.instrument),
        "now": clock(ended_at, session.instrument),
        "idle": idle,
    }
    return Objection("no_time", words % said, waivable=False)
