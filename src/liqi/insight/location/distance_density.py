"""Distance density: at which distances firms gather, against chance (Duranton and Overman 2005).

Review of Economic Studies 72 (2005) 1077-1106. K(d) is the density of the great circles between all pairs of firms,
smoothed with a Gaussian of Silverman's bandwidth and reflected at 0; chance is the same number of firms drawn from
all sites, without replacement. Pairs are counted in fine bins; where there are more different sites than `MOST_CELLS`
far pairs are counted between cells of sites, whose side the answer says; near pairs stay exact. The firms are counted
just as the draws are, so that what the cells do to one they do to all.

The band is global, as published: chance leaves its upper side in 1 - confidence of the cases (localised), and its
lower side in 1 - confidence of the cases that are not localised (dispersed); one of the two in 1 - confidence^2, 9.75 %
at 0.95, which `Curve.chance_of_a_verdict` says. Both hold exactly for any number of draws: the firms are ranked among
the draws, by extreme rank length (Myllymäki et al., J. R. Stat. Soc. B 79 (2017) 381-404).
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
    """The lower edge of the global band: the lowest of firms and draws that are neither localised nor dispersed."""
    high: tuple[float, ...]
    """The upper edge of the global band: the highest of firms and draws that are not localised."""
    bandwidth_km: float
    firms: int
    sites: int
    draws: int
    confidence: float
    cell_km: float
    """Side of the cells that sites were gathered in; 0 where every site stands for itself."""
    p_localised: float
    """Share of firms and draws that gather at least as much as the firms: the test of localisation."""
    p_dispersed: float | None
    """The same for keeping apart, among those that are not localised; None where the firms are localised."""

    @property
    def chance_of_a_verdict(self) -> float:
        """How often chance alone is called localised or dispersed: one of two tests, each at 1 - confidence."""
        return 1 - self.confidence**2

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
        """`localised`, `dispersed`, or `chance`: two global tests one after the other, each at the confidence."""
        return "localised" if self.localised_km else "dispersed" if self.dispersed_km else "chance"


def density(
    latitudes: Sequence[float],
    longitudes: Sequence[float],
    at_km: Sequence[float],
    *,
    bandwidth_km: float | None = None,
    reflect: bool = True,
) -> tuple[list[float], float]:
    """K at these distances over all pairs, exact, and the bandwidth that was used; without `reflect` as R's density."""
    import numpy as np

    _enough(len(latitudes))
    table = between_km(latitudes, longitudes)
    pairs = table[np.triu_indices(len(table), 1)]
    width = bandwidth_km or silverman_km(pairs)
    return [float(one) for one in _smoothed(np.asarray(at_km, dtype=float), pairs, width, reflect)], width


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
    """The firms' density with its global band from draws out of all sites, of which the firms are some.

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
    own = _own_sites(latitudes, longitudes, site_latitudes, site_longitudes)
    held = Sites(points(site_latitudes), points(site_longitudes), most_cells)
    one_by_one, by_cells = held.count(np.arange(sites))
    whole = one_by_one + by_cells.reshape(KINDS, BINS).sum(axis=0)
    reach = reach_km or float(held.middles[int(np.searchsorted(np.cumsum(whole), np.sum(whole) / 2))]) or held.top
    width = silverman_km(_pairs(latitudes, longitudes))
    at = np.linspace(0, reach, STEPS, dtype=np.float64)
    held.within(reach + 5 * width)
    smooth = _kernel(at, held.middles, width).T
    rough = kernels(at, held, width) if held.side else smooth[:0]

    def smoothed(chosen: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
        near, far = (np.array(part) for part in zip(*map(held.count, chosen), strict=True))
        return np.asarray((near @ smooth + (far @ rough if held.side else 0)) / (firms * (firms - 1) / 2))

    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, STEPS))
    for first in range(0, draws, BATCH):
        done = min(first + BATCH, draws)
        drawn[first:done] = smoothed([rng.choice(sites, size=firms, replace=False) for _draw in range(first, done)])
        if tell(done, draws) is False:
            raise Cancelled(f"stopped after {done} of {draws} draws")
    seen = smoothed([own])[0]
    band = _band(np.vstack([seen, drawn]), confidence)
    grid, shown, floor, top = (tuple(float(one) for one in line) for line in (at, seen, band.low, band.high))
    counts = (firms, sites, draws, confidence, held.side, band.p_localised, band.p_dispersed)
    return Curve(grid, shown, floor, top, width, *counts)


def _enough(firms: int) -> None:
    if firms < 3:
        raise UnusableTable(
            f"found {firms} firms with coordinates; a density of distances expects 3 or more; add firms."
        )


def _own_sites(
    latitudes: Sequence[float],
    longitudes: Sequence[float],
    site_latitudes: Sequence[float],
    site_longitudes: Sequence[float],
) -> NDArray[np.intp]:
    """The number of the site that each firm is; firms on one spot are different sites of it."""
    import numpy as np

    free: dict[tuple[float, float], list[int]] = {}
    for at, spot in enumerate(zip(points(site_latitudes), points(site_longitudes), strict=True)):
        free.setdefault(spot, []).append(at)
    spots = [free.get(spot) for spot in zip(points(latitudes), points(longitudes), strict=True)]
    found = [left.pop() for left in spots if left]
    if len(found) < len(spots):
        raise UnusableTable(
            f"found {len(spots) - len(found)} of {len(spots)} firms at no site of their own; expected every firm among "
            "the sites; add their points to the sites."
        )
    return np.array(found, dtype=np.intp)


def _pairs(latitudes: Sequence[float], longitudes: Sequence[float]) -> NDArray[np.float64]:
    """The distances of all pairs, row by row so that no square table is held."""
    import numpy as np

    a, b = points(latitudes), points(longitudes)
    rows = [between_km(a[i : i + 1], b[i : i + 1], a[i + 1 :], b[i + 1 :])[0] for i in range(len(a) - 1)]
    return np.concatenate(rows)


def _smoothed(at: NDArray[np.float64], pairs: NDArray[np.float64], width: float, reflect: bool) -> NDArray[np.float64]:
    """The density at these points, each pair as it is."""
    import numpy as np

    parts = np.array_split(pairs, max(1, pairs.size // 50_000))
    return np.asarray(sum(_kernel(at, part, width, reflect).sum(axis=1) for part in parts) / pairs.size)


def kernels(at: NDArray[np.float64], held: Sites, width: float) -> NDArray[np.float64]:
    """The kernels of far pairs, (kinds x bins, points), widened as sites lie about the middles of their cells."""
    import numpy as np

    made = [_kernel(at, held.middles, math.sqrt(width**2 + spread)).T for spread in held.spreads_km2]
    return np.concatenate(made)


def _kernel(
    at: NDArray[np.float64], distances: NDArray[np.float64], width: float, reflect: bool = True
) -> NDArray[np.float64]:
    """The Gaussian of each distance at each point, with its reflection at 0: (points, distances), per km."""
    import numpy as np

    found = np.exp(-0.5 * ((at[:, None] - distances) / width) ** 2)
    if reflect:
        found += np.exp(-0.5 * ((at[:, None] + distances) / width) ** 2)
    return np.asarray(found / (width * math.sqrt(2 * math.pi)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Band:
    """The edges of the global band, and where the first of the curves stands among all."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_localised: float
    p_dispersed: float | None


