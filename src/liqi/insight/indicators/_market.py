"""Indicators of markets: shares, projections, buyers, customers abroad, results that stay, money by source."""

from collections.abc import Callable
from functools import partial

import polars as pl

from liqi.insight import adoption, dependence, funding, links, market, origin, throughput
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, per_group, require
from liqi.insight.origin import UnusableTable


def _yes(name: str, column: str, unit: str, formula: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Rows (or their weight) that say yes over those that say yes or no."""
    require(frame, [column])
    figures = []
    for group, part in groups(frame, question.by):
        said = origin.truth(part[column])
        size = dependence.number(part, question.weight) if question.weight else pl.Series([1.0] * part.height)
        told = pl.DataFrame({"said": said, "size": size.cast(pl.Float64)}).drop_nulls()
        yes, whole = float(told.filter(pl.col("said"))["size"].sum()), float(told["size"].sum())
        figures.append(
            Figure(
                name=name,
                value=yes / whole if whole else None,
                unit=unit,
                rows=part.height,
                missing=1 - told.height / part.height if part.height else 0.0,
                formula=formula,
                group=group,
                counts={"yes": yes, "of": whole},
                note="" if whole else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _parts(name: str, by: str, formula: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Each part's share of the summed weight; the shares make one."""
    weight = question.weight or next((c for c in ("amount", "value_cny", "value", "count") if c in frame.columns), "")
    if not weight:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected a column of amounts such as amount or value_cny; "
            "name it with --weight."
        )
    require(frame, [by, weight])
    figures = []
    for group, part in groups(frame, question.by):
        names = part[by].cast(pl.String).fill_null("").str.strip_chars()
        told = pl.DataFrame({"name": names, "size": dependence.number(part, weight)})
        sums = dict(told.drop_nulls().group_by("name").agg(pl.col("size").sum()).sort("name").iter_rows())
        shares = funding.mix(sums)
        for held in dict.fromkeys(names):
            own = told.filter(pl.col("name") == held)
            value = shares.get(held)
            figures.append(
                Figure(
                    name=name,
                    value=value,
                    unit="share",
                    rows=own.height,
                    missing=own["size"].null_count() / own.height,
                    formula=formula,
                    group={**group, by: held or None},
                    counts={"sum": sums.get(held, 0.0), "of": float(sum(sums.values()))},
                    note="" if value is not None else NOT_KNOWN,
                )
            )
    return figures or [Figure(name, None, "share", 0, 0.0, formula, note=NONE_RECORDED)]


def _density(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["from", "to"])
    figures = []
    for group, part in groups(frame, question.by):
        pairs = part.select(pl.col("from", "to").cast(pl.String).str.strip_chars()).drop_nulls()
        pairs = pairs.filter((pl.col("from") != "") & (pl.col("to") != ""))
        ties = list(pairs.iter_rows())
        members = {name for tie in ties for name in tie}
        value = links.density(members, ties)
        figures.append(
            Figure(
                name="link_density",
                value=value,
                unit="share",
                rows=part.height,
                missing=1 - pairs.height / part.height if part.height else 0.0,
                formula=_DENSITY,
                group=group,
                counts={"members": float(len(members))},
                note="" if value is not None else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _linked(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["instrument"])
    figures = []
    for group, part in groups(frame, question.by):
        names = part["instrument"].cast(pl.String).fill_null("").str.strip_chars().to_list()
        found = links.linked_outputs({str(n): [name] if name else [] for n, name in enumerate(names, 1)})
        figures.append(
            Figure(
                name="outputs_linked",
                value=found.share,
                unit="share",
                rows=found.of,
                missing=0.0,
                formula=_LINKED,
                group=group,
                counts={"linked": float(found.linked), "unlinked": float(len(found.unlinked))},
                note="" if found.of else NONE_RECORDED,
            )
        )
    return figures


def _abroad(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["customer", "date", "country"])
    away = origin.abroad(frame.select(made_in="country"), "made_in")
    days = frame["date"].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    frame = frame.with_columns(away.alias("_away"), days.alias("_on"))
    figures = []
    for group, part in groups(frame, question.by):
        rows = part.select(pl.col("customer").cast(pl.String), "_on", "_away").drop_nulls(["customer", "_on"])
        found = adoption.curves([adoption.Customer(*row) for row in rows.iter_rows()])
        value = found.abroad_share
        counts = {"home": max(found.home.values(), default=0), "abroad": max(found.abroad.values(), default=0)}
        figures.append(
            Figure(
                name="customers_abroad",
                value=value,
                unit="share",
                rows=part.height,
                missing=1 - rows["_away"].drop_nulls().len() / part.height if part.height else 0.0,
                formula=_ABROAD,
                group=group,
                counts={name: float(count) for name, count in counts.items()},
                note="" if value is not None else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _sums(
    name: str,
    unit: str,
    formula: str,
    columns: tuple[str, ...],
    value: Callable[..., float | None],
    frame: pl.DataFrame,
    question: Question,
) -> list[Figure]:
    """One figure a row where the formula takes single numbers that must not be added up."""
    require(frame, columns)
    numbers = [dependence.number(frame, column).to_list() for column in columns]
    figures = []
    for n, row in enumerate(zip(*numbers, strict=True), 1):
        told = None if any(cell is None for cell in row) else value(*row)
        figures.append(
            Figure(
                name=name,
                value=told,
                unit=unit,
                rows=1,
                missing=0.0 if told is not None else 1.0,
                formula=formula,
                group={"row": str(n)},
                note="" if told is not None else NOT_KNOWN,
            )
        )
    return figures or [Figure(name, None, unit, 0, 0.0, formula, note=NONE_RECORDED)]


_DENSITY = "ties between members / (n (n - 1) / 2); members are all that are named"
_LINKED = "outputs that name an instrument / outputs"
_ABROAD = "customers abroad / customers whose country is said; each customer once"
_STAYS = "transfers that landed here / transfers whose place is said"
_CUSTOM = "lines (or --weight) made to order / lines that say"
_MARKET = "part / whole"
_BUYER = "the demand of a type of buyer / all demand"
_MIX = "the amount of a source / all amounts"
_GROWN = "size (1 + growth)^years"
_DAYS = "work / (rate_a_day machines uptime)"
INDICATORS = {
    "market_share": Indicator(
        "share", _MARKET, partial(per_group, "market_share", "share", _MARKET, ("part", "whole"), market.share)
    ),
    "market_projection": Indicator(
        "unit of the table",
        _GROWN,
        partial(_sums, "market_projection", "unit of the table", _GROWN, ("size", "growth", "years"), market.projected),
    ),
    "demand_by_buyer": Indicator("share", _BUYER, partial(_parts, "demand_by_buyer", "buyer", _BUYER)),
    "funding_mix": Indicator("share", _MIX, partial(_parts, "funding_mix", "source", _MIX)),
    "custom_share": Indicator("share", _CUSTOM, partial(_yes, "custom_share", "custom", "share", _CUSTOM)),
    "retention": Indicator("share", _STAYS, partial(_yes, "retention", "here", "share", _STAYS)),
    "customers_abroad": Indicator("share", _ABROAD, _abroad),
    "link_density": Indicator("share", _DENSITY, _density),
    "outputs_linked": Indicator("share", _LINKED, _linked),
    "days_needed": Indicator(
        "days",
        _DAYS,
        partial(
            _sums, "days_needed", "days", _DAYS, ("work", "rate_a_day", "machines", "uptime"), throughput.days_needed
        ),
    ),
}
