"""The trade card of a product: imports, exports, balance and partners by year; few firms are never shown.

Neither can a hidden cell be worked out: another one is hidden with it where the total would tell it, a total of so few
firms is hidden itself, a heading is hidden where a part of it is, and no concentration is told over hidden cells.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from liqi.insight import trade

FEWEST_FIRMS = 3
"""A cell made of fewer firms than this is hidden: who knows the trade could tell whose it is."""
FIRST = 12


@dataclass(frozen=True, slots=True)
class Partner:
    """A country of shipment with its value; a hidden one has none, and counts as hidden."""

    country: str
    value: float | None
    share: float | None
    quantity: float | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """A year's imports and exports; None where the table has no row of that side, or where they are hidden."""

    year: int
    imports: float | None
    exports: float | None
    deficit: float | None
    competitiveness: float | None
    imported: float | None
    """Units brought in, where every row of the year says the same unit."""
    rows: int
    missing: float
    """Share of the rows without a value."""
    hidden: tuple[str, ...] = ()
    """`imports` or `exports` where it is kept back: too few firms stand behind it, or it would tell a hidden cell."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a table says of a product and a country."""

    country: str
    product: str
    currency: str
    years: tuple[Year, ...]
    partners: tuple[Partner, ...]
    """Countries that the imports of the last year came from, fullest first."""
    partner_year: int | None
    hhi: float | None
    """None with no partner, and where a partner is hidden."""
    five: float | None
    """Share of the five largest."""
    rows: int
    hidden: int
    other_currency: int
    """Rows left out because they are in another currency than most."""


def card(
    frame: pl.DataFrame,
    *,
    country: str,
    product: str,
    year: int | None = None,
    guarded: Collection[int] = (),
) -> Card:
    """The card of the product (a heading such as 9027 and all below it) for this country; `year` is that of partners.

    Where a table has a row for the heading and others below it, the heading's stands: nothing is counted twice. In the
    `guarded` years cells between other countries are hidden too: what is exported is then not told in sum, as it would
    tell them beside the cards of the others.
    """
    held = _one_level(_with_few(frame.filter(pl.col("product").str.starts_with(product))), len(product))
    inward = (pl.col("importer") == country) & pl.col("side").is_in(["import", "both"])
    outward = (pl.col("exporter") == country) & pl.col("side").is_in(["export", "both"])
    mine = held.filter(inward | outward)
    currencies = mine["currency"].value_counts(sort=True)["currency"].to_list()
    currency = str(currencies[0]) if currencies else "USD"
    own = mine.filter(pl.col("currency") == currency)
    imports, exports = own.filter(inward), own.filter(outward)
    years = tuple(_year(one, imports, exports, one in guarded) for one in sorted(own["year"].unique().to_list()))
    known: list[int] = imports.filter(pl.col("value").is_not_null())["year"].to_list()
    last = year if year is not None else max(known, default=None)
    partners, hhi, five = _partners(imports.filter(pl.col("year") == last)) if last is not None else ((), None, None)
    return Card(
        country=country,
        product=product,
        currency=currency,
        years=years,
        partners=partners,
        partner_year=last,
        hhi=hhi,
        five=five,
        rows=own.height,
        hidden=sum(one.hidden for one in partners),
        other_currency=mine.height - own.height,
    )


def _with_few(frame: pl.DataFrame) -> pl.DataFrame:
    """Whether a cell is hidden: too few firms stand behind it, or behind a part of it in the same year."""
    few = (pl.col("firms") < FEWEST_FIRMS).fill_null(False)
    return frame.with_columns(few=few.any().over("year", "importer", "exporter", "side"))


def _one_level(frame: pl.DataFrame, least: int) -> pl.DataFrame:
    """Of each year, partner and side only the rows of the shortest code: sums and parts are never added together."""
    length = pl.col("product").str.len_chars()
    shortest = length.min().over("period", "side")
    return frame.filter((length >= least) & (length == shortest))


def _year(year: int, imports: pl.DataFrame, exports: pl.DataFrame, guarded: bool) -> Year:
    inward, outward = imports.filter(pl.col("year") == year), exports.filter(pl.col("year") == year)
    m, x = _sum(inward), _sum(outward)
    hidden_m = _is_of_few(inward, "exporter")
    alone = outward.filter(pl.col("few"))["importer"].n_unique() == 1
    hidden_x = _is_of_few(outward, "importer") or (x is not None and (alone or guarded))
    m, x = None if hidden_m else m, None if hidden_x else x
    rows = inward.height + outward.height
    blank = inward["value"].null_count() + outward["value"].null_count()
    units = inward["quantity_unit"].n_unique() if inward.height and not hidden_m else 0
    return Year(
        year=year,
        imports=m,
        exports=x,
        deficit=trade.deficit(x, m) if m is not None and x is not None else None,
        competitiveness=trade.competitiveness(x, m) if m is not None and x is not None else None,
        imported=float(inward["quantity"].sum()) if units == 1 and inward["quantity"].null_count() == 0 else None,
        rows=rows,
        missing=blank / rows if rows else 0.0,
        hidden=(*(("imports",) if hidden_m else ()), *(("exports",) if hidden_x else ())),
    )


def _is_of_few(frame: pl.DataFrame, partner: str) -> bool:
    """Whether all partners together may be of too few firms; one whose firms are not said counts as many.

    Firms of different months may be the same: of a partner the fewest are counted.
    """
    said = frame.filter(pl.col("value").is_not_null())
    firms = said.group_by(partner).agg(pl.col("firms").min())["firms"]
    return len(firms) > 0 and int(firms.fill_null(FEWEST_FIRMS).sum()) < FEWEST_FIRMS


def _sum(frame: pl.DataFrame) -> float | None:
    known = frame["value"].drop_nulls()
    return float(known.sum()) if len(known) else None


def _partners(imports: pl.DataFrame) -> tuple[tuple[Partner, ...], float | None, float | None]:
    """The partners with what may be shown of them, and how concentrated they are where none is hidden."""
    grouped = imports.group_by("exporter").agg(
        pl.col("value").sum(), pl.col("quantity").sum(), pl.col("few").any(), pl.col("value").count().alias("said")
    )
    held = grouped.filter(pl.col("said") > 0).sort(["value", "exporter"], descending=[True, False])
    total = float(held["value"].sum())
    if not held.height or not total:
        return (), None, None
    shares = [value / total for value in held["value"]]
    few = held["few"].to_list()
    if sum(few) == 1 and len(few) > 1:
        few[_next_smallest(few)] = True
    found = tuple(
        Partner(row["exporter"], None if few[n] else row["value"], None if few[n] else shares[n],
                None if few[n] else row["quantity"], few[n])
        for n, row in enumerate(held.iter_rows(named=True))
    )  # fmt: skip
    if any(few):  # with the total, two hidden cells could be solved from the sum of their squares
        return found, None, None
    return found, sum(share * share for share in shares), sum(shares[:5])


def _next_smallest(few: list[bool]) -> int:
    """The smallest partner that is still shown: hidden too, or the total would tell the one that is hidden."""
    return max(n for n, hidden in enumerate(few) if not hidden)