def _band(curves: NDArray[np.float64], confidence: float) -> _Band:
    """The band of these curves, (curves, points), of which the first is the firms' and the others are drawn."""
    import numpy as np

    alpha = 1 - confidence + 1e-12
    # the same pairs added up in another order are the same
    rounded = np.asarray(np.round(curves / (curves.max() or 1), 9), dtype=np.float64)
    gathered = _extremity(rounded)
    inside = gathered > alpha
    apart = _extremity(-rounded[inside])
    chance = curves[inside][apart > alpha]
    return _Band(
        low=chance.min(axis=0),
        high=curves[inside].max(axis=0),
        p_localised=float(gathered[0]),
        p_dispersed=float(apart[0]) if inside[0] else None,
    )


def _extremity(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each curve the share of all that stand out upwards at least as much: by extreme rank length.

    A curve's ranks at all points, best first, are compared like words: who is the highest of all at most points comes
    first. Curves that are equal at a point share the worse rank.
    """
    import numpy as np

    held = len(curves)
    ranks = np.empty(curves.shape, dtype=np.intp)
    for point, values in enumerate(curves.T):
        ranks[:, point] = held - np.searchsorted(np.sort(values), values, side="left")
    ranks.sort(axis=1)
    order = np.lexsort(ranks.T[::-1])
    changes = np.append((ranks[order][1:] != ranks[order][:-1]).any(axis=1), True)
    ends = np.flatnonzero(changes) + 1
    found = np.empty(held)
    found[order] = ends[np.searchsorted(ends, np.arange(held), side="right")] / held
    return found
