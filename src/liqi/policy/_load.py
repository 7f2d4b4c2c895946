"""Loading: one TOML file a policy, checked whole before a rule of it can be asked."""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from liqi.policy._rule import Amount, Case, Input, Node, Outcome, Place, Requirement, Rule, Step, Text
from liqi.policy._words import COMPARISONS, names_in

KINDS = ("money", "number", "share", "rate", "count", "yes_no", "choice", "series", "date", "rows")
CONFIDENCES = ("official", "official-excerpt", "official-old", "secondary", "news", "draft", "seed", "sample")
"""How near we stand to the issuing text, nearest first."""
_OPERATORS = {"sum", "product", "difference", "quotient", "least", "most"}
_RESULTS = ("yes", "no", "cannot tell")


class BrokenRule(ValueError):
    """A rule cannot be loaded; the message names the rule, what was found and what was expected."""


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule that is shipped, by id, in the order of place and name of the files."""
    folder = resources.files("liqi.policy") / "rules"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    loaded = [load(file) for file in files]
    if len({rule.id for rule in loaded}) != len(loaded):
        raise BrokenRule("found two rules with one id; expected an id a rule; rename one.")
    return {rule.id: rule for rule in loaded}


def load(file: Traversable) -> Rule:
    """The rule in this TOML file; a rule without worked cases is refused."""
    return from_toml(file.read_text(encoding="utf-8"), file.name)


def from_toml(text: str, name: str = "the text", *, draft: bool = False) -> Rule:
    """The rule that this TOML text describes; a draft may lack worked cases, and cannot be switched on."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise BrokenRule(f"{name}: found {problem}; expected a whole rule in TOML; mend it.") from None
    return parse(raw, draft=draft, name=name)


def parse(raw: Mapping[str, Any], *, draft: bool = False, name: str = "") -> Rule:
    """The rule that these tables describe, with every name and node of it checked."""
    named = name or str(raw.get("id", "the rule"))
    try:
        rule = _parsed(raw)
        _check(rule, draft=draft)
    except KeyError as problem:
        raise BrokenRule(f"{named}: found no {problem.args[0]!r}; expected a whole rule; add it.") from None
    except (TypeError, AttributeError, ValueError, ArithmeticError) as problem:
        if isinstance(problem, BrokenRule):
            raise
        raise BrokenRule(f"{named}: found {problem!r}; expected a whole rule; mend it.") from None
    except RecursionError:
        raise BrokenRule(
            f"{named}: found a tree that goes round in a circle or is hundreds of levels deep; expected a tree with "
            "leaves; take the circle out."
        ) from None
    return rule


def _parsed(raw: Mapping[str, Any]) -> Rule:
    return Rule(
        id=raw["id"],
        kind=raw["kind"],
        title=_text(raw["title"]),
        place=Place(raw["place"]["code"], _text(raw["place"])),
        issuer=raw["issuer"],
        document=raw["document"],
        article=raw.get("article", ""),
        valid_from=raw.get("valid_from"),
        valid_to=raw.get("valid_to"),
        clause=_text(raw["clause"]),
        source=raw["source"],
        confidence=raw["confidence"],
        note=raw.get("note", ""),
        inputs={entry["name"]: _input(entry) for entry in raw["input"]},
        condition=raw.get("condition"),
        outcomes=tuple(
            Outcome(o["code"], o["result"], _text(o["text"]), o.get("when")) for o in raw.get("outcome", ())
        ),
        amount=_amount(raw["amount"]) if "amount" in raw else None,
        parts={part["name"]: _amount(part) for part in raw.get("part", ())},
        requirements=tuple(Requirement(_text(r["text"]), r.get("when")) for r in raw.get("requirement", ())),
        reached=raw.get("reached"),
        order=raw.get("order"),
        steps={s["name"]: Step(s["name"], s.get("unit", ""), _text(s["label"]), s["of"]) for s in raw.get("step", ())},
        industry=_text(raw["industry"]) if "industry" in raw else None,
        cases=tuple(
            Case(c["subject"], {key: value for key, value in c.items() if key != "subject"})
            for c in raw.get("case", ())
        ),
    )


def _text(raw: Mapping[str, Any]) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


def _input(raw: Mapping[str, Any]) -> Input:
    return Input(
        name=raw["name"],
        kind=raw["kind"],
        unit=raw.get("unit", ""),
        label=_text(raw["label"]),
        question=_text(raw["question"]),
        options={code: _text(words) for code, words in raw.get("options", {}).items()},
        default=raw.get("default", ""),
    )


def _amount(raw: Mapping[str, Any]) -> Amount:
    return Amount(
        of=raw["of"],
        rate=raw.get("rate"),
        tiers=tuple({key: Decimal(value) for key, value in tier.items()} for tier in raw.get("tiers", ())),
        cap=raw.get("cap"),
        floor=raw.get("floor"),
        step=Decimal(raw["step"]) if "step" in raw else None,
        unit=raw.get("unit", "CNY"),
        label=_text(raw["label"]) if "label" in raw else None,
        always=raw.get("always", False),
    )


