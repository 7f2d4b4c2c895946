"""Free time: what is left of the opening hours when bookings are taken away."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from liqi.access.models import Booking
from liqi.access.opening import Period, periods
from liqi.catalogue.models import Instrument

STEP = timedelta(minutes=15)
"""Offered periods start on the quarter hour."""
LOOK_BACK, LOOK_AHEAD = timedelta(days=14), timedelta(days=60)


def gaps(open_periods: Iterable[Period], taken: Iterable[Period]) -> Iterator[Period]:
    """The parts of the open periods that no taken period covers; both come sorted by start."""
    busy = list(taken)
    for start, end in open_periods:
        at = start
        for taken_start, taken_end in busy:
            if taken_end <= at:
                continue
            if taken_start >= end:
                break
            if taken_start > at:
                yield at, taken_start
            at = max(at, taken_end)
        if at < end:
            yield at, end


def periods_of(instrument: Instrument, starts_at: datetime, ends_at: datetime) -> list[Period]:
    """The free periods of the instrument inside [starts_at, ends_at), in order; one query."""
    taken = (
        Booking.objects.live()
        .filter(instrument=instrument)
        .meeting(starts_at, ends_at)
        .order_by("starts_at")
        .values_list("starts_at", "ends_at")
    )
    return list(gaps(periods(instrument, starts_at, ends_at), taken))


def nearest(instrument: Instrument, starts_at: datetime, ends_at: datetime, *, now: datetime) -> list[Period]:
    """The nearest free period of the same length before and after the wished one, soonest first.

    Both lie in opening hours and keep the notice and the horizon; either is left out when there is none.
    """
    length = ends_at - starts_at
    if length <= timedelta(0):
        return []
    earliest = _rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=instrument.horizon_days) + length
    window = max(earliest, starts_at - LOOK_BACK), min(latest, starts_at + LOOK_AHEAD)
    if window[0] >= window[1]:
        return []
    before: Period | None = None
    after: Period | None = None
    for start, end in periods_of(instrument, *window):
        if end - start < length:
            continue
        if start <= starts_at:
            late = min(end - length, starts_at)
            before = (late, late + length)
        if after is None and end - length >= starts_at:
            soon = max(start, starts_at)
            after = (soon, soon + length)
    found = [before] if before else []
    return found + ([after] if after and after != before else [])


def next_slots(instrument: Instrument, count: int, *, now: datetime, minutes: int | None = None) -> list[Period]:
    """The next free periods of so many minutes (else the shortest allowed), one for each gap, in order."""
    length = timedelta(minutes=minutes or instrument.min_minutes)
    earliest = _rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=min(instrument.horizon_days, LOOK_AHEAD.days))
    if not instrument.bookable or earliest >= latest:
        return []
    slots = []
    for start, end in periods_of(instrument, earliest, latest):
        start = _rounded_up(start)
        if end - start >= length:
            slots.append((start, start + length))
        if len(slots) == count:
            break
    return slots


def first_start(instrument: Instrument, taken: Iterable[Period], *, now: datetime) -> datetime | None:
    """When the next free period of the shortest allowed length starts, given what is taken; None within 60 days.

    Days are read a week at a time, for most instruments are free within one.
    """
    length = timedelta(minutes=instrument.min_minutes)
    earliest = _rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=min(instrument.horizon_days, LOOK_AHEAD.days))
    busy = list(taken)
    at = earliest
    while at < latest:
        until = min(at + timedelta(days=7) + length, latest)
        for start, end in gaps(periods(instrument, at, until), busy):
            start = _rounded_up(start)
            if end - start >= length:
                return start
        at += timedelta(days=7)
    return None


def _rounded_up(moment: datetime) -> datetime:
    """The quarter hour at or after the moment, in UTC."""
    over = (moment.astimezone(UTC) - datetime(2000, 1, 1, tzinfo=UTC)) % STEP
    return moment.astimezone(UTC) + ((STEP - over) if over else timedelta(0))
