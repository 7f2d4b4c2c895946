"""Figures of gates as data: the density of two channels on their scales with the gate drawn on it, or one histogram."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.cytometry._channels import Events, Floats
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Gate, Mask, Polygon, Rectangle
from liqi.methods.cytometry._strategy import Signals, Strategy
from liqi.methods.cytometry._transforms import Linear, Logicle, Scale

CELLS = 128
MOST_PLOTS = 8
_OUTLINE = 64
_TICKS = (0.0, *(sign * 10.0**power for power in range(1, 8) for sign in (1, -1)))


def usual_scale(events: Events, name: str, values: Floats) -> Scale:
    """Return a scale to draw a channel on: linear for scatter and time, else a logicle that fits its negatives.

    W = (M - log10(T / |r|)) / 2 with r the fifth percentile of what is below zero (Parks et al. 2006).
    """
    one = events.channels[events.place(name)] if events.find(name) is not None else None
    top = max(float(np.max(values, initial=0.0)), one.range if one and not one.decades else 1.0, 1.0)
    if name.upper().startswith(("FS", "SS", "TIME")):
        return Linear("", top)
    below = values[values < 0]
    reference = float(np.percentile(below, 5)) if below.size else -top / 1e4
    decades = 4.5
    width = (decades - math.log10(top / max(-reference, top * 1e-4))) / 2
    return Logicle("", top, min(max(width, 0.25), decades / 2), decades)


def figures(events: Events, strategy: Strategy, masks: Mapping[str, Mask], signals: Signals) -> list[Plot]:
    """Return one figure a gate that is drawn, its parent's events behind it; rectangles of one group share one."""
    made: list[Plot] = []
    groups: set[str] = set()
    for gate in strategy.gates.values():
        if isinstance(gate, Boolean) or len(made) == MOST_PLOTS:
            continue
        group = gate.group if isinstance(gate, Rectangle) else None
        if group in groups:
            continue
        groups |= {group} if group else set()
        mask = masks[gate.parent] if gate.parent is not None else None
        made.append(figure(f"gate-{len(made) + 1}", gate, events, strategy, signals, mask))
    return made


def figure(name: str, gate: Gate, events: Events, strategy: Strategy, signals: Signals, mask: Mask | None) -> Plot:
    """Return the figure of one gate over the events of its parent."""
    assert not isinstance(gate, Boolean)
    shown = list(gate.dimensions)[:2]
    columns = [signals.of(one) if mask is None else signals.of(one)[mask] for one in shown]
    scales = [
        strategy.scales[one.scale] if one.scale is not None else usual_scale(events, one.channel, column)
        for one, column in zip(shown, columns, strict=True)
    ]
    titles = [_axis(events, one) for one in shown]
    label = Text.same(f"{gate.id}" if gate.parent is None else f"{gate.parent} > {gate.id}")
    places = [scale.forward(column) for scale, column in zip(scales, columns, strict=True)]
    marks = {"x_ticks": _ticks(scales[0])}
    if len(shown) == 1:
        low, high = _limits(gate, scales[0])
        data = _histogram(places[0]) | {"marks": [{"label": gate.id, "x": x} for x in (low, high) if math.isfinite(x)]}
        return Plot(name, "line", label, titles[0], Text("events", "事件数", "事件數"), data | marks)
    data = _cells(places[0], places[1]) | {"lines": [{"label": gate.id, **_outline(gate, scales, shown)}]}
    return Plot(name, "map", label, titles[0], titles[1], data | marks | {"y_ticks": _ticks(scales[1])})


def _axis(events: Events, one: Dimension) -> Text:
    place = None if one.is_ratio else events.find(one.channel)
    name = one.channel if place is None else events.channels[place].label
    return Text.same(name)


def _limits(gate: Gate, scale: Scale) -> tuple[float, float]:
    assert isinstance(gate, Rectangle)
    ends = np.array([gate.low[0], gate.high[0]], dtype=np.float64)
    own = ends if gate.dimensions[0].scale is not None else scale.forward(ends)
    return float(own[0]), float(own[1])


def _histogram(places: Floats) -> dict[str, Any]:
    low, high = _ends(places)
    counts, edges = np.histogram(places, bins=CELLS, range=(low, high))
    middle = ((edges[1:] + edges[:-1]) / 2).round(5).tolist()
    return {"series": [{"label": "", "x": middle, "y": counts.tolist()}]}


def _cells(x: Floats, y: Floats) -> dict[str, Any]:
    """Return the middle of each cell that holds events, with their number."""
    (x_low, x_high), (y_low, y_high) = _ends(x), _ends(y)
    counts, across, up = np.histogram2d(x, y, bins=CELLS, range=((x_low, x_high), (y_low, y_high)))
    rows, columns = np.nonzero(counts)
    middle_x, middle_y = (across[1:] + across[:-1]) / 2, (up[1:] + up[:-1]) / 2
    value = counts[rows, columns].astype(int).tolist()
    return {"x": middle_x[rows].round(5).tolist(), "y": middle_y[columns].round(5).tolist(), "value": value}


def _ends(places: Floats) -> tuple[float, float]:
    """Return the ends of an axis: all but the outermost thousandth of the events, and a margin."""
    good = places[np.isfinite(places)]
    if not good.size:
        return 0.0, 1.0
    low, high = np.percentile(good, (0.05, 99.95)).tolist()
    margin = 0.03 * (high - low) or 0.5
    return low - margin, high + margin


def _outline(gate: Gate, scales: Sequence[Scale], shown: Sequence[Dimension]) -> dict[str, list[float]]:
    """Return the outline of a gate on the two scales, closed; endless sides end at the edge of the scale."""
    if isinstance(gate, Polygon):
        points = gate.vertices
    elif isinstance(gate, Ellipsoid):
        angle = np.linspace(0, 2 * np.pi, _OUTLINE)
        values, vectors = np.linalg.eigh((gate.covariance[:2, :2] + gate.covariance[:2, :2].T) / 2)
        half = np.sqrt(np.maximum(values, 0) * gate.distance_square)
        points = gate.mean[:2] + (vectors @ (half[:, None] * np.array([np.cos(angle), np.sin(angle)]))).T
    else:
        assert isinstance(gate, Rectangle)
        low, high = (np.array(ends[:2], dtype=np.float64) for ends in (gate.low, gate.high))
        points = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
    columns = []
    for i, scale in enumerate(scales):
        own = (
            points[:, i]
            if shown[i].scale is not None
            else scale.forward(np.nan_to_num(points[:, i], posinf=1e30, neginf=-1e30))
        )
        columns.append(np.clip(own, -1.0, 2.0))
    closed = np.column_stack(columns)[[*range(len(points)), 0]].round(5)
    return {"x": closed[:, 0].tolist(), "y": closed[:, 1].tolist()}


def _ticks(scale: Scale) -> list[dict[str, Any]]:
    """Return where round signals stand on the scale, with their names."""
    found = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for signal in sorted(_TICKS):
            at = float(scale.forward(np.array([signal]))[0])
            if math.isfinite(at) and -0.05 <= at <= 1.05:
                found.append({"at": round(at, 5), "label": f"{signal:g}"})
    return found
