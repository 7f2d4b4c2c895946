"""Figures as chemists draw them: the spectrum from high to low shift with its integrals, close-ups of multiplets."""

from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.nmr._analysis import Analysis, places_of
from liqi.methods.nmr._multiplets import Multiplet
from liqi.methods.nmr._spectrum import Floats, Spectrum

SHIFT = Text("chemical shift δ (ppm)", "化学位移 δ (ppm)", "化學位移 δ (ppm)")
INTENSITY = Text("intensity", "强度", "強度")
MOST_POINTS, MOST_CLOSE_UPS = 6000, 8
STEPS = 100
"""So many steps has the running integral of a multiplet."""
_START, _LARGEST = 0.06, 0.5
"""Shares of the highest line: where integrals start, and how far the largest rises."""


def figures(found: Analysis) -> list[Plot]:
    """Return the spectrum from high to low shift with its integrals, and a close-up of each multiplet that is split."""
    whole = _figure(
        "spectrum", Text("Spectrum", "核磁谱", "核磁譜"), found.spectrum, *found.spectrum.ppm[[0, -1]].tolist()
    )
    marks = [
        {"label": f"{one.ppm:.2f}", "x": -round(one.ppm, 5), "y": _height(one)} for one in found.multiplets if one.lines
    ]
    series = [{**whole.data["series"][0], "label": Text("spectrum", "谱图", "圖譜").as_json()}, *integrals(found)]
    data = {**whole.data, "series": series, "marks": marks}
    made = [Plot(whole.name, whole.kind, whole.title, whole.x_title, whole.y_title, data)]
    split = [one for one in found.multiplets if len(one.lines) > 1]
    for place, one in enumerate(sorted(split, key=lambda each: -each.integral)[:MOST_CLOSE_UPS], 1):
        words = f"{one.ppm:.2f} ppm, {one.pattern}"
        room = max(0.3 * (one.lines[-1].ppm - one.lines[0].ppm), 0.01)
        made.append(
            _figure(
                f"multiplet-{place}",
                Text.same(words),
                found.spectrum,
                one.lines[0].ppm - room,
                one.lines[-1].ppm + room,
            )
        )
    return made


def integrals(found: Analysis) -> list[dict[str, Any]]:
    """Return the running integrals of the multiplets as one broken line; its name tells how high a nucleus is."""
    shown = sorted((one for one in found.multiplets if one.integral > 0), key=lambda one: -one.ppm)
    if not shown:
        return []
    top = float(found.spectrum.intensity.max())
    rise = _LARGEST * top / max(one.integral for one in shown)
    x: list[float] = []
    y: list[float | None] = []
    for one in shown:
        first, last = places_of(found.spectrum, one.low_ppm, one.high_ppm)
        places = -found.spectrum.ppm[first : last + 1][::-1]
        running = np.cumsum(found.spectrum.intensity[first : last + 1][::-1])
        steps = np.linspace(places[0], places[-1], STEPS + 1)
        heights = _START * top + rise * np.interp(steps, places, running)
        x += [*steps.round(6).tolist(), round(float(steps[-1]), 6)]
        y += [*(float(f"{each:.6g}") for each in heights.tolist()), None]
    nucleus, high = found.measurement.nucleus or "1", f"{rise / found.scale:.3g}".replace("e+0", "e")
    label = Text(
        f"integral ({high} each {nucleus})",
        f"积分（每个 {nucleus} 高 {high}）",
        f"積分（每個 {nucleus} 高 {high}）",
    )
    return [{"label": label.as_json(), "x": x, "y": y}]


def _height(one: Multiplet) -> float:
    return float(f"{max(each.height for each in one.lines):.6g}")


def _figure(name: str, title: Text, spectrum: Spectrum, low: float, high: float) -> Plot:
    inside = np.flatnonzero(spectrum.between(low, high))
    x, y = _thinned(spectrum.ppm[inside], spectrum.intensity[inside])
    series = {"label": "", "x": (-x[::-1]).round(6).tolist(), "y": [float(f"{one:.6g}") for one in y[::-1].tolist()]}
    return Plot(name, "line", title, SHIFT, INTENSITY, {"series": [series], "marks": [], "x_ticks": _ticks(low, high)})


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if x.size <= MOST_POINTS:
        return x, y
    step = -(-2 * x.size // MOST_POINTS)
    whole = x.size // step * step
    parts = y[:whole].reshape(-1, step)
    first = np.arange(0, whole, step)
    places = np.unique(np.concatenate([first + parts.argmin(axis=1), first + parts.argmax(axis=1)]))
    return x[places], y[places]


def _ticks(low: float, high: float) -> list[dict[str, Any]]:
    """Return round shifts where they stand on an axis that runs from high to low."""
    span = high - low
    step = next(
        (one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if span / one <= 6), 100.0
    )
    digits = 3 if step < 0.01 else 2 if step < 0.1 else 1 if step < 1 else 0
    places = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [{"at": -round(one, 5), "label": f"{one:.{digits}f}"} for one in places[::-1].tolist()]
