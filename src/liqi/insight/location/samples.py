"""Samples: real tables to try the figures of this room on; sources and licences are in `data/SOURCES.md`."""

from functools import cache
from pathlib import Path

import polars as pl

_DATA = Path(__file__).with_name("data")
ALL_INDUSTRIES = "00"
AS_OF = 2019
LABORATORIES = (
    "Analytical Facilities",
    "Biomedical Imaging Facilities",
    "Genomic, Transcriptomic, Proteomics and Metabolomics Facilities",
    "Intense Light Sources",
    "Materials Synthesis or Testing Facilities",
    "Micro- and Nanotechnology facilities",
    "Structural Biology Facilities",
)
"""Categories of European infrastructures that are laboratories full of instruments."""


@cache
def us_jobs() -> pl.DataFrame:
    """Jobs and firms by US metro area and industry in 2019: `region`, `industry` (NAICS), `jobs`, `firms`."""
    frame = pl.read_parquet(_DATA / "us_metros_2019.parquet")
    return frame.with_columns(pl.col("region", "industry").cast(pl.String), pl.col("jobs", "firms").cast(pl.Float64))


@cache
def us_metros() -> pl.DataFrame:
    """The metro areas: `region`, `name`, `latitude`, `longitude` (both null where the point is not known)."""
    return pl.read_csv(_DATA / "us_metros.csv", schema_overrides={"region": pl.String})


@cache
def industries() -> pl.DataFrame:
    """The industries: `code`, `en`, `zh`."""
    return pl.read_csv(_DATA / "naics_2017.tsv", separator="\t", infer_schema=False)


@cache
def us_industry(code: str) -> pl.DataFrame:
    """One industry in every metro area: `region`, `name`, `latitude`, `longitude`, `jobs`, `firms`, `base`."""
    jobs = us_jobs()
    mine = jobs.filter(pl.col("industry") == code).select("region", "jobs", "firms")
    base = jobs.filter(pl.col("industry") == ALL_INDUSTRIES).select("region", base="jobs")
    whole = base.join(us_metros(), on="region", how="left").join(mine, on="region", how="left")
    return whole.with_columns(pl.col("jobs", "firms").fill_null(0), pl.col("name").fill_null(pl.col("region")))


@cache
def eu_infrastructures() -> pl.DataFrame:
    """European research infrastructures: `name`, `country`, `latitude`, `longitude`, `domain`, `type`, `category`."""
    return pl.read_csv(_DATA / "eu_infrastructures.csv").filter(pl.col("latitude").is_not_null())


def eu_laboratories() -> pl.DataFrame:
    """Those of `eu_infrastructures` that are laboratories full of instruments, by their category; 97 of them."""
    return eu_infrastructures().filter(pl.col("category").is_in(LABORATORIES))
