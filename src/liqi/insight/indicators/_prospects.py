"""Indicators of prospects: what an industry's demand asks of instruments, and in which field to leap ahead."""

import polars as pl

from liqi.insight import dependence
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, require
from liqi.insight.origin import UnusableTable

_OPPORTUNITY = "relatedness x field strength x (1 - dependence), each from 0 to 1"
_MATRIX = "industries that use the class / all industries named; one figure a class, one a pair with their demand"
_FACTORS = ("relatedness", "strength", "dependence")


def _opportunity(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a field, best first; a field that lacks a factor comes last and says so."""
    require(frame, ["field", *_FACTORS])
    read = pl.DataFrame({name: dependence.number(frame, name) for name in _FACTORS})
    for name in _FACTORS:
        wrong = (~read[name].is_between(0, 1)).fill_null(value=False).arg_true()
        if len(wrong):
            raise UnusableTable(
                f"row {wrong[0] + 1}, column {name}: found {read[name][wrong[0]]:g}; expected a share from 0 to 1; "
                "correct the cell or leave it blank."
            )
    figures = []
    for field, row in zip(frame["field"].cast(pl.String), read.iter_rows(named=True), strict=True):
        known = {name: float(value) for name, value in row.items() if value is not None}
        whole = len(known) == len(_FACTORS)
        value = known["relatedness"] * known["strength"] * (1 - known["dependence"]) if whole else None
        missing = 1 - len(known) / len(_FACTORS)
        figures.append(
            Figure("opportunity", value, "index", 1, missing, _OPPORTUNITY, group={"field": field}, counts=known,
                   note="" if whole else NOT_KNOWN)
        )  # fmt: skip
    return sorted(figures, key=lambda one: (one.value is None, -(one.value or 0.0), one.group["field"] or ""))


def _matrix(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Each class with the share of the industries that use it, then each cell; a blank cell is none recorded."""
    require(frame, ["industry", "class"])
    weight = question.weight or ("demand" if "demand" in frame.columns else None)
    sizes = dependence.number(frame, weight) if weight else pl.repeat(1.0, frame.height, eager=True)
    said = pl.DataFrame(
        {"industry": frame["industry"].cast(pl.String), "class": frame["class"].cast(pl.String), "size": sizes}
    ).with_columns(pl.col("industry", "class").str.strip_chars().replace("", None))
    held = said.drop_nulls(["industry", "class"])
    missing = 1 - held.height / frame.height if frame.height else 0.0
    industries, classes = sorted(set(held["industry"])), sorted(set(held["class"]))
    cells = {(i, c): (size, n) for i, c, size, n in held.group_by("industry", "class")
             .agg(pl.col("size").sum(), pl.len().alias("n")).iter_rows()}  # fmt: skip
    figures = [
        Figure("industry_instruments", len(users) / len(industries), "share", sum(cells[i, one][1] for i in users),
               missing, _MATRIX, group={"class": one, "industry": None},
               counts={"industries": float(len(users)), "demand": float(sum(cells[i, one][0] for i in users))})
        for one in classes
        for users in [[i for i in industries if (i, one) in cells]]
    ]  # fmt: skip
    for industry in industries:
        for one in classes:
            size, rows = cells.get((industry, one), (None, 0))
            figures.append(
                Figure("industry_instruments", size, "demand", rows, missing, _MATRIX,
                       group={"class": one, "industry": industry}, note="" if rows else NONE_RECORDED)
            )  # fmt: skip
    return figures


INDICATORS = {
    "opportunity": Indicator("index", _OPPORTUNITY, _opportunity),
    "industry_instruments": Indicator("share", _MATRIX, _matrix),
}
