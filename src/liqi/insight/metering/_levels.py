"""From readings of power or current to what the machine did: off, idle, working."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Level(StrEnum):
    """What a machine does, as a meter sees it."""

    OFF = "off"
    IDLE = "idle"
    WORKING = "working"


@dataclass(frozen=True)
class Thresholds:
    """Two steps, each with a value to rise to and a lower one to fall below, so that noise does not switch.

    All in the meter's unit.
    """

    on_from: float
    on_below: float
    working_from: float
    working_below: float

    def __post_init__(self) -> None:
        given = (self.on_below, self.on_from, self.working_below, self.working_from)
        if not all(math.isfinite(value) for value in given):
            raise ValueError(f"found the thresholds {given}; each must be a number.")
        if self.on_below > self.on_from or self.working_below > self.working_from:
            raise ValueError(
                f"found {given} as on below / from and working below / from; "
                "the value to fall below cannot exceed the value to rise to: lower it."
            )
        if self.on_from > self.working_from or self.on_below > self.working_below:
            raise ValueError(
                f"found {given} as on below / from and working below / from; "
                "working needs no less than being on: raise the working values."
            )

    def after(self, level: Level, value: float) -> Level:
        """The level once this value is read at that level.

        >>> steps = Thresholds(on_from=10, on_below=5, working_from=100, working_below=80)
        >>> steps.after(Level.IDLE, 90), steps.after(Level.WORKING, 90)
        (<Level.IDLE: 'idle'>, <Level.WORKING: 'working'>)
        """
        if value >= self.working_from or (level is Level.WORKING and value >= self.working_below):
            return Level.WORKING
        if value >= self.on_from or (level is not Level.OFF and value >= self.on_below):
            return Level.IDLE
        return Level.OFF


@dataclass(frozen=True)
class Stretch:
    """The machine was at one level in [starts_at, ends_at); of no length where a single reading says so."""

    level: Level
    starts_at: datetime
    ends_at: datetime


def levels(
    readings: Iterable[tuple[datetime, float]],
    thresholds: Thresholds,
    *,
    silence: timedelta,
    before: Level = Level.OFF,
) -> list[Stretch]:
    """What the machine did, by readings in the order of time; `before` is the level ahead of the first.

    A level holds until the next reading. Where that comes later than `silence`, nothing is known in between: the
    stretch ends with its last reading.
    """
    found: list[Stretch] = []
    for level, start, end in _steps(list(readings), thresholds, silence, before):
        last = found[-1] if found else None
        if last and last.level is level and last.ends_at == start:
            found[-1] = Stretch(level, last.starts_at, end)
        else:
            found.append(Stretch(level, start, end))
    return found


def _steps(
    readings: list[tuple[datetime, float]], thresholds: Thresholds, silence: timedelta, before: Level
) -> Iterator[tuple[Level, datetime, datetime]]:
    level = before
    for (at, value), (following, _value) in pairwise(readings):
        level = thresholds.after(level, value)
        yield level, at, following if following - at <= silence else at
    if readings:
        at, value = readings[-1]
        yield thresholds.after(level, value), at, at
