"""The national evaluation of sharing as in force since 2026-02-01: three heads, nine indicators, four grades.

The rule names them and says that equal scores are ranked by sharing; weights and full marks are a dated table.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from liqi.insight.evaluation._editions import Edition
from liqi.insight.evaluation._score import HUNDRED, Part, Score, capped, decimal, scored

JUDGED = ("coordination", "platform", "running_results")
"""Indicators that people judge: their measure is points out of 100."""


def score(measures: Mapping[str, Decimal | None], rule: Edition) -> Score:
    """The score of a unit; `measures` gives the nine by name, None or absent where not known.

    A measured one has min(1, measure / full_at) x 100 points; a judged one has the points that were given.
    Raises KeyError for a measure that the rule does not name.
    """
    return scores({"": measures}, rule)[""]


def scores(units: Mapping[str, Mapping[str, Decimal | None]], rule: Edition) -> dict[str, Score]:
    """The score of each unit, as `score` gives it; units of the same measures are scored once."""
    lines = _lines(rule)
    done: dict[tuple[Decimal | None, ...], Score] = {}
    parts: dict[tuple[str, Decimal | None], Part] = {}
    found = {}
    for key, measures in units.items():
        if strange := sorted(set(measures) - {line.name for line in lines}):
            named = ", ".join(line.name for line in lines)
            raise KeyError(f"found {', '.join(strange)}; expected measures named {named}.")
        fed = tuple(measures.get(line.name) for line in lines)
        if (made := done.get(fed)) is None:
            for measure, line in zip(fed, lines, strict=True):
                if (line.name, measure) not in parts:
                    parts[line.name, measure] = _part(measure, line)
            mine = (parts[line.name, measure] for measure, line in zip(fed, lines, strict=True))
            made = done[fed] = scored(mine, rule.values["grades"], rule.values["failed"])
        found[key] = made
    return found


def ranking(units: Mapping[str, Score], rule: Edition) -> list[tuple[int, str]]:
    """Ranks and keys, best first; equal scores are ranked by sharing, and share a rank where that is equal too.

    A unit with parts that are not known stands with what is known.
    """
    head = rule.values["ties_by"]
    heights = {key: (one.low, one.of_head(head)) for key, one in units.items()}
    order = sorted(units, key=lambda key: (-heights[key][0], -heights[key][1], key))
    ranks: list[tuple[int, str]] = []
    for place, key in enumerate(order, start=1):
        before = ranks[-1] if ranks else None
        same = before is not None and heights[before[1]] == heights[key]
        ranks.append((before[0] if same and before else place, key))
    return ranks


class _Line(NamedTuple):
    """What the rule says of one indicator."""

    name: str
    head: str
    full: Decimal
    weight: Decimal
    formula: str


def _lines(rule: Edition) -> list[_Line]:
    heads: Mapping[str, Sequence[str]] = rule.values["heads"]
    return [_line(name, head, rule) for head, names in heads.items() for name in names]


def _line(name: str, head: str, rule: Edition) -> _Line:
    weight = decimal(rule.values["weights"][name])
    if name in JUDGED:
        return _Line(name, head, HUNDRED, weight, "points given by people")
    full = decimal(rule.values["full_at"][name])
    return _Line(name, head, full, weight, f"min(1, {name} / {full}) x 100")


def _part(measure: Decimal | None, line: _Line) -> Part:
    points = None if measure is None else capped(measure / line.full * HUNDRED)
    return Part(line.name, points, line.weight, fed={line.name: measure}, formula=line.formula, head=line.head)
