"""Dependence on imports: what share of a stock comes from abroad, through which lens, in which cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from liqi.insight import origin
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure

FOREIGN_FORMULA = "foreign / (foreign + domestic); rows that do not say are left out and counted as missing"
DOMESTIC_FORMULA = "domestic / (foreign + domestic); rows that do not say are left out and counted as missing"
BAND_EDGES_CNY = (500_000, 2_000_000, 5_000_000)
BANDS = ("under 0.5 M", "0.5 M to 2 M", "2 M to 5 M", "5 M and over")
"""Value bands in CNY, each from its lower edge (in) to its upper edge (out); no value is no band."""


def share(
    frame: pl.DataFrame,
    lens: str = "made_in",
    *,
    of: str = "foreign",
    by: Sequence[str] = (),
    weight: str | None = None,
    as_of: date | None = None,
    home: frozenset[str] = origin.HOME,
    with_ids: bool = True,
    times: str | None = None,
) -> list[Figure]:
    """One figure a group: the foreign (or domestic) share of what is known; without `by`, one for all.

    `weight` names a column to add up instead of counting rows: a count, or the value (the value lens).
    `with_ids` false leaves the ids of the rows away, which is quicker where they are asked for again anyway.
    `times` names a column that says how many rows of a larger table each line stands for (`weight` is their sum).
    """
    prepared = _prepared(frame, lens, by, weight, home, times)
    return _grouped(prepared, lens, of, by, as_of, with_ids)


def nothing(lens: str, *, of: str = "foreign", group: Mapping[str, str | None], as_of: date | None = None) -> Figure:
    """The figure of a cell that no row falls into: none recorded, which is not zero."""
    none = {"rows": 0, "foreign": 0, "domestic": 0, "not_said": 0, "missing_rows": 0, "ids": []}
    return _figure({**none, **group}, lens, of, list(group), as_of)


@dataclass(frozen=True, slots=True)
class Heat:
    """A table of figures: every row crossed with every column, and the sums on both edges."""

    rows: tuple[str | None, ...]
    columns: tuple[str | None, ...]
    cells: Mapping[tuple[str | None, str | None], Figure]
    row_sums: Mapping[str | None, Figure]
    column_sums: Mapping[str | None, Figure]
    total: Figure


def heat(
    frame: pl.DataFrame,
    lens: str = "made_in",
    *,
    of: str = "domestic",
    rows: str = "class",
    columns: str = "band",
    column_order: Sequence[str | None] = (*BANDS, None),
    weight: str | None = None,
    as_of: date | None = None,
    home: frozenset[str] = origin.HOME,
    with_ids: bool = True,
    times: str | None = None,
) -> Heat:
    """Shares by class and value band; a pair that no row falls into is "none recorded", apart from zero."""
    prepared = _prepared(frame, lens, (rows, columns), weight, home, times)
    cells = {
        (figure.group[rows], figure.group[columns]): figure
        for figure in _grouped(prepared, lens, of, (rows, columns), as_of, with_ids)
    }
    row_sums = {figure.group[rows]: figure for figure in _grouped(prepared, lens, of, (rows,), as_of, with_ids)}
    column_sums = {f.group[columns]: f for f in _grouped(prepared, lens, of, (columns,), as_of, with_ids)}
    for row in row_sums:
        for column in column_order:
            cells.setdefault((row, column), nothing(lens, of=of, group={rows: row, columns: column}, as_of=as_of))
    for column in column_order:
        column_sums.setdefault(column, nothing(lens, of=of, group={columns: column}, as_of=as_of))
    return Heat(
        rows=tuple(row_sums),
        columns=tuple(column_order),
        cells=cells,
        row_sums=row_sums,
        column_sums=column_sums,
        total=_grouped(prepared, lens, of, (), as_of, with_ids)[0],
    )


def overlap(
    frame: pl.DataFrame,
    first: str = "brand",
    second: str = "made_in",
    *,
    home: frozenset[str] = origin.HOME,
    with_ids: bool = True,
    times: str | None = None,
) -> dict[str, Figure]:
    """Domestic through the first lens, the second, either and both: n(A or B) = n(A) + n(B) - n(A and B)."""
    a, b = ~origin.abroad(frame, first, home), ~origin.abroad(frame, second, home)
    known = pl.DataFrame({"a": a, "b": b, "id": ids(frame), "n": how_many(frame, times)})
    seen = known.with_columns(either=pl.col("a") | pl.col("b"), both=pl.col("a") & pl.col("b"))
    names = {first: "a", second: "b", "either": "either", "both": "both"}
    rows = int(seen["n"].sum())
    formulas = {"either": f"n({first} or {second}) = n({first}) + n({second}) - n(both)",
                "both": f"n({first} and {second})"}  # fmt: skip
    return {
        name: Figure(
            name="domestic",
            value=float(seen["n"].filter(seen[column]).sum()),
            unit="instruments",
            rows=rows,
            missing=float(seen["n"].filter(seen[column].is_null()).sum()) / rows if rows else 0.0,
            formula=formulas.get(name, f"n({name})"),
            lens=name if name in origin.LENSES else f"{first} {'or' if name == 'either' else 'and'} {second}",
            row_ids=tuple(seen.filter(pl.col(column))["id"]) if with_ids else (),
        )
        for name, column in names.items()
    }


def with_owner(frame: pl.DataFrame, owners: pl.DataFrame, on: date) -> pl.DataFrame:
    """The table with `owner_country` as of that day; `owners` has maker, owner_country, from_on, to_on.

    A brand bought in a year moves under the owner lens from that day on, and never under made-in. Where no
    owner is on record the brand's own country stands, if the table has it.
    """
    day = pl.lit(on)
    held = owners.filter(
        (pl.col("from_on").is_null() | (pl.col("from_on") <= day))
        & (pl.col("to_on").is_null() | (day < pl.col("to_on")))
    ).unique("maker", keep="last", maintain_order=True)
    joined = frame.drop("owner_country", strict=False).join(
        held.select("maker", "owner_country"), on="maker", how="left", maintain_order="left"
    )
    if "brand_country" in frame.columns:
        joined = joined.with_columns(pl.coalesce("owner_country", "brand_country").alias("owner_country"))
    return joined


def with_band(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with a `band` column made of `value_cny`; no value, no band."""
    if "band" in frame.columns:
        return frame
    if "value_cny" not in frame.columns:
        raise origin.UnusableTable(
            f"found the columns {', '.join(frame.columns)}; a value band expects value_cny; add that column."
        )
    return frame.with_columns(number(frame, "value_cny").to_frame("v").select(band_of("v").alias("band")).to_series())


