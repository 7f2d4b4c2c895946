"""The figures of an assay: calibration lines with their bands, and the ion currents that were integrated."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._assay import Assay, Calibration, Measured, Question
from liqi.methods.mass_spectrometry._targets import stem_of
from liqi.methods.phrases import unit_words

MOST_TRACES = 8
_BAND_POINTS = 60


def plots_of(assay: Assay, question: Question) -> list[Plot]:
    """Return a calibration plot for each line and the ion currents of each target."""
    plots = [_line_plot(one, assay, question) for one in assay.calibrations.values()]
    for target in assay.targets:
        own = [one for one in assay.measured if one.target is target]
        if own:
            plots.append(_trace_plot(target.name, own))
    return plots


def _line_plot(one: Calibration, assay: Assay, question: Question) -> Plot:
    x = np.linspace(0.0, one.high * 1.05, _BAND_POINTS)
    low, high = one.line.band(x, question.level)
    band: dict[str, Any] = {"label": Text("prediction interval", "预测区间", "預測區間").as_json()}
    band |= {"x": _list(x), "y": _list(one.line.at(x)), "low": _list(low), "high": _list(high)}
    names = [run.file for run in one.calibrants]
    series = [_series(Text("calibrants", "标准点", "標準點"), one.line.x, one.line.y, names)]
    results = [
        result for result in assay.results if result.target.name == one.target.name and result.state == "quantified"
    ]
    if results:
        found = [(result.concentration or 0.0) / result.measured[0].level.dilution for result in results]
        y = one.line.at(found)
        series.append(_series(Text("samples", "样品", "樣品"), np.array(found), y, [one.sample for one in results]))
    response = Text("area ratio to internal standard", "与内标的峰面积比", "與內標的峰面積比")
    area = Text("area (counts s)", "峰面积", "峰面積")
    unit = unit_words(one.unit).en
    return Plot(
        f"calibration-{one.target.name}",
        "points",
        Text(f"Calibration of {one.target.name}", f"{one.target.name} 校准曲线", f"{one.target.name} 校準曲線"),
        Text(f"concentration ({unit})", f"浓度 ({unit})", f"濃度 ({unit})"),
        response if one.target.internal_standard else area,
        {"series": series, "lines": [band]},
    )


def _series(label: Text, x: Any, y: Any, names: Sequence[str]) -> dict[str, Any]:
    return {"label": label.as_json(), "x": _list(x), "y": _list(y), "names": list(names)}


def _list(numbers: Any) -> list[float]:
    return [float(f"{number:.6g}") for number in np.asarray(numbers).tolist()]


def _trace_plot(name: str, own: Sequence[Measured]) -> Plot:
    """The traces round the peak, samples first, so that the reader sees what was integrated."""
    order = sorted(own, key=lambda one: ("sample", "addition", "control", "blank", "calibrant").index(one.level.role))
    series, marks = [], []
    for one in order[:MOST_TRACES]:
        time, centre = one.trace.time_s, one.target.retention_time_s
        near = np.ones(time.size, bool) if centre is None else np.abs(time - centre) <= 2 * one.target.window_s
        label = stem_of(one.file)
        series.append({"label": label, "x": _list(time[near]), "y": _list(one.trace.intensity[near])})
        if one.peak and one.level.role == "sample":
            marks.append({"label": label, "x": round(one.peak.apex_s, 3), "y": rounded(one.peak.height)})
    title = Text(f"Ion current of {name}", f"{name} 提取离子流图", f"{name} 擷取離子流圖")
    axes = Text("retention time (s)", "保留时间 (s)", "滯留時間 (s)"), Text("intensity", "强度", "強度")
    return Plot(f"xic-{name}", "line", title, *axes, {"series": series, "marks": marks})


def rounded(number: float) -> float:
    """Return a number with five significant digits."""
    return float(f"{number:.5g}")
