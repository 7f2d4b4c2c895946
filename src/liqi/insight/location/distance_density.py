"""Distance density: at which distances firms gather, against chance (Duranton and Overman 2005).

Review of Economic Studies 72 (2005) 1077-1106. K(d) is the density of the great circles between all pairs of firms,
smoothed with a Gaussian of Silverman's bandwidth and reflected at 0; chance is the same number of firms drawn from
all sites, without replacement. Pairs are counted in fine bins; where there are more different sites than `MOST_CELLS`
far pairs are counted between cells of sites, whose side the answer says; near pairs stay exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.location._site_pairs import BINS, KINDS, Sites
from liqi.insight.location.distance import between_km, points
from liqi.insight.origin import UnusableTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CELLS = 2_500
"""More different sites than this are gathered in cells before the draws; fewer are used as they are."""
EXACT_PAIRS = 500_000
"""Up to so many pairs the firms' own curve is smoothed pair by pair; beyond, bin by bin."""
STEPS = 101
"""Points of the curve, from 0 to the reach."""
BATCH = 25
"""Draws between two reports of progress."""


class Cancelled(Exception):
    """The one who waited for the curve wants it no more."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The density of distances and what chance gives, at each of `distances_km`."""

    distances_km: tuple[float, ...]
    density: tuple[float, ...]
    """K(d), a share of pairs per km."""
    low: tuple[float, ...]
    high: tuple[float, ...]
    """The global band: of all draws, `confidence` lie under `high` everywhere, and as many over `low`."""
    bandwidth_km: float
    firms: int
    sites: int
    draws: int
    confidence: float
    cell_km: float
    """Side of the cells that sites were gathered in; 0 where every site stands for itself."""

    @property
    def localised_km(self) -> list[float]:
        """The distances at which the firms gather more than chance."""
        return [d for d, k, top in zip(self.distances_km, self.density, self.high, strict=True) if k > top]

    @property
    def dispersed_km(self) -> list[float]:
        """The distances at which the firms keep apart; none where they gather at any distance (the paper's rule)."""
        if self.localised_km:
            return []
        return [d for d, k, floor in zip(self.distances_km, self.density, self.low, strict=True) if k < floor]

    @property
    def verdict(self) -> str:
        """`localised`, `dispersed`, or `chance`: the global test at the band's confidence."""
        return "localised" if self.localised_km else "dispersed" if self.dispersed_km else "chance"


def density(
    latitudes: Sequence[float],
    longitudes: Sequence[float],
    at_km: Sequence[float],
    *,
    bandwidth_km: float | None = None,
) -> tuple[list[float], float]:
    """K at these distances over all pairs, exact and reflected at 0, and the bandwidth that was used."""
    import numpy as np

    _enough(len(latitudes))
    table = between_km(latitudes, longitudes)
    pairs = table[np.triu_indices(len(table), 1)]
    width = bandwidth_km or silverman_km(pairs)
    return [float(one) for one in _smoothed(np.asarray(at_km, dtype=float), pairs, width)], width


def silverman_km(pairs: NDArray[np.float64]) -> float:
    """Silverman's rule of thumb: 0.9 min(sd, IQR / 1.34) n^(-1/5), n the number of pairs (R's bw.nrd0)."""
    import numpy as np

    quartiles = np.percentile(pairs, [25, 75])
    spreads = [float(pairs.std(ddof=1)) if pairs.size > 1 else 0.0, float(quartiles[1] - quartiles[0]) / 1.34]
    known = [one for one in spreads if one > 0]
    if not known:
        raise UnusableTable("found all firms at one distance; a density expects different ones; add firms elsewhere.")
    return 0.9 * min(known) * math.pow(pairs.size, -0.2)


