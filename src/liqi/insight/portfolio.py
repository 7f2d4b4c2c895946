"""Portfolios: which candidates a fund takes within its budget when some exclude each other, and who may judge them."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


class UnusableCandidates(ValueError):
    """The candidates cannot be chosen from; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that asks for money: what it costs, what it is worth by score, and its fields."""

    id: str
    cost: float
    score: float
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The best set: its ids in the order given, what it costs and is worth, and whether that is proved."""

    ids: tuple[str, ...]
    cost: float
    score: float
    proved: bool


def choose(
    candidates: Sequence[Candidate],
    budget: float,
    conflicts: Collection[tuple[str, str]] = (),
    *,
    seconds: float = 10.0,
) -> Choice:
    """The candidates of the highest summed score within the budget, at most one of each conflicting pair.

    The 0-1 knapsack with conflicts (T. Yamada, S. Kataoka, K. Watanabe, IPSJ J. 43 (2002) 2864), solved by HiGHS.
    """
    ids = _sound(candidates, budget, conflicts)
    worth = [n for n, one in enumerate(candidates) if one.score > 0 and one.cost <= budget]
    if not worth:
        return Choice((), 0.0, 0.0, True)
    import numpy as np
    from scipy import optimize, sparse

    place = {n: column for column, n in enumerate(worth)}
    pairs = [(place[ids[a]], place[ids[b]]) for a, b in conflicts if ids[a] in place and ids[b] in place]
    rows = sparse.lil_matrix((1 + len(pairs), len(worth)))
    rows[0, :] = [candidates[n].cost for n in worth]
    for row, pair in enumerate(pairs, 1):
        rows[row, pair[0]] = rows[row, pair[1]] = 1
    found = optimize.milp(
        -np.array([candidates[n].score for n in worth]),
        constraints=optimize.LinearConstraint(rows.tocsr(), ub=np.array([budget] + [1.0] * len(pairs))),
        integrality=np.ones(len(worth)),
        bounds=optimize.Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    taken = [candidates[n] for n, on in zip(worth, found.x if found.x is not None else (), strict=False) if on > 0.5]
    return Choice(
        tuple(one.id for one in taken),
        math.fsum(one.cost for one in taken),
        math.fsum(one.score for one in taken),
        found.status == 0,
    )


def fit(fields: Collection[str], focus: Collection[str]) -> float | None:
    """The part of an applicant's fields that lies inside the focus fields of a park; None for one without fields.

    >>> fit(["分析仪器"], ["海洋仪器", "分析仪器"]), fit(["分析仪器", "玩具"], ["分析仪器"])
    (1.0, 0.5)
    """
    own = set(fields)
    return len(own & set(focus)) / len(own) if own else None


def judged(
    scores: Mapping[str, Mapping[str, float]], interests: Collection[tuple[str, str]]
) -> dict[str, float | None]:
    """The mean score of each candidate over its judges, those with a declared interest in it left out; None for none.

    `scores` is candidate -> judge -> score; `interests` are (judge, candidate) pairs.
    """
    declared = set(interests)
    found: dict[str, float | None] = {}
    for candidate, given in scores.items():
        fair = [score for judge, score in given.items() if (judge, candidate) not in declared]
        found[candidate] = math.fsum(fair) / len(fair) if fair else None
    return found


def _sound(candidates: Sequence[Candidate], budget: float, conflicts: Collection[tuple[str, str]]) -> dict[str, int]:
    ids = {one.id: n for n, one in enumerate(candidates)}
    if len(ids) < len(candidates):
        raise UnusableCandidates("found a candidate twice; expected every id once; give one of them another id.")
    if not math.isfinite(budget) or budget < 0:
        raise UnusableCandidates(f"found the budget {budget:g}; expected an amount from 0 up; correct it.")
    for one in candidates:
        if not math.isfinite(one.cost) or one.cost < 0 or not math.isfinite(one.score):
            raise UnusableCandidates(
                f"{one.id}: found the cost {one.cost:g} and score {one.score:g}; expected a cost from 0 up and a "
                "number as score; correct it."
            )
    for pair in conflicts:
        if odd := [name for name in pair if name not in ids]:
            raise UnusableCandidates(f"found a conflict with {odd[0]!r}; expected the id of a candidate; correct it.")
    return ids
