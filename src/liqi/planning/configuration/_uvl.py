"""Feature models in the Universal Variability Language (Boolean level, with numbers as attributes)."""

import re
from dataclasses import dataclass, field
from itertools import combinations

from liqi.planning.configuration import _formula
from liqi.planning.configuration._model import Model, Rule, UnusableModel, finite

GROUPS = ("mandatory", "optional", "or", "alternative")
CARDINALITY = re.compile(r"\[(\d+)(?:\.\.(\d+|\*))?\]")
FEATURE = re.compile(r'(?:"([^"]*)"|([^\s{}"]+))\s*(?:\{([^{}]*)\})?$')
ATTRIBUTE = re.compile(r"([A-Za-z_][\w.]*)\s+(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$")
LARGEST_CHOICE = 5000
"""Clauses of one group [n..m] at most."""


@dataclass
class Branch:
    """A feature with its groups: kind, least, most, children."""

    name: str
    indent: int
    groups: list[tuple[str, int, int | None, list["Branch"]]] = field(default_factory=list)


def read(text: str, name: str) -> Model:
    """The model; raises UnusableModel with the line, what was found and what was expected."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line.strip() and not line.strip().startswith("//")]
    heads = {line.strip(): at for at, (_, line) in enumerate(lines) if not line[0].isspace()}
    if "features" not in heads:
        raise UnusableModel(f"{name}: found no line `features`; expected a feature model in UVL; correct the file.")
    if "imports" in heads:
        raise UnusableModel(f"{name}: found imports; expected one file; write the imported features into it.")
    start, end = heads["features"] + 1, heads.get("constraints", len(lines))
    attributes: dict[str, dict[str, float]] = {}
    root, found = _tree(lines[start:end], attributes, name)
    numbers = {each: number for number, each in enumerate(found, 1)}
    rules = [Rule(f"{root.name} is always there", ((numbers[root.name],),)), *_structure(root, numbers)]
    clauses = _formula.Clauses(numbers)
    for number, line in lines[end + 1 :]:
        if not line[0].isspace():
            break
        rules.append(_constraint(line.strip(), number, numbers, clauses, name))
    by_number = {key: {numbers[one]: much for one, much in values.items()} for key, values in attributes.items()}
    return Model(name, tuple(found), tuple(rules), attributes=by_number, helpers=clauses.helpers)


def _constraint(text: str, number: int, numbers: dict[str, int], clauses: _formula.Clauses, name: str) -> Rule:
    try:
        tree = _formula.parse(text)
        if unknown := sorted(_formula.names(tree) - numbers.keys()):
            raise UnusableModel(
                f"{name}, line {number}: found {unknown[0]!r} in a rule; expected a feature of the model; correct the "
                "rule."
            )
        return Rule(text, clauses.of(tree))
    except RecursionError:
        raise UnusableModel(
            f"{name}, line {number}: found a rule of hundreds of signs; expected fewer; write it as several."
        ) from None


def _tree(
    lines: list[tuple[int, str]], attributes: dict[str, dict[str, float]], name: str
) -> tuple[Branch, dict[str, None]]:
    """The root and all names in order."""
    found: dict[str, None] = {}
    root: Branch | None = None
    branches: list[Branch] = []
    groups: list[tuple[int, list[Branch]]] = []
    for number, line in lines:
        words = line.strip()
        indent = len(line) - len(line.lstrip())
        branches = [each for each in branches if each.indent < indent]
        groups = [each for each in groups if each[0] < indent]
        bounds = CARDINALITY.fullmatch(words)
        if words in GROUPS or bounds:
            if not branches:
                raise UnusableModel(
                    f"{name}, line {number}: found the group {words} without a feature above; correct it."
                )
            children: list[Branch] = []
            low, high = _bounds(bounds)
            branches[-1].groups.append((words if not bounds else "choice", low, high, children))
            groups.append((indent, children))
            continue
        match = FEATURE.fullmatch(words)
        if not match:
            raise UnusableModel(
                f"{name}, line {number}: found {words[:40]!r}; expected a feature or a group; correct it."
            )
        label = match.group(1) if match.group(1) is not None else match.group(2)
        if label in found or (found and not groups):
            said = "twice" if label in found else "as a second root"
            raise UnusableModel(
                f"{name}, line {number}: found {label!r} {said}; expected one tree of names; correct it."
            )
        found[label] = None
        branch = Branch(label, indent)
        if groups:
            groups[-1][1].append(branch)
        branches.append(branch)
        _attributes(match.group(3) or "", label, attributes, f"{name}, line {number}")
        root = root or branch
    if root is None:
        raise UnusableModel(f"{name}: found no feature under `features`; expected at least the root; correct the file.")
    return root, found


def _bounds(match: re.Match[str] | None) -> tuple[int, int | None]:
    if not match:
        return 0, None
    low, high = int(match.group(1)), match.group(2)
    return low, low if high is None else None if high == "*" else int(high)


def _attributes(text: str, label: str, attributes: dict[str, dict[str, float]], where: str) -> None:
    for part in text.split(","):
        if match := ATTRIBUTE.fullmatch(part.strip()):
            attributes.setdefault(match.group(1), {})[label] = finite(float(match.group(2)), where, match.group(1))


def _structure(root: Branch, numbers: dict[str, int]) -> list[Rule]:
    rules, todo = [], [root]
    while todo:
        branch = todo.pop()
        for kind, low, high, children in branch.groups:
            todo += children
            above, below = numbers[branch.name], [numbers[each.name] for each in children]
            for child in children:
                rules.append(Rule(f"{child.name} needs {branch.name}", ((-numbers[child.name], above),)))
            if kind == "mandatory":
                rules += [
                    Rule(f"{branch.name} has {child.name}", ((-above, numbers[child.name]),)) for child in children
                ]
            elif kind != "optional":
                least, most = {"or": (1, None), "alternative": (1, 1)}.get(kind, (low, high))
                rules += _choice(branch.name, above, [each.name for each in children], below, least, most)
    return rules


def _choice(name: str, above: int, names: list[str], below: list[int], least: int, most: int | None) -> list[Rule]:
    """At least and at most so many of a group, where its feature is there."""
    said, rules = ", ".join(names[:6]) + (" ..." if len(names) > 6 else ""), []
    most = len(below) if most is None else most
    for size, sign, words in ((len(below) - least + 1, 1, f"at least {least}"), (most + 1, -1, f"at most {most}")):
        if not 0 < size <= len(below) or (sign > 0 and least == 0):
            if sign > 0 and least > len(below):
                rules.append(Rule(f"{name} needs {least} of {said}", ((-above,),)))
            continue
        clauses = []
        for some in combinations(below, size):
            clauses.append((-above, *some) if sign > 0 else tuple(-each for each in some))
            if len(clauses) > LARGEST_CHOICE:
                raise UnusableModel(
                    f"{name}: found a choice of {words} of {len(below)}; expected one that makes at most "
                    f"{LARGEST_CHOICE} clauses; split the group."
                )
        rules.append(Rule(f"{name} takes {words} of {said}", tuple(clauses)))
    return rules