def _check(rule: Rule, *, draft: bool) -> None:
    if not rule.cases and not draft:
        raise BrokenRule(f"{rule.id}: found no worked case; expected at least one; add a [[case]].")
    _check_papers(rule)
    _check_steps(rule)
    _check_shape(rule)
    for node in _conditions(rule):
        _check_condition(rule, node)
    for node in _expressions(rule):
        _check_expression(rule, node)


def _check_papers(rule: Rule) -> None:
    if rule.confidence not in CONFIDENCES:
        raise _broken(rule, f"confidence {rule.confidence!r}", f"one of {', '.join(CONFIDENCES)}")
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        raise _broken(rule, "an end before the start", "valid_from on or before valid_to")


def _check_shape(rule: Rule) -> None:
    for asked in rule.inputs.values():
        if asked.kind not in KINDS:
            raise _broken(rule, f"the kind {asked.kind!r} of {asked.name}", f"one of {', '.join(KINDS)}")
        if asked.kind == "choice" and not asked.options:
            raise _broken(rule, f"no options for {asked.name}", "a table of options")
    for outcome in rule.outcomes:
        if outcome.result not in _RESULTS:
            raise _broken(rule, f"the result {outcome.result!r}", f"one of {', '.join(_RESULTS)}")
    for name, wanted in (("reached", "series"), ("order", "rows")):
        part = getattr(rule, name)
        if part is not None and (part["of"] not in rule.inputs or rule.inputs[part["of"]].kind != wanted):
            raise _broken(rule, f"{name} of {part['of']!r}", f"the name of an input of the kind {wanted}")
    if rule.order is not None and not all(isinstance(at, int) and at > 0 for at in rule.order["by"]):
        raise _broken(rule, f"the order by {rule.order['by']!r}", "places of numbers, counted from 1")
    if rule.reached is not None and len(rule.reached.get("awards", rule.reached["thresholds"])) != len(
        rule.reached["thresholds"]
    ):
        raise _broken(rule, f"{len(rule.reached['awards'])} awards", "an award for every threshold")


def _check_steps(rule: Rule) -> None:
    """No step has an input's name, and none goes back to itself by way of others."""
    if twice := set(rule.steps) & set(rule.inputs):
        raise _broken(rule, f"a step and an input both called {min(twice)!r}", "a name of its own for each")

    def follow(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            way = " → ".join((*path[path.index(name) :], name))
            raise _broken(rule, f"steps that go round in a circle ({way})", "steps that end at inputs")
        if name in rule.steps:
            for other in names_in(rule.steps[name].of):
                follow(other, (*path, name))

    for name in rule.steps:
        follow(name, ())


def _conditions(rule: Rule) -> Iterator[Node]:
    yield from (n for n in (rule.condition, *(o.when for o in rule.outcomes)) if n is not None)
    yield from (r.when for r in rule.requirements if r.when is not None)


def _expressions(rule: Rule) -> Iterator[Node]:
    for amount in (rule.amount, *rule.parts.values()):
        if amount is not None:
            yield from (n for n in (amount.of, amount.rate, amount.cap, amount.floor) if n is not None)
    yield from (step.of for step in rule.steps.values())


def _check_condition(rule: Rule, node: Node) -> None:
    if not isinstance(node, Mapping):
        raise _broken(rule, f"the condition {node!r}", "a table")
    if joint := {"all", "any"} & set(node):
        for part in node[joint.pop()]:
            _check_condition(rule, part)
    elif "not" in node:
        _check_condition(rule, node["not"])
    else:
        left, said = set(node) & {"input", "value"}, set(node) & set(COMPARISONS)
        if len(left) != 1 or not said or set(node) != left | said:
            raise _broken(rule, f"the condition {dict(node)!r}", "input or value, and a comparison")
        _check_names(rule, node if "value" in node else {**node, "input": [node["input"]]})


def _check_expression(rule: Rule, node: Node) -> None:
    if isinstance(node, Mapping):
        if "choose" in node:
            for part in node["from"].values():
                _check_expression(rule, part)
        elif "if" in node:
            _check_condition(rule, node["if"])
            _check_expression(rule, node["then"])
            _check_expression(rule, node["else"])
        elif "cut" in node:
            _check_expression(rule, node["cut"])
        elif len(node) == 1 and set(node) <= _OPERATORS:
            for part in next(iter(node.values())):
                _check_expression(rule, part)
        else:
            raise _broken(rule, f"the expression {dict(node)!r}", f"one of {', '.join(sorted(_OPERATORS))}")
    elif isinstance(node, bool) or not isinstance(node, str | int | Decimal):
        raise _broken(rule, f"the expression {node!r}", "a number, an input or an operation")
    _check_names(rule, node)


def _check_names(rule: Rule, node: Node) -> None:
    if lost := [name for name in names_in(node) if name not in rule.inputs and name not in rule.steps]:
        raise _broken(rule, f"the input {lost[0]!r}", f"one of {', '.join(rule.inputs)}")


def _broken(rule: Rule, found: str, expected: str) -> BrokenRule:
    return BrokenRule(f"{rule.id}: found {found}; expected {expected}; mend the file.")
