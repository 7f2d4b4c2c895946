"""Indicators of dependence on imports."""

from functools import partial

import polars as pl

from liqi.insight import dependence, origin
from liqi.insight.figure import Figure
from liqi.insight.indicators._asking import Indicator, Question
from liqi.insight.origin import UnusableTable


def _share(of: str, frame: pl.DataFrame, question: Question) -> list[Figure]:
    lens = question.lens or next(iter(origin.present(frame)), "made_in")
    return dependence.share(frame, lens, of=of, by=question.by, weight=question.weight)


def _overlap(frame: pl.DataFrame, question: Question) -> list[Figure]:
    if question.by:
        raise UnusableTable("found --by; the overlap of lenses is made for the whole table; leave --by out.")
    return list(dependence.overlap(frame).values())


INDICATORS = {
    "dependence": Indicator("share", dependence.FOREIGN_FORMULA, partial(_share, "foreign")),
    "domestic_share": Indicator("share", dependence.DOMESTIC_FORMULA, partial(_share, "domestic")),
    "lens_overlap": Indicator("instruments", "n(A or B) = n(A) + n(B) - n(A and B)", _overlap),
}
