"""The pairs of all sites, sorted by distance, so that any draw of firms is counted in one go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.location.distance import EARTH_KM, between_km

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 4_000
"""From 0 to the widest distance."""
NEAR_SIDES = (4.0, 3.0, 2.0, 1.0, 0.0)
MOST_NEAR_PAIRS = 3_000_000
"""Sites in cells nearer than the most sides that keep under so many pairs are paired one by one."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of things in the order of the bin of their distance, counted for any weights of the things."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    filled: NDArray[np.intp]
    """The bins that have a pair, rising."""
    starts: NDArray[np.intp]
    """Where each of them begins."""

    def count(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of the products of both weights, in each bin."""
        import numpy as np

        bins = np.zeros(BINS)
        if self.rows.size:
            bins[self.filled] = np.add.reduceat(weight[self.rows] * weight[self.columns], self.starts)
        return bins


class Sites:
    """All sites, ready to be counted for any draw: near pairs site by site, far pairs cell by cell."""

    def __init__(self, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], most_cells: int) -> None:
        import numpy as np

        self.latitudes, self.longitudes = latitudes, longitudes
        self.of_site, self.side = cells(latitudes, longitudes, most_cells)
        weights = np.bincount(self.of_site)
        means = [np.bincount(self.of_site, weights=one) / weights for one in (latitudes, longitudes)]
        table = between_km(means[0], means[1])
        self.top = (float(table.max()) + 2 * self.side) or 1.0
        self.middles = np.asarray((np.arange(BINS) + 0.5) * (self.top / BINS), dtype=np.float64)
        self.middles[0] = 0  # pairs on one spot lie at 0, not half a bin off
        self.near_cells = self._near(table, weights)
        bins = self._bins(table)
        rows, columns = np.triu_indices(len(table), 1)
        far = np.flatnonzero(~self.near_cells[rows, columns])
        self.far = _sorted(rows[far], columns[far], bins[rows[far], columns[far]])
        self.near = self._site_pairs()

    def _near(self, table: NDArray[np.float64], weights: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which two cells are so near that their sites are paired one by one: as far as memory and time allow."""
        import numpy as np

        if not self.side:
            return np.zeros_like(table, dtype=bool)
        for reach in NEAR_SIDES:
            near = table < reach * self.side
            if weights @ near @ weights / 2 <= MOST_NEAR_PAIRS:
                break
        return near

    def _site_pairs(self) -> Pairs:
        import numpy as np

        if not self.side:
            none = np.zeros(0, dtype=np.intp)
            return Pairs(none, none, none, none)
        rows, columns, bins = [], [], []
        for at in range(len(self.of_site) - 1):
            others = at + 1 + np.flatnonzero(self.near_cells[self.of_site[at], self.of_site[at + 1 :]])
            far = between_km(self.latitudes[at : at + 1], self.longitudes[at : at + 1],
                             self.latitudes[others], self.longitudes[others])[0]  # fmt: skip
            rows.append(np.full(others.size, at))
            columns.append(others)
            bins.append(self._bins(far))
        return _sorted(*(np.concatenate(one) for one in (rows, columns, bins)))

    def _bins(self, distances: NDArray[np.float64]) -> NDArray[np.uint16]:
        import numpy as np

        return np.minimum(distances * (BINS / self.top), BINS - 1).astype(np.uint16)

    def within(self, reach_km: float) -> None:
        """Pairs beyond the reach are counted no more."""
        last = int(reach_km * (BINS / self.top)) + 1
        self.far, self.near = _cut(self.far, last), _cut(self.near, last)

    def count(self, chosen: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many pairs of the chosen sites fall in each bin: counted one by one, and counted by cells."""
        import numpy as np

        weight = np.bincount(self.of_site[chosen], minlength=int(self.of_site.max()) + 1).astype(np.float64)
        far = self.far.count(weight)
        if not self.side:  # a cell is one spot: two firms on it are 0 km apart
            far[0] += float((weight * (weight - 1)).sum() / 2)
            return far, np.zeros(BINS)
        one = np.zeros(len(self.of_site))
        one[chosen] = 1
        return self.near.count(one), far


def cells(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], most: int) -> tuple[NDArray[np.intp], float]:
    """The number of each site's cell, and the cells' side in km: 0 where no more than `most` different sites are."""
    import numpy as np

    side, keys = 0.0, np.column_stack([latitudes, longitudes])
    while True:
        of_site = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
        if of_site.max() < most:
            return of_site, side
        side = side * 1.25 or 0.5
        degrees = math.degrees(side / EARTH_KM)
        rows = np.floor(latitudes / degrees)
        widths = degrees / np.maximum(np.cos(np.radians((rows + 0.5) * degrees)), 0.01)
        keys = np.column_stack([rows, np.floor(longitudes / widths)])


def _sorted(rows: NDArray[np.intp], columns: NDArray[np.intp], bins: NDArray[np.uint16]) -> Pairs:
    import numpy as np

    order = np.argsort(bins, kind="stable")
    filled, starts = np.unique(bins[order], return_index=True)
    return Pairs(rows[order], columns[order], filled.astype(np.intp), starts)


def _cut(pairs: Pairs, last: int) -> Pairs:
    import numpy as np

    bins = int(np.searchsorted(pairs.filled, last))
    end = int(pairs.starts[bins]) if bins < len(pairs.starts) else len(pairs.rows)
    return Pairs(pairs.rows[:end], pairs.columns[:end], pairs.filled[:bins], pairs.starts[:bins])
