"""Figures of chromatograms as data: traces thinned to what a screen shows, baselines, peaks, overlays."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._trace import Floats, Trace

MOST_POINTS = 3000
MOST_CLOSE_UPS = 4
TIME = Text("time (min)", "时间 (min)", "時間 (min)")
_SIGNAL = Text("signal", "信号", "訊號")
_BASELINE = Text("baseline", "基线", "基線")


def thinned(trace: Trace, most: int = MOST_POINTS) -> np.ndarray:
    """Return places of a trace that show it as it is: of each stretch the lowest and the highest point."""
    size = trace.signal.size
    if size <= most:
        return np.arange(size)
    step = -(-2 * size // most)
    whole = size // step * step
    parts = trace.signal[:whole].reshape(-1, step)
    first = np.arange(0, whole, step)
    places = np.unique(np.concatenate([first + parts.argmin(axis=1), first + parts.argmax(axis=1), [0, size - 1]]))
    return places


def figures(found: Integration, name: str = "") -> list[Plot]:
    """Return the chromatogram with its baseline and peaks, and a close-up of each group that was fitted."""
    trace = found.trace
    places = thinned(trace)
    base = trace.signal.copy()
    for one in found.peaks:
        inside = (trace.time_min >= one.rules.start_min - 1e-9) & (trace.time_min <= one.rules.end_min + 1e-9)
        span = one.rules.end_min - one.rules.start_min
        share = (trace.time_min[inside] - one.rules.start_min) / span if span > 0 else 0.0
        base[inside] = one.rules.base_start + (one.rules.base_end - one.rules.base_start) * share
    data: dict[str, Any] = {
        "series": [_series(_SIGNAL, trace.time_min[places], trace.signal[places])],
        "marks": [
            {"label": one.name or f"{one.time_min:.2f}", "x": round(one.time_min, 4), "y": _top(found, one)}
            for one in found.peaks
        ],
    }
    if found.peaks:
        data["series"].append(_series(_BASELINE, trace.time_min[places], base[places]))
    title = Text("Chromatogram", "色谱图", "層析圖")
    suffix = f"-{name}" if name else ""
    main = Plot(
        f"chromatogram{suffix}", "line", _named(title, name), TIME, Text.same(f"{trace.name} ({trace.unit})"), data
    )
    return [main, *_close_ups(found, name)]


def _named(title: Text, name: str) -> Text:
    return Text(*(f"{words}: {name}" if name else words for words in (title.en, title.zh_hans, title.zh_hant)))


def _top(found: Integration, peak: Any) -> float:
    at = int(np.argmin(np.abs(found.trace.time_min - peak.time_min)))
    return float(found.trace.signal[at])


def _series(label: Text | str, x: Floats, y: Floats) -> Mapping[str, Any]:
    words = label if isinstance(label, str) else label.as_json()
    return {"label": words, "x": x.round(5).tolist(), "y": [float(f"{one:.7g}") for one in y.tolist()]}


def _close_ups(found: Integration, name: str) -> list[Plot]:
    groups: list[list[tuple[int, Floats, Floats]]] = []
    for curve in found.curves:
        if groups and groups[-1][-1][1][0] == curve[1][0]:
            groups[-1].append(curve)
        else:
            groups.append([curve])
    made = []
    for group in groups[:MOST_CLOSE_UPS]:
        times = group[0][1]
        inside = (found.trace.time_min >= times[0] - 1e-9) & (found.trace.time_min <= times[-1] + 1e-9)
        part = Trace(found.trace.name, found.trace.time_min[inside], found.trace.signal[inside], found.trace.unit)
        kept = thinned(part, 800)
        series = [_series(_SIGNAL, part.time_min[kept], part.signal[kept])]
        for number, x, y in group:
            few = np.linspace(0, x.size - 1, min(x.size, 300)).astype(int)
            series.append(_series(found.peaks[number - 1].label, x[few], y[few]))
        title = Text("Overlapped peaks", "重叠峰", "重疊峰")
        own = f"overlap-{group[0][0]}" + (f"-{name}" if name else "")
        made.append(
            Plot(own, "line", _named(title, name), TIME, Text.same(found.trace.unit), {"series": series, "marks": []})
        )
    return made


def overlay(traces: Mapping[str, Trace]) -> Plot:
    """Return several runs in one figure, at most twenty."""
    series = []
    most = max(300, MOST_POINTS * 2 // max(len(traces), 1))
    for label, trace in list(traces.items())[:20]:
        places = thinned(trace, most)
        series.append(_series(label, trace.time_min[places], trace.signal[places]))
    unit = next(iter(traces.values())).unit
    title = Text("Overlay of the runs", "谱图叠加", "層析圖疊加")
    return Plot("overlay", "line", title, TIME, Text.same(unit), {"series": series, "marks": []})
