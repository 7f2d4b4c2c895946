"""The ring test: is an industry strongest near a hub but not in it, and does that hold without any one region?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from liqi.insight.location.quotients import checked
from liqi.insight.origin import UnusableTable

EDGES_KM = (60.0, 120.0, 250.0)
"""Where the bands around the hubs end; the last band has no end."""


@dataclass(frozen=True, slots=True)
class Without:
    """A band's quotient once one region is left out of it."""

    region: str
    jobs: float
    quotient: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """The regions at one distance from the nearest hub; `from_km` 0 and `to_km` 0 is the hubs themselves."""

    from_km: float
    to_km: float | None
    regions: int
    jobs: float
    base: float
    quotient: float | None
    without: tuple[Without, ...]
    """Each region of the band left out in turn, the one with most jobs first."""

    @property
    def hub(self) -> bool:
        """Whether this band is the hubs themselves."""
        return self.to_km == 0

    @property
    def least(self) -> Without | None:
        """The region without which the band is weakest."""
        known = [one for one in self.without if one.quotient is not None]
        return min(known, key=lambda one: (one.quotient or 0, one.region), default=None)


@dataclass(frozen=True, slots=True)
class Ring:
    """The bands, hubs first, and what the test says of the peak."""

    bands: tuple[Band, ...]
    hubs: tuple[str, ...]
    unplaced: int
    """Regions without coordinates: in the whole, in no band."""
    verdict: str
    """`ring` (a band beats hubs and other bands without any one region), `one case` (only with it), `no ring`."""
    peak: Band | None
    """The strongest band that is not the hubs'."""


def ring(frame: pl.DataFrame, hubs: Collection[str], *, edges_km: Sequence[float] = EDGES_KM) -> Ring:
    """The location quotient of an industry by distance from the nearest hub.

    `frame` has `region`, `jobs`, `base` (all jobs), `latitude` and `longitude`; a region without coordinates counts in
    the whole but in no band. The whole stays the same where a region is left out.
    """
    if list(edges_km) != sorted(set(edges_km)) or not edges_km or min(edges_km) <= 0:
        raise UnusableTable(f"found the edges {', '.join(map(str, edges_km))}; expected rising kilometres above 0.")
    jobs = sum(checked(frame["jobs"].cast(pl.Float64).to_list(), "jobs"))
    base = sum(checked(frame["base"].cast(pl.Float64).to_list(), "base jobs"))
    if not jobs or not base:
        raise UnusableTable(
            "found jobs that add up to 0; expected an industry with jobs somewhere; choose another one."
        )
    placed = frame.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    known = [hub for hub in hubs if hub in set(placed["region"])]
    if not known:
        raise UnusableTable(f"found none of {len(hubs)} hubs with coordinates; expected one or more; name regions.")
    held = placed.with_columns(_band_of(placed, known, edges_km))
    limits = [(0.0, 0.0), *zip((0.0, *edges_km), (*edges_km, None), strict=True)]
    bands = tuple(_band(held.filter(pl.col("band") == at), *limits[at], jobs / base) for at in range(len(limits)))
    outside = [band for band in bands if not band.hub and band.quotient is not None]
    peak = max(outside, key=lambda band: band.quotient or 0, default=None)
    return Ring(bands, tuple(known), frame.height - placed.height, _verdict(bands, peak), peak)


def _band_of(placed: pl.DataFrame, hubs: Sequence[str], edges_km: Sequence[float]) -> pl.Series:
    """The number of each region's band: 0 for a hub, then by the distance to the nearest."""
    import numpy as np

    from liqi.insight.location.distance import between_km

    at = placed.filter(pl.col("region").is_in(list(hubs)))
    near = between_km(
        placed["latitude"].to_numpy(),
        placed["longitude"].to_numpy(),
        at["latitude"].to_numpy(),
        at["longitude"].to_numpy(),
    ).min(axis=1)
    bands = np.searchsorted(np.asarray(edges_km), near, side="right") + 1
    bands[placed["region"].is_in(list(hubs)).to_numpy()] = 0
    return pl.Series("band", bands)


def _band(part: pl.DataFrame, from_km: float, to_km: float | None, usual: float) -> Band:
    jobs, base = float(part["jobs"].sum()), float(part["base"].sum())
    rows = part.sort(["jobs", "region"], descending=[True, False]).select("region", "jobs", "base").iter_rows()
    without = tuple(
        Without(region, float(mine), _share(jobs - mine, base - all_mine, usual)) for region, mine, all_mine in rows
    )
    return Band(from_km, to_km, part.height, jobs, base, _share(jobs, base, usual), without)


def _share(jobs: float, base: float, usual: float) -> float | None:
    return jobs / base / usual if base > 0 else None


def _verdict(bands: Sequence[Band], peak: Band | None) -> str:
    others = [band.quotient or 0 for band in bands if band is not peak]
    if peak is None or (peak.quotient or 0) <= max([1.0, *others]):
        return "no ring"
    least = peak.least
    holds = least is not None and (least.quotient or 0) > max([1.0, *others])
    return "ring" if holds else "one case"
