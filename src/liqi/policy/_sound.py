"""Soundness: every name, kind and node of a rule is what its evaluator can work with."""

from collections.abc import Mapping
from typing import Any

from liqi.policy._rule import Amount, Node, Rule
from liqi.policy._shape import is_day, is_number, short, wrong
from liqi.policy._words import COMPARISONS, names_in

KINDS = ("money", "number", "share", "rate", "count", "yes_no", "choice", "series", "date", "rows")
CONFIDENCES = ("official", "official-excerpt", "official-old", "secondary", "news", "draft", "seed", "sample")
"""How near we stand to the issuing text, nearest first."""
RESULTS = ("yes", "no", "cannot tell")
PROVABLE = ("result", "amount", "parts", "outcome", "requirements", "reached", "order")
"""What a worked case can say of the answer."""
_NUMBERS = ("money", "number", "share", "rate", "count")
_OPERATORS = ("sum", "product", "difference", "quotient", "least", "most")
_ORDERED = ("at_least", "at_most", "above", "below")


def check(rule: Rule, *, draft: bool) -> None:
    """Nothing, where the rule hangs together; else Misshapen names the field that does not."""
    if not rule.cases and not draft:
        raise wrong("case", "no worked case", "at least one; add a [[case]]")
    _papers(rule)
    _inputs(rule)
    _steps(rule)
    _condition(rule, rule.condition, "condition")
    for outcome in rule.outcomes:
        if outcome.result not in RESULTS:
            raise wrong(
                f"outcome {outcome.code}.result", f"the result {outcome.result!r}", f"one of {', '.join(RESULTS)}"
            )
        _condition(rule, outcome.when, f"outcome {outcome.code}.when")
    for place, requirement in enumerate(rule.requirements, start=1):
        _condition(rule, requirement.when, f"requirement {place}.when")
    _amount(rule, rule.amount, "amount")
    for name, part in rule.parts.items():
        _amount(rule, part, f"part {name}")
    _reached(rule)
    _order(rule)
    _cases(rule)


def _papers(rule: Rule) -> None:
    if rule.confidence not in CONFIDENCES:
        raise wrong("confidence", f"confidence {rule.confidence!r}", f"one of {', '.join(CONFIDENCES)}")
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        raise wrong("valid_to", "an end before the start", "valid_from on or before valid_to")


def _inputs(rule: Rule) -> None:
    for asked in rule.inputs.values():
        at = f"input {asked.name}"
        if asked.kind not in KINDS:
            raise wrong(f"{at}.kind", f"the kind {asked.kind!r} of {asked.name}", f"one of {', '.join(KINDS)}")
        if asked.kind == "choice" and not asked.options:
            raise wrong(f"{at}.options", f"no options for {asked.name}", "a table of options")
        if asked.default not in ("", "on") or (asked.default and asked.kind != "date"):
            raise wrong(f"{at}.default", f"{asked.default!r}", '"on" for a date, or nothing')


