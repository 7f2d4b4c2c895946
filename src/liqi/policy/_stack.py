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
from liqi.policy._load import rules
from liqi.policy._rule import Result, Rule, Text
from liqi.policy._shape import BrokenRule, Misshapen, Table, number, short, wrong
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
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    found = (stack_from_toml(file.read_text(encoding="utf-8"), file.name) for file in files)
    return {stack.id: stack for stack in found}


def stack_from_toml(text: str, name: str = "the text", known: Mapping[str, Rule] | None = None) -> Stack:
    """The stack that this TOML text describes; BrokenRule where it is none."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise BrokenRule(
            f"{name}: found text that is not TOML ({problem}); expected a whole stack in TOML; mend it."
        ) from None
    return stack_of(raw, known)


def stack_of(raw: Mapping[str, Any], known: Mapping[str, Rule] | None = None) -> Stack:
    """The stack that these tables describe; its members must be rules that are known, and it must have cases."""
    known = rules() if known is None else known
    own = raw.get("id") if isinstance(raw, Mapping) else None
    try:
        return _stack(Table(raw), known)
    except Misshapen as problem:
        raise BrokenRule(f"{own if isinstance(own, str) else 'the stack'}: {problem}; mend it.") from None


def _stack(raw: Table, known: Mapping[str, Rule]) -> Stack:
    members = raw.items("members")
    cases = tuple(_case(entry) for entry in raw.tables("case"))
    stack = Stack(
        raw.text("id"), raw.words("title"), raw.words("clause"), raw.text("how"), raw.text("need", ""),
        tuple(members), cases,
    )  # fmt: skip
    if stack.how not in HOW or (stack.how == "within") != bool(stack.need):
        raise wrong("how", f"how {stack.how!r}", "within with a need, or highest")
    if lost := [member for member in members if not isinstance(member, str) or member not in known]:
        raise wrong("members", f"the member {short(lost[0])}", "a rule that is known and switched on")
    if len(set(members)) < len(members):
        raise wrong("members", short(members), "every member once")
    if stack.need and not any(_is_money(known[member], stack.need) for member in members):
        raise wrong("need", repr(stack.need), "an input of a member that is a sum of money")
    if not stack.cases:
        raise wrong("case", "no worked case", "at least one; add a [[case]]")
    return stack


def _is_money(rule: Rule, name: str) -> bool:
    return name in rule.inputs and rule.inputs[name].kind in ("money", "number")


def _case(raw: Table) -> Mapping[str, Any]:
    for name in ("paid",) if raw.has("paid") else ():
        for value in raw.items(name):
            number(value, raw.field(name))
    raw.number("total")
    return {**raw.raw, "subject": raw.table("subject").raw if raw.has("subject") else {}}


def prove_stack(stack: Stack, *, on: date, known: Mapping[str, Rule] | None = None) -> None:
    """The stack's worked cases come out; else BrokenRule says which does not."""
    for place, case in enumerate(stack.cases, start=1):
        found = combine(stack, case["subject"], on=on, known=known)
        for name, value in (("paid", [claim.paid for claim in found.claims]), ("total", found.total)):
            if name in case and case[name] != value:
                raise BrokenRule(
                    f"{stack.id}: case {place}: found {name} {short(_plain(value))}; expected {case[name]}; mend the "
                    "stack or the case."
                )


def _plain(value: Any) -> Any:
    return [plain(one) for one in value] if isinstance(value, list) else plain(value)


def combine(
    stack: Stack, subject: Mapping[str, Any], *, on: date, place: str | None = None, known: Mapping[str,
    Rule] | None = None
) -> Combined:  # fmt: skip
    """What the members of the stack pay for this subject together; nothing is paid twice and no more than is needed.

    `known` are the rules in use; a member that is not among them is switched off: it is not asked and pays nothing.
    """
    known = rules() if known is None else known
    members = [known[member] for member in stack.members if member in known]
    verdicts = [judge(rule, subject, on=on, place=place) for rule in members]
    missing = dict.fromkeys(name for verdict in verdicts for name in verdict.missing)
    need = _need(stack, subject, members)
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
    at = amounts.index(max(amounts)) if amounts else 0
    return [amount if n == at else Decimal(0) for n, amount in enumerate(amounts)]
