"""Checking: a subject held against every rule at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from liqi.policy import _places
from liqi.policy._judge import Verdict, judge
from liqi.policy._load import rules
from liqi.policy._rule import Rule


def verdicts(
    subject: Mapping[str, Any],
    *,
    on: date,
    place: str | None = None,
    language: str = "en",
    known: Mapping[str, Rule] | None = None,
) -> list[Verdict]:
    """Every rule's verdict on this subject, on that day, at that place (code or name; None: not asked).

    `known` are the rules that are asked; without it, those that are shipped.
    """
    known = rules() if known is None else known
    code = _places.code(place, (rule.place for rule in known.values())) if place else None
    return [judge(rule, subject, on=on, place=code, language=language) for rule in known.values()]


def check(
    subject: Mapping[str, Any],
    *,
    on: date,
    place: str | None = None,
    language: str = "en",
    known: Mapping[str, Rule] | None = None,
) -> dict[str, Any]:
    """What `liqi policy check` says: the day, and every rule with result, amount, missing, trace and clause."""
    found = verdicts(subject, on=on, place=place, language=language, known=known)
    return {"on": on.isoformat(), "rules": [verdict.as_json() for verdict in found]}
