"""Figures of real-time PCR: curves without their baseline, standard curves with bands, efficiencies of reactions."""

import math
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.pcr._analysis import Analysis, Group, StandardCurve, Well

MOST_TARGETS, MOST_CURVES = 6, 12
_FLOOR = 1e-3
_CYCLE = Text("cycle", "循环数", "循環數")


def figures(analysis: Analysis) -> list[Plot]:
    """Return amplification curves of each target, standard curves, and the factors of single reactions."""
    groups: dict[Group, list[Well]] = {}
    for one in analysis.wells:
        groups.setdefault((one.run, one.reaction.target), []).append(one)
    shown = [key for key, wells in groups.items() if any(one.amplified for one in wells)][:MOST_TARGETS]
    made = [_standard(analysis, key, analysis.standards[key]) for key in shown if key in analysis.standards]
    made += [_curves(analysis, key, groups[key]) for key in shown if analysis.curves[key[0]] is not None]
    factors = _factors(analysis, groups)
    return [*made, factors] if factors else made


def _name(analysis: Analysis, key: Group) -> str:
    return f"{key[1]} ({analysis.run(key[0]).name})" if len(analysis.plates.runs) > 1 else key[1]


def _curves(analysis: Analysis, key: Group, wells: list[Well]) -> Plot:
    """Curves spread evenly from the earliest to the latest, controls last; zero is the highest of the target."""
    told = analysis.curves[key[0]]
    assert told is not None
    ordered = sorted(wells, key=lambda one: one.td0 if one.amplified else math.inf)
    places = np.unique(np.linspace(0, len(ordered) - 1, min(MOST_CURVES, len(ordered))).astype(int))
    rows = [one.row for one in wells]
    highest = float(np.max(told.corrected[rows])) or 1.0
    cycles = analysis.run(key[0]).cycles.tolist()
    series: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    for one in (ordered[place] for place in places):
        share = told.corrected[one.row] / highest
        logs = np.where(share > _FLOOR, np.log10(np.maximum(share, _FLOOR)), np.nan)
        y = [None if math.isnan(value) else round(value, 4) for value in logs.tolist()]
        series.append({"label": f"{one.reaction.well} {one.reaction.sample}".strip(), "x": cycles, "y": y})
        if one.amplified and len(marks) < 1:
            marks.append({"label": "TD0", "x": round(one.td0, 2)})
    title = _name(analysis, key)
    words = Text(f"Amplification, {title}", f"扩增曲线，{title}", f"擴增曲線，{title}")
    y_title = Text("log10 of fluorescence / highest", "荧光 / 最高值（log10）", "螢光 / 最高值（log10）")
    return Plot(f"amplification-{key[0]}-{key[1]}", "line", words, _CYCLE, y_title, {"series": series, "marks": marks})


def _standard(analysis: Analysis, key: Group, curve: StandardCurve) -> Plot:
    line = curve.line
    x = np.linspace(line.x.min(), line.x.max(), 25)
    low, high = line.band(x)
    samples = [
        one for one in analysis.quantities
        if (one.run, one.target) == key and one.kind == "unkn" and one.value and math.isfinite(one.cq)
    ]  # fmt: skip
    standards: dict[str, Any] = {"label": Text("standards", "标准品", "標準品").as_json()}
    standards |= {"x": line.x.round(4).tolist(), "y": line.y.round(4).tolist()}
    unknown: dict[str, Any] = {
        "label": Text("samples", "样本", "樣本").as_json(),
        "x": [round(math.log10(one.value or 1.0), 4) for one in samples],
        "y": [round(one.cq, 4) for one in samples],
        "names": [one.sample for one in samples],
    }
    fitted = {
        "label": Text("line, 95 % prediction", "直线与 95 % 预测区间", "直線與 95 % 預測區間").as_json(),
        "x": x.round(4).tolist(), "y": line.at(x).round(4).tolist(),
        "low": low.round(4).tolist(), "high": high.round(4).tolist(),
    }  # fmt: skip
    data = {"series": [standards, unknown] if samples else [standards], "lines": [fitted]}
    title = _name(analysis, key)
    words = Text(f"Standard curve, {title}", f"标准曲线，{title}", f"標準曲線，{title}")
    x_title = Text("log10 of quantity", "含量的 log10", "含量的 log10")
    return Plot(f"standard-{key[0]}-{key[1]}", "points", words, x_title, Text("Cq", "Cq", "Cq"), data)


def _factors(analysis: Analysis, groups: dict[Group, list[Well]]) -> Plot | None:
    series = []
    for key, wells in list(groups.items())[:MOST_TARGETS]:
        good = [one for one in wells if one.amplified and math.isfinite(one.efficiency) and math.isfinite(one.td0)]
        if good and key in analysis.efficiencies:
            one = {"label": _name(analysis, key), "x": [round(w.td0, 3) for w in good]}
            names = [f"{w.reaction.well} {w.reaction.sample}" for w in good]
            series.append(one | {"y": [round(w.efficiency, 4) for w in good], "names": names})
    if not series:
        return None
    title = Text("Amplification factor of each reaction", "各反应扩增倍数", "各反應擴增倍數")
    y_title = Text("factor a cycle", "每循环倍数", "每循環倍數")
    return Plot(
        "factors", "points", title, Text("TD0 (cycle)", "TD0（循环）", "TD0（循環）"), y_title, {"series": series}
    )
