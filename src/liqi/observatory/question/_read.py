"""The answer to a question in figures: stock, origins, gaps, makers, unmet needs, all from one snapshot."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from liqi import insight, taxonomy
from liqi.insight.dependence import overlap, share
from liqi.insight.inquiry import Where
from liqi.observatory import policies, snapshot
from liqi.observatory.models import Snapshot
from liqi.observatory.question import _makers, _missing, _moves, _needs, _places, _rules, _where
from liqi.observatory.question._asked import LENSES, Asked

_COLUMNS = (
    *("id", "name", "name_en", "class_code", "value_cny", "made_in", "brand_country", "owner_country", "maker"),
    *("maker_name", "maker_name_en", "country", "province", "city", "town", "shared", "bookable", "synthetic"),
    *_where.COLUMNS,
)


MOST_BOUGHT = 3
"""Classes with most from abroad whose makers at home are looked up."""


@dataclass(frozen=True, slots=True)
class Line:
    """A class below the one asked about: how many there are here, and what is known of their origin."""

    code: str
    instruments: int
    shared: int
    foreign: insight.Figure


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the page says, in numbers."""

    asked: Asked
    taken: Snapshot
    as_of: date
    have: insight.Figure
    shared: insight.Figure
    bookable: insight.Figure
    worth: insight.Figure
    hours: insight.Figure
    lines: tuple[Line, ...]
    unclassified: int
    """Instruments of the place without a class: they may be of this one, and are counted in none."""
    imported: dict[str, insight.Figure]
    """The share from abroad through each lens."""
    both: insight.Figure
    """Own brand or made at home, of the known."""
    missing: _missing.Missing
    makers: _makers.Makers
    holders: _where.Holders
    needs: _needs.Needs
    rules: tuple[_rules.Helps, ...]
    moves: tuple[_moves.Move, ...]
    synthetic: float | None

    @property
    def home(self) -> frozenset[str]:
        """What counts as domestic: the country where the place lies."""
        return frozenset({self.asked.place.country})


@dataclass(frozen=True, slots=True)
class _Key:
    """The same question of the same snapshot under the same rules has the same figures."""

    path: str
    asked: Asked
    rules: tuple[tuple[str, datetime], ...]
    taken: Snapshot = field(compare=False)


def read(asked: Asked, *, now: datetime) -> Standing:
    """The figures of the question on the snapshot of now."""
    taken = snapshot.current(now=now)
    return _read(_Key(taken.path, asked, policies.version(), taken))


@lru_cache(maxsize=64)
def _read(key: _Key) -> Standing:
    asked, taken = key.asked, key.taken
    day, home = taken.taken_at.date(), frozenset({key.asked.place.country})
    everything = snapshot.spread(taken)
    subject = _of_class(everything, asked.class_code)
    there = _places.standing_in(asked.place)
    loose = everything.filter(there & pl.col("class_code").is_null())[snapshot.TIMES].sum()
    mine = snapshot.instruments(taken, list(_COLUMNS), there & _in_class(asked.class_code))
    lines = _lines(mine, asked, home)
    imported = {lens: share(mine, lens, as_of=day, home=home, with_ids=False)[0] for lens in LENSES}
    missing = _missing.find(everything, subject, snapshot.facilities(taken), asked)
    makers = _makers.find(mine, subject, asked, home)
    needs = _needs.find(snapshot.demand(taken), mine, asked, today=day)
    rules = _rules.find(asked.place, on=day)
    bought = tuple(
        _moves.Bought(
            line.code,
            int(line.foreign.counts["foreign"]),
            _makers.at_home(_of_class(subject, line.code), mine, asked, home),
        )
        for line in sorted(lines, key=lambda one: -one.foreign.counts["foreign"])[:MOST_BOUGHT]
        if line.foreign.counts["foreign"]
    )
    facts = _moves.Facts(
        asked, mine.height, int(mine["shared"].sum()), imported[asked.lens], missing, makers, needs, rules, bought
    )
    return Standing(
        asked=asked,
        taken=taken,
        as_of=day,
        have=_count("instruments", mine, mine.height, "count of instruments of the class that stand there", day),
        shared=_count("shared", mine, int(mine["shared"].sum()), "of these, open to other institutions", day),
        bookable=_count("bookable", mine, int(mine["bookable"].sum()), "of these, bookable on this platform", day),
        worth=_worth(mine, day),
        hours=_hours(snapshot.use(taken), mine, day),
        lines=lines,
        unclassified=int(loose) if asked.class_code else 0,
        imported=imported,
        both=overlap(mine, home=home, with_ids=False)["either"],
        missing=missing,
        makers=makers,
        holders=_where.find(mine),
        needs=needs,
        rules=rules,
        moves=_moves.choose(facts),
        synthetic=float(mine["synthetic"].sum()) / mine.height if mine.height else None,
    )


