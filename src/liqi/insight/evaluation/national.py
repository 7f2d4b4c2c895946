"""The national evaluation of sharing as in force since 2026-02-01: three heads, nine indicators, four grades.

The rule names them and says that equal scores are ranked by sharing; weights and full marks are a dated table.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from liqi.insight.evaluation._editions import Edition
from liqi.insight.evaluation._score import HUNDRED, Part, Score, capped, decimal, scored

JUDGED = ("coordination", "platform", "running_results")
"""Indicators that people judge: their measure is points out of 100."""


def score(measures: Mapping[str, Decimal | None], rule: Edition) -> Score:
    """The score of a unit; `measures` gives the nine by name, None or absent where not known.

    A measured one has min(1, measure / full_at) x 100 points; a judged one has the points that were given.
    Raises KeyError for a measure that the rule does not name.
    """
    heads: Mapping[str, Sequence[str]] = rule.values["heads"]
    named = [name for names in heads.values() for name in names]
    if strange := sorted(set(measures) - set(named)):
        raise KeyError(f"found {', '.join(strange)}; expected measures named {', '.join(named)}.")
    return scored(
        (_part(name, measures.get(name), head, rule) for head, names in heads.items() for name in names),
        rule.values["grades"],
        rule.values["failed"],
    )


def ranking(units: Mapping[str, Score], rule: Edition) -> list[tuple[int, str]]:
    """Ranks and keys, best first; equal scores are ranked by sharing, and share a rank where that is equal too.

    A unit with parts that are not known stands with what is known.
    """
    head = rule.values["ties_by"]
    order = sorted(units, key=lambda key: (-units[key].low, -units[key].of_head(head), key))
    ranks: list[tuple[int, str]] = []
    for place, key in enumerate(order, start=1):
        before = ranks[-1] if ranks else None
        same = before is not None and _height(units[before[1]], head) == _height(units[key], head)
        ranks.append((before[0] if same and before else place, key))
    return ranks


def _height(one: Score, head: str) -> tuple[Decimal, Decimal]:
    return one.low, one.of_head(head)


def _part(name: str, measure: Decimal | None, head: str, rule: Edition) -> Part:
    full = HUNDRED if name in JUDGED else decimal(rule.values["full_at"][name])
    points = None if measure is None else capped(measure / full * HUNDRED)
    formula = "points given by people" if name in JUDGED else f"min(1, {name} / {full}) x 100"
    return Part(name, points, decimal(rule.values["weights"][name]), fed={name: measure}, formula=formula, head=head)
