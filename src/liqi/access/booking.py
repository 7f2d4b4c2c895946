"""Bookings are made, moved, cancelled and taken back; the database itself refuses a clash."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from liqi.access import belonging, free, rules
from liqi.access.models import Booking, BookingQuerySet, Order
from liqi.access.opening import Period, utc
from liqi.access.rules import Objection, Refused, Request, clock
from liqi.accounts import journal, membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument

__all__ = ["NotAllowed", "Refused", "SlotTaken", "book", "cancel", "check", "move", "restore"]

TRIES = 4
"""How often a write is tried again when its rival gave way in the meantime."""


LOCK_SPACE = 0x6C697169
"""Sets the advisory locks of bookings apart from those of other programs on the same PostgreSQL."""


class SlotTaken(Exception):
    """Somebody else holds the instrument then; ``nearest`` are the free periods of that length beside it."""

    def __init__(self, request: Request) -> None:
        self.nearest: list[Period] = free.nearest(
            request.instrument, request.starts_at, request.ends_at, now=request.now
        )
        starts = [clock(start, request.instrument, request.person) for start, _end in self.nearest]
        words = {
            0: _("%(instrument)s is taken at %(start)s, and no free period of that length is near."),
            1: _("%(instrument)s is taken at %(start)s; it is free from %(first)s."),
            2: _("%(instrument)s is taken at %(start)s; it is free from %(first)s or from %(second)s."),
        }[len(starts)]
        start = clock(request.starts_at, request.instrument, request.person)
        said = {"instrument": request.instrument.name, "start": start}
        super().__init__(words % (said | dict(zip(("first", "second"), starts, strict=False))))


def book(
    *,
    instrument: Instrument,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    organisation: Organisation | None = None,
    order: Order | None = None,
    project: Project | None = None,
    title: str = "",
    need: str = "",
    request_key: str = "",
    waive: Collection[str] = (),
) -> Booking:
    """The person holds the instrument for [starts_at, ends_at), in the given order or in a new one.

    The same request sent again, by ``request_key`` or by being the same, gives the booking of the first.
    Raises SlotTaken, Refused, NotAllowed; after any of them nothing is changed.
    """
    starts_at, ends_at = utc(starts_at), utc(ends_at)

    def repeated() -> Booking | None:
        return _made_before(instrument, person, starts_at, ends_at, request_key)

    if request_key and (made := repeated()):
        return made
    held = list(_meeting(instrument, starts_at, ends_at))
    for each in held:
        if (each.person_id, each.starts_at, each.ends_at) == (person.pk, starts_at, ends_at):
            return each
    if waive:
        _require_steward(person, instrument)
    organisation = _acting_for(person, organisation, order, project)
    request = Request(instrument, person, organisation, starts_at, ends_at, now)

    def keep() -> Booking:
        thread = order or Order.objects.create(
            title=title or instrument.name[:200],
            need=need,
            person=person,
            organisation=organisation,
            project=project,
            instrument=instrument,
            created_at=now,
        )
        booking = Booking.objects.create(
            order=thread,
            instrument=instrument,
            person=person,
            organisation=organisation,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=now,
            request_key=request_key,
        )
        journal.write(
            person=person, verb="booked", thing=booking, at=now, order=thread.key, waived=sorted(waive),
            instrument=instrument.key, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(),
        )  # fmt: skip
        return booking

    if against := rules.objections(request, waive=waive):
        raise Refused(against)
    if held:
        raise SlotTaken(request)
    try:
        return _written(keep, request, repeated)
    except SlotTaken:
        if made := repeated():  # the same request was faster on another way
            return made
        raise


def move(
    *, booking: Booking, person: Person, starts_at: datetime, ends_at: datetime, now: datetime,
    waive: Collection[str] = (),
) -> Booking:  # fmt: skip
    """The booking holds [starts_at, ends_at) instead; the rules are asked as for a new one."""
    starts_at, ends_at = utc(starts_at), utc(ends_at)
    _require_hand(booking, person)
    if waive:
        _require_steward(person, booking.instrument)
    _require_unused(booking, now)
    if (booking.starts_at, booking.ends_at) == (starts_at, ends_at) and booking.is_live:
        return booking
    request = Request(booking.instrument, booking.person, booking.organisation, starts_at, ends_at, now)
    check(request, waive=waive, but=booking)

    def keep() -> Booking:
        before = {"from_start": booking.starts_at.isoformat(), "from_end": booking.ends_at.isoformat()}
        live = Booking.objects.live().filter(pk=booking.pk)
        if not live.update(starts_at=starts_at, ends_at=ends_at, held_from=starts_at, held_until=ends_at):
            raise Refused([_cancelled()])
        journal.write(
            person=person, verb="moved", thing=booking, at=now, waived=sorted(waive),
            starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(), **before,
        )  # fmt: skip
        return booking

    _written(keep, request, lambda: None, but=booking)
    booking.refresh_from_db(fields=["starts_at", "ends_at", "state"])
    return booking


def cancel(*, booking: Booking, person: Person, now: datetime) -> Booking:
    """The booking holds its instrument no longer; cancelling it again changes nothing."""
    _require_hand(booking, person)
    _require_unused(booking, now)
    with transaction.atomic():
        live = Booking.objects.live().filter(pk=booking.pk)
        if live.update(state=Booking.State.CANCELLED, cancelled_at=now):
            journal.write(person=person, verb="cancelled", thing=booking, at=now)
    booking.refresh_from_db(fields=["state", "cancelled_at"])
    return booking


def restore(*, booking: Booking, person: Person, now: datetime) -> Booking:
    """A cancelled booking holds its instrument again, if nobody took it in the meantime."""
    _require_hand(booking, person)
    _require_unused(booking, now)
    request = Request(booking.instrument, booking.person, booking.organisation, booking.starts_at, booking.ends_at, now)
    asked = {"not_bookable", "not_working", "not_shared"}  # it kept the others when it was made
    if against := [objection for objection in rules.objections(request) if objection.code in asked]:
        raise Refused(against)
    _require_free(request, but=booking)

    def keep() -> Booking:
        cancelled = Booking.objects.filter(pk=booking.pk, state=Booking.State.CANCELLED)
        if cancelled.update(state=Booking.State.CONFIRMED, cancelled_at=None):
            journal.write(person=person, verb="restored", thing=booking, at=now)
        return booking

    _written(keep, request, lambda: None, but=booking)
    booking.refresh_from_db(fields=["state", "cancelled_at"])
    return booking


def check(request: Request, *, waive: Collection[str] = (), but: Booking | None = None) -> None:
    """Raise what stands against the request now; silence is no promise, only a booking is."""
    if against := rules.objections(request, waive=waive):
        raise Refused(against)
    _require_free(request, but)


def _require_free(request: Request, but: Booking | None = None) -> None:
    meeting = _meeting(request.instrument, request.starts_at, request.ends_at)
    if but is not None:
        meeting = meeting.exclude(pk=but.pk)
    if meeting.exists():
        raise SlotTaken(request)


def _meeting(instrument: Instrument, starts_at: datetime, ends_at: datetime) -> BookingQuerySet:
    return Booking.objects.live().filter(instrument=instrument).meeting(starts_at, ends_at)


def _require_hand(booking: Booking, person: Person) -> None:
    if booking.person_id != person.pk and not belonging.looks_after(person, booking.instrument):
        raise NotAllowed(
            _("This booking is %(owner)s's; only they and the stewards of %(instrument)s may change it.")
            % {"owner": booking.person, "instrument": booking.instrument}
        )


def _require_steward(person: Person, instrument: Instrument) -> None:
    if not belonging.looks_after(person, instrument):
        words = _("Only a steward of %(instrument)s may waive its rules; ask one, or keep to the rules.")
        raise NotAllowed(words % {"instrument": instrument})


def _require_unused(booking: Booking, now: datetime) -> None:
    if booking.sessions.exists():
        words = _("This booking has been used, so it cannot change; make a new one.")
        raise Refused([Objection("used", words, waivable=False)])
    if booking.ends_at <= now:
        words = _("This booking ended at %(end)s, so it cannot change; make a new one.")
        said = words % {"end": clock(booking.ends_at, booking.instrument, booking.person)}
        raise Refused([Objection("over", said, waivable=False)])


def _cancelled() -> Objection:
    return Objection("cancelled", _("This booking is cancelled; take it back first, or make a new one."), False)


def _made_before(
    instrument: Instrument, person: Person, starts_at: datetime, ends_at: datetime, request_key: str
) -> Booking | None:
    """The booking that the same request made earlier; a request key used for another one is refused."""
    same = Booking.objects.live().filter(instrument=instrument, starts_at=starts_at, ends_at=ends_at)
    if not request_key:
        return same.filter(person=person).first()
    made = Booking.objects.filter(person=person, request_key=request_key).first()
    if made and (made.instrument_id, made.starts_at, made.ends_at) != (instrument.pk, starts_at, ends_at):
        words = _("This request key belongs to another booking of yours; send a new key with a new request.")
        raise Refused([Objection("request_key", words, waivable=False)])
    return made or same.filter(person=person).first()


def _acting_for(
    person: Person, organisation: Organisation | None, order: Order | None, project: Project | None
) -> Organisation | None:
    """The organisation the booking is for: the named one, the project's, the order's, the person's first."""
    if order is not None and order.person_id != person.pk and not person.is_operator:
        raise NotAllowed(_("This order is %(owner)s's; only they may book under it.") % {"owner": order.person})
    if organisation is None and project is not None:
        organisation = project.organisation
    if organisation is not None:
        membership.require(person, organisation)
        return organisation
    return order.organisation if order is not None else membership.home_of(person)


def _written(
    keep: Callable[[], Booking], request: Request, repeated: Callable[[], Booking | None],
    but: Booking | None = None,
) -> Booking:  # fmt: skip
    """What ``keep`` gives, all in one transaction; a lost race is told apart from a repeated request."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _queue(request.instrument)
                return keep()
        except (IntegrityError, OperationalError) as problem:
            if isinstance(problem, OperationalError) and not _is_deadlock(problem):
                raise
            if made := repeated():
                return made
            _require_free(request, but)
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _queue(instrument: Instrument) -> None:
    """Writers of one instrument take turns on PostgreSQL, each until its transaction ends.

    The constraint alone keeps bookings apart; but rivals that insert at once then wait for each other,
    and PostgreSQL ends one of them after a second. SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, instrument.pk % 2**31])


def _is_deadlock(problem: OperationalError) -> bool:
    """Whether PostgreSQL ended this transaction because two rivals waited for each other."""
    return getattr(problem.__cause__, "sqlstate", None) == "40P01"
