"""Indicators of the chain from research to industry."""

from dataclasses import replace

import polars as pl

from liqi.insight import chain, dependence
from liqi.insight.figure import NONE_RECORDED, Figure
from liqi.insight.indicators._asking import Indicator, Question, groups, number_of, plain_figure, require, words
from liqi.insight.origin import UnusableTable

_RADIUS = {"radius_km": f"how far apart two facilities may be and count as near; {chain.RADIUS_KM:g}"}


def _places(frame: pl.DataFrame) -> list[chain.Place]:
    """The facilities of a table: class and stage; id, field, latitude, longitude and links where there are any."""
    require(frame, ["class", "stage"])
    texts = {
        name: [(t or "").strip() for t in frame[name].cast(pl.String)] if name in frame.columns else [""] * frame.height
        for name in ("class", "stage", "field", "links")
    }
    points = {
        name: dependence.number(frame, name).to_list() if name in frame.columns else [None] * frame.height
        for name in ("latitude", "longitude")
    }
    return [
        chain.Place(
            id=name,
            facility_class=texts["class"][at],
            stages=words(texts["stage"][at]),
            field=texts["field"][at],
            latitude=_degrees(points["latitude"][at], 90, at, "latitude"),
            longitude=_degrees(points["longitude"][at], 180, at, "longitude"),
            links=words(texts["links"][at]),
        )
        for at, name in enumerate(dependence.ids(frame).to_list())
    ]


def _degrees(value: float | None, most: float, at: int, column: str) -> float | None:
    if value is not None and not -most <= value <= most:
        raise UnusableTable(
            f"row {at + 1}, column {column}: found {value:g}; expected degrees from -{most:g} to {most:g}; correct it."
        )
    return value


def _coverage(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["class", "stage"])
    return [replace(chain.matrix(_places(part)).coverage, group=group) for group, part in groups(frame, question.by)]


def _mid_gap(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Of columns front, middle and end where there are any, else of facilities with class and stage."""
    segments = ("front", "middle", "end")
    if not set(segments) <= set(frame.columns):
        return [replace(chain.balance(_places(part)), group=group) for group, part in groups(frame, question.by)]
    figures = []
    for group, part in groups(frame, question.by):
        sums = {name: float(dependence.number(part, name).sum()) for name in segments}
        if min(sums.values()) < 0:
            raise UnusableTable(f"found {min(sums.values()):g} in front, middle or end; expected numbers from 0 up.")
        value = chain.mid_gap([sums["front"], sums["end"]], sums["middle"])
        note = "" if value is not None else "the middle is empty" if part.height else NONE_RECORDED
        figures.append(
            plain_figure("mid_gap", value, "ratio", part.height, "mean(front, end) / middle", group, note, sums)
        )
    return figures


def _cluster(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Six figures a group: the index, then its five parts."""
    radius = number_of(question, "radius_km")
    figures = []
    for group, part in groups(frame, question.by):
        found = chain.cluster(_places(part), radius_km=chain.RADIUS_KM if radius is None else radius)
        for name, figure in {"index": found.index, **found.parts}.items():
            figures.append(replace(figure, group={**group, "part": name}))
    return figures


def _diagnosis(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Three figures a group, one a fault; the note says whether it is one."""
    told = {name: value for name in chain.THRESHOLDS if (value := number_of(question, name)) is not None}
    radius = number_of(question, "radius_km")
    figures = []
    for group, part in groups(frame, question.by):
        found = chain.diagnose(_places(part), thresholds=told, radius_km=chain.RADIUS_KM if radius is None else radius)
        for one in found:
            counts = {**one.figure.counts, "threshold": one.threshold}
            figures.append(replace(one.figure, group={**group, "fault": one.code}, counts=counts, note=one.result))
    return figures


def _gain(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """One figure a class that is missing: the share of classes covered with it."""
    figures = []
    for group, part in groups(frame, question.by):
        gains = chain.class_gains(_places(part))
        for gain in gains:
            counts = {"before": gain.classes_before, "cells_before": gain.cells_before, "cells_after": gain.cells_after}
            figures.append(
                plain_figure(
                    "pair_gain",
                    gain.classes_after,
                    "share",
                    part.height,
                    _GAIN,
                    {**group, "adding": gain.of},
                    "",
                    counts,
                )
            )
        if not gains:
            figures.append(plain_figure("pair_gain", 1.0, "share", part.height, _GAIN, group, "no class is missing"))
    return figures


_GAIN = "classes covered with the one that is missing / 3 classes"

INDICATORS = {
    "chain_coverage": Indicator("share", "cells with a facility / 12 cells", _coverage),
    "mid_gap": Indicator("ratio", "mean(front, end) / middle", _mid_gap),
    "innovation_cluster": Indicator(
        "index", "mean of proximity, links, completeness, division and synergy, each from 0 to 1", _cluster, _RADIUS
    ),
    "chain_diagnosis": Indicator(
        "see fault",
        "mid-gap index; share of facilities for industry; mean of near and linked pairs; each with a threshold",
        _diagnosis,
        {**{name: f"the threshold of this fault; {value:.3g}" for name, value in chain.THRESHOLDS.items()}, **_RADIUS},
    ),
    "pair_gain": Indicator("share", _GAIN, _gain),
}
