"""Proof: a rule's worked cases, worked out again; a rule without them cannot be switched on."""

from collections.abc import Iterator
from datetime import date

from liqi.policy._judge import Verdict, judge
from liqi.policy._rule import Case, Rule
from liqi.policy._shape import BrokenRule


def failures(rule: Rule, *, day: date) -> Iterator[str]:
    """Each case that does not come out as it says, in words; `day` stands in where neither case nor rule has one."""
    for number, case in enumerate(rule.cases, start=1):
        on = case.expected.get("on") or rule.valid_from or rule.valid_to or day
        found = _found(judge(rule, case.subject, on=on, place=rule.place.code or None), rule, case, on)
        for name, expected in case.expected.items():
            if name != "on" and found.get(name, expected) != expected:
                yield f"case {number}: found {name} {found[name]}; expected {expected}"


def prove(rule: Rule, *, day: date) -> None:
    """The rule may be switched on: it has worked cases and all of them come out; else BrokenRule says why not."""
    if not rule.cases:
        raise BrokenRule(
            f"{rule.id}: found no worked case; expected at least one before the rule is switched on; add a [[case]]."
        )
    if wrong := list(failures(rule, day=day)):
        raise BrokenRule(f"{rule.id}: {wrong[0]}; the rule cannot be switched on; mend the rule or the case.")


def _found(verdict: Verdict, rule: Rule, case: Case, on: date) -> dict[str, object]:
    chinese = judge(rule, case.subject, on=on, language="zh-hans").requirements
    return {
        "result": verdict.result,
        "amount": verdict.amount,
        "parts": dict(verdict.parts),
        "outcome": verdict.outcome,
        "requirements": list(chinese),
        "reached": list(verdict.reached),
        "order": list(verdict.order),
    }
