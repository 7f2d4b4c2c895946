"""Ranking: alternatives by criteria, in two schools, and how firm the order is.

TOPSIS: Hwang and Yoon 1981. PROMETHEE II: Brans and Vincke, Management Science 31 (1985) 647-656.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable
from liqi.insight.sites.weights import shared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Table = Sequence[Sequence[float]]
DRAWS = 1_000
SPREAD = 0.2
"""Each weight is moved by up to this share of itself."""
FLIPS = 0.05
"""Two neighbours whose order turns round in more of the draws than this are a tie."""


@dataclass(frozen=True, slots=True)
class Place:
    """One alternative in the ranking."""

    name: str
    score: float
    rank: int
    """Ties share the best rank of theirs."""
    best: int
    worst: int
    """The ranks between which it stays in 90 % of the draws."""
    first_share: float
    """The share of draws in which it is first."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The alternatives, best first, with what the draws say of the order."""

    places: tuple[Place, ...]
    method: str
    draws: int
    agreement: float | None
    """Spearman's correlation with the other method's order; None for fewer than three."""

    @property
    def firm(self) -> bool:
        """Whether one alternative alone is first."""
        return sum(place.rank == 1 for place in self.places) == 1


def topsis(table: Table | NDArray[np.float64], weights: Sequence[float], benefit: Sequence[bool]) -> list[float]:
    """Closeness to the best and distance from the worst that the table holds, 0 to 1, higher is better.

    >>> phones = [[16, 12, 250, 5], [16, 8, 200, 3], [32, 16, 300, 4], [32, 8, 275, 4], [16, 16, 225, 2]]
    >>> [round(score, 6) for score in topsis(phones, [1, 1, 1, 1], [True, True, False, True])]
    [0.534277, 0.308368, 0.691632, 0.534737, 0.401046]
    """
    checked, shares, good = _checked(table, weights, benefit)
    return [float(one) for one in _topsis(checked, shares[None, :], good)[0]]


def promethee(table: Table | NDArray[np.float64], weights: Sequence[float], benefit: Sequence[bool]) -> list[float]:
    """Net flow of PROMETHEE II with the usual preference (better is better, by however little), -1 to 1.

    >>> promethee([[1, 1], [2, 2], [3, 3]], [1, 1], [True, True])
    [-1.0, 0.0, 1.0]
    """
    checked, shares, good = _checked(table, weights, benefit)
    return [float(one) for one in _promethee(checked, shares[None, :], good)[0]]


def ranked(
    names: Sequence[str],
    table: Table | NDArray[np.float64],
    weights: Sequence[float],
    benefit: Sequence[bool],
    *,
    seed: int,
    method: str = "topsis",
    draws: int = DRAWS,
    spread: float = SPREAD,
) -> Ranking:
    """The alternatives by score, each with the ranks it holds when every weight moves by up to the spread.

    An order that turns round in more than `FLIPS` of the draws is shown as a tie.
    """
    import numpy as np

    if method not in METHODS:
        raise UnusableTable(f"found the method {method!r}; expected one of {', '.join(METHODS)}; name one of them.")
    if len(names) != len(table) or len(set(names)) != len(names):
        raise UnusableTable(f"found {len(names)} names for {len(table)} rows; expected one name a row, no name twice.")
    checked, shares, good = _checked(table, weights, benefit)
    score = METHODS[method](checked, shares[None, :], good)[0]
    moved = shares * np.random.default_rng(seed).uniform(1 - spread, 1 + spread, (draws, len(shares)))
    scores = METHODS[method](checked, moved / moved.sum(axis=1, keepdims=True), good)
    ranks = 1 + (scores[:, None, :] > scores[:, :, None] + 1e-12).sum(axis=2)
    order = sorted(range(len(names)), key=lambda at: (-score[at], names[at]))
    places, rank = [], 1
    for number, at in enumerate(order, 1):
        if number > 1:
            above = order[number - 2]
            turned = float((scores[:, at] >= scores[:, above] - 1e-12).mean())
            rank = rank if turned > FLIPS else number
        low, high = np.percentile(ranks[:, at], [5, 95], method="inverted_cdf")
        first = float((ranks[:, at] == 1).mean())
        places.append(Place(names[at], float(score[at]), rank, int(low), int(high), first))
    others = [METHODS[other](checked, shares[None, :], good)[0] for other in METHODS if other != method]
    return Ranking(tuple(places), method, draws, _agreement(score, others[0]))


def _topsis(table: NDArray[np.float64], weights: NDArray[np.float64], good: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Scores of every set of weights (draws, criteria): (draws, alternatives)."""
    import numpy as np

    length = np.sqrt((table**2).sum(axis=0))
    plain = np.divide(table, length, where=length > 0, out=np.zeros_like(table)) * np.where(good, 1, -1)
    scaled = plain * weights[:, None, :]
    best, worst = scaled.max(axis=1, keepdims=True), scaled.min(axis=1, keepdims=True)
    to_best = np.sqrt(((scaled - best) ** 2).sum(axis=2))
    to_worst = np.sqrt(((scaled - worst) ** 2).sum(axis=2))
    both = to_best + to_worst
    return np.asarray(np.divide(to_worst, both, where=both > 0, out=np.full_like(both, 0.5)), dtype=np.float64)


def _promethee(
    table: NDArray[np.float64], weights: NDArray[np.float64], good: NDArray[np.bool_]
) -> NDArray[np.float64]:
    import numpy as np

    plain = table * np.where(good, 1, -1)
    flows = np.sign(plain[:, None, :] - plain[None, :, :]).sum(axis=1) / (len(table) - 1)
    return np.asarray(weights @ flows.T, dtype=np.float64)


METHODS: dict[str, Callable[..., NDArray[np.float64]]] = {"topsis": _topsis, "promethee": _promethee}


def _checked(
    table: Table | NDArray[np.float64], weights: Sequence[float], benefit: Sequence[bool]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    import numpy as np

    lengths = {len(row) for row in table}
    if len(table) < 2 or len(lengths) != 1:
        raise UnusableTable(
            f"found {len(table)} alternatives with {sorted(lengths)} numbers; expected 2 or more, as long."
        )
    found = np.asarray(table, dtype=float)
    if not np.isfinite(found).all():
        raise UnusableTable(
            "found a cell without a number; a ranking expects every criterion of every site; fill it in."
        )
    if len(weights) != found.shape[1] or len(benefit) != found.shape[1]:
        raise UnusableTable(
            f"found {len(weights)} weights and {len(benefit)} directions; expected {found.shape[1]}, one a criterion."
        )
    return found, np.asarray(shared(weights)), np.asarray(benefit, dtype=bool)


def _agreement(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    import numpy as np

    def ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
        lower = (scores[None, :] < scores[:, None]).sum(axis=1)
        return np.asarray(lower + ((scores[None, :] == scores[:, None]).sum(axis=1) - 1) / 2, dtype=np.float64)

    a, b = ranks(one), ranks(other)
    return float(np.corrcoef(a, b)[0, 1]) if len(a) > 2 and a.std() and b.std() else None
