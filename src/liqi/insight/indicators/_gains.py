"""Indicators of gains and gaps: quicker answers, and capabilities beside the best that is claimed."""

from collections.abc import Mapping

import polars as pl

from liqi.insight import dependence, gain
from liqi.insight.figure import NONE_RECORDED, NOT_KNOWN, Figure
from liqi.insight.indicators._asking import Indicator, Question, require
from liqi.insight.origin import UnusableTable

_TURNAROUND = "minutes before / minutes after, a row each"
_GAP = "nearest ends and farthest ends of the two ranges, the worse over the better; a row each"
_ENDS = ("low", "high", "best_low", "best_high")
UNSOURCED = "claim without source"
_BETTER = {"": False, "less": False, "more": True}


def _turnaround(frame: pl.DataFrame, question: Question) -> list[Figure]:
    require(frame, ["before_min", "after_min"])
    names = _names(frame, "task")
    before, after = (dependence.number(frame, column).to_list() for column in ("before_min", "after_min"))
    figures = []
    for n, (name, old, new) in enumerate(zip(names, before, after, strict=True), 1):
        whole = old is not None and new is not None
        try:
            value = gain.turnaround(float(old), float(new)) if whole else None
        except gain.UnusableRange as problem:
            raise UnusableTable(f"row {n}: {problem}") from None
        figures.append(_figure("turnaround_gain", value, "times", _TURNAROUND, {"task": name}, whole))
    return figures or [Figure("turnaround_gain", None, "times", 0, 0.0, _TURNAROUND, note=NONE_RECORDED)]


def _gap(frame: pl.DataFrame, question: Question) -> list[Figure]:
    """Two figures a row, the least and the most that lies between; a claim that names no source says so."""
    require(frame, ["capability", "low", "best_low"])
    names = _names(frame, "capability")
    numbers = {
        end: dependence.number(frame, end if end in frame.columns else end.replace("high", "low")) for end in _ENDS
    }
    better = frame["better"].cast(pl.String).fill_null("") if "better" in frame.columns else [""] * frame.height
    sources = frame["source"].cast(pl.String).fill_null("") if "source" in frame.columns else ["?"] * frame.height
    figures = []
    for n, (name, way, source) in enumerate(zip(names, better, sources, strict=True)):
        if way.strip().lower() not in _BETTER:
            raise UnusableTable(
                f"row {n + 1}, column better: found {way!r}; expected less or more (blank: less); correct the cell."
            )
        ends = [numbers[end][n] for end in _ENDS]
        ends = [ends[0], ends[0] if ends[1] is None else ends[1], ends[2], ends[2] if ends[3] is None else ends[3]]
        whole = all(one is not None for one in ends)
        try:
            found = gain.gap(*map(float, ends), more_is_better=_BETTER[way.strip().lower()]) if whole else None
        except gain.UnusableRange as problem:
            raise UnusableTable(f"row {n + 1}: {problem}") from None
        note = "" if source.strip() else UNSOURCED
        for end in ("least", "most"):
            value = getattr(found, end) if found else None
            group = {"capability": name, "end": end}
            figures.append(_figure("capability_gap", value, "times", _GAP, group, whole, note))
    return figures or [Figure("capability_gap", None, "times", 0, 0.0, _GAP, note=NONE_RECORDED)]


def _names(frame: pl.DataFrame, column: str) -> list[str]:
    given = frame[column].cast(pl.String).fill_null("").to_list() if column in frame.columns else [""] * frame.height
    return [name.strip() or str(n) for n, name in enumerate(given, 1)]


def _figure(
    name: str,
    value: float | None,
    unit: str,
    formula: str,
    group: Mapping[str, str | None],
    whole: bool,
    note: str = "",
) -> Figure:
    missing = 0.0 if whole else 1.0
    return Figure(name, value, unit, 1, missing, formula, group=dict(group), note=note if whole else NOT_KNOWN)


INDICATORS = {
    "turnaround_gain": Indicator("times", _TURNAROUND, _turnaround),
    "capability_gap": Indicator("times", _GAP, _gap),
}
