"""Place: where an industry gathers, beside which others, how near to research, and what a region is made of.

The tables are real and closed (US metro areas in 2019, European infrastructures), so that each answer is worked out
once a process and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from liqi.insight import location, sites
from liqi.insight.location import samples

if TYPE_CHECKING:
    from liqi.insight.location.distance_density import Curve

INSTRUMENTS = "3345"
"""The industry that is looked at where none is named: instrument making."""
RESEARCH = "5417"
ANALYTICAL = "334516"
FLOOR_JOBS = 1_000
"""Jobs that a region must have in the industry to be called strong."""
INDUSTRY_FLOOR_JOBS = 20_000
"""Jobs that an industry must have to stand in the list of companions."""
HUBS = 12
DRAWS = 1_000
LABORATORIES = "laboratories"
"""What `distances` takes for a domain: infrastructures full of instruments, of every domain."""
REACH_KM = 1_000
"""How far the curve of distances goes."""
SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class League:
    """An industry in every region."""

    industry: str
    standings: tuple[location.Standing, ...]
    names: dict[str, str]
    firms: dict[str, float]
    points: dict[str, tuple[float, float]]
    """Latitude and longitude of the regions that have one."""
    jobs: float
    gini: float
    """Of the quotients over the regions."""
    missing: float
    """Share of regions whose cell the Census Bureau does not show."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a region is made of."""

    region: str
    name: str
    jobs: float
    strongest: tuple[tuple[str, location.Standing], ...]
    """(industry, standing), the strongest quotients first."""
    krugman: float
    gini: float
    partners: tuple[sites.Partner, ...]
    instruments: location.Standing


def industries() -> dict[str, tuple[str, str]]:
    """Every industry with its English and its Chinese name."""
    return {code: (en, zh) for code, en, zh in samples.industries().iter_rows()}


@lru_cache(maxsize=64)
def league(industry: str, *, floor_jobs: float = FLOOR_JOBS) -> League:
    """The league of an industry over all metro areas."""
    frame = samples.us_industry(industry)
    standings = tuple(location.league(frame, floor_jobs=floor_jobs))
    placed = frame.filter(pl.col("latitude").is_not_null())
    return League(
        industry,
        standings,
        dict(frame.select("region", "name").iter_rows()),
        dict(frame.select("region", "firms").iter_rows()),
        {region: (lat, lon) for region, lat, lon in placed.select("region", "latitude", "longitude").iter_rows()},
        float(frame["jobs"].sum()),
        location.gini_of_concentration(frame["jobs"].to_list(), frame["base"].to_list()),
        float((frame["jobs"] == 0).mean() or 0),  # type: ignore[arg-type]
    )


@lru_cache(maxsize=64)
def companions(industry: str, *, floor_jobs: float = INDUSTRY_FLOOR_JOBS) -> tuple[tuple[str, float, int, float], ...]:
    """The industries beside this one, closest first: (industry, gamma, place, jobs); baseline is all jobs."""
    from liqi.insight.location.coagglomeration import companions as ranked

    base, codes, table = _table()
    column = table
    if industry not in codes:  # a six-digit industry beside the four-digit ones
        mine = base.select("region").join(samples.us_industry(industry), on="region", how="left")["jobs"].fill_null(0)
        column, codes = table.with_columns(mine.alias(industry)), (*codes, industry)
        inside = [code for code in codes if code != industry and industry.startswith(code)]
        column, codes = column.drop(inside), tuple(code for code in codes if code not in inside)
    found = ranked(column.select(codes).to_numpy(), codes, industry, base["base"].to_numpy(), floor_jobs=floor_jobs)
    return tuple((one.industry, one.gamma, one.place, one.jobs) for one in found)


def hubs(research: str = RESEARCH, count: int = HUBS) -> list[str]:
    """The regions with most jobs in research that have a point on the map."""
    placed = samples.us_industry(research).filter(pl.col("latitude").is_not_null() & (pl.col("jobs") > 0))
    return placed.sort(["jobs", "region"], descending=[True, False])["region"].head(count).to_list()


@lru_cache(maxsize=64)
def ring(industry: str, *, research: str = RESEARCH, count: int = HUBS, edges_km: Sequence[float]) -> location.Ring:
    """The ring test of an industry around the hubs of another."""
    return location.ring(samples.us_industry(industry), hubs(research, count), edges_km=edges_km)


@lru_cache(maxsize=2_000)
def profile(region: str) -> Profile:
    """A region's strongest industries, how special its mix is, and the partners that it has for instrument making."""
    base, codes, table = _table()
    at = base["region"].to_list().index(region)
    mine, whole = table.row(at), table.sum().row(0)
    jobs, everything = float(base["base"][at]), float(base["base"].sum())
    standings = []
    for code, here, all_of_it in zip(codes, mine, whole, strict=True):
        quotient = location.quotient(here, jobs, all_of_it, everything)
        standings.append((code, location.Standing(region, here, jobs, quotient, here / all_of_it, False)))
    strongest = sorted((one for one in standings if one[1].jobs), key=lambda one: (-(one[1].quotient or 0), one[0]))
    elsewhere = [total - here for total, here in zip(whole, mine, strict=True)]
    gammas = {code: gamma for code, gamma, _place, _jobs in companions(INSTRUMENTS)}
    quotients = {code: standing.quotient for code, standing in standings if code in gammas}
    return Profile(
        region,
        base["name"][at],
        jobs,
        tuple(strongest),
        location.krugman(mine, elsewhere),
        location.gini_of_specialisation(mine, whole),
        tuple(sites.partners(quotients, gammas)),
        next(standing for code, standing in standings if code == INSTRUMENTS),
    )


def regions() -> dict[str, str]:
    """Every metro area with its name."""
    return dict(_table()[0].select("region", "name").iter_rows())


def domains() -> list[tuple[str, int]]:
    """The domains of European infrastructures with points, and how many there are of each."""
    counted = samples.eu_infrastructures().drop_nulls("domain").group_by("domain").len().sort("domain")
    return [(name, n) for name, n in counted.iter_rows()]


@lru_cache(maxsize=32)
def distances(domain: str, *, single: bool = True) -> Curve:
    """The distance density of a domain's infrastructures, or of laboratories, against all; `single`: at one site."""
    from liqi.insight.location.distance_density import curve

    mine = samples.eu_laboratories() if domain == LABORATORIES else samples.eu_infrastructures()
    mine, frame = (
        one.filter(pl.col("type") == "single-sited") if single else one for one in (mine, samples.eu_infrastructures())
    )
    if domain != LABORATORIES:
        mine = mine.filter(pl.col("domain") == domain)
    points = [one[axis].to_list() for one in (mine, frame) for axis in ("latitude", "longitude")]
    return curve(points[0], points[1], points[2], points[3], seed=SEED, draws=DRAWS, reach_km=REACH_KM)


@lru_cache(maxsize=1)
def _table() -> tuple[pl.DataFrame, tuple[str, ...], pl.DataFrame]:
    """The metro areas with all their jobs, the four-digit industries, and the jobs of each in each."""
    jobs = samples.us_jobs()
    base = samples.us_industry(samples.ALL_INDUSTRIES).select("region", "name", "base").sort("region")
    four = jobs.filter(pl.col("industry").str.len_chars() == 4)
    wide = four.pivot(on="industry", index="region", values="jobs")
    joined = base.select("region").join(wide, on="region", how="left").drop("region").fill_null(0)
    codes = tuple(sorted(joined.columns))
    return base, codes, joined.select(codes)