def rows(
    asked: Asked, *, now: datetime, origins: str = "", maker: str = "", terms: str = "", institution: str = ""
) -> tuple[pl.LazyFrame, Snapshot]:
    """The instruments behind a figure, with `from_abroad` (null: not said) through the lens; read when asked for.

    `origins` is domestic, foreign or not_said; `maker` and `institution` are keys; `terms` shared, closed, bookable,
    unclassified (those of the place that have no class) or peers (those of the class in the places compared with it).
    """
    taken = snapshot.current(now=now)
    frame = standing(asked, taken, terms)
    return narrow(frame, origins=origins, maker=maker, terms=terms, institution=institution), taken


def standing(asked: Asked, taken: Snapshot, terms: str = "") -> pl.LazyFrame:
    """The instruments of the class at the place, with `from_abroad` through the lens; `terms` as in `rows`."""
    inside = pl.col("class_code").is_null() if terms == "unclassified" else _in_class(asked.class_code)
    there = among_peers(asked.place, taken) if terms == "peers" else _places.standing_in(asked.place)
    away = snapshot.abroad(taken, asked.lens, frozenset({asked.place.country}))
    return snapshot.scan(taken).filter(there & inside).with_columns(from_abroad=away)


def among_peers(place: Where, taken: Snapshot) -> pl.Expr:
    """The rows of instruments or facilities that stand in the places this one is compared with."""
    return pl.col(_places.unit(place)).is_in(_places.peers(snapshot.spread(taken), place))


def narrow(
    frame: pl.LazyFrame, *, origins: str = "", maker: str = "", terms: str = "", institution: str = ""
) -> pl.LazyFrame:
    """The rows of `standing` that a number of the answer was counted on."""
    if terms in ("shared", "bookable"):
        frame = frame.filter(pl.col(terms))
    elif terms == "closed":
        frame = frame.filter(~pl.col("shared"))
    if maker:
        frame = frame.filter(pl.col("maker") == maker)
    if institution:
        frame = frame.filter(pl.col("institution") == institution)
    wanted = {
        "domestic": ~pl.col("from_abroad"),
        "foreign": pl.col("from_abroad"),
        "not_said": pl.col("from_abroad").is_null(),
    }
    return frame.filter(wanted[origins]) if origins else frame


def _of_class(frame: pl.DataFrame, code: str) -> pl.DataFrame:
    return frame.filter(_in_class(code))


def _in_class(code: str) -> pl.Expr:
    return pl.col("class_code").str.starts_with(taxonomy.class_prefix(code)) if code else pl.lit(value=True)


def _lines(mine: pl.DataFrame, asked: Asked, home: frozenset[str]) -> tuple[Line, ...]:
    """The classes below that have instruments here, fullest first; what stands at the class itself comes last."""
    width = {"": 2}.get(asked.prefix, min(len(asked.prefix) + 2, 6))
    kept = mine.with_columns(child=pl.col("class_code").str.slice(0, width).str.pad_end(6, "0"))
    figures = share(kept, asked.lens, by=("child",), home=home, with_ids=False) if kept.height else []
    open_ones = dict(kept.group_by("child").agg(pl.col("shared").sum()).iter_rows())
    found = [
        Line(str(code), figure.rows, int(open_ones.get(code, 0) or 0), figure)
        for figure in figures
        if (code := figure.group["child"]) is not None
    ]
    return tuple(sorted(found, key=lambda line: (line.code == asked.class_code, -line.instruments, line.code)))


def _count(name: str, frame: pl.DataFrame, value: int, formula: str, day: date) -> insight.Figure:
    """A count; where nothing is recorded at all there is no figure, which is not zero."""
    return insight.Figure(
        name=name,
        value=float(value) if frame.height else None,
        unit="instruments",
        rows=frame.height,
        missing=0.0,
        formula=formula,
        as_of=day,
        note="" if frame.height else insight.NONE_RECORDED,
    )


def _worth(mine: pl.DataFrame, day: date) -> insight.Figure:
    known = mine["value_cny"].drop_nulls()
    return insight.Figure(
        name="value",
        value=float(known.sum()) if len(known) else None,
        unit="CNY",
        rows=mine.height,
        missing=1 - len(known) / mine.height if mine.height else 0.0,
        formula="sum of the recorded values; instruments without a value are left out and counted as missing",
        as_of=day,
        note="" if len(known) else insight.NOT_KNOWN if mine.height else insight.NONE_RECORDED,
    )


def _hours(use: pl.DataFrame, mine: pl.DataFrame, day: date) -> insight.Figure:
    """Effective hours of the last year that has any; instruments that nobody metered count as missing."""
    held = use.join(mine.select("id"), left_on="instrument", right_on="id", how="semi")
    year = held["year"].max() if held.height else None
    of_year = held.filter(pl.col("year") == year) if year is not None else held
    metered = of_year["instrument"].n_unique()
    return insight.Figure(
        name="hours",
        value=float(of_year["effective_h"].sum()) if of_year.height else None,
        unit="h",
        rows=mine.height,
        missing=1 - metered / mine.height if mine.height else 0.0,
        formula="effective hours of the metered sessions that ended in the year; unmetered instruments are missing",
        as_of=day,
        group={"year": str(year)} if year is not None else {},
        counts={"sessions": float(of_year["sessions"].sum()), "outside_h": float(of_year["outside_h"].sum())},
        note="" if of_year.height else insight.NOT_KNOWN if mine.height else insight.NONE_RECORDED,
    )
