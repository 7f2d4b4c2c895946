"""Alternatives: models of the same class side by side with one that is wanted, number by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Ends = tuple[float | None, float | None]
"""The low and the high end of what a model can do, in the quantity's own unit."""
SMALLER, LARGER, WITHIN = "smaller", "larger", "within"
"""Which way is better: a small limit, a large range's high end, or a range that takes the other one in."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of a maker: what it can do by quantity, and the instruments of it that are on record."""

    maker: str
    name: str
    numbers: Mapping[str, Ends]
    instruments: tuple[str, ...] = ()
    domestic: bool | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A model held against the wanted one: which of its numbers it meets, misses or does not say."""

    model: Model
    meets: tuple[str, ...]
    misses: tuple[str, ...]
    not_said: tuple[str, ...]
    ratios: Mapping[str, float] = field(default_factory=dict)
    """Its number over the wanted one, at the end that decides, where both are known and not zero."""

    @property
    def share(self) -> float | None:
        """Of the wanted numbers that it says, the share that it meets; None where it says none."""
        said = len(self.meets) + len(self.misses)
        return len(self.meets) / said if said else None


def match(wanted: Model, candidates: Sequence[Model], better: Mapping[str, str]) -> list[Match]:
    """The candidates against the wanted model, those that meet most first, then those with more instruments.

    `better` says for each quantity which way is better; a quantity it does not name is shown and not judged.
    """
    found = [_match(wanted, model, better) for model in candidates]
    return sorted(
        found, key=lambda one: (-len(one.meets), len(one.misses), -len(one.model.instruments), one.model.name)
    )


def _match(wanted: Model, model: Model, better: Mapping[str, str]) -> Match:
    said: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    ratios: dict[str, float] = {}
    for quantity, ends in wanted.numbers.items():
        way, mine = better.get(quantity, ""), model.numbers.get(quantity)
        said[_meets(ends, mine, way) if mine is not None else None].append(quantity)
        one, other = _deciding(ends, way), _deciding(mine, way) if mine is not None else None
        if one and other is not None:
            ratios[quantity] = other / one
    return Match(model, tuple(said[True]), tuple(said[False]), tuple(said[None]), ratios)


def _meets(wanted: Ends, mine: Ends, way: str) -> bool | None:
    if way == WITHIN:
        ends = [*wanted, *mine]
        if None in ends:
            return None
        return bool((mine[0] or 0.0) <= (wanted[0] or 0.0) and (mine[1] or 0.0) >= (wanted[1] or 0.0))
    one, other = _deciding(wanted, way), _deciding(mine, way)
    if one is None or other is None or way not in (SMALLER, LARGER):
        return None
    return other <= one if way == SMALLER else other >= one


def _deciding(ends: Ends, way: str) -> float | None:
    """The end that decides: the low one where smaller is better, else the high one."""
    low, high = ends if way == SMALLER else ends[::-1]
    return low if low is not None else high
