"""A whole job as it is wished and as it can be done: its steps, a way through them, and that there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liqi.catalogue.models import Instrument

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class JobStep:
    """One step as it is wished: any of these instruments for so many minutes, so long after the step before."""

    instruments: tuple[Instrument, ...]
    minutes: int
    name: str = ""
    shortest_gap_minutes: int = 0
    longest_gap_minutes: int | None = None


@dataclass(frozen=True)
class At:
    """A step at its time on its instrument; ``others`` could do it then as well."""

    step: JobStep
    instrument: Instrument
    others: tuple[Instrument, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Way:
    """One way to do the whole job."""

    steps: tuple[At, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first step starts."""
        return self.steps[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last step is over."""
        return self.steps[-1].ends_at


class NoSlot(Exception):
    """The job cannot be done in the window; the words say which step has no time, why, and what would help."""

    def __init__(self, index: int, words: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.index, self.reasons = index, list(reasons)
        """The step, from 0, and what the rules said against its instruments."""


class BadJob(ValueError):
    """The job cannot be read; the message says what was found and what was expected."""
