"""What a rule is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from liqi.access.models import Booking
from liqi.access.opening import Period, utc
from liqi.access.rules._record import Record
from liqi.access.rules._setting import Settings, filled
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument


@dataclass(frozen=True)
class Request:
    """What somebody wishes: the instrument from starts_at to ends_at, asked at ``now``.

    ``dataclasses.replace`` makes the next wish of a series from the first and keeps what was read for it.
    """

    instrument: Instrument
    person: Person
    organisation: Organisation | None
    starts_at: datetime
    ends_at: datetime
    now: datetime
    project: Project | None = None
    made_by: Person | None = None
    """Who asks on the person's behalf; nobody where the person asks."""
    position: int | None = None
    but: Booking | None = None
    """The booking that is being changed: it does not count beside its own new period."""
    alongside: tuple[Period, ...] = ()
    """Other periods of the instrument wished in the same breath, as in a series; not on record yet, but counted."""
    outage: bool = True
    """False where it was seen, while nobody else could change it, that no outage meets the period."""
    known: Settings = field(default_factory=Settings, repr=False, compare=False)
    record: Record = field(default_factory=Record, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at", "now"):
            object.__setattr__(self, name, utc(getattr(self, name)))

    @property
    def length(self) -> timedelta:
        """How long the wished period is."""
        return self.ends_at - self.starts_at

    def settings(self, rule: str) -> dict[str, Any] | None:
        """The parameters with which the rule is set here for a booking that starts then; None where it is not set.

        One query serves all rules of a request; a parameter that was not given has its default.
        """
        parameters = self.known.holding(self.instrument, self.starts_at).get(rule)
        return None if parameters is None else filled(rule, parameters)


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


class FixedRule(Rule, Protocol):
    """A rule whose terms are fields of the instrument, or that everybody expects."""

    def words(self, instrument: Instrument) -> str:
        """Say the rule for this instrument in one sentence; empty when it asks for nothing."""


class SetRule(Rule, Protocol):
    """A rule that a manager sets: ``request.settings(<name of the module>)`` gives its parameters, or None."""

    @property
    def TITLE(self) -> Any:  # noqa: N802
        """Its name in a few words, lazily translated."""

    @property
    def PARAMETERS(self) -> Mapping[str, Mapping[str, Any]]:  # noqa: N802
        """The properties of a JSON Schema: each with title (lazily translated), type and default."""

    def words(self, instrument: Instrument, parameters: Mapping[str, Any]) -> str:
        """Say the rule with these parameters in one or two sentences; empty when they ask for nothing."""


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
        return _("%(days)d d") % {"days": days}
    hours, left = divmod(minutes, 60)
    said = [_("%(hours)d h") % {"hours": hours}] if hours else []
    if left or not hours:
        said.append(_("%(minutes)d min") % {"minutes": left})
    return " ".join(said)