def curve(
    latitudes: Sequence[float],
    longitudes: Sequence[float],
    site_latitudes: Sequence[float],
    site_longitudes: Sequence[float],
    *,
    seed: int,
    draws: int = 1_000,
    confidence: float = 0.95,
    reach_km: float | None = None,
    most_cells: int = MOST_CELLS,
    tell: Callable[[int, int], bool | None] = lambda done, of: None,
) -> Curve:
    """The firms' density with its global band from draws out of all sites.

    The reach is the median distance of all sites unless given. `tell(done, of)` hears of progress after every
    `BATCH` draws; where it answers False the work ends with Cancelled.
    """
    import numpy as np

    firms, sites = len(latitudes), len(site_latitudes)
    _enough(firms)
    if sites < firms:
        raise UnusableTable(f"found {firms} firms and {sites} sites; expected at least as many sites to draw from.")
    if draws < 20 or not 0.5 <= confidence < 1:
        raise UnusableTable(
            f"found {draws} draws at {confidence}; expected 20 or more at 0.5 to 1; ask for 1000 at 0.95."
        )
    held = Sites(points(site_latitudes), points(site_longitudes), most_cells)
    one_by_one, by_cells = held.count(np.arange(sites))
    whole = one_by_one + by_cells.reshape(KINDS, BINS).sum(axis=0)
    reach = reach_km or float(held.middles[int(np.searchsorted(np.cumsum(whole), np.sum(whole) / 2))]) or held.top
    here = _pairs(latitudes, longitudes)
    width = silverman_km(here)
    at = np.linspace(0, reach, STEPS, dtype=np.float64)
    held.within(reach + 5 * width)
    smooth = _kernel(at, held.middles, width).T
    rough = kernels(at, held, width) if held.side else smooth[:0]
    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, STEPS))
    for first in range(0, draws, BATCH):
        counts = [
            held.count(rng.choice(sites, size=firms, replace=False)) for _draw in range(min(BATCH, draws - first))
        ]
        near, far = (np.array(part) for part in zip(*counts, strict=True))
        done = first + len(counts)
        drawn[first:done] = near @ smooth + (far @ rough if held.side else 0)
        if tell(done, draws) is False:
            raise Cancelled(f"stopped after {done} of {draws} draws")
    drawn /= firms * (firms - 1) / 2
    seen = _smoothed(at, here, width)
    low, high = _band(drawn, confidence)
    grid, own, floor, top = (tuple(float(one) for one in line) for line in (at, seen, low, high))
    return Curve(grid, own, floor, top, width, firms, sites, draws, confidence, held.side)


def _enough(firms: int) -> None:
    if firms < 3:
        raise UnusableTable(
            f"found {firms} firms with coordinates; a density of distances expects 3 or more; add firms."
        )


def _pairs(latitudes: Sequence[float], longitudes: Sequence[float]) -> NDArray[np.float64]:
    """The distances of all pairs, row by row so that no square table is held."""
    import numpy as np

    a, b = points(latitudes), points(longitudes)
    rows = [between_km(a[i : i + 1], b[i : i + 1], a[i + 1 :], b[i + 1 :])[0] for i in range(len(a) - 1)]
    return np.concatenate(rows)


def _smoothed(at: NDArray[np.float64], pairs: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """The density at these points: of each pair as it is, or of `BINS` fine bins where there are very many."""
    import numpy as np

    if pairs.size <= EXACT_PAIRS:
        parts = np.array_split(pairs, max(1, pairs.size // 50_000))
        return np.asarray(sum(_kernel(at, part, width).sum(axis=1) for part in parts) / pairs.size)
    bins, edges = np.histogram(pairs, bins=BINS)
    return np.asarray(_kernel(at, (edges[1:] + edges[:-1]) / 2, width) @ bins / pairs.size)


def kernels(at: NDArray[np.float64], held: Sites, width: float) -> NDArray[np.float64]:
    """The kernels of far pairs, (kinds x bins, points), widened as sites lie about the middles of their cells."""
    import numpy as np

    made = [_kernel(at, held.middles, math.sqrt(width**2 + spread)).T for spread in held.spreads_km2]
    return np.concatenate(made)


def _kernel(at: NDArray[np.float64], distances: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """The Gaussian of each distance at each point, with its reflection at 0: (points, distances), per km."""
    import numpy as np

    near, far = (at[:, None] - distances) / width, (at[:, None] + distances) / width
    found = np.exp(-0.5 * near**2) + np.exp(-0.5 * far**2)
    return np.asarray(found / (width * math.sqrt(2 * math.pi)), dtype=np.float64)


def _band(drawn: NDArray[np.float64], confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The local quantiles, the same at every distance, that `confidence` of the draws nowhere cross."""
    import numpy as np

    rising = np.sort(drawn, axis=0)
    ranks = drawn.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    crossing = int((1 - confidence) * len(drawn))  # so many draws may cross
    lowest, highest = np.sort(ranks.min(axis=1)), np.sort(ranks.max(axis=1))
    return rising[int(lowest[crossing])], rising[int(highest[len(drawn) - 1 - crossing])]
