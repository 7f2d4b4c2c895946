"""What of a session counts: start-up, measuring, needed post-processing; idle running does not.

The definition is the national network platform's: effective hours are start-up, testing and the necessary
post-processing, idle running excluded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liqi.insight.metering._intervals import NO_TIME, Interval, intersect, length, subtract, union, within


@dataclass(frozen=True)
class Limits:
    """How much of what may count, and what is too short to speak of."""

    startup: timedelta = timedelta(minutes=30)
    """The most that counts as start-up before the first measuring."""
    post: timedelta = timedelta(minutes=30)
    """The most that counts as post-processing after the last measuring."""
    idle_after: timedelta = timedelta(minutes=15)
    """A pause in measuring counts as idle running from this length on."""
    tolerance: timedelta = timedelta(minutes=10)
    """What is shorter is no finding."""
    beside_booking: timedelta = timedelta(minutes=15)
    """So far a session may begin before its booking or end after it."""
    before_file: timedelta = timedelta(minutes=10)
    """So long before its time a data file was being measured."""


@dataclass(frozen=True)
class Parts:
    """A session in parts; `unknown` is where no meter spoke, which counts as it was claimed."""

    startup: timedelta
    measuring: timedelta
    post: timedelta
    idle: timedelta
    unknown: timedelta
    pauses: tuple[Interval, ...]
    """Where it ran idle."""

    @property
    def effective(self) -> timedelta:
        """Start-up + measuring + post-processing, and what is unknown."""
        return self.startup + self.measuring + self.post + self.unknown


def parts(
    start: datetime, end: datetime, *, working: Sequence[Interval], known: Sequence[Interval], limits: Limits
) -> Parts:
    """[start, end) in its parts, where the machine is `known` to have been `working` or not.

    Without any measuring nothing was started up or finished: all that is known was idle.
    """
    seen = union([*within(known, start, end), *within(working, start, end)])
    busy = within(working, start, end)
    unknown = end - start - length(seen)
    if not busy:
        return Parts(NO_TIME, NO_TIME, NO_TIME, length(seen), unknown, tuple(seen))
    first, last = busy[0][0], busy[-1][1]
    lead = within(seen, max(start, first - limits.startup), first)
    tail = within(seen, last, min(end, last + limits.post))
    gaps = subtract(within(seen, first, last), busy)
    long = [(one, other) for one, other in gaps if other - one >= limits.idle_after]
    outer = subtract(seen, union([*lead, *tail, (first, last)]))
    pauses = union([*long, *outer])
    measuring = length(intersect(seen, [(first, last)])) - length(long)
    return Parts(length(lead), measuring, length(tail), length(pauses), unknown, tuple(pauses))
