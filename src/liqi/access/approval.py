"""Approval: a requested booking holds its time until a steward says yes or no, or the time to answer is over."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.booking import (
    AGED,
    Refused,
    Round,
    SlotTaken,
    asking_of,
    copied,
    exactly,
    fresh,
    place_of,
    request_of,
    require_override,
)
from liqi.access.models import Booking
from liqi.access.opening import utc
from liqi.access.rules import Objection
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["approve", "due", "refuse", "undo", "waiting_for"]


def waiting_for(person: Person) -> QuerySet[Booking]:
    """The requests on the instruments that the person looks after, those that expire first at the top."""
    rows = Booking.objects.filter(state=Booking.State.REQUESTED)
    if not person.is_operator:
        rows = rows.filter(instrument__in=belonging.looked_after_by(person))
    return rows.order_by("expires_at", "starts_at", "pk")


def approve(
    *,
    booking: Booking,
    person: Person,
    now: datetime,
    words: str = "",
    waive: Collection[str] = (),
    reason: str = "",
) -> Booking:
    """The requested booking is confirmed; approving it again changes nothing.

    The rules are asked once more, for they may have changed since. Raises Refused, SlotTaken, NotAllowed.
    """
    _require_steward(booking, person)
    require_override(person, booking.instrument, waive, reason)

    def write() -> Booking:
        found = fresh(booking)
        if found.state == Booking.State.CONFIRMED and found.decided_by_id is not None:
            return found
        _require_requested(found)
        asking = asking_of(found, person, now, waive, reason, kept=AGED)
        wanted = place_of(found)
        Round(asking, [wanted], but=found).find(wanted, rather=found.position)
        _decide(found, Booking.State.CONFIRMED, person, words, now)
        if waive:
            found.reason = reason.strip()
            found.save(update_fields=["reason"])
        journal.write(person=person, verb="approved", thing=found, at=now, words=words, waived=sorted(waive))
        _tell(found, "booking.approved", person, words, now)
        return found

    return _in_turn(write, booking, person, now)


def refuse(*, booking: Booking, person: Person, now: datetime, words: str = "") -> Booking:
    """The requested booking is refused and its time is free; refusing it again changes nothing."""
    _require_steward(booking, person)

    def write() -> Booking:
        found = fresh(booking)
        if found.state == Booking.State.REFUSED:
            return found
        _require_requested(found)
        _decide(found, Booking.State.REFUSED, person, words, now)
        journal.write(person=person, verb="refused", thing=found, at=now, words=words)
        _tell(found, "booking.refused", person, words, now)
        return found

    return copied(exactly(write, instruments=[booking.instrument], people=[booking.person]), booking)


def undo(*, booking: Booking, person: Person, now: datetime) -> Booking:
    """The answer is taken back and the booking waits again, if nobody took its time in the meantime."""
    _require_steward(booking, person)

    def write() -> Booking:
        found = fresh(booking)
        if found.state == Booking.State.REQUESTED:
            return found
        if found.decided_by_id != person.pk or found.ends_at <= now or found.sessions.exists():
            words = _("This answer cannot be taken back any more; write to %(person)s instead.")
            raise Refused([Objection("decided", words % {"person": found.person}, waivable=False)])
        asking, wanted = asking_of(found, person, now, kept=AGED), place_of(found)
        asked = Round(asking, [wanted], but=found)
        place = asked.find(wanted, rather=found.position)
        found.position, found.held_from, found.held_until = place.position, place.held_from, place.held_until
        found.state, found.decided_by, found.decided_at, found.decision = Booking.State.REQUESTED, None, None, ""
        found.expires_at = max(now, min(now + asked.of(wanted).approval_time, found.starts_at))
        found.save(
            update_fields=[
                "state", "decided_by", "decided_at", "decision", "expires_at", "position", "held_from", "held_until",
            ]
        )  # fmt: skip
        journal.write(person=person, verb="took back the answer", thing=found, at=now)
        return found

    return _in_turn(write, booking, person, now)


def due(*, now: datetime) -> int:
    """Requests that nobody answered in time are refused and their time is free; how many."""
    late = Booking.objects.filter(state=Booking.State.REQUESTED, expires_at__lte=utc(now))
    return sum(_expire(booking, utc(now)) for booking in late.select_related("instrument", "person"))


def _expire(booking: Booking, now: datetime) -> bool:
    def write() -> bool:
        found = fresh(booking)
        if found.state != Booking.State.REQUESTED or found.expires_at is None or found.expires_at > now:
            return False
        _decide(found, Booking.State.REFUSED, None, "", now)
        journal.write(person=None, verb="expired", thing=found, at=now)
        _tell(found, "booking.expired", None, "", now)
        return True

    return exactly(write, instruments=[booking.instrument], people=[booking.person])


def _decide(booking: Booking, state: Booking.State, person: Person | None, words: str, now: datetime) -> None:
    booking.state, booking.decided_by, booking.decided_at, booking.decision = state, person, now, words.strip()
    booking.expires_at = None
    booking.save(update_fields=["state", "decided_by", "decided_at", "decision", "expires_at"])


def _tell(booking: Booking, kind: str, person: Person | None, words: str, now: datetime) -> None:
    facts: dict[str, Any] = {"person": person, "words": words.strip()} if person is not None else {}
    notices.tell(
        [booking.person], kind=kind, now=now, link=f"/bookings/{booking.pk}/", instrument=booking.instrument,
        start_at=booking.starts_at.isoformat(), **facts,
    )  # fmt: skip


def _require_steward(booking: Booking, person: Person) -> None:
    if not belonging.looks_after(person, booking.instrument):
        words = _("Only a steward of %(instrument)s may answer this request; ask one.")
        raise NotAllowed(words % {"instrument": called(booking.instrument)})


def _require_requested(booking: Booking) -> None:
    if booking.state != Booking.State.REQUESTED:
        words = _("This booking does not wait for an answer any more: it is %(state)s; look at it again.")
        said = words % {"state": Booking.State(booking.state).label.lower()}
        raise Refused([Objection("not_requested", said, waivable=False)])


def _in_turn(write: Callable[[], Booking], booking: Booking, person: Person, now: datetime) -> Booking:
    """What ``write`` makes of the booking while nobody else books its instrument or for its person."""
    done = exactly(
        write, instruments=[booking.instrument], people=[booking.person],
        taken=lambda: SlotTaken(request_of(place_of(booking), asking_of(booking, person, now))),
    )  # fmt: skip
    return copied(done, booking)
