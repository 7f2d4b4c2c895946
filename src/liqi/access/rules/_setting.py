"""Which rules are set for an instrument, read in one query and kept for as long as a request lives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.db.models import Q

from liqi.access.models import RuleSetting
from liqi.access.opening import zone
from liqi.catalogue.models import Instrument


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule as it is set in one place."""

    rule: str
    parameters: dict[str, Any]
    own: bool
    """Whether it is the instrument's; else it is its facility's."""
    active: bool = True
    since: date | None = None
    until: date | None = None

    def speaks_on(self, day: date) -> bool:
        """Whether it says anything about bookings that start on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Settings:
    """The settings of rules; those of an instrument are read once, in one query."""

    def __init__(self) -> None:
        self._known: dict[int | None, tuple[Setting, ...]] = {}

    def of(self, instrument: Instrument) -> tuple[Setting, ...]:
        """Every setting of the instrument and of its facility, the instrument's first."""
        if instrument.pk not in self._known:
            self._known[instrument.pk] = _read(instrument)
        return self._known[instrument.pk]

    def put(self, instrument: Instrument, settings: Iterable[Setting]) -> None:
        """These are the settings of the instrument, whatever is on record: so that settings can be tried."""
        self._known[instrument.pk] = tuple(sorted(settings, key=lambda setting: not setting.own))

    def holding(self, instrument: Instrument, moment: datetime) -> dict[str, dict[str, Any]]:
        """The parameters of each rule that holds for a booking that starts then."""
        if not (settings := self.of(instrument)):
            return {}
        day = moment.astimezone(zone(instrument)).date()
        first: dict[str, Setting] = {}
        for setting in settings:
            if setting.speaks_on(day):
                first.setdefault(setting.rule, setting)
        return {rule: setting.parameters for rule, setting in first.items() if setting.active}


def filled(rule: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with the default of each one that is not given."""
    return {**_defaults(rule), **parameters}


@cache
def _defaults(rule: str) -> dict[str, Any]:
    said = import_module(f"liqi.access.rules.{rule}").PARAMETERS
    return {key: schema.get("default") for key, schema in said.items()}


def _read(instrument: Instrument) -> tuple[Setting, ...]:
    if instrument.pk is None:  # a wish for an instrument that is not on record
        return ()
    where = Q(instrument=instrument.pk)
    if instrument.facility_id is not None:
        where |= Q(facility=instrument.facility_id)
    rows = RuleSetting.objects.filter(where).values_list(
        "rule", "parameters", "instrument_id", "active", "since", "until"
    )
    found = [
        Setting(rule, said, own is not None, active, since, until) for rule, said, own, active, since, until in rows
    ]
    return tuple(sorted(found, key=lambda setting: not setting.own))
