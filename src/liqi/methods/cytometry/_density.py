"""Figures of gates as data: the density of two channels on their scales with the gate drawn on it, or one histogram."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.cytometry._channels import Events, Floats
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Mask, Polygon, Rectangle
from liqi.methods.cytometry._logicle import Logicle
from liqi.methods.cytometry._strategy import Signals, Strategy
from liqi.methods.cytometry._transforms import Linear, Scale

CELLS = 128
MOST_PLOTS = 8
Shape = Rectangle | Polygon | Ellipsoid
Ends = tuple[float, float]
_OUTLINE, _BETWEEN = 24, 12
_TICKS = (0.0, *(sign * 10.0**power for power in range(1, 8) for sign in (1, -1)))


def usual_scale(events: Events, name: str, values: Floats) -> Scale:
    """Return a scale to draw a channel on: linear for scatter and time, else a logicle that fits its negatives.

    W = (M - log10(T / |r|)) / 2 with r the fifth percentile of what is below zero (Parks et al. 2006).
    """
    one = events.channels[events.place(name)] if events.find(name) is not None else None
    top = max(float(np.max(values, initial=0.0)), one.range if one and not one.decades else 1.0, 1.0)
    if name.upper().startswith(("FS", "SS", "TIME")):
        return Linear("", 1.0)  # the signal as it is
    below = values[values < 0]
    reference = float(np.percentile(below, 5)) if below.size else -top / 1e4
    decades = 4.5
    width = (decades - math.log10(top / max(-reference, top * 1e-4))) / 2
    return Logicle("", top, min(max(width, 0.25), decades / 2), decades)


def figures(events: Events, strategy: Strategy, masks: Mapping[str, Mask], signals: Signals) -> list[Plot]:
    """Return one figure a gate that is drawn, its parent's events behind it; rectangles of one group share one.

    Of a boolean gate its own events are shown, with the gates that it is made of.
    """
    together: dict[str, list[Shape]] = {}
    for gate in strategy.gates.values():
        group = gate.group if isinstance(gate, Rectangle) else None
        if isinstance(gate, Boolean):
            together[gate.id] = made_of(strategy, gate)
        else:
            together.setdefault(f"{group}/{gate.dimensions[:2]}" if group else gate.id, []).append(gate)
    made: list[Plot] = []
    for name, gates in [(name, gates) for name, gates in together.items() if gates][:MOST_PLOTS]:
        whole = strategy.gates.get(name)
        joined = whole if isinstance(whole, Boolean) else None
        behind = gates[0].parent if joined is None else joined.id
        mask = masks[behind] if behind is not None else None
        made.append(figure(f"gate-{len(made) + 1}", gates, events, strategy, signals, mask, joined))
    return made


def made_of(strategy: Strategy, gate: Boolean) -> list[Shape]:
    """Return the drawn gates that a boolean gate comes from, those on the channels of the first of two dimensions."""
    found: dict[str, Shape] = {}
    left = [name for name, _ in gate.operands]
    while left:
        one = strategy.gates[left.pop(0)]
        if isinstance(one, Boolean):
            left += [name for name, _ in one.operands]
        else:
            found[one.id] = one
    shapes = list(found.values())
    first = next((one for one in shapes if len(one.dimensions) > 1), shapes[0] if shapes else None)
    return [one for one in shapes if first is not None and one.dimensions[:2] == first.dimensions[:2]]


def figure(
    name: str,
    gates: Sequence[Shape],
    events: Events,
    strategy: Strategy,
    signals: Signals,
    mask: Mask | None,
    joined: Boolean | None = None,
) -> Plot:
    """Return the figure of gates on the same two channels, or the same one, over events: those of their parent.

    Of a boolean gate that they are `joined` to, the events are its own, and the title says how.
    """
    gate = gates[0]
    shown = list(gate.dimensions)[:2]
    columns = [signals.of(one) if mask is None else signals.of(one)[mask] for one in shown]
    scales = [
        strategy.scales[one.scale] if one.scale is not None else usual_scale(events, one.channel, column)
        for one, column in zip(shown, columns, strict=True)
    ]
    titles = [_axis(events, one) for one in shown]
    own = (gate.group if isinstance(gate, Rectangle) else None) or gate.id
    own, parent = (own, gate.parent) if joined is None else (f"{joined.id} = {joined.formula}", joined.parent)
    label = Text.same(own if parent is None else f"{parent} > {own}")
    places = [scale.forward(column) for scale, column in zip(scales, columns, strict=True)]
    ends = [_ends(one) for one in places]
    ticks = {f"{side}_ticks": found for side, one in zip("xy", scales, strict=False) if (found := tick_marks(one))}
    if len(shown) == 1:
        limits = [(one.id, x) for one in gates for x in _limits(one, scales[0])]
        marks = [{"label": words, "x": x} for words, x in limits if math.isfinite(x)]
        data = _histogram(places[0], ends[0]) | {"marks": marks}
        return Plot(name, "line", label, titles[0], Text("events", "事件数", "事件數"), data | ticks)
    lines = [{"label": one.id, **_outline(one, scales, ends)} for one in gates]
    return Plot(
        name,
        "map",
        label,
        titles[0],
        titles[1],
        _cells(places[0], places[1], ends[0], ends[1]) | {"lines": lines} | ticks,
    )


def _axis(events: Events, one: Dimension) -> Text:
    place = None if one.is_ratio else events.find(one.channel)
    name = one.channel if place is None else events.channels[place].label
    return Text.same(name)


def _limits(gate: Shape, scale: Scale) -> tuple[float, float]:
    assert isinstance(gate, Rectangle)
    ends = np.array([gate.low[0], gate.high[0]], dtype=np.float64)
    own = ends if gate.dimensions[0].scale is not None else scale.forward(ends)
    return float(own[0]), float(own[1])


def _histogram(places: Floats, ends: Ends) -> dict[str, Any]:
    counts, edges = np.histogram(places, bins=CELLS, range=ends)
    middle = ((edges[1:] + edges[:-1]) / 2).round(5).tolist()
    return {"series": [{"label": "", "x": middle, "y": counts.tolist()}]}


def _cells(x: Floats, y: Floats, x_ends: Ends, y_ends: Ends) -> dict[str, Any]:
    """Return the middle of each cell that holds events, with their number, and the size of a cell."""
    counts, across, up = np.histogram2d(x, y, bins=CELLS, range=(x_ends, y_ends))
    rows, columns = np.nonzero(counts)
    middle_x, middle_y = (across[1:] + across[:-1]) / 2, (up[1:] + up[:-1]) / 2
    found: dict[str, Any] = {"x": middle_x[rows].round(5).tolist(), "y": middle_y[columns].round(5).tolist()}
    found["value"] = counts[rows, columns].astype(int).tolist()
    return found | {"cell": [float(across[1] - across[0]), float(up[1] - up[0])]}


def _ends(places: Floats) -> Ends:
    """Return the ends of an axis: all but the outermost thousandth of the events, and a margin."""
    good = places[np.isfinite(places)]
    if not good.size:
        return 0.0, 1.0
    low, high = np.percentile(good, (0.05, 99.95)).tolist()
    margin = 0.03 * (high - low) or 0.5
    return low - margin, high + margin


def _outline(gate: Shape, scales: Sequence[Scale], ends: Sequence[Ends]) -> dict[str, list[float]]:
    """Return the outline of a gate as it is drawn, closed; sides without end and what is outside end at the axes.

    Straight sides of a gate on plain signals are bent on an uneven scale, so they are drawn through points between.
    """
    own = [one.scale is not None for one in gate.dimensions[:2]]
    span = [high - low for low, high in ends]
    edges = [
        (low - wide, high + wide) if is_scaled else tuple(scale.inverse(np.array([low - wide, high + wide])).tolist())
        for is_scaled, scale, (low, high), wide in zip(own, scales, ends, span, strict=True)
    ]
    corners = _corners(gate, edges)
    steps = np.linspace(0, 1, _BETWEEN, endpoint=False)[:, None]
    following = np.roll(corners, -1, axis=0)
    points = np.concatenate([one + steps * (other - one) for one, other in zip(corners, following, strict=True)])
    columns = []
    for i, scale in enumerate(scales):
        place = points[:, i] if own[i] else scale.forward(points[:, i])
        columns.append(np.clip(place, ends[i][0] - 0.005 * span[i], ends[i][1] + 0.005 * span[i]))
    closed = np.column_stack(columns)[[*range(len(points)), 0]]
    kept = np.concatenate([[True], (np.abs(np.diff(closed, axis=0)) > 0).any(axis=1)])
    return {"x": closed[kept, 0].round(5).tolist(), "y": closed[kept, 1].round(5).tolist()}


def _corners(gate: Shape, edges: Sequence[tuple[float, float]]) -> Floats:
    if isinstance(gate, Polygon):
        return gate.vertices
    if isinstance(gate, Ellipsoid):
        angle = np.linspace(0, 2 * np.pi, _OUTLINE, endpoint=False)
        values, vectors = np.linalg.eigh((gate.covariance[:2, :2] + gate.covariance[:2, :2].T) / 2)
        half = np.sqrt(np.maximum(values, 0) * gate.distance_square)
        return np.asarray(gate.mean[:2] + (vectors @ (half[:, None] * np.array([np.cos(angle), np.sin(angle)]))).T)
    low = [max(one, edge) for one, (edge, _) in zip(gate.low[:2], edges, strict=True)]
    high = [min(one, edge) for one, (_, edge) in zip(gate.high[:2], edges, strict=True)]
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])


def tick_marks(scale: Scale) -> list[dict[str, Any]]:
    """Return where round signals stand on an uneven scale, with their names; nothing for an even one."""
    found: list[dict[str, Any]] = []
    if isinstance(scale, Linear) and scale.id == "":
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        for signal in sorted(_TICKS):
            at = float(scale.forward(np.array([signal]))[0])
            if math.isfinite(at) and -0.05 <= at <= 1.05:
                found.append({"at": round(at, 5), "label": f"{signal:g}"})
    return found
