"""The algebra of half-open periods: lists of [start, end) in order, none touching the next."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]
"""A half-open period [start, end)."""

NO_TIME = timedelta(0)


def union(periods: Iterable[Interval]) -> list[Interval]:
    """Every moment that is in any of the periods; empty periods vanish, touching ones become one."""
    return bridge(periods, NO_TIME)


def bridge(periods: Iterable[Interval], gap: timedelta) -> list[Interval]:
    """The union in which gaps of at most this length are filled."""
    found: list[Interval] = []
    for start, end in sorted(period for period in periods if period[0] < period[1]):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def intersect(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """Every moment that is in both; each side is in order and without overlaps, as `union` gives it."""
    found: list[Interval] = []
    one = other = 0
    while one < len(some) and other < len(others):
        start, end = max(some[one][0], others[other][0]), min(some[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if some[one][1] <= others[other][1]:
            one += 1
        else:
            other += 1
    return found


def subtract(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """Every moment of `some` that is not in `others`; each side as `union` gives it."""
    found: list[Interval] = []
    first = 0
    for start, end in some:
        while first < len(others) and others[first][1] <= start:
            first += 1
        at, here = start, first
        while here < len(others) and others[here][0] < end:
            if at < others[here][0]:
                found.append((at, others[here][0]))
            at = max(at, others[here][1])
            here += 1
        if at < end:
            found.append((at, end))
    return found


def within(periods: Sequence[Interval], start: datetime, end: datetime) -> list[Interval]:
    """The parts of the periods that lie in [start, end)."""
    return intersect(periods, [(start, end)])


def length(periods: Iterable[Interval]) -> timedelta:
    """How long the periods are together."""
    return sum((end - start for start, end in periods), NO_TIME)
