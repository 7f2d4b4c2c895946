"""Who makes it: the makers of what stands here, who makes it at home, and who has their seat in the place."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from liqi import taxonomy
from liqi.catalogue.models import Maker
from liqi.insight import Question, compute
from liqi.insight.figure import Figure
from liqi.observatory.question import _places
from liqi.observatory.question._asked import Asked
from liqi.observatory.snapshot import TIMES

FIRST = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A maker: how many of its instruments stand in the place, in the whole country, and nearest in which town."""

    key: str
    name: str
    name_en: str
    brand_country: str
    here: int
    country: int
    seat_here: bool = False
    near: _places.Near | None = None


@dataclass(frozen=True, slots=True)
class Makers:
    """Makers of what stands here, makers of the home country wherever their instruments stand, how concentrated."""

    here: tuple[Made, ...]
    others_here: int
    """Instruments here of makers beyond the first."""
    unknown_here: int
    """Instruments here whose maker is not recorded."""
    home: tuple[Made, ...]
    hhi: Figure


def find(mine: pl.DataFrame, subject: pl.DataFrame, asked: Asked, home: frozenset[str]) -> Makers:
    """The makers of the class, in the place and in its country; `subject` is a gathered table."""
    inland, local = _counts(_inland(subject, home), pl.col(TIMES).sum()), _counts(mine, pl.len())
    totals = {row["maker"]: row["n"] for row in inland}
    own = {row["maker"]: row["n"] for row in local}
    seats = _seats(asked)
    here = [_made(row, row["n"], totals.get(row["maker"], row["n"]), seats) for row in local[:FIRST]]
    return Makers(
        here=tuple(here),
        others_here=sum(own.values()) - sum(one.here for one in here),
        unknown_here=int(mine["maker"].null_count()),
        home=at_home(subject, mine, asked, home, seats),
        hhi=compute("hhi", mine, Question(of="maker"))[0],
    )


def at_home(
    subject: pl.DataFrame, mine: pl.DataFrame, asked: Asked, home: frozenset[str], seats: frozenset[str] = frozenset()
) -> tuple[Made, ...]:
    """The makers of the home country by what they have in it, those with a seat in the place first."""
    inland = _inland(subject, home)
    counted = [row for row in _counts(inland, pl.col(TIMES).sum()) if row["brand_country"] in home]
    counted.sort(key=lambda row: (row["maker"] not in seats, -row["n"], row["maker"]))
    codes = subject["class_code"].unique().to_list()
    own = {row["maker"]: row["n"] for row in _counts(mine.filter(pl.col("class_code").is_in(codes)), pl.len())}
    return tuple(
        _made(row, own.get(row["maker"], 0), row["n"], seats, _shown_at(inland, row["maker"], asked))
        for row in counted[:FIRST]
    )


def _inland(subject: pl.DataFrame, home: frozenset[str]) -> pl.DataFrame:
    return subject.filter(pl.col("country").is_in(list(home)))


def _made(
    row: dict[str, Any], here: int, country: int, seats: frozenset[str], near: _places.Near | None = None
) -> Made:
    return Made(
        key=str(row["maker"]),
        name=str(row["maker_name"]),
        name_en=str(row["maker_name_en"] or ""),
        brand_country=str(row["brand_country"] or ""),
        here=here,
        country=country,
        seat_here=str(row["maker"]) in seats,
        near=near,
    )


def _counts(frame: pl.DataFrame, how_many: pl.Expr) -> list[dict[str, Any]]:
    names = ["maker", "maker_name", "maker_name_en", "brand_country"]
    held = frame.filter(pl.col("maker").is_not_null()).group_by(names).agg(n=how_many)
    return held.sort(["n", "maker"], descending=[True, False]).to_dicts()


def _shown_at(frame: pl.DataFrame, maker: object, asked: Asked) -> _places.Near | None:
    """The nearest town where an instrument of the maker can be seen at work."""
    return next(iter(_places.nearest(frame.filter(pl.col("maker") == maker), asked.place, most=1)), None)


def _seats(asked: Asked) -> frozenset[str]:
    """The makers that have their seat in the place."""
    if not asked.place.town:
        return frozenset()
    rows = Maker.objects.exclude(city="").values_list("key", "city")
    return frozenset(key for key, city in rows if taxonomy.find_place(city) in (asked.place.town, asked.place.code))
