"""A score and its parts: what each was fed, its points, its weight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

HUNDRED = Decimal(100)
_SHOWN = Decimal("0.01")
_NONE = Decimal(0)


@dataclass(frozen=True)
class Part:
    """One line of a score: the points out of `most`, or None where it is not known."""

    name: str
    points: Decimal | None
    weight: Decimal
    most: Decimal = HUNDRED
    fed: Mapping[str, Decimal | None] = field(default_factory=dict, hash=False)
    """The numbers behind the points, by name."""
    formula: str = ""
    head: str = ""

    @cached_property
    def counted(self) -> Decimal | None:
        """What the part adds to the score: points / most x weight."""
        return None if self.points is None else rounded(self.points / self.most * self.weight)


@dataclass(frozen=True)
class Score:
    """The sum of the parts, as far as they are known, and the grade where it does not hang on what is not known."""

    parts: tuple[Part, ...]
    grade: str
    """Empty where the parts that are not known could still change it."""
    low: Decimal
    """The score if every part that is not known had no points."""
    high: Decimal
    """The score if every part that is not known had all points."""

    @property
    def total(self) -> Decimal | None:
        """The score; None where a part is not known."""
        return self.low if not self.unknown else None

    @property
    def unknown(self) -> tuple[str, ...]:
        """The parts that are not known."""
        return tuple(part.name for part in self.parts if part.points is None)

    def of_head(self, head: str) -> Decimal:
        """What the known parts of one head add to the score."""
        return sum((part.counted or Decimal(0) for part in self.parts if part.head == head), Decimal(0))


def scored(parts: Iterable[Part], grades: Sequence[Sequence[object]], failed: str) -> Score:
    """The parts summed up and graded; `grades` are names and the least score of each, best first."""
    lines = tuple(parts)
    low = sum((part.counted or _NONE for part in lines), _NONE)
    high = sum((part.weight if part.counted is None else part.counted for part in lines), _NONE)
    least, best = _grade(low, grades, failed), _grade(high, grades, failed)
    return Score(lines, least if least == best else "", low, high)


def _grade(score: Decimal, grades: Sequence[Sequence[object]], failed: str) -> str:
    for name, least in grades:
        if score >= decimal(least):
            return str(name)
    return failed


def capped(points: Decimal, most: Decimal = HUNDRED) -> Decimal:
    """The points between none and `most`."""
    return min(max(points, Decimal(0)), most)


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Part / whole; None where either is not known or the whole is nothing."""
    return None if part is None or not whole else part / whole


def decimal(value: object) -> Decimal:
    """A parameter or a count as a Decimal, by what it prints."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def rounded(value: Decimal) -> Decimal:
    """To two places, halves up, as the forms print it."""
    return value.quantize(_SHOWN, ROUND_HALF_UP)
