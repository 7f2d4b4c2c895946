"""Remarks beside the answer of the rules: days before all rules, names that no rule asks for, rules of one stack."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from liqi import policy

_WORDS = {
    "zh": {"yes": "是", "no": "否", "cannot tell": "无法判断", "missing": "缺"},
    "en": {"yes": "yes", "no": "no", "cannot tell": "cannot tell", "missing": "missing"},
}


def early(on: date, known: Mapping[str, policy.Rule]) -> Iterator[str]:
    """That the day lies before every day on which a rule begins."""
    first = min((rule.valid_from for rule in known.values() if rule.valid_from), default=None)
    if first is not None and on < first:
        yield (
            f"found the day {on}; the first rule with a recorded day begins on {first}, so none of those was in force; "
            "ask for a later day."
        )


def misnamed(subject: Mapping[str, Any], known: Mapping[str, policy.Rule]) -> Iterator[str]:
    """Each name of the subject that no rule asks for but that is nearly one that some do: it was passed over."""
    asked = {*known, *(name for rule in known.values() for name in rule.inputs)}
    for name in subject:
        if name not in asked and (near := get_close_matches(name, asked, n=1, cutoff=0.75)):
            yield f"found the name {name!r}, for which no rule asks; expected perhaps {near[0]!r}; correct the name."


def lines(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """A line a rule in the words of the language, what may be had first, then what cannot be told."""
    words = _WORDS[language]
    for result in ("yes", "cannot tell", "no"):
        for rule in (one for one in answer["rules"] if one["result"] == result):
            amount = "" if rule["amount_cny"] is None else f", {Decimal(str(rule['amount_cny'])):,} CNY"
            missing = f", {words['missing']}: {', '.join(rule['missing'])}" if rule["missing"] else ""
            yield f"{words[result]:<12}{rule['id']}: {rule['title']}{amount}{missing}"
        if result == "yes":
            yield from _together(answer["rules"], language)


def _together(found: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """That several of those that say yes pay for one need, and may not be added up."""
    having = {rule["id"] for rule in found if rule["result"] == "yes"}
    for one in policy.stacks().values():
        members = [member for member in one.members if member in having]
        if len(members) > 1:
            clause = one.clause.zh if language == "zh" else one.clause.en
            yield f"{' + '.join(members)}: {clause} (liqi policy stack {one.id} SUBJECT)"