def _steps(rule: Rule) -> None:
    """No step has an input's name, and none goes back to itself by way of others."""
    if twice := set(rule.steps) & set(rule.inputs):
        raise wrong("step", f"a step and an input both called {min(twice)!r}", "a name of its own for each")
    for step in rule.steps.values():
        _expression(rule, step.of, f"step {step.name}.of")

    def follow(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            way = " → ".join((*path[path.index(name) :], name))
            raise wrong("step", f"steps that go round in a circle ({way})", "steps that end at inputs")
        if name in rule.steps:
            for other in names_in(rule.steps[name].of):
                follow(other, (*path, name))

    for name in rule.steps:
        follow(name, ())


def _condition(rule: Rule, node: Node, at: str) -> None:
    if node is None:
        return
    if not isinstance(node, Mapping):
        raise wrong(at, f"the condition {short(node)}", "a table")
    for joint in ("all", "any"):
        if joint in node:
            _only(node, (joint,), at)
            parts = node[joint]
            if not isinstance(parts, list | tuple) or not parts:
                raise wrong(f"{at}.{joint}", short(parts), "a list of conditions")
            for place, part in enumerate(parts, start=1):
                _condition(rule, part, f"{at}.{joint} {place}")
            return
    if "not" in node:
        _only(node, ("not",), at)
        if node["not"] is None:
            raise wrong(f"{at}.not", "nothing", "a condition")
        _condition(rule, node["not"], f"{at}.not")
        return
    left, said = set(node) & {"input", "value"}, set(node) & set(COMPARISONS)
    if len(left) != 1 or not said or set(node) != left | said:
        raise wrong(at, f"the condition {short(dict(node))}", "input or value, and a comparison")
    kind = _kind(rule, node["input"], f"{at}.input") if "input" in node else "number"
    if "value" in node:
        _expression(rule, node["value"], f"{at}.value")
    for name in sorted(said):
        _compared(rule, node, name, kind, f"{at}.{name}")


def _compared(rule: Rule, node: Mapping[str, Any], name: str, kind: str, at: str) -> None:
    """The right side of a comparison is of the left one's kind."""
    right = node[name]
    if kind == "yes_no":
        if name != "equals" or not isinstance(right, bool):
            raise wrong(at, short(right), "equals = true or equals = false, for a question of yes or no")
    elif kind == "choice":
        options = rule.inputs[node["input"]].options
        if name != "equals" or not isinstance(right, str) or right not in options:
            raise wrong(at, short(right), f"equals = one of {', '.join(options)}")
    elif kind == "date":
        other = isinstance(right, str) and right in rule.inputs and rule.inputs[right].kind == "date"
        if (name == "equals" and not is_day(right)) or not (is_day(right) or other):
            raise wrong(at, short(right), "a day without quotes such as 2026-01-31, or the name of a date")
    elif kind in ("series", "rows"):
        raise wrong(at, f"a comparison of {node['input']!r}, which is {kind}", "a number, a word, a day or yes or no")
    elif name == "equals":
        if not is_number(right):
            raise wrong(at, short(right), "a number")
    elif name not in _ORDERED:
        raise wrong(at, f"{name} with a number", f"one of {', '.join((*_ORDERED, 'equals'))}")
    else:
        _expression(rule, right, at)


def _expression(rule: Rule, node: Node, at: str) -> None:
    """The node makes a number."""
    if isinstance(node, str):
        if (kind := _kind(rule, node, at)) not in ("number", *_NUMBERS):
            raise wrong(at, f"{node!r}, which is {kind}", "a number, an input that is one, or an operation")
    elif not isinstance(node, Mapping):
        if not is_number(node):
            raise wrong(at, f"the expression {short(node)}", "a number, an input or an operation")
    elif "choose" in node:
        _only(node, ("choose", "from"), at)
        _chosen(rule, node, at)
    elif "if" in node:
        _only(node, ("if", "then", "else"), at)
        if node["if"] is None:
            raise wrong(f"{at}.if", "nothing", "a condition")
        _condition(rule, node["if"], f"{at}.if")
        _expression(rule, node["then"], f"{at}.then")
        _expression(rule, node["else"], f"{at}.else")
    elif "cut" in node:
        _only(node, ("cut", "step"), at)
        _expression(rule, node["cut"], f"{at}.cut")
        if not is_number(node["step"]) or node["step"] <= 0:
            raise wrong(f"{at}.step", short(node["step"]), "a number above 0")
    elif len(node) == 1 and set(node) <= set(_OPERATORS):
        ((name, parts),) = node.items()
        if not isinstance(parts, list | tuple) or not parts or (name == "quotient" and len(parts) != 2):
            raise wrong(
                f"{at}.{name}", short(parts), "a list of two numbers" if name == "quotient" else "a list of numbers"
            )
        for place, part in enumerate(parts, start=1):
            _expression(rule, part, f"{at}.{name} {place}")
    else:
        raise wrong(at, f"the expression {short(dict(node))}", f"one of {', '.join(_OPERATORS)}, choose, if, cut")


def _chosen(rule: Rule, node: Mapping[str, Any], at: str) -> None:
    name, choices = node["choose"], node["from"]
    if (kind := _kind(rule, name, f"{at}.choose")) != "choice":
        raise wrong(f"{at}.choose", f"{name!r}, which is {kind}", "the name of a choice")
    options = rule.inputs[name].options
    if not isinstance(choices, Mapping) or set(choices) != set(options):
        raise wrong(f"{at}.from", short(choices), f"a table with {', '.join(options)}")
    for code, part in choices.items():
        _expression(rule, part, f"{at}.from.{code}")


def _only(node: Mapping[str, Any], names: tuple[str, ...], at: str) -> None:
    if lost := [name for name in names if name not in node]:
        raise wrong(at, f"no {lost[0]!r}", f"{' and '.join(names)}")
    if more := [name for name in node if name not in names]:
        raise wrong(at, f"{more[0]!r}", f"{' and '.join(names)} and nothing else")


def _kind(rule: Rule, name: Any, at: str) -> str:
    if isinstance(name, str) and name in rule.steps:
        return "number"
    if not isinstance(name, str) or name not in rule.inputs:
        raise wrong(at, f"the input {short(name)}", f"one of {', '.join((*rule.inputs, *rule.steps))}")
    return rule.inputs[name].kind


def _amount(rule: Rule, amount: Amount | None, at: str) -> None:
    if amount is None:
        return
    for name in ("of", "rate", "cap", "floor"):
        if (node := getattr(amount, name)) is not None:
            _expression(rule, node, f"{at}.{name}")
    if amount.step is not None and amount.step <= 0:
        raise wrong(f"{at}.step", str(amount.step), "a number above 0")
    edges = [tier["up_to"] for tier in amount.tiers if "up_to" in tier]
    if any("up_to" not in tier for tier in amount.tiers[:-1]) or edges != sorted(set(edges)):
        raise wrong(f"{at}.tiers", short([str(edge) for edge in edges]), "an up_to in every tier but the last, rising")


def _reached(rule: Rule) -> None:
    if rule.reached is None:
        return
    _names_a(rule, rule.reached["of"], "series", "reached")
    edges = rule.reached["thresholds"]
    if len(set(edges)) < len(edges):
        raise wrong("reached.thresholds", short(edges), "every threshold once")
    if "awards" in rule.reached and len(rule.reached["awards"]) != len(edges):
        raise wrong("reached.awards", f"{len(rule.reached['awards'])} awards", "an award for every threshold")
    if rule.reached.get("pays", "all") not in ("all", "highest"):
        raise wrong("reached.pays", short(rule.reached["pays"]), "all or highest")


def _order(rule: Rule) -> None:
    if rule.order is None:
        return
    _names_a(rule, rule.order["of"], "rows", "order")
    for at in rule.order["by"]:
        if isinstance(at, bool) or not isinstance(at, int) or at < 1:
            raise wrong("order.by", f"the order by {short(rule.order['by'])}", "places of numbers, counted from 1")


def _names_a(rule: Rule, name: Any, kind: str, field: str) -> None:
    if not isinstance(name, str) or name not in rule.inputs or rule.inputs[name].kind != kind:
        raise wrong(f"{field}.of", f"{field} of {short(name)}", f"the name of an input of the kind {kind}")


def _cases(rule: Rule) -> None:
    for place, case in enumerate(rule.cases, start=1):
        if more := [name for name in case.expected if name not in (*PROVABLE, "on")]:
            raise wrong(f"case {place}", f"{more[0]!r}", f"subject, on, {', '.join(PROVABLE)}")
        if not set(case.expected) & set(PROVABLE):
            raise wrong(f"case {place}", "a case that says nothing of the answer", "its result or amount")
        if "on" in case.expected and not is_day(case.expected["on"]):
            raise wrong(f"case {place}.on", short(case.expected["on"]), "a day without quotes such as 2026-01-31")
