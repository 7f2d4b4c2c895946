"""What a population is told by: its count, its share of the parent and of all, the middle and spread of channels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.cytometry._channels import Floats
from liqi.methods.cytometry._gates import Mask
from liqi.methods.cytometry._strategy import Strategy

_Z_95 = 1.959964
_ONE_SIGMA = (15.87, 50.0, 84.13)


@dataclass(frozen=True, slots=True)
class Population:
    """A population: how many events it has, how many its parent has, and how deep it hangs."""

    name: str
    parent: str | None
    depth: int
    count: int
    of_parent: int
    of_all: int

    @property
    def share(self) -> float:
        """The share of the parent, NaN where the parent is empty."""
        return self.count / self.of_parent if self.of_parent else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share (Wilson, J. Am. Stat. Assoc. 22:209, 1927)."""
        return wilson(self.count, self.of_parent)


@dataclass(frozen=True, slots=True)
class Middle:
    """A channel within a population: median, mean, coefficient of variation, and its robust form, in percent.

    The robust one is half the width between the percentiles 15.87 and 84.13 over the median.
    """

    channel: str
    median: float
    mean: float
    cv_percent: float
    robust_cv_percent: float


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    >>> [round(end, 4) for end in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    if not total:
        return 0.0, 1.0
    share, z = count / total, _Z_95
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    below = 1 + z * z / total
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def populations(strategy: Strategy, masks: dict[str, Mask], total: int) -> list[Population]:
    """Return every population with its counts, in the order of the strategy."""
    counts = {name: int(np.count_nonzero(mask)) for name, mask in masks.items()}
    found = []
    for name, gate in strategy.gates.items():
        above = total if gate.parent is None else counts[gate.parent]
        found.append(Population(name, gate.parent, strategy.depth(name), counts[name], above, total))
    return found


def middles(columns: Sequence[tuple[str, Floats]], mask: Mask | None) -> list[Middle]:
    """Return the middle and spread of each channel among the events of a mask; none where it is empty.

    Values that are no numbers are left out of both.
    """
    places = None if mask is None else np.flatnonzero(mask)
    found = []
    for name, column in columns:
        values = column if places is None else column[places]
        if not values.size:
            return []
        with np.errstate(invalid="ignore"):  # infinities of both signs
            is_odd = not math.isfinite(float(values.sum()))
        if is_odd:
            values = values[np.isfinite(values)]
            if not values.size:
                continue
        low, median, high = np.percentile(values, _ONE_SIGMA).tolist()
        mean, spread = float(values.mean()), float(values.std(ddof=1)) if values.size > 1 else 0.0
        cv = 100 * spread / mean if mean else math.nan
        robust = 100 * (high - low) / 2 / median if median else math.nan
        found.append(Middle(name, median, mean, cv, robust))
    return found
