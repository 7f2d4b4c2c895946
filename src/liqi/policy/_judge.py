"""Judging: one rule held against one subject, on a day, at a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from liqi.policy import _places, _subject
from liqi.policy._rule import Amount, Result, Rule
from liqi.policy._tree import Walk
from liqi.policy._words import WIDE, Words

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one rule, with everything that a reader needs to check it."""

    rule: Rule
    result: Result
    amount: Decimal | None
    """In the rule's own unit, rounded half up to the cent; 0 where the answer is no, None where it is open."""
    parts: Mapping[str, Decimal | None]
    outcome: str
    requirements: tuple[str, ...]
    reached: tuple[Decimal, ...]
    missing: tuple[str, ...]
    trace: tuple[Mapping[str, object], ...]
    in_force: bool
    here: bool
    language: str = "en"
    order: tuple[str, ...] = ()
    """The names of the rows that were put in order, the first first."""

    @property
    def unit(self) -> str:
        """The unit of the amount; empty where the rule states none."""
        if self.rule.amount is not None:
            return self.rule.amount.unit
        return "CNY" if self.rule.reached is not None and "awards" in self.rule.reached else ""

    @property
    def amount_cny(self) -> Decimal | None:
        """The amount where it is money of China."""
        return self.amount if self.unit == "CNY" else None

    def as_json(self) -> dict[str, object]:
        """One entry of `rules` in the answer of `liqi policy check`."""
        return {
            "id": self.rule.id,
            "title": self.rule.title.said(self.language),
            "result": self.result,
            "amount_cny": plain(self.amount_cny),
            "missing": list(self.missing),
            "trace": [dict(line) for line in self.trace],
            "clause": self.rule.cited(self.language),
            "source": self.rule.source,
            "confidence": self.rule.confidence,
        }


def whole(verdict: Verdict) -> dict[str, object]:
    """Everything that one rule answered: the entry of `liqi policy check`, and its unit, parts, ways out and order."""
    return {
        **verdict.as_json(),
        "place": verdict.rule.place.code,
        "amount": plain(verdict.amount),
        "unit": verdict.unit,
        "parts": {name: plain(part) for name, part in verdict.parts.items()},
        "outcome": verdict.outcome,
        "requirements": list(verdict.requirements),
        "reached": [plain(edge) for edge in verdict.reached],
        "order": list(verdict.order),
        "in_force": verdict.in_force,
        "here": verdict.here,
    }


def judge(
    rule: Rule, subject: Mapping[str, Any], *, on: date, place: str | None = None, language: str = "en"
) -> Verdict:
    """Whether the rule holds for this subject; without a place the place is not asked for."""
    with localcontext(prec=WIDE):
        return _judge(rule, subject, on, place, language)


def _judge(rule: Rule, subject: Mapping[str, Any], on: date, place: str | None, language: str) -> Verdict:
    words = Words(language, {**rule.inputs, **rule.steps})
    values, remarks = _subject.read(rule, subject, on)
    walk = Walk(values, words, rule.steps)
    for remark in remarks:
        walk.note(words.pick("未采用的回答", "passed over"), words.result("cannot tell"), remark)
    in_force = _in_force(rule, on, walk)
    here = _here(rule, place, walk)
    if not in_force or here is False:
        return _closed(rule, "no", walk, in_force, here is not False, language)
    answer = walk.holds(rule.condition) if rule.condition is not None else True
    result, outcome = _outcome(rule, walk, language) if rule.outcomes and answer else (_said(answer), "")
    reached = _reached(rule, walk)
    if rule.reached is not None:
        result = "cannot tell" if reached is None else "yes" if reached and result == "yes" else "no"
    requirements = _requirements(rule, walk, language) if answer else ()
    amount, parts = None, {}
    if rule.amount is not None and (result == "yes" or rule.amount.always):
        amount = _rounded(walk.amount(rule.amount), rule.amount)
        parts = {name: _rounded(walk.amount(part), part) for name, part in rule.parts.items()}
        if amount is None:
            result = "cannot tell" if result == "yes" else result
        elif amount <= 0 and result == "yes":
            result = "no"
            walk.note(words.pick("算出的金额大于零", "the amount comes to more than zero"), words.result("no"))
    elif reached and rule.reached is not None and result == "yes":
        amount = _awarded(rule.reached, reached)
    order = _order(rule, walk)
    if rule.order is not None and order is None and result != "no":
        result = "cannot tell"
    if result == "no" and amount is None:
        amount = Decimal(0) if rule.amount is not None else None
    if here is None and result != "no":
        result, amount = "cannot tell", None
        walk.missing["place"] = None
    _conclude(rule, walk, amount, parts, reached, outcome, requirements)
    return Verdict(
        rule=rule,
        result=result,
        amount=amount,
        parts=parts,
        outcome=outcome,
        requirements=requirements,
        reached=reached or (),
        missing=tuple(walk.missing) if result == "cannot tell" else (),
        trace=tuple(walk.trace),
        in_force=in_force,
        here=True,
        language=language,
        order=order or (),
    )


def _closed(rule: Rule, result: Result, walk: Walk, in_force: bool, here: bool, language: str) -> Verdict:
    amount = Decimal(0) if rule.amount is not None and not rule.amount.always else None
    return Verdict(rule, result, amount, {}, "", (), (), (), tuple(walk.trace), in_force, here, language)


