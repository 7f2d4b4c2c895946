"""The booking rules: one module a rule, asked in the order of RULES."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import cast

from liqi.access.rules import horizon, length, notice, opening_hours, past, reach
from liqi.access.rules._objection import FixedRule, Objection, Refused, Request, Rule, SetRule, clock, duration
from liqi.access.rules._setting import Setting, Settings, filled
from liqi.catalogue.models import Instrument

__all__ = [
    "RULES",
    "SET_RULES",
    "FixedRule",
    "Objection",
    "Refused",
    "Request",
    "Rule",
    "SetRule",
    "Setting",
    "Settings",
    "clock",
    "duration",
    "filled",
    "in_words",
    "name",
    "objections",
]

RULES: tuple[Rule, ...] = (past, reach, length, opening_hours, notice, horizon)
"""Every rule; those with PARAMETERS hold only where a manager set them."""


def name(rule: Rule) -> str:
    """The name by which a rule is set: that of its module."""
    return str(getattr(rule, "__name__", rule)).rpartition(".")[2]


SET_RULES: Mapping[str, SetRule] = MappingProxyType(
    {name(rule): cast(SetRule, rule) for rule in RULES if hasattr(rule, "PARAMETERS")}
)
"""The rules that a manager sets, by name, in the order of RULES."""


def objections(request: Request, *, waive: Collection[str] = ()) -> list[Objection]:
    """Every reason against the request, but for the waivable ones that are waived."""
    found = [objection for rule in RULES for objection in rule.objections(request)]
    return [objection for objection in found if not (objection.waivable and objection.code in waive)]


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
