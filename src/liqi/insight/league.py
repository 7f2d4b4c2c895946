"""The league of vendors: who holds how much, through which lens, and with the owners of which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from liqi.insight import concentration, dependence, origin
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.origin import UnusableTable

SHARE_FORMULA = "size of the holder / sum of the sizes of all holders that are said"


@dataclass(frozen=True, slots=True)
class Holder:
    """One line of the league: rank from 1 (equals share one), size, share, and the shares so far added up."""

    name: str
    country: str
    """Where it is from through the lens; blank where that is not said or differs from row to row."""
    rank: int
    size: float
    share: float
    cumulative: float
    row_ids: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    """The makers counted with it, where the lens is the owner."""


@dataclass(frozen=True, slots=True)
class League:
    """Holders, largest first; countries with their part of the holders and of the whole; every measure of both."""

    holders: tuple[Holder, ...]
    countries: tuple[Holder, ...]
    """Countries by the number of holders in the league that come from there."""
    sizes_by_country: tuple[Holder, ...]
    measures: Mapping[str, Figure]
    """HHI, CR4 and the rest over holders."""
    rows: int
    missing: float
    lens: str = ""
    on: date | None = None
    counts: Mapping[str, float] = field(default_factory=dict)


def league(
    frame: pl.DataFrame,
    of: str = "maker",
    *,
    lens: str = "",
    weight: str | None = None,
    owners: pl.DataFrame | None = None,
    on: date | None = None,
    with_ids: bool = True,
    times: str | None = None,
) -> League:
    """The league of the column `of`; rows that do not say it are left out and counted as missing.

    Through the owner lens a maker is counted with whoever owned it on the day `on`: `owners` has maker, owner,
    owner_country, from_on, to_on (half-open). Made-in and brand never move with a purchase. `times` as in
    `dependence.share`.
    """
    if of not in frame.columns:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; a league expects a column of holders such as maker; "
            "name it with --of."
        )
    prepared = _prepared(frame, of, lens, weight, owners, on, with_ids, times)
    held = prepared.filter(pl.col("holder").is_not_null() & pl.col("size").is_not_null())
    below = held["size"].filter(held["size"] < 0)
    if below.len():
        raise UnusableTable(f"found the size {below[0]:g}; expected numbers from 0 up; correct or drop that row.")
    whole = float(held["size"].sum())
    table = (
        held.group_by("holder")
        .agg(
            pl.col("size").sum(),
            pl.col("country").drop_nulls().unique().sort().alias("countries"),
            pl.col("id").drop_nulls().alias("ids"),
            pl.col("brand").drop_nulls().unique().sort().alias("brands"),
        )
        .sort(["size", "holder"], descending=[True, False])
    )
    holders = _ranked(table, whole)
    sizes = [holder.size for holder in holders]
    rows, known = int(prepared["n"].sum()), int(held["n"].sum())
    missing = 1 - known / rows if rows else 0.0
    return League(
        holders=holders,
        countries=_by_country(_seats(holders)),
        sizes_by_country=_by_country(held),
        measures={name: _measure(name, sizes, rows, missing, lens, on) for name in concentration.MEASURES},
        rows=rows,
        missing=missing,
        lens=lens,
        on=on,
        counts={"holders": float(len(holders)), "sum": whole},
    )


def owned_on(owners: pl.DataFrame, on: date) -> pl.DataFrame:
    """One row a maker: its owner and the owner's country on that day (half-open periods; blank ends are open)."""
    if lost := [name for name in ("maker", "owner", "owner_country") if name not in owners.columns]:
        raise UnusableTable(
            f"found the columns {', '.join(owners.columns)} in the owners; expected {', '.join(lost)} too; "
            "add maker, owner, owner_country, from_on and to_on."
        )
    dated = owners.with_columns(_said(owners["maker"])).with_columns(
        (_day(owners, name) if name in owners.columns else pl.Series(name, [None] * owners.height, pl.Date)).alias(name)
        for name in ("from_on", "to_on")
    )
    day = pl.lit(on)
    begun = pl.col("from_on").is_null() | (pl.col("from_on") <= day)
    going = pl.col("to_on").is_null() | (day < pl.col("to_on"))
    held = dated.filter(begun & going).sort("from_on", nulls_last=False, maintain_order=True)
    return held.unique("maker", keep="last", maintain_order=True).select("maker", "owner", "owner_country")