def band_of(column: str) -> pl.Expr:
    """The band of each number of CNY in this column; null for none."""
    cut: Any = pl.when(pl.col(column).is_null()).then(None)
    for edge, band in zip(BAND_EDGES_CNY, BANDS, strict=False):
        cut = cut.when(pl.col(column) < edge).then(pl.lit(band))
    banded: pl.Expr = cut.otherwise(pl.lit(BANDS[-1]))
    return banded


def carried_up(shares: Sequence[float]) -> dict[str, float]:
    """The share of instruments at risk when each part comes from abroad with this share.

    `independent` takes the parts to fail apart from each other, `weakest` counts the worst part alone.
    """
    safe = 1.0
    for part in shares:
        safe *= 1 - part
    return {"independent": 1 - safe, "weakest": max(shares, default=0.0)}


def number(frame: pl.DataFrame, column: str) -> pl.Series:
    """The column as numbers, blanks (and what is no number in a column of numbers) as null; else the cell is named."""
    said = frame[column]
    if said.dtype.is_numeric():
        read = said.cast(pl.Float64).fill_nan(None)
        wrong = read.is_infinite().fill_null(value=False).arg_true()
    else:
        text = said.cast(pl.String).str.strip_chars().str.replace_all(",", "")
        read = text.cast(pl.Float64, strict=False)
        wrong = (~read.is_finite().fill_null(value=False) & text.is_not_null() & (text != "")).arg_true()
    if len(wrong):
        raise origin.UnusableTable(
            f"row {wrong[0] + 1}, column {column}: found {said[wrong[0]]!r}; expected a number; "
            "correct the cell or leave it blank."
        )
    return read


