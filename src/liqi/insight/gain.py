"""Gains and gaps: how many times quicker, and how far a capability is from the best, never as one false number."""

import math
from dataclasses import dataclass


class UnusableRange(ValueError):
    """The numbers cannot be compared; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How many times one range is from another: between its nearest and its farthest ends."""

    least: float
    most: float


def turnaround(before_min: float, after_min: float) -> float:
    """How many times quicker an answer comes: minutes before / minutes after.

    >>> turnaround(7 * 24 * 60, 2)
    5040.0
    """
    if not (math.isfinite(before_min) and math.isfinite(after_min)) or before_min <= 0 or after_min <= 0:
        raise UnusableRange(
            f"found {before_min:g} minutes before and {after_min:g} after; expected both above 0; correct them."
        )
    return before_min / after_min


def gap(low: float, high: float, best_low: float, best_high: float, *, more_is_better: bool = False) -> Gap:
    """How many times a range of a capability is from the best one; above 1 it is behind, below 1 ahead.

    Errors of 5 to 10 % beside 1 to 2 % are 2.5 to 10 times as large; 2 µm beside 50 µm is 25 times as fine.

    >>> gap(5, 10, 1, 2), gap(50, 50, 2, 2).most
    (Gap(least=2.5, most=10.0), 25.0)
    """
    ends = (low, high, best_low, best_high)
    if not all(math.isfinite(one) and one > 0 for one in ends) or low > high or best_low > best_high:
        raise UnusableRange(
            f"found {low:g} to {high:g} beside {best_low:g} to {best_high:g}; expected numbers above 0, "
            "the lower one first; correct them."
        )
    return Gap(best_low / high, best_high / low) if more_is_better else Gap(low / best_high, high / best_low)
