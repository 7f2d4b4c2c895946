"""Free time: what is left of the opening hours when bookings are taken away."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from liqi.access import positions, terms
from liqi.access.opening import Period, periods
from liqi.access.positions import Hold
from liqi.access.terms import Terms
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


def periods_of(
    instrument: Instrument, starts_at: datetime, ends_at: datetime, *, family: str = ""
) -> list[Period]:  # fmt: skip
    """The periods inside [starts_at, ends_at) of which any part can be booked, in order; three queries.

    Each is free on one position throughout, buffers and set-up counted, so two of an instrument with several
    positions may overlap; none lies in another.
    """
    own = terms.of(instrument)
    holds = positions.busy([instrument], starts_at, ends_at, {instrument.pk: own})[instrument.pk]
    return free_of(instrument, holds, own, starts_at, ends_at, family=family)


def free_of(
    instrument: Instrument, holds: Iterable[Hold], own: Terms, starts_at: datetime, ends_at: datetime,
    *, family: str = "",
) -> list[Period]:  # fmt: skip
    """The same, given what is held and the terms; no query."""
    opened = periods(instrument, starts_at, ends_at)
    taken: dict[int, list[Period]] = {position: [] for position in range(own.positions)}
    for hold in holds:
        if hold.position in taken:
            taken[hold.position].append(positions.shut(hold, own, family))
    found = {gap for busy in taken.values() for gap in gaps(opened, sorted(busy))}
    kept: list[Period] = []
    for start, end in sorted(found, key=lambda gap: (gap[0], -gap[1].timestamp())):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def nearest(
    instrument: Instrument, starts_at: datetime, ends_at: datetime, *, now: datetime, family: str = ""
) -> list[Period]:  # fmt: skip
    """The nearest free period of the same length before and after the wished one, soonest first.

    Both lie in opening hours and keep the notice and the horizon; either is left out when there is none.
    """
    length = ends_at - starts_at
    if length <= timedelta(0):
        return []
    earliest = rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=instrument.horizon_days) + length
    window = max(earliest, starts_at - LOOK_BACK), min(latest, starts_at + LOOK_AHEAD)
    if window[0] >= window[1]:
        return []
    before: Period | None = None
    after: Period | None = None
    for start, end in periods_of(instrument, *window, family=family):
        if end - start < length:
            continue
        if start <= starts_at:
            late = min(end - length, starts_at)
            if before is None or late > before[0]:
                before = (late, late + length)
        if after is None and end - length >= starts_at:
            soon = max(start, starts_at)
            after = (soon, soon + length)
    found = [before] if before else []
    return found + ([after] if after and after != before else [])


def next_slots(instrument: Instrument, count: int, *, now: datetime, minutes: int | None = None) -> list[Period]:
    """The next free periods of so many minutes (else the shortest allowed), one for each gap, in order."""
    length = timedelta(minutes=minutes or instrument.min_minutes)
    earliest = rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=min(instrument.horizon_days, LOOK_AHEAD.days))
    if not instrument.bookable or earliest >= latest:
        return []
    slots = []
    for start, end in periods_of(instrument, earliest, latest):
        start = rounded_up(start)
        if end - start >= length and (start, start + length) not in slots:
            slots.append((start, start + length))
        if len(slots) == count:
            break
    return slots


def first_start(instrument: Instrument, holds: Iterable[Hold], own: Terms, *, now: datetime) -> datetime | None:
    """When the next free period of the shortest allowed length starts, given what is held; None within 60 days.

    Days are read a week at a time, for most instruments are free within one.
    """
    length = timedelta(minutes=instrument.min_minutes)
    earliest = rounded_up(now + timedelta(minutes=instrument.notice_minutes))
    latest = now + timedelta(days=min(instrument.horizon_days, LOOK_AHEAD.days))
    busy = list(holds)
    at = earliest
    while at < latest:
        until = min(at + timedelta(days=7) + length, latest)
        for start, end in free_of(instrument, busy, own, at, until):
            start = rounded_up(start)
            if end - start >= length:
                return start
        at += timedelta(days=7)
    return None


def rounded_up(moment: datetime) -> datetime:
    """The quarter hour at or after the moment, in UTC."""
    over = (moment.astimezone(UTC) - datetime(2000, 1, 1, tzinfo=UTC)) % STEP
    return moment.astimezone(UTC) + ((STEP - over) if over else timedelta(0))
