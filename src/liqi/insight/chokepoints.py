"""Choke points: what is imported, from few, made by nobody at home, and much used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from liqi.insight import concentration, dependence, origin

FORMULA = "foreign share x HHI of foreign sources x 1 / (1 + domestic sources) x use / largest use"
DEPENDENT, FEW = 0.8, 4.0
"""A choke point is imported to at least this share, from fewer equal sources than this, and made by nobody at home.

These limits are conventions of ours, to be set by who asks.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """What is looked at: a class of instruments or a part, with the four factors as they were found."""

    name: str
    foreign_share: float | None
    """Of what is known, through the lens."""
    sources: float | None
    """Foreign sources as an equivalent number of equal ones, 1 / HHI."""
    domestic_sources: int | None
    """Makers at home that are on record."""
    use: float | None
    """In any unit that is the same for all: hours, instruments, money."""
    rows: int = 0
    missing: float = 0.0
    row_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChokePoint:
    """An item with its factors from 0 to 1, their product, its rank, and whether it is past every limit."""

    item: Item
    rank: int
    score: float | None
    """None where a factor is not known; `unknown` names it."""
    dependence: float | None
    fewness: float | None
    absence: float | None
    use: float | None
    is_choke_point: bool | None
    unknown: tuple[str, ...]


def rank(items: Sequence[Item], *, dependent: float = DEPENDENT, few: float = FEW) -> list[ChokePoint]:
    """The items by the product of the four factors, highest first; those that lack a factor come last, unranked."""
    largest = max((item.use for item in items if item.use is not None), default=0.0)
    found = [_judged(item, largest, dependent, few) for item in items]
    ordered = sorted(found, key=lambda one: (one.score is None, -(one.score or 0.0), one.item.name))
    ranked: list[ChokePoint] = []
    for at, one in enumerate(ordered, 1):
        equal = ranked and one.score is not None and ranked[-1].score == one.score
        place = 0 if one.score is None else ranked[-1].rank if equal else at
        ranked.append(replace(one, rank=place))
    return ranked


def items(
    frame: pl.DataFrame,
    lens: str = "made_in",
    *,
    by: str = "class",
    of: str = "maker",
    use: str | None = None,
    home: frozenset[str] = origin.HOME,
    as_of: date | None = None,
    with_ids: bool = True,
    times: str | None = None,
) -> list[Item]:
    """One item a group of the rows: its foreign share, its foreign and domestic sources, its use.

    `of` is the column of sources, `use` a column to add up (else rows are counted); `times` as in `dependence.share`.
    """
    if lost := [name for name in (by, of, *([use] if use else [])) if name not in frame.columns]:
        raise origin.UnusableTable(
            f"found the columns {', '.join(frame.columns)}; choke points expect {', '.join(lost)} too; "
            "add the column or name another."
        )
    found_shares = dependence.share(frame, lens, by=(by,), as_of=as_of, home=home, with_ids=with_ids, times=times)
    shares = {figure.group[by]: figure for figure in found_shares}
    many = dependence.how_many(frame, times)
    sides = pl.DataFrame(
        {
            "group": _blank_is_null(frame[by]),
            "source": _blank_is_null(frame[of]),
            "abroad": origin.abroad(frame, lens, home),
            "use": dependence.number(frame, use) if use else many.cast(pl.Float64),
            "n": many,
        }
    )
    known = sides.drop_nulls("source").group_by("group", "source", "abroad").agg(pl.col("n").sum())
    used = dict(sides.group_by("group").agg(pl.col("use").drop_nulls().sum()).iter_rows())
    sources: dict[str | None, dict[bool | None, list[float]]] = {}
    for group, _source, abroad, n in known.iter_rows():
        sources.setdefault(group, {}).setdefault(abroad, []).append(float(n))
    found = []
    for group, figure in shares.items():
        if group is None:
            continue
        mine = sources.get(group, {})
        foreign, domestic = mine.get(True, []), mine.get(False, [])
        found.append(
            Item(
                name=group,
                foreign_share=figure.value,
                sources=concentration.equivalent_number(foreign) if foreign else None,
                domestic_sources=len(domestic) if figure.value is not None else None,
                use=used.get(group),
                rows=figure.rows,
                missing=figure.missing,
                row_ids=figure.row_ids,
            )
        )
    return found


def _judged(item: Item, largest: float, dependent: float, few: float) -> ChokePoint:
    share = item.foreign_share
    fewness = 1 / item.sources if item.sources else 0.0 if share == 0 else None
    absence = None if item.domestic_sources is None else 1 / (1 + item.domestic_sources)
    use = None if item.use is None else item.use / largest if largest else 0.0
    factors = {"dependence": share, "fewness": fewness, "absence": absence, "use": use}
    unknown = tuple(name for name, value in factors.items() if value is None)
    score, past = None, None
    if share is not None and fewness is not None and absence is not None and use is not None:
        score = share * fewness * absence * use
        past = share >= dependent and item.sources is not None and item.sources < few and item.domestic_sources == 0
    return ChokePoint(item, 0, score, share, fewness, absence, use, past, unknown)


def _blank_is_null(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String).str.strip_chars().to_frame("t")
    return text.select(pl.when(pl.col("t") != "").then(pl.col("t"))).to_series()
