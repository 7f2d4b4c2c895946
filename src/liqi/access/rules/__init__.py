"""The booking rules: one module a rule, asked in the order of RULES."""

from collections.abc import Collection

from liqi.access.rules import horizon, length, notice, opening_hours, past, reach
from liqi.access.rules._objection import Objection, Refused, Request, Rule, clock, duration
from liqi.catalogue.models import Instrument

__all__ = ["RULES", "Objection", "Refused", "Request", "Rule", "clock", "duration", "in_words", "objections"]

RULES: tuple[Rule, ...] = (past, reach, length, opening_hours, notice, horizon)


def objections(request: Request, *, waive: Collection[str] = ()) -> list[Objection]:
    """Every reason against the request, but for the waivable ones that are waived."""
    found = [objection for rule in RULES for objection in rule.objections(request)]
    return [objection for objection in found if not (objection.waivable and objection.code in waive)]


def in_words(instrument: Instrument) -> list[str]:
    """The rules of this instrument, one sentence each."""
    return [said for rule in RULES if (said := rule.words(instrument))]
