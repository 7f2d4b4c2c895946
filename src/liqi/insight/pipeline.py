"""The pipeline from research to market: readiness levels, stages, sample to product to commodity, and the funnel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liqi.insight.survival import Spell

LEVELS = range(1, 10)
"""Technology readiness levels of GB/T 22900-2022 and ISO 16290:2013."""
STATES = ("found", "screened", "reserved", "negotiated", "signed", "settled")
"""The way of a project into a park, in order; each state holds those that went on."""
EXITS = ("dropped", "sold_away", "moved_away")
"""How a project may leave the pipeline before the market."""


class UnusableStage(ValueError):
    """The level or state is not one of those there are; the message names them."""


def stage(level: int) -> str:
    """The stage of the chain at this readiness level: 1 basic, 2 to 3 applied, 4 to 6 technology, 7 to 9 industry.

    >>> [stage(level) for level in (1, 3, 5, 8)]
    ['frontier_research', 'applied_research', 'industrial_technology', 'industrialisation']
    """
    _sound(level)
    edges = ((1, "frontier_research"), (3, "applied_research"), (6, "industrial_technology"))
    return next((name for edge, name in edges if level <= edge), "industrialisation")


def form(level: int, sold: bool = False) -> str:
    """What there is to show: idea up to 3, sample 4 to 6, product 7 to 9, commodity at 9 and sold.

    >>> form(3), form(4), form(8), form(9), form(9, sold=True)
    ('idea', 'sample', 'product', 'product', 'commodity')
    """
    _sound(level)
    if level == 9 and sold:
        return "commodity"
    return "idea" if level <= 3 else "sample" if level <= 6 else "product"


@dataclass(frozen=True, slots=True)
class Move:
    """A project reached a level on a day, or left by an exit."""

    project: str
    on: date
    level: int
    exit: str = ""


def spells(moves: Sequence[Move], *, until: date) -> dict[str, list[Spell]]:
    """How long the projects stayed in each form, in days: {"sample": [Spell(412, "product"), Spell(90), ...]}.

    A project that is still in a form on the day `until` has a spell without exit. Moves within a form are no exit.
    """
    found: dict[str, list[Spell]] = {}
    tracks: dict[str, list[Move]] = {}
    for move in moves:
        if move.on <= until:
            tracks.setdefault(move.project, []).append(move)
    for track in tracks.values():
        track.sort(key=lambda move: (move.on, move.level))
        since, now = track[0].on, form(track[0].level)
        for move in track[1:] if not track[0].exit else ():
            after = move.exit or form(move.level)
            if after != now:
                found.setdefault(now, []).append(Spell((move.on - since).days, after))
                since, now = move.on, after
            if move.exit:
                break
        if now not in EXITS and not track[0].exit:
            found.setdefault(now, []).append(Spell((until - since).days))
    return found


@dataclass(frozen=True, slots=True)
class Rung:
    """A state of the funnel: how many reached it, and what part of those that reached the one before."""

    state: str
    reached: int
    of_before: float | None
    of_first: float | None


def funnel(states: Mapping[str, int] | Sequence[str], order: Sequence[str] = STATES) -> list[Rung]:
    """How many reached each state, those further on included; `states` are counts by state or one state a project.

    >>> [rung.reached for rung in funnel(["found", "found", "signed"])]
    [3, 1, 1, 1, 1, 0]
    """
    counts = dict(states) if isinstance(states, Mapping) else {state: list(states).count(state) for state in states}
    if odd := sorted(set(counts) - set(order)):
        raise UnusableStage(f"found the state {odd[0]!r}; expected one of {', '.join(order)}; correct it.")
    reached = [sum(counts.get(later, 0) for later in order[n:]) for n in range(len(order))]
    return [
        Rung(
            state,
            reached[n],
            (reached[n] / reached[n - 1] if reached[n - 1] else None) if n else None,
            reached[n] / reached[0] if reached[0] else None,
        )
        for n, state in enumerate(order)
    ]


def _sound(level: int) -> None:
    if level not in LEVELS:
        raise UnusableStage(f"found the readiness level {level}; expected 1 to 9; correct it.")
