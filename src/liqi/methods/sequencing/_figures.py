"""Figures of capillary runs: the trace with its dyes, phred over the read, fragments over their sizes."""

import math
from typing import Any

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.sequencing._fragments import Ladder, Peak
from liqi.methods.sequencing._quality import ReadQuality
from liqi.methods.sequencing._trace import BASES, Dye, Trace

MOST_POINTS = 6000
SHOWN_BASES = 60
"""So many bases from the middle of the read are shown first; all of it when asked for."""
_BASE = Text("base", "碱基位置", "鹼基位置")
_RFU = Text("signal (RFU)", "信号（RFU）", "訊號（RFU）")


def trace_figure(trace: Trace, number: int, title: str) -> Plot | None:
    """Return the signals of the four bases over the scans of the called read."""
    if len(trace.signals) < 4 or not len(trace):
        return None
    whole = max(one.size for one in trace.signals.values())
    first = max(0, int(trace.places[0]) - 20) if trace.places.size else 0
    last = min(whole, int(trace.places[-1]) + 20) if trace.places.size else whole
    step = max(1, math.ceil((last - first) / MOST_POINTS))
    series = [
        {"label": base, "x": list(range(first, last, step)), "y": trace.signals[base][first:last:step].round().tolist()}
        for base in BASES
    ]
    marks = [
        {"label": f"{letter}{at + 1}", "x": int(trace.places[at])}
        for at, letter in enumerate(trace.bases)
        if trace.places.size and at % 10 == 9
    ]
    begin = {}
    if trace.places.size > SHOWN_BASES:
        middle = (trace.places.size - SHOWN_BASES) // 2
        begin = {"begin": [int(trace.places[middle]), int(trace.places[middle + SHOWN_BASES])]}
    words = Text(f"Trace, {title}", f"测序峰图，{title}", f"定序峰圖，{title}")
    x_title = Text("scan", "扫描点", "掃描點")
    return Plot(f"trace-{number}", "line", words, x_title, _RFU, {"series": series, "marks": marks} | begin)


def quality_figure(trace: Trace, quality: ReadQuality, number: int, title: str) -> Plot:
    """Return phred over the read with its mean of twenty, the kept part shaded."""
    x = list(range(1, len(trace) + 1))
    series: list[dict[str, Any]] = [
        {"label": Text("phred", "质量值", "品質值").as_json(), "x": x, "y": trace.quality.tolist()},
        {
            "label": Text("mean of 20", "20 碱基均值", "20 鹼基平均").as_json(),
            "x": x,
            "y": quality.smoothed.round(2).tolist(),
        },
    ]
    areas = [{"label": "", "from": quality.keep[0] + 1, "to": quality.keep[1]}] if quality.kept else []
    words = Text(f"Quality, {title}", f"质量值，{title}", f"品質值，{title}")
    y_title = Text("phred", "质量值", "品質值")
    return Plot(f"quality-{number}", "line", words, _BASE, y_title, {"series": series, "areas": areas, "marks": []})


def fragment_figure(dye: Dye, ladder: Ladder, peaks: list[Peak], number: int) -> Plot:
    """Return the signal of a dye over sizes, its largest fragments marked."""
    first, last = int(ladder.scans[0]), int(ladder.scans[-1])
    step = max(1, math.ceil((last - first) / MOST_POINTS))
    scans = [scan for scan in range(first, last + 1, step) if scan < dye.signal.size]
    sizes = [ladder.size(max(float(scan), float(ladder.scans[0]))) for scan in scans]
    pairs = [(size, float(dye.signal[scan])) for size, scan in zip(sizes, scans, strict=True) if size is not None]
    series = [{"label": dye.name, "x": [round(x, 2) for x, _ in pairs], "y": [round(y) for _, y in pairs]}]
    largest = sorted(peaks, key=lambda one: -one.height)[:12]
    marks = [
        {"label": f"{size:.0f}", "x": round(size, 2)}
        for one in sorted(largest, key=lambda one: one.scan)
        if (size := ladder.size(one.scan)) is not None
    ]
    words = Text(f"Fragments, {dye.name}", f"片段，{dye.name}", f"片段，{dye.name}")
    x_title = Text("size (bases)", "大小（碱基）", "大小（鹼基）")
    return Plot(f"fragments-{number}", "line", words, x_title, _RFU, {"series": series, "marks": marks})
