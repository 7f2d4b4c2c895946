"""The booking rules: one module a rule, asked in the order of RULES."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from liqi.access.rules import (
    budget,
    cancellation,
    embargo,
    gap,
    grid,
    horizon,
    length,
    no_shows,
    notice,
    opening_hours,
    outage,
    outside,
    past,
    peak,
    priority,
    project,
    qualification,
    quota,
    reach,
    safety_documents,
    unpaid,
)
from liqi.access.rules._objection import FixedRule, Objection, Refused, Request, Rule, SetRule, clock, duration
from liqi.access.rules._record import Record, Wish
from liqi.access.rules._schema import schema_of
from liqi.access.rules._setting import Setting, Settings, filled
from liqi.catalogue.models import Instrument

__all__ = [
    "RULES",
    "SET_RULES",
    "FixedRule",
    "Objection",
    "Record",
    "Refused",
    "Request",
    "Rule",
    "SetRule",
    "Setting",
    "Settings",
    "Wish",
    "clock",
    "duration",
    "filled",
    "in_words",
    "name",
    "objections",
    "schema",
    "to_giving_back",
]

RULES: tuple[Rule, ...] = (
    *(past, reach, outage, length, grid, opening_hours, notice, horizon),
    *(outside, embargo, priority, qualification, safety_documents, project, unpaid),
    *(quota, peak, gap, cancellation, no_shows, budget),
)
"""Every rule; those with PARAMETERS hold only where a manager set them."""


def name(rule: Rule) -> str:
    """The name by which a rule is set: that of its module."""
    return str(getattr(rule, "__name__", rule)).rpartition(".")[2]


SET_RULES: Mapping[str, SetRule] = MappingProxyType(
    {name(rule): cast(SetRule, rule) for rule in RULES if hasattr(rule, "PARAMETERS")}
)
"""The rules that a manager sets, by name, in the order of RULES."""


def schema(rule: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the parameters of the rule of this name; raises KeyError where nobody sets it."""
    return schema_of(SET_RULES[rule].PARAMETERS)


def objections(request: Request, *, waive: Collection[str] = ()) -> list[Objection]:
    """Every reason against the request, but for the waivable ones that are waived."""
    found = [objection for rule in RULES for objection in rule.objections(request)]
    return _unwaived(found, waive)


def to_giving_back(request: Request, *, waive: Collection[str] = ()) -> list[Objection]:
    """What stands against cancelling ``request.but``."""
    return _unwaived(cancellation.to_giving_back(request), waive)


def in_words(instrument: Instrument, *, now: datetime | None = None, known: Settings | None = None) -> list[str]:
    """The rules of this instrument, one sentence each; with ``now`` also those that are set for bookings of today."""
    held = (known or Settings()).holding(instrument, now) if now is not None else {}
    said = []
    for rule in RULES:
        if not hasattr(rule, "PARAMETERS"):
            said.append(cast(FixedRule, rule).words(instrument))
        elif (parameters := held.get(name(rule))) is not None:
            said.append(cast(SetRule, rule).words(instrument, filled(name(rule), parameters)))
    return [words for words in said if words]


def _unwaived(found: list[Objection], waive: Collection[str]) -> list[Objection]:
    return [objection for objection in found if not (objection.waivable and objection.code in waive)]
