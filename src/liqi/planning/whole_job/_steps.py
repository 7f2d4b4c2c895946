"""What a whole job is made of, and what a plan of it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Period = tuple[datetime, datetime]
"""A half-open period [start, end) of aware moments."""


@dataclass(frozen=True)
class Step:
    """One step: how long it takes, how soon and how late after the step before, and who is free when.

    ``free`` gives for each resource that can do the step its free periods in order, none meeting another; the
    resource named first is preferred. The gap is counted from the end of the step before to the start of this
    one and means nothing for the first step; without ``longest_gap`` the step may wait for as long as it must.
    """

    name: str
    length: timedelta
    free: Mapping[Any, Sequence[Period]] = field(repr=False)
    shortest_gap: timedelta = timedelta(0)
    longest_gap: timedelta | None = None

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError(f"found a length of {self.length} for {self.name!r}; a step takes longer than nothing.")
        if self.shortest_gap < timedelta(0):
            raise ValueError(f"found a gap of {self.shortest_gap} before {self.name!r}; steps follow one another.")
        if self.longest_gap is not None and self.longest_gap < self.shortest_gap:
            raise ValueError(
                f"found a longest gap of {self.longest_gap} before {self.name!r}, shorter than the shortest of "
                f"{self.shortest_gap}; exchange the two."
            )


@dataclass(frozen=True)
class Placed:
    """A step at its time; ``resources`` are all that are free for it then, the preferred one first."""

    step: Step
    starts_at: datetime
    resources: tuple[Any, ...]

    @property
    def ends_at(self) -> datetime:
        """When the step is over."""
        return self.starts_at + self.step.length


@dataclass(frozen=True)
class Plan:
    """A time for every step, in the order of the steps."""

    placed: tuple[Placed, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first step starts."""
        return self.placed[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last step is over."""
        return self.placed[-1].ends_at


class NoTime(Exception):
    """No plan exists, because of one step.

    ``index`` is the first step that cannot be placed. ``longest_free`` is the longest time that a resource of it is
    free (None: never). When that is long enough, the gap is what stands in the way: ``gap_needed`` is the shortest
    longest gap with which the steps up to this one fit (None: the step is free only before the others are done).
    """

    def __init__(self, index: int, step: Step, longest_free: timedelta | None, gap_needed: timedelta | None) -> None:
        super().__init__(
            f"found no time for step {index + 1} ({step.name}), which takes {step.length}: longest free time "
            f"{longest_free}, gap needed {gap_needed}."
        )
        self.index, self.step, self.longest_free, self.gap_needed = index, step, longest_free, gap_needed
