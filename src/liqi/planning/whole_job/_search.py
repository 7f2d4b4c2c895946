"""Start times as the bits of whole numbers: every start of a step at once, so that a search is a few shifts."""

import itertools
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta

from liqi.planning.whole_job._steps import NoTime, Placed, Plan, Step

QUARTER = timedelta(minutes=15)


def first(
    steps: Sequence[Step], *, not_before: datetime, count: int = 1, grid: timedelta = QUARTER,
    apart: timedelta = timedelta(hours=4),
) -> list[Plan]:  # fmt: skip
    """The plan that is over first, then later ones; of plans that end together, the one that starts last.

    Every start is a whole number of ``grid`` after ``not_before``, and among those starts the answer is exact: no
    plan ends earlier. Each further plan starts at least ``apart`` after the one before and is over first among
    those. Raises NoTime when not even one plan exists, ValueError for a job without steps.
    """
    if not steps:
        raise ValueError("found a job without steps; give at least one.")
    starts = [_starts(step, not_before, grid) for step in steps]
    either = [_union(each.values()) for each in starts]
    gaps = [_offsets(before, step, grid) for before, step in itertools.pairwise(steps)]
    plans: list[Plan] = []
    at = 0
    while len(plans) < count:
        reached = _reached([either[0] >> at << at, *either[1:]], gaps)
        if not reached[-1]:
            break
        chosen = _latest(reached, gaps)
        plans.append(_plan(steps, chosen, starts, not_before, grid))
        at = chosen[0] + max(1, _rounded_up(apart, grid))
    if not plans:
        raise _no_time(steps, either, gaps, grid)
    return plans


def _starts(step: Step, zero: datetime, grid: timedelta) -> dict[Hashable, int]:
    """For each resource the grid points at which the step can start, as bits."""
    found = {}
    for resource, periods in step.free.items():
        bits = 0
        for start, end in periods:
            low, high = max(0, _rounded_up(start - zero, grid)), (end - step.length - zero) // grid
            if high >= low:
                bits |= ((1 << (high - low + 1)) - 1) << low
        found[resource] = bits
    return found


def _union(masks: Iterable[int]) -> int:
    bits = 0
    for mask in masks:
        bits |= mask
    return bits


def _offsets(before: Step, step: Step, grid: timedelta) -> tuple[int, int | None]:
    """How many grid points a start may lie after the start of the step before: least and most."""
    least = _rounded_up(before.length + step.shortest_gap, grid)
    return least, None if step.longest_gap is None else (before.length + step.longest_gap) // grid


def _reached(either: list[int], gaps: list[tuple[int, int | None]]) -> list[int]:
    """For each step the starts with which all steps up to it can be placed."""
    reached = [either[0]]
    for mask, (least, most) in zip(either[1:], gaps, strict=True):
        reached.append(mask & _after(reached[-1], least, most, max(mask.bit_length(), 1)))
    return reached


def _after(bits: int, least: int, most: int | None, size: int) -> int:
    """The points that lie ``least`` to ``most`` after one of the bits, up to ``size``."""
    if not bits or (most is not None and most < least):
        return 0
    full = (1 << size) - 1
    if most is None:
        first_bit = (bits & -bits).bit_length() - 1 + least
        return full >> first_bit << first_bit
    spread, width, wanted = bits << least, 1, most - least + 1
    while width < wanted:  # each turn doubles how far every bit reaches
        step = min(width, wanted - width)
        spread |= spread << step
        width += step
    return spread & full


def _latest(reached: list[int], gaps: list[tuple[int, int | None]]) -> list[int]:
    """The earliest end, and before it each step as late as it can be: the shortest way through."""
    last = reached[-1]
    chosen = [(last & -last).bit_length() - 1]
    for mask, (least, _most) in zip(reached[-2::-1], gaps[::-1], strict=True):
        until = mask & ((1 << (chosen[0] - least + 1)) - 1)
        # the latest of these keeps the longest gap too, for some start within it led here
        chosen.insert(0, until.bit_length() - 1)
    return chosen


def _plan(
    steps: Sequence[Step], chosen: list[int], starts: list[dict[Hashable, int]], zero: datetime, grid: timedelta
) -> Plan:
    return Plan(
        tuple(
            Placed(step, zero + at * grid, tuple(resource for resource, mask in free.items() if mask >> at & 1))
            for step, at, free in zip(steps, chosen, starts, strict=True)
        )
    )


def _no_time(steps: Sequence[Step], either: list[int], gaps: list[tuple[int, int | None]], grid: timedelta) -> NoTime:
    """Which step cannot be placed, and what would help."""
    index = _reached(either, gaps).index(0)
    step = steps[index]
    longest = max((end - start for periods in step.free.values() for start, end in periods), default=None)
    if not either[index] or index == 0:
        return NoTime(index, step, longest, None)
    before, least = _reached(either[:index], gaps[: index - 1])[-1], gaps[index - 1][0]
    low, high, size = least, either[index].bit_length(), either[index].bit_length()
    if not either[index] & _after(before, least, high, size):
        return NoTime(index, step, longest, None)
    while low < high:
        middle = (low + high) // 2
        if either[index] & _after(before, least, middle, size):
            high = middle
        else:
            low = middle + 1
    return NoTime(index, step, longest, low * grid - steps[index - 1].length)


def _rounded_up(length: timedelta, grid: timedelta) -> int:
    return -(-length // grid)
