"""Covering: where to put so many facilities, so that the way is short (p-median) or most are reached (MCLP).

Exact by HiGHS (scipy.optimize.milp) up to `EXACT_SIDE` places on a side; beyond, Teitz and Bart's interchange (1968),
whose answer says that it is not proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXACT_SIDE = 300


@dataclass(frozen=True, slots=True)
class Chosen:
    """The places taken, what they cost or cover, and whether that is proven to be the best."""

    places: tuple[int, ...]
    value: float
    proven: bool
    serves: tuple[int, ...]
    """The place that serves each demand; -1 for one that is not reached."""


def p_median(
    costs: Sequence[Sequence[float]] | NDArray[np.float64],
    count: int,
    *,
    weights: Sequence[float] | None = None,
    exact: bool | None = None,
    seconds: float = 60,
) -> Chosen:
    """The places whose weighted way to everybody is shortest; rows are demands, columns places.

    `exact` chooses the way (else by size); after `seconds` the exact search gives the best it has, unproven.
    """
    import numpy as np

    ways = _table(costs, count)
    if weights is not None:
        ways = ways * _weights(weights, len(ways))[:, None]
    by_hand = _interchange(ways, count)
    if exact is False or (exact is None and max(ways.shape) > EXACT_SIDE):
        return _assigned(ways, by_hand, proven=count == ways.shape[1])
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, vstack

    m, n = ways.shape
    bound = float(ways[:, by_hand].min(axis=1).sum())
    size = m * n + n
    rows, places = np.repeat(np.arange(m), n), np.tile(np.arange(n), m)
    cell = np.arange(m * n)
    served = coo_array((np.ones(m * n), (rows, cell)), shape=(m, size))
    opened = coo_array(
        (np.r_[np.ones(m * n), -np.ones(m * n)], (np.r_[cell, cell], np.r_[cell, m * n + places])), shape=(m * n, size)
    )
    number = coo_array((np.ones(n), (np.zeros(n, dtype=int), m * n + np.arange(n))), shape=(1, size))
    limits = LinearConstraint(
        vstack([served, opened, number]).tocsr(),
        np.r_[np.ones(m), np.full(m * n, -np.inf), count],
        np.r_[np.ones(m), np.zeros(m * n), count],
    )
    whole = np.r_[np.zeros(m * n), np.ones(n)]
    price = np.r_[ways.ravel(), np.zeros(n)]
    answer = milp(price, constraints=limits, integrality=whole, bounds=Bounds(0, 1), options={"time_limit": seconds})
    if answer.x is None or answer.fun > bound + 1e-6:
        return _assigned(ways, by_hand, proven=False)
    taken = np.flatnonzero(answer.x[m * n :] > 0.5)
    return _assigned(ways, taken, proven=answer.status == 0)


def most_covered(
    distances: Sequence[Sequence[float]] | NDArray[np.float64],
    count: int,
    *,
    within: float,
    weights: Sequence[float] | None = None,
    seconds: float = 60,
) -> Chosen:
    """The places that reach most of the demand within the distance (Church and ReVelle 1974)."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, hstack, vstack

    ways = _table(distances, count)
    m, n = ways.shape
    heads = np.ones(m) if weights is None else _weights(weights, m)
    reach = coo_array((ways <= within).astype(float))
    covered = hstack([reach, coo_array((-np.ones(m), (np.arange(m), np.arange(m))), shape=(m, m))])
    number = coo_array((np.ones(n), (np.zeros(n, dtype=int), np.arange(n))), shape=(1, n + m))
    limits = LinearConstraint(
        vstack([covered, number]).tocsr(), np.r_[np.zeros(m), 0], np.r_[np.full(m, np.inf), count]
    )
    price, whole = np.r_[np.zeros(n), -heads], np.r_[np.ones(n), np.zeros(m)]
    answer = milp(price, constraints=limits, integrality=whole, bounds=Bounds(0, 1), options={"time_limit": seconds})
    if answer.x is None:
        raise UnusableTable(f"found no plan within {seconds:g} s; expected one; give it more time or fewer places.")
    taken = np.flatnonzero(answer.x[:n] > 0.5)
    nearest = taken[ways[:, taken].argmin(axis=1)] if taken.size else np.zeros(m, dtype=int)
    met = ways[:, taken].min(axis=1) <= within if taken.size else np.zeros(m, dtype=bool)
    serves = tuple(int(place) if ok else -1 for place, ok in zip(nearest, met, strict=True))
    return Chosen(tuple(int(one) for one in taken), float(heads[met].sum()), answer.status == 0, serves)


def _interchange(ways: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Greedy first, then the best swap of a taken place for another, until none makes the way shorter."""
    import numpy as np

    taken: list[int] = []
    near = np.full(len(ways), np.inf)
    for _number in range(count):
        gain = np.minimum(near[:, None], ways).sum(axis=0)
        gain[taken] = np.inf
        taken.append(int(gain.argmin()))
        near = np.minimum(near, ways[:, taken[-1]])
    best = float(near.sum())
    while True:
        swaps = []
        held = ways[:, taken]
        order = np.argsort(held, axis=1)
        first = held[np.arange(len(ways)), order[:, 0]]
        second = held[np.arange(len(ways)), order[:, 1]] if count > 1 else np.full(len(ways), np.inf)
        for at in range(count):
            left = np.where(order[:, 0] == at, second, first)
            sums = np.minimum(left[:, None], ways).sum(axis=0)
            sums[taken] = np.inf
            swaps.append((float(sums.min()), at, int(sums.argmin())))
        value, at, place = min(swaps)
        if value >= best - 1e-9:
            return np.asarray(taken, dtype=np.intp)
        best, taken[at] = value, place


def _assigned(ways: NDArray[np.float64], taken: NDArray[np.intp], *, proven: bool) -> Chosen:
    import numpy as np

    taken = np.sort(taken)
    held = ways[:, taken]
    return Chosen(
        tuple(int(one) for one in taken),
        float(held.min(axis=1).sum()),
        proven,
        tuple(int(one) for one in taken[held.argmin(axis=1)]),
    )


def _table(costs: Sequence[Sequence[float]] | NDArray[np.float64], count: int) -> NDArray[np.float64]:
    import numpy as np

    table = np.asarray(costs, dtype=float)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all() or (table < 0).any():
        raise UnusableTable(
            "found ways that are missing or under 0; expected a full table of numbers from 0 up; complete it."
        )
    if not 1 <= count <= table.shape[1]:
        raise UnusableTable(f"found {count} to choose of {table.shape[1]} places; expected 1 to {table.shape[1]}.")
    return table


def _weights(weights: Sequence[float], count: int) -> NDArray[np.float64]:
    import numpy as np

    found = np.asarray(weights, dtype=float)
    if found.shape != (count,) or not np.isfinite(found).all() or (found < 0).any():
        raise UnusableTable(f"found weights that do not fit {count} demands; expected one from 0 up for each.")
    return found
