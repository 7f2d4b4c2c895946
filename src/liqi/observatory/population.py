"""Populations: which records a question is about, by the place where they stand."""

from dataclasses import dataclass

import polars as pl

from liqi.insight.dependence import how_many

CHINA = "CN"
EVERYWHERE = "all"


@dataclass(frozen=True, slots=True)
class Population:
    """The records of one country (or everywhere) and, within China, of one province."""

    country: str
    province: str
    countries: tuple[tuple[str, int], ...]
    """Every country with its number of records, fullest first."""
    provinces: tuple[tuple[str, int], ...]
    synthetic: float | None
    """Share of generated records; None where there are no records."""

    @property
    def home(self) -> frozenset[str]:
        """What counts as domestic: the country where the records stand; China where they stand everywhere."""
        return frozenset({CHINA if self.country == EVERYWHERE else self.country})


def choose(
    frame: pl.DataFrame, country: str = "", province: str = "", times: str | None = None
) -> tuple[Population, pl.DataFrame]:
    """The population asked for, and its records; by default of China where it has any, else of the fullest country.

    `times` names the column that says how many records each line stands for.
    """
    countries = counts(frame, "country", times)
    known = [code for code, _ in countries]
    if country != EVERYWHERE and country not in known:
        country = CHINA if CHINA in known or not known else known[0]
    chosen = frame if country == EVERYWHERE else frame.filter(pl.col("country") == country)
    provinces = counts(chosen, "province", times) if country == CHINA else ()
    if province not in [code for code, _ in provinces]:
        province = ""
    if province:
        chosen = chosen.filter(pl.col("province") == province)
    many = how_many(chosen, times)
    synthetic = float(many.filter(chosen["synthetic"]).sum()) / float(many.sum()) if chosen.height else None
    return Population(country, province, countries, provinces, synthetic), chosen


def counts(frame: pl.DataFrame, column: str, times: str | None = None) -> tuple[tuple[str, int], ...]:
    """Every value of the column with its number of rows, fullest first; blanks are left out."""
    table = (
        frame.filter(pl.col(column).is_not_null())
        .group_by(column)
        .agg((pl.col(times).sum() if times else pl.len()).alias("len"))
        .sort(["len", column], descending=[True, False])
    )
    return tuple(table.iter_rows())
