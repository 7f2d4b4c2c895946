"""Targets: how much of what was planned is done, against how much of the time is gone; milestones between two days."""

from dataclasses import dataclass
from datetime import date


class UnusableTarget(ValueError):
    """The target cannot be measured; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A target on a day."""

    done: float | None
    """Part of the way from the baseline to the target; None while nothing is recorded."""
    elapsed: float
    """Part of the time from the start to the horizon, 0 to 1."""
    days_left: int
    """Days until the horizon; below zero once it is past."""

    @property
    def state(self) -> str:
        """met, missed (the horizon is past), on track, behind, or not known."""
        if self.done is None:
            return "not known"
        if self.done >= 1:
            return "met"
        if self.days_left < 0:
            return "missed"
        return "on track" if self.done >= self.elapsed else "behind"


def standing(
    target: float, reached: float | None, *, begun: date, due: date, on: date, baseline: float = 0.0
) -> Standing:
    """Where the target stands on the day: (reached - baseline) / (target - baseline) against the time gone.

    >>> round(standing(100, 35, begun=date(2021, 1, 1), due=date(2025, 12, 31), on=date(2022, 1, 1)).done, 4)
    0.35
    """
    if due <= begun:
        raise UnusableTarget(f"found a horizon {due} not after the start {begun}; expected a later day; correct one.")
    if target == baseline:
        raise UnusableTarget(f"found a target of {target:g} equal to the baseline; expected another; correct one.")
    return Standing(
        done=None if reached is None else (reached - baseline) / (target - baseline),
        elapsed=min(1.0, max(0.0, (on - begun).days / (due - begun).days)),
        days_left=(due - on).days,
    )


def density(count: float, area_km2: float) -> float | None:
    """How many there are on a square kilometre; None for no area.

    >>> round(density(35, 30), 2)
    1.17
    """
    return count / area_km2 if area_km2 > 0 else None


def built(done: float, still_to_build: float) -> float | None:
    """The part of a whole that is built, given what is done and what is still to come.

    >>> round(built(4, 55), 3)
    0.068
    """
    return done / (done + still_to_build) if done + still_to_build > 0 else None


@dataclass(frozen=True, slots=True)
class Span:
    """From one milestone to the next."""

    days: int
    months: int
    """Whole months, the last one only where it is full."""


def span(first: date, last: date) -> Span:
    """How long it took; raises UnusableTarget where the second day lies before the first.

    >>> span(date(2020, 11, 2), date(2021, 7, 18)).days
    258
    """
    if last < first:
        raise UnusableTarget(f"found {last} before {first}; expected the later day second; swap them.")
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return Span((last - first).days, months)
