"""The bookings that an outage strikes: their people are told once, and what becomes of each is kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from liqi.access import booking as bookings
from liqi.access import free
from liqi.access.models import HOLDING, Booking, BookingQuerySet, Outage, StruckBooking
from liqi.access.opening import Period, utc
from liqi.accounts import journal, notices
from liqi.accounts.models import Person

Outcome = StruckBooking.Outcome
SOON = timedelta(days=400)
"""How far ahead bookings are looked for when an outage has no end."""


def strike(outage: Outage, *, now: datetime) -> int:
    """Everybody with a live booking inside the outage is told, each booking once; how many were new."""
    known = StruckBooking.objects.filter(outage=outage).values("booking")
    rows = [StruckBooking(outage=outage, booking=each, told_at=now) for each in _met(outage, now).exclude(pk__in=known)]
    again = StruckBooking.objects.filter(outage=outage, outcome=Outcome.SPARED, booking__in=_met(outage, now))
    back = list(again.select_related("booking__person", "booking__instrument"))
    again.update(outcome=Outcome.TOLD, told_at=now, settled_at=None)
    StruckBooking.objects.bulk_create(rows)
    for each in [*rows, *back]:
        _tell(each.booking, outage, "booking.outage", now)
    return len(rows) + len(back)


def spare(outage: Outage, *, now: datetime) -> int:
    """Bookings that the outage strikes no longer are spared; their people and the waiting list hear so; how many."""
    told = StruckBooking.objects.filter(outage=outage, outcome=Outcome.TOLD)
    still = _met(outage, now).values("pk") if outage.stands else Booking.objects.none().values("pk")
    free_again = told.exclude(booking__in=still).filter(booking__ends_at__gt=now)
    found = list(free_again.select_related("booking__person", "booking__instrument"))
    free_again.update(outcome=Outcome.SPARED, settled_at=now)
    for each in found:
        if each.booking.is_live:
            _tell(each.booking, outage, "booking.outage_over", now)
    bookings.freed(outage.instrument, now=now)
    return len(found)


def due(*, now: datetime) -> int:
    """Every live booking inside an outage is on record as struck, also one that slipped in beside it; upkeep asks."""
    told = 0
    for outage in Outage.objects.standing().meeting(now, utc(now) + SOON).select_related("instrument"):
        with transaction.atomic():
            bookings.queue(outage.instrument)
            told += strike(outage, now=now)
            _settle(outage, now)
    return told


def way_out(booking: Booking, *, now: datetime) -> list[Period]:
    """The nearest free periods of the same length, before and after the outage; the first is the better one."""
    return free.nearest(booking.instrument, booking.starts_at, booking.ends_at, now=now, family=booking.family)


def clear(*, outage: Outage, person: Person, now: datetime) -> list[StruckBooking]:
    """Every struck booking that can be moved to the nearest free period is moved there; gives those that cannot.

    The rules are asked for each, so nobody is moved to a time that they could not have booked.
    """
    left = []
    for each in _still(outage, now):
        moved = False
        for start, end in reversed(way_out(each.booking, now=now)):
            try:
                bookings.move(booking=each.booking, person=person, starts_at=start, ends_at=end, now=now)
            except (bookings.SlotTaken, bookings.Refused):
                continue
            moved = True
            break
        if moved:
            _settled(each, Outcome.MOVED, now)
        else:
            left.append(each)
    return left


def cancel_all(*, outage: Outage, person: Person, now: datetime) -> int:
    """Every booking that the outage still strikes is cancelled with the outage as its reason; how many."""
    count = 0
    for each in _still(outage, now):
        with transaction.atomic():
            bookings.queue(outage.instrument)
            if not _met(outage, now).filter(pk=each.booking_id).exists():
                continue  # moved or cancelled by its owner in the meantime
            try:
                bookings.cancel(booking=each.booking, person=person, now=now)
            except bookings.Refused:  # in use
                continue
            _settled(each, Outcome.CANCELLED, now)
            count += 1
    return count


def told(outage: Outage) -> list[StruckBooking]:
    """The bookings that the outage strikes and of which nothing became yet, by start."""
    rows = StruckBooking.objects.filter(outage=outage, outcome=Outcome.TOLD)
    rows = rows.select_related("booking__instrument__institution", "booking__person", "booking__organisation")
    return list(rows.select_related("booking__order", "outage").order_by("booking__starts_at", "booking_id"))


def _still(outage: Outage, now: datetime) -> list[StruckBooking]:
    """The same, once it is known what its people did themselves."""
    with transaction.atomic():
        bookings.queue(outage.instrument)
        _settle(outage, now)
    return told(outage)


def _met(outage: Outage, now: datetime) -> BookingQuerySet:
    """The live, unused bookings still to come that the outage meets."""
    until = outage.ends_at or max(utc(now), outage.starts_at) + SOON
    rows = Booking.objects.live().filter(instrument=outage.instrument, ends_at__gt=now, sessions=None)
    if outage.position is not None:
        rows = rows.filter(position=outage.position)
    return rows.meeting(outage.starts_at, until).select_related("person", "instrument").order_by("starts_at", "pk")


def _settle(outage: Outage, now: datetime) -> None:
    """What its people did themselves is kept: moved out of the outage, or cancelled."""
    rows = StruckBooking.objects.filter(outage=outage, outcome=Outcome.TOLD)
    rows.exclude(booking__state__in=HOLDING).update(outcome=Outcome.CANCELLED, settled_at=now)
    gone = Q(booking__ends_at__lte=F("outage__starts_at")) | Q(booking__starts_at__gte=F("outage__ends_at"))
    gone |= ~Q(booking__instrument=F("outage__instrument"))
    gone |= Q(outage__position__isnull=False) & ~Q(booking__position=F("outage__position"))
    for each in rows.filter(gone):
        _settled(each, Outcome.MOVED, now)


def _settled(each: StruckBooking, outcome: str, now: datetime) -> None:
    with transaction.atomic():
        still = StruckBooking.objects.filter(pk=each.pk, outcome=Outcome.TOLD)
        if still.update(outcome=outcome, settled_at=now):
            each.outcome, each.settled_at = outcome, now
            journal.write(person=None, verb=f"{outcome} for outage", thing=each.booking, at=now, outage=each.outage_id)


def _tell(booking: Booking, outage: Outage, kind: str, now: datetime) -> None:
    notices.tell(
        [booking.person], kind=kind, now=now, link=f"/bookings/{booking.pk}/", instrument=booking.instrument,
        start_at=booking.starts_at.isoformat(), words=outage.words,
    )  # fmt: skip