def _prepared(
    frame: pl.DataFrame,
    of: str,
    lens: str,
    weight: str | None,
    owners: pl.DataFrame | None,
    on: date | None,
    with_ids: bool,
    times: str | None,
) -> pl.DataFrame:
    """holder, brand, country, size, id, n (how many rows it stands for): one row a row of the table."""
    many = dependence.how_many(frame, times)
    sizes = dependence.number(frame, weight) if weight else many.cast(pl.Float64)
    names = _said(frame[of])
    ids = dependence.ids(frame) if with_ids else pl.Series("id", [None] * frame.height, pl.String)
    table = pl.DataFrame({"holder": names, "brand": names, "country": _country(frame, lens), "size": sizes, "id": ids})
    table = table.with_columns(many.alias("n"))
    if lens != "owner" or owners is None or on is None:
        return table
    held = owned_on(owners, on)
    joined = table.join(held, left_on="brand", right_on="maker", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("owner", "holder").alias("holder"), pl.coalesce("owner_country", "country").alias("country")
    ).drop("owner", "owner_country")


def _country(frame: pl.DataFrame, lens: str) -> pl.Series:
    """What each row says of where it comes from through this lens; blank where no column says it."""
    wanted = {"owner": ("owner", "brand")}.get(lens, (lens,) if lens else tuple(origin.LENSES))
    for name in wanted:
        if name == "legal_import":
            continue
        if name not in origin.LENSES:
            raise UnusableTable(f"found lens {lens!r}; expected one of {', '.join(origin.LENSES)}; name one of them.")
        column = origin.column_of(frame, name)
        if column is not None and frame.schema[column] != pl.Boolean:
            return _said(frame[column]).rename("country")
    return pl.Series("country", [None] * frame.height, pl.String)


def _said(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String).str.strip_chars()
    return text.to_frame("t").select(pl.when(pl.col("t") != "").then(pl.col("t")).alias(column.name)).to_series()


def _day(frame: pl.DataFrame, column: str) -> pl.Series:
    """The column as days; a year stands for its first day, a blank stays blank."""
    if frame.schema[column] == pl.Date:
        return frame[column]
    said = _said(frame[column])
    full = said.str.replace(r"^(\d{4})$", "${1}-01-01").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    wrong = (full.is_null() & said.is_not_null()).arg_true()
    if len(wrong):
        raise UnusableTable(
            f"owners, row {wrong[0] + 1}, column {column}: found {said[wrong[0]]!r}; expected a day, 2015-03-01; "
            "correct the cell or leave it blank."
        )
    return full


def _ranked(table: pl.DataFrame, whole: float) -> tuple[Holder, ...]:
    found: list[Holder] = []
    added = 0.0
    for at, row in enumerate(table.iter_rows(named=True), 1):
        added += row["size"]
        equal = found and found[-1].size == row["size"]
        found.append(
            Holder(
                name=row["holder"],
                country=row["countries"][0] if len(row["countries"]) == 1 else "",
                rank=found[-1].rank if equal else at,
                size=row["size"],
                share=row["size"] / whole if whole else 0.0,
                cumulative=added / whole if whole else 0.0,
                row_ids=tuple(row["ids"]),
                brands=tuple(row["brands"]),
            )
        )
    return tuple(found)


def _seats(holders: Sequence[Holder]) -> pl.DataFrame:
    """One row a holder: where it is from, counting one each."""
    seats = [(holder.country or None, 1.0) for holder in holders]
    return pl.DataFrame(seats, schema={"country": pl.String, "size": pl.Float64}, orient="row")


def _by_country(table: pl.DataFrame) -> tuple[Holder, ...]:
    """The sizes of a table added up by country, largest first; rows without a country are left out."""
    sums = table.drop_nulls("country").group_by(holder="country").agg(pl.col("size").sum())
    summed = sums.sort(["size", "holder"], descending=[True, False])
    none = pl.lit([], pl.List(pl.String))
    filled = summed.with_columns(none.alias("countries"), none.alias("ids"), none.alias("brands"))
    return _ranked(filled, float(summed["size"].sum()))


def _measure(name: str, sizes: list[float], rows: int, missing: float, lens: str, on: date | None) -> Figure:
    usable = bool(sizes) and sum(sizes) > 0
    if name == "mean_log_deviation" and 0 in sizes:
        usable = False
    return Figure(
        name=name,
        value=concentration.MEASURES[name](sizes) if usable else None,
        unit=concentration.UNITS[name],
        rows=rows,
        missing=missing,
        formula=concentration.FORMULAS[name],
        lens=lens,
        as_of=on,
        counts={"holders": float(len(sizes)), "sum": float(sum(sizes))},
        note="" if usable else NOT_KNOWN if rows else NONE_RECORDED,
    )
