"""The next three moves: what the figures ask for first, each with the numbers that are its reason."""

from dataclasses import dataclass

from liqi import insight
from liqi.observatory.question._asked import Asked
from liqi.observatory.question._makers import Made, Makers
from liqi.observatory.question._missing import Cell, Gap, Missing
from liqi.observatory.question._needs import Needs
from liqi.observatory.question._places import Near
from liqi.observatory.question._rules import Helps

SHOWN = 3
FOREIGN, KNOWN = 0.7, 5
"""From this share from abroad on, of at least so many known origins, a domestic model comes early."""
MUTE = 0.4
"""From this share on origins that nobody recorded come early."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A class of which some stand here from abroad, and who makes it at home, most in use first."""

    code: str
    foreign: int
    home: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What moves are chosen from."""

    asked: Asked
    have: int
    shared: int
    foreign: insight.Figure
    missing: Missing
    makers: Makers
    needs: Needs
    rules: tuple[Helps, ...]
    bought: tuple[Bought, ...]
    """What comes from abroad through the lens, the class with most of it first."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do: `kind` says which, `weight` how pressing the figures make it, the rest is its reason."""

    kind: str
    weight: float
    count: int = 0
    of: int = 0
    share: float = 0.0
    near: Near | None = None
    gap: Gap | None = None
    cell: Cell | None = None
    maker: Made | None = None
    rule: Helps | None = None
    code: str = ""
    """The class that it is about, where that is narrower than the question."""


def choose(facts: Facts) -> tuple[Move, ...]:
    """The three moves that weigh most; fewer where the figures and rules give no more."""
    found = [one for one in _all(facts) if one is not None]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.kind))[:SHOWN])


def _all(facts: Facts) -> list[Move | None]:
    return [
        _elsewhere(facts), _bring_in(facts), _open(facts), _try_domestic(facts), _seek_maker(facts),
        _fill_gap(facts), _fill_cell(facts), *_claim(facts), _ask_origins(facts),
    ]  # fmt: skip


def _elsewhere(facts: Facts) -> Move | None:
    """Nothing stands here: the nearest town that has it."""
    near = [one for gap in facts.missing.gaps for one in gap.near]
    if facts.have or not near:
        return None
    first = min(near, key=lambda one: (one.km, -one.instruments))
    return Move("elsewhere", 100, count=first.instruments, near=first)


def _bring_in(facts: Facts) -> Move | None:
    """Nothing is on record at all: the list of what stands here comes first."""
    return Move("bring_in", 95) if not facts.have and not facts.makers.here else None


def _open(facts: Facts) -> Move | None:
    """Some stand closed; that presses most where people were turned away."""
    closed = facts.have - facts.shared
    if not closed:
        return None
    return Move("open", 90 if facts.needs.any else 25 + 40 * closed / facts.have, count=closed, of=facts.have)


def _try_domestic(facts: Facts) -> Move | None:
    """What comes from abroad and is made at home: the class with most of it, and who has most of that in use."""
    figure = facts.foreign
    first = next((one for one in facts.bought if one.home), None)
    if not figure.value or first is None:
        return None
    weight = (60 if _early(figure) else 30) + 20 * figure.value
    return Move("try_domestic", weight, count=first.foreign, share=figure.value, maker=first.home[0], code=first.code)


def _seek_maker(facts: Facts) -> Move | None:
    """What comes from abroad and nobody at home makes: the need is said where makers look for it."""
    first = next((one for one in facts.bought if not one.home), None)
    if not facts.foreign.value or first is None:
        return None
    return Move(
        "seek_maker", (50 if _early(facts.foreign) else 26) + first.foreign, count=first.foreign, code=first.code
    )


def _early(figure: insight.Figure) -> bool:
    known = figure.counts["foreign"] + figure.counts["domestic"]
    return figure.value is not None and figure.value >= FOREIGN and known >= KNOWN


def _fill_gap(facts: Facts) -> Move | None:
    peers = len(facts.missing.peers)
    gap = next(iter(facts.missing.gaps), None)
    if gap is None or not gap.peers or not facts.have:
        return None
    return Move("fill_gap", 20 + 60 * len(gap.peers) / peers, count=len(gap.peers), of=peers, gap=gap)


def _fill_cell(facts: Facts) -> Move | None:
    peers = len(facts.missing.peers)
    cell = next(iter(facts.missing.holes), None)
    if cell is None or not cell.peers or not facts.missing.facilities:
        return None
    return Move("fill_cell", 40 + 30 * cell.peers / peers, count=cell.peers, of=peers, cell=cell)


def _claim(facts: Facts) -> list[Move | None]:
    """The nearest rule, and, where nothing else presses, the next one."""
    first = [Move("claim", 68 - 12 * one.distance, rule=one) for one in facts.rules[:1]]
    return [*first, *(Move("claim", 12 - one.distance, rule=one) for one in facts.rules[1:2])]


def _ask_origins(facts: Facts) -> Move | None:
    figure = facts.foreign
    if not figure.rows or not figure.missing:
        return None
    weight = 48 if figure.missing >= MUTE else 14
    return Move("ask_origins", weight, count=round(figure.missing * figure.rows), of=figure.rows, share=figure.missing)
