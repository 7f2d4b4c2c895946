"""Moran's I: whether neighbours resemble each other, against what chance alone would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable
from liqi.taxonomy import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LINKS = 10_000_000
"""Pairs of neighbours that are held at once."""


@dataclass(frozen=True, slots=True)
class Autocorrelation:
    """Moran's I of values on a map; the weights of each region's neighbours are the same and add up to 1."""

    value: float
    """Above `expected` where like lies by like, below it where unlike does."""
    expected: float
    """-1 / (n - 1): what shuffled values give on average."""
    variance: float
    """Of the index when the same values are shuffled over the regions (Cliff and Ord's randomisation)."""
    regions: int
    links: int
    alone: int
    """Regions without a neighbour: counted in n and in the mean, with no weight of their own."""

    @property
    def z(self) -> float | None:
        """How many standard deviations the index is from what chance gives; None where chance gives one value only."""
        return (self.value - self.expected) / math.sqrt(self.variance) if self.variance > 0 else None

    @property
    def p(self) -> float | None:
        """Two-sided, by the normal distribution."""
        return None if self.z is None else math.erfc(abs(self.z) / math.sqrt(2))


def moran(values: Sequence[float], neighbours: Sequence[Sequence[int]]) -> Autocorrelation:
    """The index of these values, `neighbours[i]` the places of region i's neighbours in the list.

    Moran (1950); the variance is Cliff and Ord's (1981) under randomisation, for any weights.
    """
    import numpy as np

    held = np.asarray(values, dtype=float)
    n = held.size
    if n < 4:
        raise UnusableTable(f"found {n} regions with a value; expected four or more; add regions.")
    if not np.isfinite(held).all():
        raise UnusableTable("found a value that is no number; expected one a region; leave those regions out.")
    apart = held - held.mean()
    spread = float((apart**2).sum())
    if spread == 0 or spread <= 1e-24 * float((held**2).sum()):
        raise UnusableTable(f"found the value {held[0]:g} in every region; expected values that differ; check them.")
    heads = np.array([at for at, near in enumerate(neighbours) for _one in near], dtype=np.int64)
    tails = np.array([other for near in neighbours for other in near], dtype=np.int64)
    if not heads.size:
        raise UnusableTable("found no region with a neighbour; expected some; name neighbours or look further.")
    weights = np.repeat([1 / len(near) for near in neighbours if near], [len(near) for near in neighbours if near])
    whole = float(weights.sum())
    index = n / whole * float((weights * apart[heads] * apart[tails]).sum()) / spread
    return Autocorrelation(
        index, -1 / (n - 1), _variance(heads, tails, weights, n, float((apart**4).sum()) / n / (spread / n) ** 2),
        n, heads.size, sum(not near for near in neighbours),
    )  # fmt: skip


def _variance(
    heads: NDArray[np.int64], tails: NDArray[np.int64], weights: NDArray[np.float64], n: int, kurtosis: float
) -> float:
    """Cliff and Ord's variance under randomisation, from the sums S0, S1 and S2 of the weights."""
    import numpy as np

    s0 = float(weights.sum())
    back = dict(zip((tails * n + heads).tolist(), weights.tolist(), strict=True))
    there = np.array([back.get(key, 0.0) for key in (heads * n + tails).tolist()])
    # half the sum of (w_ij + w_ji)^2 over all pairs; a link that goes one way only is met once, not twice
    s1 = float(((weights + there) ** 2 * np.where(there > 0, 0.5, 1.0)).sum())
    rows, columns = (np.bincount(end, weights=weights, minlength=n) for end in (heads, tails))
    s2 = float(((rows + columns) ** 2).sum())
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - 1 / (n - 1) ** 2


def within(latitudes: Sequence[float], longitudes: Sequence[float], km: float) -> list[list[int]]:
    """For each point the others that lie at most so many kilometres away."""
    from scipy.spatial import cKDTree

    if not len(latitudes):
        return []
    tree, reach = cKDTree(_sphere(latitudes, longitudes)), _chord(km)
    if (links := int(tree.count_neighbors(tree, reach))) > MOST_LINKS:
        raise UnusableTable(
            f"found {links} pairs of regions within {km:g} km; expected at most {MOST_LINKS:,} pairs; look less far."
        )
    found = tree.query_ball_point(tree.data, reach)
    return [[other for other in sorted(near) if other != at] for at, near in enumerate(found)]


def nearest(latitudes: Sequence[float], longitudes: Sequence[float], count: int) -> list[list[int]]:
    """For each point the nearest others, so many (fewer where there are not so many)."""
    import numpy as np
    from scipy.spatial import cKDTree

    if not len(latitudes):
        return []
    tree = cKDTree(_sphere(latitudes, longitudes))
    if tree.n * count > MOST_LINKS:
        raise UnusableTable(
            f"found {tree.n} regions of {count} neighbours; expected at most {MOST_LINKS:,} pairs; ask for fewer."
        )
    _far, found = tree.query(tree.data, k=np.arange(1, min(count + 1, tree.n) + 1))
    return [[int(other) for other in near if other != at][:count] for at, near in enumerate(found)]


def _sphere(latitudes: Sequence[float], longitudes: Sequence[float]) -> NDArray[np.float64]:
    """The points on a sphere of radius 1, shape (n, 3): near on it is near on the ground."""
    import numpy as np

    from liqi.insight.location.distance import points

    north, east = np.radians(points(latitudes, 90)), np.radians(points(longitudes))
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _chord(km: float) -> float:
    """The straight line through a sphere of radius 1 under so many kilometres of ground."""
    return 2 * math.sin(min(km / EARTH_RADIUS_KM, math.pi) / 2)
