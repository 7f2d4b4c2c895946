"""Trees: conditions in three values and amounts in Decimal, every node written down as it is worked out."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import reduce
from typing import Any

from liqi.policy._rule import Amount, Node, Step, Value
from liqi.policy._words import COMPARISONS, Words, names_in

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "above": lambda left, right: left > right,
    "below": lambda left, right: left < right,
    "equals": lambda left, right: left == right,
    "from": lambda left, right: left >= right,
    "to": lambda left, right: left <= right,
}


class Walk:
    """One walk through the trees of a rule for one subject: what is asked, found and missing, in order."""

    def __init__(
        self, subject: Mapping[str, Value | None], words: Words, steps: Mapping[str, Step] | None = None
    ) -> None:
        self.subject = dict(subject)
        self.steps = steps or {}
        self.words = words
        self.trace: list[dict[str, object]] = []
        self.missing: dict[str, None] = {}

    def note(self, check: str, result: str, found: str = "", depth: int = 0) -> None:
        """One line more in the trace."""
        self.trace.append({"depth": depth, "check": check, "found": found, "result": result})

    def holds(self, node: Node, depth: int = 0) -> bool | None:
        """True, False, or None where an input is missing that decides it."""
        line: dict[str, object] = {"depth": depth, "check": self.words.condition(node), "found": "", "result": ""}
        self.trace.append(line)
        answer = self._holds(node, depth, line)
        line["result"] = self.words.result("cannot tell" if answer is None else "yes" if answer else "no")
        return answer

    def _holds(self, node: Node, depth: int, line: dict[str, object]) -> bool | None:
        if "all" in node:
            return self._joined(node["all"], depth, deciding=False)
        if "any" in node:
            return self._joined(node["any"], depth, deciding=True)
        if "not" in node:
            inner = self.holds(node["not"], depth + 1)
            return None if inner is None else not inner
        names = names_in({key: part for key, part in node.items() if key != "input"})
        names = [*([node["input"]] if "input" in node else []), *names]
        left = self._input(node["input"]) if "input" in node else self._value(node["value"])
        answers = []
        for name in COMPARISONS:
            if name in node:
                right = node[name] if isinstance(node[name], bool | date) or name == "equals" else None
                right = self._value(node[name]) if right is None else right
                known = left is not None and right is not None
                answers.append(_COMPARE[name](left, right) if known else None)
        line["found"] = self.words.found(names, self.subject)
        return _every(answers)

    def _joined(self, parts: list[Node], depth: int, *, deciding: bool) -> bool | None:
        """All (deciding: False) or any (deciding: True); what a decided node did not need is not missing."""
        before = dict(self.missing)
        answers = [self.holds(part, depth + 1) for part in parts]
        if deciding in answers:
            self.missing = before
            return deciding
        return None if None in answers else not deciding

    def amount(self, amount: Amount, depth: int = 0) -> Decimal | None:
        """What is paid before rounding to the cent, or None where an input is missing."""
        base = self.value(amount.of, depth)
        if amount.tiers:
            paid = None if base is None else _tiered(base, amount.tiers)
            self.note(self.words.pick("分档计算", "paid by slices"), self.words.value(paid), "", depth)
        elif amount.rate is not None:
            rate = self.value(amount.rate, depth)
            paid = None if base is None or rate is None else base * rate
            check = f"{self.words.expression(amount.of)} × {self.words.expression(amount.rate)}"
            self.note(check, self.words.value(paid), self.words.value(base), depth)
        else:
            paid = base
        paid = self._bounded(paid, amount.cap, min, self.words.pick("上限", "cap"), depth)
        paid = self._bounded(paid, amount.floor, max, self.words.pick("下限", "floor"), depth)
        if amount.step is not None:
            paid = None if paid is None else _cut(paid, amount.step)
            check = self.words.pick("按 {} 元向下取整", "cut down to steps of {}").format(amount.step)
            self.note(check, self.words.value(paid), "", depth)
        return paid

    def _bounded(
        self, paid: Decimal | None, bound: Node, pick: Callable[..., Decimal], name: str, depth: int
    ) -> Decimal | None:
        if bound is None:
            return paid
        edge = self.value(bound, depth)
        paid = None if paid is None or edge is None else pick(paid, edge)
        self.note(f"{name}: {self.words.expression(bound)}", self.words.value(paid), self.words.value(edge), depth)
        return paid

    def value(self, node: Node, depth: int = 0) -> Decimal | None:
        """The number that an expression makes, written down unless it is a plain number."""
        answer: Decimal | None = self._value(node)
        if isinstance(node, str | Mapping):
            found = self.words.found(names_in(node), self.subject)
            self.note(self.words.expression(node), self.words.value(answer), found, depth)
        return answer

    def _value(self, node: Node) -> Any:
        if isinstance(node, str):
            return self._input(node)
        if isinstance(node, int | Decimal):
            return Decimal(node)
        if "choose" in node:
            chosen = self._input(node["choose"])
            return None if chosen is None else self._value(node["from"][chosen])
        if "if" in node:
            return self._branch(node)
        if "cut" in node:
            whole = self._value(node["cut"])
            return None if whole is None else _cut(whole, Decimal(node["step"]))
        (name, parts), *_ = node.items()
        values = [self._value(part) for part in parts]
        if None in values:
            return None
        if name == "quotient" and not values[1]:
            self.missing |= dict.fromkeys(names_in(parts[1]))
            self.note(self.words.expression(node), self.words.pick("除数为零", "divided by zero"))
        return _OPERATIONS[name](values)

    def _branch(self, node: Node) -> Any:
        holds = self.holds(node["if"], depth=1)
        if holds is None:
            return None
        return self._value(node["then"] if holds else node["else"])

    def _input(self, name: str) -> Value | None:
        if name in self.steps:
            return self._step(self.steps[name])
        found = self.subject.get(name)
        if found is None:
            self.missing[name] = None
        return found

    def _step(self, step: Step) -> Value | None:
        """The step's number, worked out and written down the first time that it is asked for."""
        if self.subject.get(step.name) is None:
            answer = self._value(step.of)
            self.subject[step.name] = answer
            check = f"{step.label.said(self.words.language)} = {self.words.expression(step.of)}"
            self.note(check, self.words.value(answer, step.unit), self.words.found(names_in(step.of), self.subject))
        return self.subject[step.name]


def _every(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _cut(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def _tiered(base: Decimal, tiers: tuple[Mapping[str, Decimal], ...]) -> Decimal:
    paid, lower = Decimal(0), Decimal(0)
    for tier in tiers:
        upper = tier.get("up_to", base)
        paid += max(min(base, upper) - lower, Decimal(0)) * tier["rate"]
        lower = upper
    return paid


def _quotient(values: list[Decimal]) -> Decimal | None:
    """To sixty digits: a quotient need have no end."""
    with localcontext(prec=60):
        return values[0] / values[1] if values[1] else None


_OPERATIONS: Mapping[str, Callable[[list[Decimal]], Decimal | None]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "product": lambda values: reduce(lambda a, b: a * b, values),
    "difference": lambda values: values[0] - sum(values[1:], Decimal(0)),
    "quotient": _quotient,
    "least": min,
    "most": max,
}
"""What can be done with numbers; a rule can do nothing else."""
