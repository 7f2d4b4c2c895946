"""What can be built: features, rules between them as clauses, and sums that must stay within limits."""

from collections.abc import Iterable
from dataclasses import dataclass, field


class UnusableModel(ValueError):
    """The model cannot be read, or what is asked of it is not in it."""


MOST_NUMBER = 1e12
"""No attribute, limit or budget goes beyond this on either side of 0."""
SLACK = 1e-6
"""A sum that misses its limit by less is within it, as it is for the solver: 0.1 + 0.2 is at most 0.3."""
Clause = tuple[int, ...]
"""Features by number from 1, negative for absent; at least one of them holds."""


def finite(much: float, name: str, said: str) -> float:
    """The number; raises UnusableModel where it is none, or beyond MOST_NUMBER."""
    if not abs(much) <= MOST_NUMBER:
        found = str(much)
        raise UnusableModel(
            f"{name}: found {said} {found[:20]}{'...' if len(found) > 20 else ''}; expected a number from "
            f"{-MOST_NUMBER:g} to {MOST_NUMBER:g}; correct it."
        )
    return float(much)


@dataclass(frozen=True)
class Rule:
    """A rule in words, and its clauses; one that is `given` with the thing is not told as a reason."""

    words: str
    clauses: tuple[Clause, ...]
    given: bool = False


@dataclass(frozen=True)
class Limit:
    """The sum of an attribute over the chosen features is at least `low` and at most `high`."""

    attribute: str
    low: float | None = None
    high: float | None = None

    def holds(self, total: float) -> bool:
        """Whether this sum is within the limit."""
        return (self.low is None or total >= self.low - SLACK) and (self.high is None or total <= self.high + SLACK)

    @property
    def words(self) -> str:
        """The limit as a person would write it."""
        sides = [
            f">= {self.low:.12g}" if self.low is not None else "",
            f"<= {self.high:.12g}" if self.high is not None else "",
        ]
        return f"sum of {self.attribute} {' and '.join(side for side in sides if side)}"


@dataclass(frozen=True)
class Model:
    """Features by name, `attributes[name][feature number]`, rules and limits; its helping variables come after them.

    A helping variable is settled by the features, so that solutions count configurations.
    """

    name: str
    features: tuple[str, ...]
    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...] = ()
    attributes: dict[str, dict[int, float]] = field(default_factory=dict)
    helpers: int = 0

    @property
    def variables(self) -> int:
        """Features and helping variables."""
        return len(self.features) + self.helpers

    @property
    def clauses(self) -> list[Clause]:
        """All clauses of all rules."""
        return [clause for rule in self.rules for clause in rule.clauses]

    def number(self, name: str) -> int:
        """The number of the feature; raises UnusableModel that names those that come near."""
        if name in self.features:
            return self.features.index(name) + 1
        near = [each for each in self.features if name.casefold() in each.casefold()][:5] or self.features[:5]
        raise UnusableModel(
            f"found no feature {name!r} in {self.name}; expected one of its {len(self.features)}, such as "
            f"{', '.join(near)}; correct the name."
        )

    def names(self, literals: Iterable[int]) -> list[str]:
        """The features among these, in the order of the model."""
        return [self.features[each - 1] for each in sorted(set(literals)) if 0 < each <= len(self.features)]
