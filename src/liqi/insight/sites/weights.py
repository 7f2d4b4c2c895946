"""Weights of criteria: from their rank alone, or from comparing them in pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liqi.insight.origin import UnusableTable

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59)
"""Mean inconsistency of random comparisons of so many things (Saaty and Tran 2007); by their number."""
TOLERATED = 0.1
"""Comparisons with a higher ratio contradict themselves too much to be used (Saaty 1980)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Weights from comparisons in pairs, with how well the comparisons agree."""

    weights: dict[str, float]
    consistency_ratio: float

    @property
    def consistent(self) -> bool:
        """Whether the ratio is 0.1 or less."""
        return self.consistency_ratio <= TOLERATED


def rank_order_centroid(count: int) -> list[float]:
    """The weights of so many criteria in order of importance: the middle of all weights that keep the order.

    Barron and Barrett, Management Science 42 (1996) 1515-1523: w_i = (1/n) sum of 1/k for k from i to n.

    >>> [round(weight, 4) for weight in rank_order_centroid(4)]
    [0.5208, 0.2708, 0.1458, 0.0625]
    """
    if count < 1:
        raise UnusableTable("found no criterion; expected one or more; name what counts.")
    return [sum(1 / k for k in range(i, count + 1)) / count for i in range(1, count + 1)]


def analytic_hierarchy(comparisons: Mapping[tuple[str, str], float]) -> Compared:
    """Saaty's weights: the first eigenvector of the comparisons; `{(a, b): 3}` says that a counts three times b.

    Every two criteria are compared once; the other way round is 1 over it.

    >>> found = analytic_hierarchy({("talent", "rent"): 3, ("talent", "roads"): 6, ("rent", "roads"): 2})
    >>> round(found.weights["talent"], 6), found.consistent
    (0.666667, True)
    """
    import numpy as np

    names = list(dict.fromkeys(name for pair in comparisons for name in pair))
    table = np.eye(len(names))
    for (one, other), times in comparisons.items():
        if not 0 < times < float("inf") or one == other:
            raise UnusableTable(
                f"found {one} against {other}: {times}; expected two names and a number above 0, 1 for equal."
            )
        at = names.index(one), names.index(other)
        table[at], table[at[::-1]] = times, 1 / times
    if len(names) < 2 or len(names) >= len(RANDOM_INDEX):
        raise UnusableTable(f"found {len(names)} criteria; expected 2 to {len(RANDOM_INDEX) - 1}; group them first.")
    said = {frozenset(pair) for pair in comparisons}
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if frozenset((one, other)) not in said:
                raise UnusableTable(f"found no comparison of {one} with {other}; expected every two once; add it.")
    values, vectors = np.linalg.eig(table)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    n, top = len(names), float(values.real[first])
    chance = RANDOM_INDEX[n]
    ratio = max(0.0, (top - n) / (n - 1) / chance) if chance else 0.0
    weights = vector / vector.sum()
    return Compared({name: float(weight) for name, weight in zip(names, weights, strict=True)}, ratio)


def shared(weights: Sequence[float]) -> list[float]:
    """The weights as shares of 1; a negative one, or a sum of 0, is refused."""
    if any(not 0 <= weight < float("inf") for weight in weights) or not sum(weights):
        raise UnusableTable(
            f"found the weights {', '.join(f'{w:g}' for w in weights)}; expected numbers from 0 up, one above."
        )
    return [weight / sum(weights) for weight in weights]
