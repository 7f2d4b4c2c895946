"""Location quotients: how strongly an industry gathers in a region, one by one or as a league of all regions."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from liqi.insight.origin import UnusableTable

STRONG_QUARTER = 0.75
"""A region is strong where its quotient lies in the top quarter (Delgado, Porter and Stern 2016)."""


def quotient(jobs: float, region_jobs: float, industry_jobs: float, all_jobs: float) -> float | None:
    """Location quotient: the industry's share here over its share everywhere; None without a base.

    >>> round(quotient(1714, 79006, 879213, 15593224), 7)
    0.3847623
    """
    checked((jobs, region_jobs, industry_jobs, all_jobs), "jobs")
    return (jobs / region_jobs) / (industry_jobs / all_jobs) if region_jobs and industry_jobs and all_jobs else None


def checked(numbers: Sequence[float], what: str) -> list[float]:
    """The numbers as they are: finite and from 0 up, or the error names the first that is not."""
    for number in numbers:
        if not 0 <= number < float("inf"):
            raise UnusableTable(
                f"found {what} of {number}; expected finite numbers from 0 up; correct or drop that row."
            )
    return list(numbers)


@dataclass(frozen=True, slots=True)
class Standing:
    """One region in the league of an industry."""

    region: str
    jobs: float
    base: float
    """All jobs of the region."""
    quotient: float | None
    """None where the region has no jobs at all."""
    share: float
    """Of the industry's jobs, those in this region."""
    strong: bool
    """In the top quarter of quotients, with at least the floor of jobs."""


def league(frame: pl.DataFrame, *, floor_jobs: float = 0) -> list[Standing]:
    """Every region by its location quotient, highest first; `frame` has `region`, `jobs` and `base` (all jobs there).

    Regions under the floor stay in the sums and in the list, but are never strong: a small base makes a quotient jump.
    """
    if frame.height < 2:
        raise UnusableTable(f"found {frame.height} region; expected two or more, or there is nothing to compare with.")
    if frame["region"].is_duplicated().any():
        twice = frame.filter(frame["region"].is_duplicated())["region"][0]
        raise UnusableTable(f"found the region {twice} twice; expected one row a region; add its rows up first.")
    jobs = checked(frame["jobs"].cast(pl.Float64).to_list(), "jobs")
    base = checked(frame["base"].cast(pl.Float64).to_list(), "base jobs")
    industry, everything = sum(jobs), sum(base)
    if not industry or not everything:
        raise UnusableTable(
            "found jobs that add up to 0; expected an industry with jobs somewhere; choose another one."
        )
    quotients = [quotient(here, all_here, industry, everything) for here, all_here in zip(jobs, base, strict=True)]
    known = sorted(q for q, here in zip(quotients, jobs, strict=True) if q is not None and here >= floor_jobs)
    bar = known[min(len(known) - 1, int(len(known) * STRONG_QUARTER))] if known else float("inf")
    rows = zip(frame["region"].cast(pl.String), jobs, base, quotients, strict=True)
    found = [
        Standing(name, here, all_here, q, here / industry, q is not None and q >= max(bar, 1.0) and here >= floor_jobs)
        for name, here, all_here, q in rows
    ]
    return sorted(found, key=lambda one: (one.quotient is None, -(one.quotient or 0), one.region))