def ids(frame: pl.DataFrame) -> pl.Series:
    """What each row is called: its id or key, else its number from 1."""
    for column in ("id", "key"):
        if column in frame.columns:
            return frame[column].cast(pl.String)
    return pl.int_range(1, frame.height + 1, eager=True).cast(pl.String)


def how_many(frame: pl.DataFrame, times: str | None) -> pl.Series:
    """How many rows each line stands for: what the column `times` says, else one."""
    if times is None:
        return pl.repeat(1, frame.height, eager=True, dtype=pl.Int64)
    return frame[times].cast(pl.Int64)


def _prepared(
    frame: pl.DataFrame, lens: str, by: Sequence[str], weight: str | None, home: frozenset[str], times: str | None
) -> pl.DataFrame:
    if "band" in by:
        frame = with_band(frame)
    if lost := [column for column in [*by, *([weight] if weight else [])] if column not in frame.columns]:
        raise origin.UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected {', '.join(lost)} too; "
            "add the column or leave it out of the question."
        )
    many = how_many(frame, times)
    weights = number(frame, weight) if weight else many.cast(pl.Float64)
    below = weights.filter(weights < 0)
    if below.len():
        raise origin.UnusableTable(
            f"column {weight}: found {below[0]:g}; expected numbers from 0 up; correct the cell or leave it blank."
        )
    sides = pl.DataFrame(
        {"_abroad": origin.abroad(frame, lens, home), "_weight": weights, "_id": ids(frame), "_n": many}
    )
    sides = sides.with_columns(pl.when(pl.col("_weight").is_not_null()).then(pl.col("_abroad")).alias("_abroad"))
    blank_is_null = [
        pl.when(pl.col(column).cast(pl.String).str.strip_chars() == "")
        .then(None)
        .otherwise(pl.col(column).cast(pl.String))
        .alias(column)
        for column in by
    ]
    return pl.concat([frame.select(blank_is_null), sides], how="horizontal") if by else sides


def _grouped(
    prepared: pl.DataFrame, lens: str, of: str, by: Sequence[str], as_of: date | None, with_ids: bool
) -> list[Figure]:
    """One figure a group of the prepared rows, blanks last."""
    abroad, weight = pl.col("_abroad"), pl.col("_weight")
    sums = {
        "foreign": weight.filter(abroad).sum(),
        "domestic": weight.filter(~abroad).sum(),
        "not_said": weight.filter(abroad.is_null()).sum(),
        "rows": pl.col("_n").sum(),
        "missing_rows": pl.col("_n").filter(abroad.is_null()).sum(),
    }
    if not with_ids:
        prepared = prepared.with_columns(pl.lit(None, pl.String).alias("_id"))
    ids = pl.col("_id").drop_nulls()
    if by:
        table = prepared.group_by(list(by), maintain_order=True).agg(**sums, ids=ids)
        table = table.sort(list(by), nulls_last=True)
    else:
        table = prepared.select(**sums, ids=ids.implode())
    return [_figure(row, lens, of, by, as_of) for row in table.iter_rows(named=True)]


def _figure(row: Mapping[str, Any], lens: str, of: str, by: Sequence[str], as_of: date | None) -> Figure:
    counts = {name: float(row[name]) for name in ("foreign", "domestic", "not_said")}
    known, rows = counts["foreign"] + counts["domestic"], int(row["rows"])
    return Figure(
        name="dependence" if of == "foreign" else "domestic_share",
        value=counts[of] / known if known else None,
        unit="share",
        rows=rows,
        missing=row["missing_rows"] / rows if rows else 0.0,
        formula=FOREIGN_FORMULA if of == "foreign" else DOMESTIC_FORMULA,
        lens=lens,
        as_of=as_of,
        group={column: row[column] for column in by},
        counts=counts,
        row_ids=tuple(row["ids"]),
        note="" if known else NOT_KNOWN if rows else NONE_RECORDED,
    )
