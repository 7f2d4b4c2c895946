"""Indicators of the chain from research to industry."""

from dataclasses import replace

import polars as pl

from liqi.insight import chain
from liqi.insight.figure import Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, require


def _chain(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["class", "stage"])
    figures = []
    for group, part in groups(frame, question.by):
        columns = zip(part["class"].cast(pl.String), part["stage"].cast(pl.String), strict=True)
        places = [
            chain.Place(str(i), (c or "").strip(), frozenset(s.strip() for s in (stages or "").split(";")))
            for i, (c, stages) in enumerate(columns, 1)
        ]
        figures.append(replace(chain.matrix(places).coverage, group=group))
    return figures


INDICATORS = {"chain_coverage": Indicator("share", "cells with a facility / 12 cells", _chain)}
