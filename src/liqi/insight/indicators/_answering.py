"""A table asked for an indicator: the figures, and the document that `liqi indicator` prints."""

from dataclasses import replace
from typing import Any

import polars as pl

from liqi.insight import cohorts, dependence
from liqi.insight.figure import Figure
from liqi.insight.indicators import (
    _chain,
    _concentration,
    _dependence,
    _descent,
    _firms,
    _gains,
    _market,
    _nearness,
    _partners,
    _pipeline,
    _place,
    _prospects,
    _sites,
    _trade,
)
from liqi.insight.indicators._asking import Indicator, Question, UnknownIndicator, require
from liqi.insight.origin import UnusableTable

INDICATORS: dict[str, Indicator] = {
    **_dependence.INDICATORS,
    **_concentration.INDICATORS,
    **_chain.INDICATORS,
    **_partners.INDICATORS,
    **_trade.INDICATORS,
    **_firms.INDICATORS,
    **_market.INDICATORS,
    **_pipeline.INDICATORS,
    **_descent.INDICATORS,
    **_place.INDICATORS,
    **_nearness.INDICATORS,
    **_sites.INDICATORS,
    **_prospects.INDICATORS,
    **_gains.INDICATORS,
}
"""Every indicator that `liqi indicator` knows."""
RESERVED = frozenset({"value", "rows", "missing", "counts", "note"})
"""What each entry of `values` says itself; a table's column of that name cannot stand beside it."""


def compute(name: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    """The figures of one indicator over this table, one a group.

    A column named `count` says how many things a row stands for, unless another weight is named.
    """
    name = known(name)
    if "band" in question.by:
        frame = dependence.with_band(frame)
    if "year" in question.by and "year" not in frame.columns and set(cohorts.YEAR_COLUMNS) & set(frame.columns):
        frame = cohorts.with_year(frame)
    require(frame, [*question.by, *filter(None, (question.weight, question.of))])
    if taken := RESERVED & set(question.by):
        raise UnusableTable(
            f"found --by {min(taken)}; expected a column of another name than those of the answer "
            f"({', '.join(sorted(RESERVED))}); rename the column."
        )
    if question.weight is None and "count" in frame.columns and "count" not in (*question.by, question.of):
        question = replace(question, weight="count")
    _settable(name, question)
    return [replace(figure, as_of=question.as_of) for figure in INDICATORS[name].measure(frame, question)]


def answer(name: str, frame: pl.DataFrame, question: Question) -> dict[str, Any]:
    """What `liqi indicator` says: name, lens, unit, as_of, rows, missing (share), formula and values."""
    figures = compute(name, frame, question)
    name = known(name)
    lenses = list(dict.fromkeys(figure.lens for figure in figures))
    seen = sum(figure.rows for figure in figures)
    return {
        "name": name,
        "lens": ", ".join(lenses) or question.lens,
        "unit": INDICATORS[name].unit,
        "as_of": question.as_of.isoformat() if question.as_of else None,
        "rows": frame.height,
        "missing": sum(figure.missing * figure.rows for figure in figures) / seen if seen else 0.0,
        "formula": INDICATORS[name].formula,
        "values": [{**({"lens": figure.lens} if len(lenses) > 1 else {}), **figure.as_json()} for figure in figures],
    }


def known(name: str) -> str:
    """The name as the registry spells it (hyphens and capitals are forgiven)."""
    plain = name.strip().lower().replace("-", "_")
    if plain not in INDICATORS:
        raise UnknownIndicator(f"found indicator {name!r}; expected one of {', '.join(INDICATORS)}; name one of them.")
    return plain


def _settable(name: str, question: Question) -> None:
    """Every setting is one that this indicator knows, or the error lists those that it knows."""
    if odd := sorted(set(question.settings) - set(INDICATORS[name].settings)):
        known = ", ".join(INDICATORS[name].settings) or "none"
        raise UnusableTable(
            f"found --set {odd[0]}; expected a setting of {name} ({known}); leave it out or name one of them."
        )
