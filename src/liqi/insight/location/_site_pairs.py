"""The pairs of all sites, sorted by distance, so that any draw of firms is counted in one go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.location.distance import between_km
from liqi.taxonomy import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KINDS = 5
"""Kinds of far pairs, by how far the sites of both cells lie about their middles."""
BINS = 4_000
"""From 0 to the widest distance."""
NEAR_SIDES = (4.0, 3.0, 2.0, 1.0, 0.0)
MOST_NEAR_PAIRS = 2_000_000
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

    def count(self, weight: NDArray[np.float64], bins_of: int) -> NDArray[np.float64]:
        """The sum of the products of both weights, in each bin."""
        import numpy as np

        bins, light = np.zeros(bins_of), weight.astype(np.float32)  # half the memory to walk through
        if self.rows.size:
            bins[self.filled] = np.add.reduceat(light[self.rows] * light[self.columns], self.starts, dtype=np.float64)
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
        rows, columns = rows[far], columns[far]
        spread = self._spreads(means[0], means[1], weights)
        both = spread[rows] + spread[columns]
        kinds = np.searchsorted(np.quantile(both, np.arange(1, KINDS) / KINDS) if both.size else [], both)
        self.spreads_km2 = [
            float(both[kinds == kind].mean()) if (kinds == kind).any() else 0.0 for kind in range(KINDS)
        ]
        self.far = _sorted(rows, columns, (bins[rows, columns] + kinds * BINS).astype(np.uint16))
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

    def _spreads(
        self, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], weights: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """How far the sites of each cell lie about its middle: the mean square along one direction, in km^2."""
        import numpy as np

        north = np.radians(self.latitudes - latitudes[self.of_site]) * EARTH_RADIUS_KM
        east = (
            np.radians(self.longitudes - longitudes[self.of_site])
            * EARTH_RADIUS_KM
            * np.cos(np.radians(self.latitudes))
        )
        return np.asarray(np.bincount(self.of_site, weights=(north**2 + east**2) / 2) / weights, dtype=np.float64)

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
        """How many pairs of the chosen sites fall in each bin: one by one (bins), and by cells (kinds x bins)."""
        import numpy as np

        weight = np.bincount(self.of_site[chosen], minlength=int(self.of_site.max()) + 1).astype(np.float64)
        far = self.far.count(weight, BINS * KINDS)
        if not self.side:  # a cell is one spot: two firms on it are 0 km apart
            far[0] += float((weight * (weight - 1)).sum() / 2)
            return far.reshape(KINDS, BINS).sum(axis=0), np.zeros(BINS * KINDS)
        one = np.zeros(len(self.of_site))
        one[chosen] = 1
        return self.near.count(one, BINS), far


def cells(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], most: int) -> tuple[NDArray[np.intp], float]:
    """The number of each site's cell, and the cells' side in km: 0 where no more than `most` different sites are."""
    import numpy as np

    side, keys = 0.0, np.column_stack([latitudes, longitudes])
    while True:
        of_site = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
        if of_site.max() < most:
            return of_site, side
        side = side * 1.25 or 0.5
        degrees = math.degrees(side / EARTH_RADIUS_KM)
        rows = np.floor(latitudes / degrees)
        widths = degrees / np.maximum(np.cos(np.radians((rows + 0.5) * degrees)), 0.01)
        keys = np.column_stack([rows, np.floor(longitudes / widths)])


def _sorted(rows: NDArray[np.intp], columns: NDArray[np.intp], bins: NDArray[np.uint16]) -> Pairs:
    import numpy as np

    order = np.argsort(bins, kind="stable")
    filled, starts = np.unique(bins[order], return_index=True)
    return Pairs(rows[order], columns[order], filled.astype(np.intp), starts)


def _cut(pairs: Pairs, last: int) -> Pairs:
    """The pairs whose distance lies in a bin before the last, of every kind."""
    import numpy as np

    keep = pairs.filled % BINS < last
    sizes = np.diff(pairs.starts, append=len(pairs.rows))
    mask = np.repeat(keep, sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[keep])[:-1]]).astype(np.intp) if keep.any() else pairs.starts[:0]
    return Pairs(pairs.rows[mask], pairs.columns[mask], pairs.filled[keep], starts)
