"""Purchases by year: what share of each year's purchases is domestic, and how fast imports are being replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from liqi.insight import dependence, origin
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure

NO_PURCHASES = "no purchases"
"""The note of a year (or class, band and year) in which nothing was bought: never "0 of 0", and not zero."""
YEAR_COLUMNS = ("year", "acquired_on", "purchased_on", "purchase_year", "acquired_year", "bought_on", "date")
"""Columns that may say when a thing was bought, best first; a year is the first four digits of a day."""
EARLIEST, LATEST = 1800, 2199
SUBSTITUTION = "(d_t - d_0) / (1 - d_0), d the domestic share of the purchases of a year, 0 the base year"


@dataclass(frozen=True, slots=True)
class Cohorts:
    """One figure a year from the first purchase to the last, years without any included; the undated apart."""

    years: tuple[int, ...]
    figures: Mapping[int, Figure]
    undated: Figure | None
    substitution: Mapping[int, Figure]
    """The share of the base year's imports that domestic purchases have replaced by each year."""
    base: int | None
    slope: float | None
    """Mean change of the domestic share a year, by least squares over the years that know theirs."""


def with_year(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with a whole-number `year` of purchase, made of the first column that says it; blank stays blank."""
    column = next((name for name in YEAR_COLUMNS if name in frame.columns), None)
    if column is None:
        raise origin.UnusableTable(
            f"found the columns {', '.join(frame.columns)}; years of purchase expect one of "
            f"{', '.join(YEAR_COLUMNS)}; add that column."
        )
    if frame.schema[column] in (pl.Date, pl.Datetime):
        return frame.with_columns(pl.col(column).dt.year().alias("year"))
    said = frame[column].cast(pl.String).str.strip_chars()
    year = said.str.extract(r"^(\d{4})(?:$|\.0+$|\D)").cast(pl.Int32, strict=False)
    wrong = (said.is_not_null() & (said != "") & ~year.is_between(EARLIEST, LATEST).fill_null(value=False)).arg_true()
    if len(wrong):
        raise origin.UnusableTable(
            f"row {wrong[0] + 1}, column {column}: found {said[wrong[0]]!r}; expected a year or a day from {EARLIEST} "
            f"to {LATEST}, such as 2019 or 2019-03-01; correct the cell or leave it blank."
        )
    return frame.with_columns(year.alias("year"))


def cohorts(
    frame: pl.DataFrame,
    lens: str = "made_in",
    *,
    weight: str | None = None,
    base: int | None = None,
    as_of: date | None = None,
    home: frozenset[str] = origin.HOME,
    with_ids: bool = True,
    times: str | None = None,
) -> Cohorts:
    """The domestic share of each year's purchases; `weight` a column of values for the value lens, else units.

    `base` is the year that substitution is counted from, else the first year whose share is known; `times` as in
    `dependence.share`.
    """
    dated = frame if frame.schema.get("year") == pl.Int32 else with_year(frame)
    found = dependence.share(
        dated, lens, of="domestic", by=("year",), weight=weight, as_of=as_of, home=home, with_ids=with_ids, times=times
    )
    by_year = {figure.group["year"]: figure for figure in found}
    named = sorted(int(year) for year in by_year if year is not None)
    years = tuple(range(named[0], named[-1] + 1)) if named else ()
    figures = {year: by_year.get(str(year)) or empty(lens, {"year": str(year)}, as_of) for year in years}
    if base is None:
        base = next((year for year in years if figures[year].value is not None), None)
    start = figures[base].value if base in figures and base is not None else None
    return Cohorts(
        years=years,
        figures=figures,
        undated=by_year.get(None),
        substitution={year: _substitution(figures[year], start, base) for year in years},
        base=base,
        slope=_slope([(year, value) for year in years if (value := figures[year].value) is not None]),
    )


@dataclass(frozen=True, slots=True)
class Cube:
    """Domestic shares by class, value band and year of purchase; the pairs without purchases are there too."""

    classes: tuple[str | None, ...]
    bands: tuple[str | None, ...]
    years: tuple[int, ...]
    cells: Mapping[tuple[str | None, str | None, int], Figure]


def cube(
    frame: pl.DataFrame,
    lens: str = "made_in",
    *,
    rows: str = "class",
    weight: str | None = None,
    as_of: date | None = None,
    home: frozenset[str] = origin.HOME,
    with_ids: bool = True,
) -> Cube:
    """Every class crossed with every value band and every year; a cell without purchases says so."""
    dated = dependence.with_band(with_year(frame))
    found = dependence.share(
        dated, lens, of="domestic", by=(rows, "band", "year"), weight=weight, as_of=as_of, home=home, with_ids=with_ids
    )
    known = {(f.group[rows], f.group["band"], int(year)): f for f in found if (year := f.group["year"]) is not None}
    named = sorted({year for _, _, year in known})
    classes = tuple(dict.fromkeys(f.group[rows] for f in found))
    years = tuple(range(named[0], named[-1] + 1)) if named else ()
    bands = (*dependence.BANDS, None)
    cells = {
        (one, band, year): known.get((one, band, year))
        or empty(lens, {rows: one, "band": band, "year": str(year)}, as_of)
        for one in classes
        for band in bands
        for year in years
    }
    return Cube(classes, bands, years, cells)


def empty(lens: str, group: Mapping[str, str | None], as_of: date | None = None) -> Figure:
    """The figure of a year in which nothing was bought."""
    return replace(dependence.nothing(lens, of="domestic", group=group, as_of=as_of), note=NO_PURCHASES)


def _substitution(figure: Figure, start: float | None, base: int | None) -> Figure:
    value = None
    if figure.value is not None and start is not None and start < 1:
        value = (figure.value - start) / (1 - start)
    note = figure.note or ("nothing was imported in the base year" if start == 1 else NOT_KNOWN)
    counts = {**figure.counts, **({"base_year": float(base)} if base is not None else {})}
    if start is not None:
        counts["base_share"] = start
    if figure.value is not None:
        counts["domestic_share"] = figure.value
    return replace(
        figure,
        name="substitution_rate",
        value=value,
        formula=SUBSTITUTION,
        counts=counts,
        note="" if value is not None else note or NONE_RECORDED,
    )


def _slope(points: Sequence[tuple[int, float]]) -> float | None:
    if len(points) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
