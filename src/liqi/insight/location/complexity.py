"""Complexity: which places can make what few others can, and what lies near to what they make.

Hidalgo and Hausmann, PNAS 106 (2009) 10570-10575; fitness: Tacchella et al., Scientific Reports 2 (2012) 723.
Tables are arrays (places, products).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FITNESS_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Complexity:
    """One number a place and one a product."""

    places: NDArray[np.float64]
    """Economic complexity: mean 0, standard deviation 1 over the places."""
    products: NDArray[np.float64]
    """Product complexity on the same scale: a place's number is the mean of its products'."""


def advantage(exports: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Balassa's revealed comparative advantage: the product's share here over its share everywhere.

    Who exports nothing, and what nobody exports, is refused: it has no share.
    """
    import numpy as np

    table = np.asarray(exports, dtype=float)
    if table.ndim != 2 or min(table.shape) < 2:
        raise UnusableTable("found one place or one product; expected two or more of each; widen the table.")
    if not np.isfinite(table).all() or (table < 0).any():
        raise UnusableTable("found exports under 0 or not finite; expected numbers from 0 up; correct those rows.")
    places, products = table.sum(axis=1, keepdims=True), table.sum(axis=0)
    if not places.all() or not products.all():
        empty = int((places == 0).sum() + (products == 0).sum())
        raise UnusableTable(
            f"found {empty} places or products without exports; expected some in each; leave those out."
        )
    found: NDArray[np.float64] = (table / places) / (products / table.sum())
    return found


def complexity(exports: Sequence[Sequence[float]] | NDArray[np.float64]) -> Complexity:
    """Economic and product complexity of a table of exports: the second eigenvector, its sign by diversity.

    Small exporters come out on top by chance (South Georgia in 1998-2000): leave them out first, and say so.
    """
    import numpy as np

    has = _has(exports)
    diversity, ubiquity = has.sum(axis=1), has.sum(axis=0)
    by_place, by_product = has / diversity[:, None], has / ubiquity
    values, vectors = np.linalg.eig(by_place @ by_product.T)
    order = np.argsort(-values.real)
    second = float(values.real[order[1]])
    places = vectors[:, order[1]].real
    if second <= 1e-12 or places.std() <= 1e-12 or second > 1 - 1e-9:
        raise UnusableTable(
            "found places that fall into parts without a common product, or all alike; "
            "complexity expects a table that hangs together; leave the separate part out."
        )
    if diversity.std() > 0 and np.corrcoef(diversity, places)[0, 1] < 0:
        places = -places
    products = by_product.T @ places
    centre, spread = second * places.mean(), second * places.std()
    return Complexity((places - places.mean()) / places.std(), (products - centre) / spread)


def fitness(
    exports: Sequence[Sequence[float]] | NDArray[np.float64], *, rounds: int = FITNESS_ROUNDS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fitness of the places and complexity of the products after so many rounds, each with mean 1."""
    import numpy as np

    has = _has(exports)
    places, products = np.ones(has.shape[0]), np.ones(has.shape[1])
    for _round in range(rounds):
        grown, asked = has @ products, 1 / (has.T @ (1 / places))
        places, products = grown / grown.mean(), asked / asked.mean()
    return places, products


def proximity(exports: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """How often two products are made in the same place, the lower of both conditional shares: (products, products)."""
    import numpy as np

    has = _has(exports)
    ubiquity = has.sum(axis=0)
    found: NDArray[np.float64] = (has.T @ has) / np.maximum(ubiquity[:, None], ubiquity)
    np.fill_diagonal(found, 0)
    return found


def density(exports: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Relatedness density: of all that lies near a product, the share that the place has: (places, products)."""
    import numpy as np

    near = proximity(exports)
    around = near.sum(axis=0)
    found: NDArray[np.float64] = np.divide(
        _has(exports) @ near, around, where=around > 0, out=np.zeros_like(_has(exports))
    )
    return found


def _has(exports: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """1.0 where a place has an advantage of 1 or more, else 0.0; every place and product has one, by its definition."""
    found: NDArray[np.float64] = (advantage(exports) >= 1).astype(float)
    return found
