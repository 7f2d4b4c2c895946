"""Indicators of concentration: how much of a whole few holders have."""

from functools import partial

import polars as pl

from liqi.insight import concentration, dependence
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups
from liqi.insight.origin import UnusableTable

HOLDERS = (
    "maker",
    "vendor",
    "firm",
    "owner",
    "brand",
    "made_in",
    "brand_country",
    "origin",
    "country",
    "class",
)
"""The columns whose holders are compared where the question names none, best first."""


def _held(measure: str, unit: str, formula: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    by, of = (
        question.by,
        question.of or next((c for c in HOLDERS if c in frame.columns and c not in question.by), None),
    )
    if of is None and by:
        by, of = by[:-1], by[-1]
    if of is None:
        raise UnusableTable(
            f"found the columns {', '.join(frame.columns)}; expected a column of holders such as maker; "
            "name it with --of."
        )
    figures = []
    for group, part in groups(frame, by):
        known = part.filter(pl.col(of).is_not_null() & (pl.col(of).cast(pl.String).str.strip_chars() != ""))
        sizes = (
            dependence.number(known, question.weight) if question.weight else pl.repeat(1.0, known.height, eager=True)
        )
        held = known.select(pl.col(of).alias("holder"), sizes.alias("size")).drop_nulls()
        sums = held.group_by("holder").agg(pl.col("size").sum())["size"].to_list()
        usable = bool(sums) and sum(sums) > 0
        figures.append(
            Figure(
                name=measure,
                value=concentration.MEASURES[measure](sums) if usable else None,
                unit=unit,
                rows=part.height,
                missing=1 - held.height / part.height if part.height else 0.0,
                formula=formula,
                group=group,
                counts={"holders": float(len(sums)), "sum": float(sum(sums))},
                note="" if usable else NOT_KNOWN if part.height else NONE_RECORDED,
            )
        )
    return figures


def _of(measure: str) -> Indicator:
    unit, formula = concentration.UNITS[measure], f"{concentration.FORMULAS[measure]}; holders of the column --of"
    return Indicator(unit, formula, partial(_held, measure, unit, formula))


INDICATORS = {measure: _of(measure) for measure in concentration.MEASURES}
