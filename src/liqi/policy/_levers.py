"""Levers: the numbers of a rule that can be set otherwise, each with its path, its value and its words."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liqi.policy import _subject
from liqi.policy._rule import Amount, Node, Rule
from liqi.policy._shape import BrokenRule
from liqi.policy._words import COMPARISONS, Words, number

_TEXTS = {
    "rate": ("比例", "rate"),
    "cap": ("上限", "cap"),
    "floor": ("下限", "floor"),
    "step": ("取整单位", "step"),
    "thresholds": ("门槛", "threshold"),
    "awards": ("奖励", "award"),
    "up_to": ("档位上界", "upper edge of the slice"),
}


class UnknownLever(ValueError):
    """The rule has no such number; the message lists those that it has."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One number of a rule: `amount.cap`, `condition.all.1.at_most`, `reached.thresholds.0`."""

    path: str
    value: Decimal
    words: str


def levers(rule: Rule, language: str = "en") -> list[Lever]:
    """Every number of the rule's amount, parts, condition and thresholds, in order."""
    words = Words(language, {**rule.inputs, **rule.steps})
    found = [*_of_amount("amount", rule.amount, words)]
    for name, part in rule.parts.items():
        found += _of_amount(f"part.{name}", part, words)
    found += _of_node("condition", rule.condition, words, words.pick("条件", "condition"))
    for step in rule.steps.values():
        found += _of_node(f"step.{step.name}", step.of, words, step.label.said(language))
    for name in ("thresholds", "awards"):
        for n, value in enumerate((rule.reached or {}).get(name, ())):
            found.append(Lever(f"reached.{name}.{n}", Decimal(value), words.pick(*_TEXTS[name])))
    return found


def change(rule: Rule, changes: Mapping[str, Decimal]) -> Rule:
    """The rule with these numbers set otherwise, by path; everything else stays as it is."""
    known = {lever.path for lever in levers(rule)}
    for path in changes:
        if path not in known and not (rule.reached is not None and path.startswith("reached.awards.")):
            raise UnknownLever(
                f"{rule.id}: found the number {path!r}; expected one of {', '.join(sorted(known)) or 'none'}; "
                f"choose one."
            )
    amount, condition, reached = rule.amount, rule.condition, rule.reached
    parts, steps = dict(rule.parts), dict(rule.steps)
    for path, value in changes.items():
        head, _, rest = path.partition(".")
        if head == "amount" and amount is not None:
            amount = _amount_with(amount, rest, value)
        elif head == "part":
            name, _, rest = rest.partition(".")
            parts[name] = _amount_with(parts[name], rest, value)
        elif head == "condition":
            condition = _with(condition, rest.split(".") if rest else [], value)
        elif head == "step":
            name, _, rest = rest.partition(".")
            steps[name] = dataclasses.replace(
                steps[name], of=_with(steps[name].of, rest.split(".") if rest else [], value)
            )
        elif reached is not None:
            reached = _reached_with(reached, rest.split("."), value)
    return dataclasses.replace(rule, amount=amount, parts=parts, condition=condition, steps=steps, reached=reached)


def settings(pairs: Mapping[str, str], rule: Rule) -> dict[str, Decimal]:
    """Paths with the numbers that were typed for them: 0.3, 30 000, ¥ 3,000,000, 300 万, and 30 % for a share."""
    now = {lever.path: lever.value for lever in levers(rule)}
    scaled = not any(asked.unit[:1] in _subject.SCALES for asked in rule.inputs.values())
    found: dict[str, Decimal] = {}
    for path, text in pairs.items():
        # a number of 1 or more is no share (an amount, years): per cent of it would be a guess
        value = _subject.plain(text, share=now.get(path, Decimal(0)) <= 1, scaled=scaled)
        if value is None:
            raise UnknownLever(f"{rule.id}: found {path}={text!r}; expected a number from 0 up; correct it.")
        found[path] = value
    return found


def _of_amount(path: str, amount: Amount | None, words: Words) -> Iterator[Lever]:
    if amount is None:
        return
    yield from _of_node(f"{path}.of", amount.of, words, words.pick("基数", "base"))
    for n, tier in enumerate(amount.tiers):
        for name, value in tier.items():
            yield Lever(f"{path}.tiers.{n}.{name}", value, words.pick(*_TEXTS[name]))
    for name in ("rate", "cap", "floor"):
        yield from _of_node(f"{path}.{name}", getattr(amount, name), words, words.pick(*_TEXTS[name]))
    if amount.step is not None:
        yield Lever(f"{path}.step", amount.step, words.pick(*_TEXTS["step"]))


def _of_node(path: str, node: Node, words: Words, said: str) -> Iterator[Lever]:
    if isinstance(node, bool):
        return
    if isinstance(node, int | Decimal):
        yield Lever(path, Decimal(node), said)
    elif isinstance(node, list | tuple):
        for n, part in enumerate(node):
            yield from _of_node(f"{path}.{n}", part, words, said)
    elif isinstance(node, Mapping):
        if set(node) & set(COMPARISONS) and ("input" in node or "value" in node):
            said = words.condition(node)
        for key, part in node.items():
            within = said
            if key in ("then", "else") and "if" in node:
                within = f"{said}{words.pick('：', ': ')}{words.condition(node['if'])}"
            if key == "else":
                within = f"{words.pick('否则，', 'else, ')}{within}"
            yield from _of_node(f"{path}.{key}", part, words, within)


def _amount_with(amount: Amount, rest: str, value: Decimal) -> Amount:
    name, *path = rest.split(".")
    if name == "tiers":
        tiers = [dict(tier) for tier in amount.tiers]
        tiers[int(path[0])][path[1]] = value
        return dataclasses.replace(amount, tiers=tuple(tiers))
    node: Any = _with(getattr(amount, name), path, value)
    return dataclasses.replace(amount, **{name: node})


def _with(node: Node, path: list[str], value: Decimal) -> Node:
    if not path:
        return value
    key, *rest = path
    if isinstance(node, Mapping):
        return {name: _with(part, rest, value) if name == key else part for name, part in node.items()}
    return [_with(part, rest, value) if str(n) == key else part for n, part in enumerate(node)]


def _reached_with(reached: Mapping[str, Any], path: list[str], value: Decimal) -> Mapping[str, Any]:
    name, place = path[0], path[1] if len(path) > 1 else ""
    values = list(reached.get(name, [0] * len(reached["thresholds"])))
    if place not in map(str, range(len(values))):
        raise BrokenRule(f"found reached.{'.'.join(path)}; expected a place from 0 to {len(values) - 1}; correct it.")
    values[int(place)] = value
    return {**reached, name: values}


def said(changes: Mapping[str, Decimal], rule: Rule, language: str) -> list[dict[str, str]]:
    """Each change with what the number was and is."""
    were = {lever.path: lever for lever in levers(rule, language)}
    return [
        {
            "path": path,
            "words": were[path].words if path in were else path,
            "from": number(were[path].value) if path in were else "",
            "to": number(value),
        }
        for path, value in changes.items()
    ]
