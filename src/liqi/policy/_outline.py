"""Outlines: a rule's tree in words, before anybody is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from liqi.policy._rule import Amount, Node, Rule
from liqi.policy._words import Words, number


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tree in words, with its depth."""

    depth: int
    words: str


def outline(rule: Rule, language: str = "en") -> list[Line]:
    """The whole rule in words: conditions, ways out, steps, amount with cap and floor, thresholds, order, papers."""
    words = Words(language, {**rule.inputs, **rule.steps})
    pick = words.pick
    lines = [*_condition(rule.condition, words, 0)]
    for outcome in rule.outcomes:
        lines += _condition(outcome.when, words, 0)
        lines.append(Line(1, f"→ {outcome.text.said(language)} ({words.result(outcome.result)})"))
    for step in rule.steps.values():
        lines.append(Line(0, f"{step.label.said(language)} = {words.expression(step.of)}"))
    lines += _amount(rule.amount, words, pick("金额", "amount"))
    for part in rule.parts.values():
        lines += _amount(part, words, part.label.said(language) if part.label else "")
    if rule.reached is not None:
        unit = words.unit(rule.inputs[rule.reached["of"]].unit)
        edges = ", ".join(number(edge) for edge in map(Decimal, rule.reached["thresholds"]))
        lines.append(Line(0, pick(f"首次达到 {edges} {unit}", f"reached for the first time: {edges} {unit}")))
    if rule.order is not None:
        lines.append(Line(0, pick("按各项数字由大到小排列", "put in order by its numbers, the greatest first")))
    for requirement in rule.requirements:
        lines.append(Line(0, f"{pick('需要', 'needed')}: {requirement.text.said(language)}"))
        lines += _condition(requirement.when, words, 1)
    return lines


def _condition(node: Node, words: Words, depth: int) -> Iterator[Line]:
    if node is None:
        return
    yield Line(depth, words.condition(node))
    for joint in ("all", "any"):
        for part in node.get(joint, ()):
            yield from _condition(part, words, depth + 1)
    if "not" in node:
        yield from _condition(node["not"], words, depth + 1)


def _amount(amount: Amount | None, words: Words, name: str) -> Iterator[Line]:
    if amount is None:
        return
    label = amount.label.said(words.language) if amount.label else name
    base, unit = words.expression(amount.of), words.unit(amount.unit)
    rate = f" × {words.expression(amount.rate)}" if amount.rate is not None else ""
    yield Line(0, f"{label} = {base}{rate}{f' ({unit})' if unit else ''}")
    lower = Decimal(0)
    for tier in amount.tiers:
        upper = tier.get("up_to")
        edge = number(upper) if upper is not None else "…"
        yield Line(1, f"{number(lower)} – {edge}: × {number(tier['rate'])}")
        lower = upper if upper is not None else lower
    if amount.cap is not None:
        yield Line(1, f"{words.pick('上限', 'cap')}: {words.expression(amount.cap)}")
    if amount.floor is not None:
        yield Line(1, f"{words.pick('下限', 'floor')}: {words.expression(amount.floor)}")
    if amount.step is not None:
        yield Line(1, words.pick("按 {} 向下取整", "cut down to steps of {}").format(number(amount.step)))
