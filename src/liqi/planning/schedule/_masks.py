"""Sets of slots as whole numbers: bit s says whether a run may start in slot s."""

from collections.abc import Iterable

from liqi.planning.schedule._problem import Problem, Request, Span


def ones(start: int, end: int) -> int:
    """The slots of [start, end)."""
    return ((1 << end) - (1 << start)) if end > start else 0


def of(spans: Iterable[Span]) -> int:
    """The slots of all these periods."""
    found = 0
    for start, end in spans:
        found |= ones(start, end)
    return found


def starts(free: int, length: int) -> int:
    """Where `length` free slots begin; doubling, so that a long run costs its logarithm."""
    have = 1
    while have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def first(mask: int) -> int:
    """The earliest slot of the set; it is not empty."""
    return (mask & -mask).bit_length() - 1


def within(spans: Iterable[Span], length: int) -> int:
    """Where a run of that length lies inside one of these periods."""
    return of((start, end - length + 1) for start, end in spans)


def allowed(problem: Problem, request: Request, instrument: int) -> int:
    """Where the request could start there if nobody else were: its windows, opening hours, no maintenance."""
    length, there = request.slots[instrument], problem.instruments[instrument]
    free = ones(0, problem.horizon) & ~of(there.maintenance)
    return within(request.windows, length) & within(there.open, length) & starts(free, length)
