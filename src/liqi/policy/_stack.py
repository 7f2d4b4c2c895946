"""Stacks: several rules for one need, and what they pay together without paying anything twice."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from importlib import resources
from typing import Any

from liqi.policy import _subject
from liqi.policy._judge import Verdict, judge, plain
from liqi.policy._load import BrokenRule, rules
from liqi.policy._rule import Result, Rule, Text
from liqi.policy._words import WIDE

HOW = ("within", "highest")
"""`within` a need: each member in turn what is still open; `highest`: only the member that pays most."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Rules that may be claimed for one thing, and how they go together."""

    id: str
    title: Text
    clause: Text
    how: str
    need: str
    """The input that says how much is needed at all; empty where only the highest is paid."""
    members: tuple[str, ...]
    cases: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one member would pay alone, and what it pays beside the others."""

    verdict: Verdict
    asked: Decimal | None
    paid: Decimal | None


@dataclass(frozen=True, slots=True)
class Combined:
    """What the members of a stack pay together."""

    stack: Stack
    result: Result
    need: Decimal | None
    claims: tuple[Claim, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> Decimal | None:
        """The sum that is paid; None where it cannot be told."""
        if self.result == "cannot tell":
            return None
        with localcontext(prec=WIDE):
            return sum((claim.paid or Decimal(0) for claim in self.claims), Decimal(0))

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The answer as plain data."""
        return {
            "id": self.stack.id,
            "title": self.stack.title.said(language),
            "clause": self.stack.clause.said(language),
            "result": self.result,
            "need": plain(self.need),
            "total": plain(self.total),
            "missing": list(self.missing),
            "claims": [
                {
                    "id": claim.verdict.rule.id,
                    "result": claim.verdict.result,
                    "asked": plain(claim.asked),
                    "paid": plain(claim.paid),
                }
                for claim in self.claims
            ],
        }


@cache
def stacks() -> Mapping[str, Stack]:
    """Every stack that is shipped, by id."""
    folder = resources.files("liqi.policy") / "stacks"
    found = (stack_of(tomllib.loads(f.read_text(encoding="utf-8"), parse_float=Decimal)) for f in sorted(
        (f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name
    ))  # fmt: skip
    return {stack.id: stack for stack in found}


def stack_of(raw: Mapping[str, Any], known: Mapping[str, Rule] | None = None) -> Stack:
    """The stack that these tables describe; its members must be rules that are known, and it must have cases."""
    known = rules() if known is None else known
    try:
        stack = Stack(
            raw["id"], Text(**raw["title"]), Text(**raw["clause"]), raw["how"], raw.get("need", ""),
            tuple(raw["members"]), tuple(raw.get("case", ())),
        )  # fmt: skip
    except (KeyError, TypeError) as problem:
        raise BrokenRule(f"{raw.get('id', 'the stack')}: found {problem!r}; expected a whole stack; mend it.") from None
    if stack.how not in HOW or (stack.how == "within") != bool(stack.need):
        raise BrokenRule(f"{stack.id}: found how {stack.how!r}; expected within with a need, or highest; mend it.")
    if lost := [member for member in stack.members if member not in known]:
        raise BrokenRule(f"{stack.id}: found the member {lost[0]!r}; expected a rule that is known; correct it.")
    if not stack.cases:
        raise BrokenRule(f"{stack.id}: found no worked case; expected at least one; add a [[case]].")
    return stack


def combine(
    stack: Stack, subject: Mapping[str, Any], *, on: date, place: str | None = None, known: Mapping[str,
    Rule] | None = None
) -> Combined:  # fmt: skip
    """What the members of the stack pay for this subject together; nothing is paid twice and no more than is needed."""
    known = rules() if known is None else known
    verdicts = [judge(known[member], subject, on=on, place=place) for member in stack.members]
    missing = dict.fromkeys(name for verdict in verdicts for name in verdict.missing)
    need = _need(stack, subject, [known[member] for member in stack.members])
    if stack.need and need is None and any(verdict.result == "yes" for verdict in verdicts):
        missing[stack.need] = None
    asked = [verdict.amount if verdict.result == "yes" else Decimal(0) for verdict in verdicts]
    if missing:
        claims = [
            Claim(v, None if v.result == "cannot tell" else a, None) for v, a in zip(verdicts, asked, strict=True)
        ]
        return Combined(stack, "cannot tell", need, tuple(claims), tuple(missing))
    paid = _within(asked, need) if stack.how == "within" else _highest(asked)
    claims = [Claim(*one) for one in zip(verdicts, asked, paid, strict=True)]
    return Combined(stack, "yes" if any(paid) else "no", need, tuple(claims), ())


def _need(stack: Stack, subject: Mapping[str, Any], members: Sequence[Rule]) -> Decimal | None:
    for rule in members:
        if stack.need in rule.inputs:
            found = _subject.convert(rule.inputs[stack.need], subject.get(stack.need))
            return found if isinstance(found, Decimal) else None
    return None


def _within(asked: Sequence[Decimal | None], need: Decimal | None) -> list[Decimal]:
    paid: list[Decimal] = []
    with localcontext(prec=WIDE):
        left = need or Decimal(0)
        for amount in asked:
            paid.append(min(amount or Decimal(0), left))
            left -= paid[-1]
    return paid


def _highest(asked: Sequence[Decimal | None]) -> list[Decimal]:
    amounts = [amount or Decimal(0) for amount in asked]
    at = amounts.index(max(amounts))
    return [amount if n == at else Decimal(0) for n, amount in enumerate(amounts)]