def _in_force(rule: Rule, on: date, walk: Walk) -> bool:
    pick = walk.words.pick
    start = rule.valid_from.isoformat() if rule.valid_from else pick("（起始日未载）", "(start not recorded)")
    end = rule.valid_to.isoformat() if rule.valid_to else pick("（终止日未载）", "(end not recorded)")
    held = rule.in_force(on)
    walk.note(
        pick(f"有效期 {start} 至 {end}", f"in force from {start} to {end}"),
        walk.words.result("yes" if held else "no"),
        on.isoformat(),
    )
    return held


def _here(rule: Rule, place: str | None, walk: Walk) -> bool | None:
    name = rule.place.name.said(walk.words.language)
    check = walk.words.pick(f"适用地：{name}", f"holds in {name}")
    if not place:
        walk.note(check, walk.words.pick("未问", "not asked"))
        return True
    covered = _places.covers(rule.place.code, place)
    walk.note(check, walk.words.result(_said(covered)), place)
    return covered


def _outcome(rule: Rule, walk: Walk, language: str) -> tuple[Result, str]:
    for outcome in rule.outcomes:
        holds = walk.holds(outcome.when) if outcome.when is not None else True
        if holds is None:
            return "cannot tell", ""
        if holds:
            walk.note(outcome.text.said(language), walk.words.result(outcome.result), outcome.code)
            return outcome.result, outcome.code
    return "no", ""


def _requirements(rule: Rule, walk: Walk, language: str) -> tuple[str, ...]:
    wanted = [r for r in rule.requirements if r.when is None or walk.holds(r.when)]
    return tuple(requirement.text.said(language) for requirement in wanted)


def _reached(rule: Rule, walk: Walk) -> tuple[Decimal, ...] | None:
    """The thresholds that the last year of the series is the first to reach; None where it is not said."""
    if rule.reached is None:
        return None
    series: Any = walk.subject.get(rule.reached["of"])
    if not isinstance(series, tuple):
        walk.missing[rule.reached["of"]] = None
        return None
    before = max(series[:-1], default=Decimal(0))
    return tuple(edge for edge in map(Decimal, rule.reached["thresholds"]) if before < edge <= series[-1])


def _awarded(reached: Mapping[str, Any], edges: tuple[Decimal, ...]) -> Decimal | None:
    """The sums that the authority has set on these thresholds; None where it has set none."""
    if "awards" not in reached:
        return None
    sums = dict(zip(map(Decimal, reached["thresholds"]), map(Decimal, reached["awards"]), strict=True))
    due = [sums[edge] for edge in edges]
    return max(due) if reached.get("pays") == "highest" else sum(due, Decimal(0))


def _order(rule: Rule, walk: Walk) -> tuple[str, ...] | None:
    """The names of the rows in their order; rows with the same numbers keep the order that they came in."""
    if rule.order is None:
        return None
    rows: Any = walk.subject.get(rule.order["of"])
    if rows is None:
        walk.missing[rule.order["of"]] = None
        return None
    by = [place - 1 for place in rule.order["by"]]
    if len(rows[0][1]) <= max(by):
        raise _subject.UnreadableSubject(
            f"{rule.order['of']}: found {len(rows[0][1])} numbers a line; expected {max(by) + 1}; add what is missing."
        )
    order = tuple(row[0] for row in sorted(rows, key=lambda row: [-row[1][at] for at in by]))
    walk.note(walk.words.pick("名次", "order"), ", ".join(order))
    return order


def _conclude(
    rule: Rule, walk: Walk, amount: Decimal | None, parts: Mapping[str, Decimal | None],
    reached: tuple[Decimal, ...] | None, outcome: str, requirements: tuple[str, ...],
) -> None:  # fmt: skip
    words = walk.words
    if rule.amount is not None and amount is not None:
        label = rule.amount.label.said(words.language) if rule.amount.label else words.pick("金额", "amount")
        walk.note(label, words.value(amount, rule.amount.unit))
    for name, part in parts.items():
        words_of_part = rule.parts[name].label
        walk.note(
            words_of_part.said(words.language) if words_of_part else name, words.value(part, rule.parts[name].unit)
        )
    if rule.reached is not None:
        unit = rule.inputs[rule.reached["of"]].unit
        said = ", ".join(words.value(edge, unit) for edge in reached or ())
        walk.note(words.pick("本年首次达到", "reached this year for the first time"), said or words.pick("无", "none"))
        if amount:
            walk.note(words.pick("奖励", "award"), words.value(amount, "CNY"))
    for requirement in requirements:
        walk.note(words.pick("需要", "needed"), requirement)


def _rounded(value: Decimal | None, amount: Amount | None = None) -> Decimal | None:
    if value is None or (amount is not None and amount.unit == "share"):
        return value
    return value.quantize(_CENT, ROUND_HALF_UP)


def _said(answer: bool | None) -> Result:
    return "cannot tell" if answer is None else "yes" if answer else "no"


def plain(value: Decimal | None) -> int | float | str | None:
    """The value as JSON holds it without loss: a number, or its digits as text where no float is the same."""
    if value is None:
        return None
    with localcontext(prec=WIDE):
        if value == value.to_integral_value():
            return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value:f}"
