"""Indicators of firms: champions, sizes, research intensity."""

from functools import partial
from typing import Any

import polars as pl

from liqi.insight import champions, dependence, origin, sizes
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, per_group, require
from liqi.insight.origin import UnusableTable

GENERAL = ("综合", "綜合", "general", "all kinds")
"""What stands in `field` for a firm that makes instruments of every kind."""
_CHAMPION = "1 found: no test of scope, rank, age, size, fame says no and at least two say yes; 0 not found"


def _champions(frame: pl.DataFrame, question: Question) -> list[Figure]:
    name = next((c for c in ("name_en", "name", "name_zh", "firm", "id") if c in frame.columns), None)
    if name is None:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected a column of names such as name; add it."
        )
    names = [c for c in ("name_en", "name", "name_zh", "firm", "id") if c in frame.columns]
    numbers = {column: _whole(frame, column) for column in ("product_lines", "world_rank", "staff", "mentions")}
    revenue = dependence.number(frame, "revenue_m_eur").to_list() if "revenue_m_eur" in frame.columns else None
    ages = _ages(frame, question)
    general = origin.truth(frame["general"]).to_list() if "general" in frame.columns else None
    fields = frame["field"].cast(pl.String).to_list() if "field" in frame.columns else [""] * frame.height
    limits = champions.Limits(**_limits(question))
    figures = []
    for n, row in enumerate(frame.select(names).cast(pl.String).iter_rows()):
        firm = champions.Firm(
            id=next((said for said in row if said and said.strip()), str(n + 1)),
            field=fields[n] or "",
            age_years=ages[n],
            revenue_m_eur=revenue[n] if revenue else None,
            general=bool(general[n]) if general else (fields[n] or "").strip().lower() in GENERAL,
            **{column: values[n] for column, values in numbers.items()},
        )
        figures.append(_verdict(champions.judge(firm, limits)))
    return figures


def _verdict(said: champions.Verdict) -> Figure:
    value = {"found": 1.0, "not found": 0.0}.get(said.result)
    open_ = f"; not said: {', '.join(said.unknown)}" if said.unknown else ""
    return Figure(
        name="hidden_champions",
        value=value,
        unit="1 or 0",
        rows=1,
        missing=len(said.unknown) / len(said.tests),
        formula=_CHAMPION,
        group={"firm": said.id},
        counts={name: float(one) for name, one in said.tests.items() if one is not None},
        note=said.result + open_,
    )


def _ages(frame: pl.DataFrame, question: Question) -> list[int | None]:
    told = _whole(frame, "age_years")
    founded = _whole(frame, "founded")
    if question.as_of is None:
        return told
    year = question.as_of.year
    return [
        age if age is not None else None if start is None else year - start
        for age, start in zip(told, founded, strict=True)
    ]


def _limits(question: Question) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, text in question.settings.items():
        try:
            given[name] = int(text)
        except ValueError:
            raise UnusableTable(f"found --set {name}={text}; expected a whole number; correct it.") from None
    return given


def _whole(frame: pl.DataFrame, column: str) -> list[int | None]:
    if column not in frame.columns:
        return [None] * frame.height
    return [None if value is None else round(value) for value in dependence.number(frame, column)]


def _spread(measure: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    column = question.weight or "staff"
    require(frame, [column])
    below = _limits(question).get("below", 300)
    figures = []
    for group, part in groups(frame, question.by):
        said = dependence.number(part, column).to_list()
        found = sizes.spread(said, tail_below=below)
        value = getattr(found, measure)
        figures.append(
            Figure(
                name=measure,
                value=value,
                unit=INDICATORS[measure].unit,
                rows=found.firms,
                missing=found.unknown / found.firms if found.firms else 0.0,
                formula=INDICATORS[measure].formula,
                group=group,
                counts={**{name: float(count) for name, count in found.by_class.items()}, "tail": found.tail_firms},
                note="" if value is not None else NOT_KNOWN if found.firms else NONE_RECORDED,
            )
        )
    return figures


_INTENSITY = "sum of research / sum of revenue, over firms that say both"
INDICATORS = {
    "hidden_champions": Indicator(
        "1 or 0",
        _CHAMPION,
        _champions,
        {
            "product_lines": "most product lines (5)",
            "world_rank": "lowest place in the world in its market (3)",
            "age_years": "least years since it was founded (20)",
            "staff": "most staff (10000)",
            "revenue_m_eur": "most revenue in million EUR (5000)",
            "mentions": "most mentions in the press in a year (1000)",
        },
    ),
    "tail_share": Indicator(
        "share",
        "sum of sizes below --set below / sum of sizes",
        partial(_spread, "tail_share"),
        {"below": "firms below this size are the tail (300)"},
    ),
    "bimodality": Indicator(
        "index",
        "Sarle: (skewness^2 + 1) / (excess kurtosis + 3 (n - 1)^2 / ((n - 2)(n - 3))) of ln size; above 5/9 two humps",
        partial(_spread, "bimodality"),
        {"below": "firms below this size are the tail (300)"},
    ),
    "research_intensity": Indicator(
        "share",
        _INTENSITY,
        partial(
            per_group,
            "research_intensity",
            "share",
            _INTENSITY,
            ("research", "revenue"),
            lambda research, revenue: research / revenue if revenue else None,
        ),
    ),
}
