"""What a rule is asked, and what it answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from liqi.access.opening import utc
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument


@dataclass(frozen=True)
class Request:
    """What somebody wishes: the instrument from starts_at to ends_at, asked at ``now``."""

    instrument: Instrument
    person: Person
    organisation: Organisation | None
    starts_at: datetime
    ends_at: datetime
    now: datetime

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at", "now"):
            object.__setattr__(self, name, utc(getattr(self, name)))

    @property
    def length(self) -> timedelta:
        """How long the wished period is."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Objection:
    """One reason against a request, in words that say what was found, what was expected, what to do."""

    code: str
    words: str
    waivable: bool
    """Whether a steward of the instrument may let the request pass in spite of it."""

    def __str__(self) -> str:
        return self.words


class Refused(Exception):
    """The request is against the rules; ``objections`` says why, one by one."""

    def __init__(self, objections: list[Objection]) -> None:
        super().__init__(" ".join(objection.words for objection in objections))
        self.objections = objections


class Rule(Protocol):
    """A module of this folder."""

    @property
    def CODES(self) -> tuple[str, ...]:  # noqa: N802
        """Every code that its objections can carry."""

    def objections(self, request: Request) -> list[Objection]:
        """Give every reason that this rule has against the request."""

    def words(self, instrument: Instrument) -> str:
        """Say the rule for this instrument in one sentence; empty when it asks for nothing."""


def clock(moment: datetime, instrument: Instrument, person: Person | None = None) -> str:
    """The moment on the instrument's clock, with the person's clock beside it where the two differ."""
    here = moment.astimezone(ZoneInfo(instrument.time_zone or "UTC"))
    said = f"{here:%Y-%m-%d %H:%M} ({here.tzname()})"
    if person is not None and person.time_zone:
        there = moment.astimezone(ZoneInfo(person.time_zone))
        if there.utcoffset() != here.utcoffset():
            said = f"{said[:-1]}; {there:%Y-%m-%d %H:%M} {there.tzname()})"
    return said


def duration(length: timedelta) -> str:
    """A length as people say it: 45 min, 2 h, 1 h 30 min, 24 h, 3 d."""
    minutes = round(length.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    if days > 1 and not rest:
        return f"{days} d"
    hours, left = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{left} min" if left or not hours else "") if part
    )
