"""Control charts: which of a series of values say that something has changed.

Rules as data, each "so many of so many consecutive points": Western Electric, Statistical Quality Control Handbook
(1956), tests 1 to 4; L. S. Nelson, The Shewhart control chart: tests for special causes, J. Quality Technology 16
(1984) 237-239, tests 1 to 4; limits at three standard deviations as in ISO 7870-2:2013.
"""

import itertools
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["NELSON", "RULES", "WESTERN_ELECTRIC", "Limits", "Rule", "UnknownRule", "broken", "limits_of"]


class UnknownRule(ValueError):
    """A rule that is not among RULES; the message names them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre of a chart and the standard deviation of single values around it."""

    centre: float
    sigma: float

    def at(self, times: float) -> float:
        """The line so many standard deviations above the centre."""
        return self.centre + times * self.sigma


@dataclass(frozen=True, slots=True)
class Rule:
    """At least ``count`` of the last ``of`` points, the last among them: beyond a line, or in a pattern."""

    key: str
    count: int
    of: int
    pattern: str
    """beyond: farther than ``sigmas`` on one side; trend: all rising or all falling; zigzag: up and down in turn."""
    sigmas: float = 0.0


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.key: rule
        for rule in (
            Rule("beyond 3 sigma", 1, 1, "beyond", 3.0),
            Rule("2 of 3 beyond 2 sigma", 2, 3, "beyond", 2.0),
            Rule("4 of 5 beyond 1 sigma", 4, 5, "beyond", 1.0),
            Rule("8 on one side", 8, 8, "beyond"),
            Rule("9 on one side", 9, 9, "beyond"),
            Rule("6 rising or falling", 6, 6, "trend"),
            Rule("14 up and down", 14, 14, "zigzag"),
        )
    }
)
"""Every rule by its key."""
WESTERN_ELECTRIC = ("beyond 3 sigma", "2 of 3 beyond 2 sigma", "4 of 5 beyond 1 sigma", "8 on one side")
NELSON = ("beyond 3 sigma", "9 on one side", "6 rising or falling", "14 up and down")


def limits_of(values: Sequence[float]) -> Limits:
    """Mean and standard deviation (n - 1) of the values; raises ValueError for fewer than two or equal ones."""
    if len(values) < 2:
        raise ValueError(f"found {len(values)} values, expected at least 2; measure the check standard again.")
    sigma = statistics.stdev(values)
    if not sigma > 0 or not math.isfinite(sigma):
        raise ValueError("found values that are all equal, expected some spread; give the standard deviation.")
    return Limits(statistics.fmean(values), sigma)


def broken(values: Sequence[float], limits: Limits, rules: Sequence[str] = WESTERN_ELECTRIC) -> list[str]:
    """The keys of the rules that the last of the values breaks, those before it being its history."""
    unknown = [key for key in rules if key not in RULES]
    if unknown:
        raise UnknownRule(f"found the rule {unknown[0]!r}, expected some of {', '.join(RULES)}; choose among them.")
    scores = [(value - limits.centre) / limits.sigma for value in values]
    return [key for key in rules if _PATTERNS[RULES[key].pattern](scores, RULES[key])]


def _beyond(scores: Sequence[float], rule: Rule) -> bool:
    last = scores[-rule.of :]
    if len(last) < rule.count:
        return False
    return any(
        last[-1] * side > rule.sigmas and sum(score * side > rule.sigmas for score in last) >= rule.count
        for side in (1, -1)
    )


def _trend(scores: Sequence[float], rule: Rule) -> bool:
    last = scores[-rule.of :]
    steps = [after - before for before, after in itertools.pairwise(last)]
    return len(last) == rule.of and (all(step > 0 for step in steps) or all(step < 0 for step in steps))


def _zigzag(scores: Sequence[float], rule: Rule) -> bool:
    last = scores[-rule.of :]
    steps = [after - before for before, after in itertools.pairwise(last)]
    return len(last) == rule.of and all(a * b < 0 for a, b in itertools.pairwise(steps))


_PATTERNS: Mapping[str, Callable[[Sequence[float], Rule], bool]] = {
    "beyond": _beyond,
    "trend": _trend,
    "zigzag": _zigzag,
}
