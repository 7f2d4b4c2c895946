"""Dependence on imports, on record: domestic shares by class and value band through one lens, and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TypedDict

import polars as pl

from liqi import insight, taxonomy
from liqi.insight.dependence import BANDS, Heat, band_of, heat, overlap, share
from liqi.insight.league import league
from liqi.observatory import snapshot
from liqi.observatory.models import Snapshot
from liqi.observatory.population import EVERYWHERE, Population, choose
from liqi.observatory.snapshot import TIMES


class Terms(TypedDict):
    """What every figure made of the cells of a snapshot is told."""

    home: frozenset[str]
    with_ids: bool
    times: str


LENSES = ("made_in", "brand", "owner")
"""The lenses that the catalogue can be seen through; it keeps no customs papers, so not by legal import."""
NO_BAND, NO_CLASS, NO_YEAR = "none", "none", "none"
MAKERS = 8
"""The makers that are named; the rest are the tail."""
_MAKER = ("maker", "maker_name", "maker_name_en")


@dataclass(frozen=True, slots=True)
class Share:
    """A maker and how many instruments of the population it made."""

    maker: str
    name: str
    name_en: str
    brand_country: str
    instruments: int


@dataclass(frozen=True, slots=True)
class Dependence:
    """What the page shows: the heat table, the same share through every lens, and what it was made of."""

    lens: str
    class_code: str
    heat: Heat
    by_lens: dict[str, insight.Figure]
    overlap: dict[str, insight.Figure]
    makers: tuple[Share, ...]
    hhi: insight.Figure
    cr4: insight.Figure
    population: Population
    taken: Snapshot
    as_of: date


def read(
    *, now: datetime, lens: str = "made_in", country: str = "", province: str = "", class_code: str = ""
) -> Dependence:
    """The figures of this population, of one class and those below it where a class is named."""
    taken = snapshot.current(now=now)
    return _read(_Question(taken.path, lens, country, province, class_code, taken))


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which snapshot: the same question of the same one has the same answer."""

    path: str
    lens: str
    country: str
    province: str
    class_code: str
    taken: Snapshot = field(compare=False)


@lru_cache(maxsize=64)
def _read(asked: _Question) -> Dependence:
    day, lens, class_code = asked.taken.taken_at.date(), asked.lens, asked.class_code
    frame = of_class(snapshot.cells(asked.taken), class_code)
    population, frame = choose(frame, asked.country, asked.province, TIMES)
    home = population.home
    terms: Terms = {"home": home, "with_ids": False, "times": TIMES}
    by_lens = {name: share(frame, name, of="domestic", as_of=day, **terms)[0] for name in LENSES}
    held = league(frame, with_ids=False, times=TIMES, on=day).measures
    return Dependence(
        lens=lens,
        class_code=class_code,
        heat=heat(frame, lens, rows=level_below(class_code), as_of=day, **terms),
        by_lens=by_lens,
        overlap=overlap(frame, **terms),
        makers=_makers(frame),
        hhi=held["hhi"],
        cr4=held["cr4"],
        population=population,
        taken=asked.taken,
        as_of=day,
    )


def rows(
    *,
    now: datetime,
    lens: str,
    country: str = "",
    province: str = "",
    class_code: str = "",
    band: str = "",
    origins: str = "",
    makers: Sequence[str] = (),
    year: str = "",
) -> tuple[pl.LazyFrame, Snapshot]:
    """The instruments behind a figure, with `from_abroad` (null: not said) through this lens, and their snapshot.

    `class_code`, `band` and `year` (of purchase) may be "none": the rows that have none; `origins` is domestic,
    foreign or not_said; `makers` are keys. Nothing is read before it is asked for: of a million a page shows fifty.
    """
    taken = snapshot.current(now=now)
    population, _cells = choose(of_class(snapshot.cells(taken), class_code), country, province, TIMES)
    place = {"country": population.country, "province": population.province}
    inside = [pl.col(name) == code for name, code in place.items() if code not in ("", EVERYWHERE)]
    frame = snapshot.scan(taken).filter(pl.all_horizontal(_in_class(class_code), *inside))
    frame = frame.with_columns(
        snapshot.abroad(taken, lens, population.home).alias("from_abroad"), band_of("value_cny").alias("band")
    )
    if band == NO_BAND:
        frame = frame.filter(pl.col("band").is_null())
    elif band:
        frame = frame.filter(pl.col("band") == BANDS[int(band)])
    if makers:
        frame = frame.filter(pl.col("maker").is_in(list(makers)))
    if year:
        bought = pl.col("acquired_on").dt.year()
        frame = frame.filter(bought.is_null() if year == NO_YEAR else bought == int(year))
    wanted = {
        "domestic": ~pl.col("from_abroad"),
        "foreign": pl.col("from_abroad"),
        "not_said": pl.col("from_abroad").is_null(),
    }
    return (frame.filter(wanted[origins]) if origins else frame), taken


def of_class(frame: pl.DataFrame, class_code: str) -> pl.DataFrame:
    """The instruments of this class and those below it; all of them for no class."""
    return frame.filter(_in_class(class_code)) if class_code else frame


def _in_class(class_code: str) -> pl.Expr:
    code = pl.col("class_code")
    if not class_code:
        return pl.lit(value=True)
    return code.is_null() if class_code == NO_CLASS else code.str.starts_with(taxonomy.class_prefix(class_code))


def level_below(class_code: str) -> str:
    """The column that splits this class: large classes, then middle ones, then the codes themselves."""
    if not class_code:
        return "large_class"
    return "middle_class" if class_code.endswith("0000") else "class_code"


def _makers(frame: pl.DataFrame) -> tuple[Share, ...]:
    """The makers with most instruments, fullest first."""
    named = frame.filter(pl.col("maker").is_not_null())
    held = named.group_by([*_MAKER, "brand_country"]).agg(pl.col(TIMES).sum())
    first = held.sort(["instruments", "maker"], descending=[True, False]).head(MAKERS)
    return tuple(
        Share(
            row["maker"], row["maker_name"], row["maker_name_en"] or "", row["brand_country"] or "", row["instruments"]
        )
        for row in first.iter_rows(named=True)
    )
