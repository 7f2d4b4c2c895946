"""Gates as a person draws them: told as JSON and taken back, counted at once, the density of two channels behind.

Limits, corners and middles stay in the coordinates of the gate, so that a gate which nobody touched is the same to the
last bit; a table of each axis tells a page where they stand on the screen.
"""

import base64
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._channels import TIME, Events
from liqi.methods.cytometry._density import tick_marks, usual_scale
from liqi.methods.cytometry._gate_json import number, taken_gate, told_gate
from liqi.methods.cytometry._gates import UNCOMPENSATED, Boolean, Dimension, Gate, Mask, Polygon, Rectangle
from liqi.methods.cytometry._logicle import nearly
from liqi.methods.cytometry._populations import Population, populations
from liqi.methods.cytometry._strategy import OF_FILE, Signals, Strategy, apply, matrices_of
from liqi.methods.cytometry._transforms import Linear, Scale

CELLS = 200
MOST_GATES = 200
_TABLE = 513
_KEPT_MASKS, _KEPT_BYTES, _KEPT_PLACES = 400, 1 << 28, 8
Json = Any
Placed = tuple[NDArray[np.float32], tuple[float, float]]
"""Where each event stands on an axis, and the axis's ends."""


@dataclass(frozen=True)
class Axis:
    """A channel as gates look at it; `dimension.scale` None means that limits are signals as they are."""

    key: str
    label: str
    dimension: Dimension


class Drawing:
    """Events with the gates they came with; each call tells of gates as they are drawn now."""

    def __init__(self, events: Events, base: Strategy) -> None:
        self.events, self.base = events, base
        self._scales = dict(base.scales)
        self._signals = Signals(events, base)
        self._places: OrderedDict[str, Placed] = OrderedDict()
        self._masks: OrderedDict[str, Mask] = OrderedDict()
        self._lock = Lock()
        self.axes = self._make_axes()

    def _make_axes(self) -> list[Axis]:
        found: dict[Dimension, None] = {}
        for gate in self.base.gates.values():
            found |= dict.fromkeys(() if isinstance(gate, Boolean) else gate.dimensions)
        seen = {one.channel for one in found if not one.is_ratio}
        matrix = matrices_of(self.events, self.base).get(OF_FILE)
        for channel in self.events.channels:
            if channel.name not in seen:
                is_dye = matrix is not None and matrix.column_of(channel.name) is not None
                compensation = OF_FILE if is_dye else UNCOMPENSATED
                found[Dimension(channel.name, compensation, _usual(channel.name, compensation))] = None
        made = [Axis(str(number), self._label(one), one) for number, one in enumerate(found)]
        labels = [one.label for one in made]
        return [
            replace(one, label=f"{one.label} · {one.dimension.scale or 'signal'}")
            if labels.count(one.label) > 1
            else one
            for one in made
        ]

    def _label(self, one: Dimension) -> str:
        place = None if one.is_ratio else self.events.find(one.channel)
        name = one.channel if place is None else self.events.channels[place].label
        return name if one.compensation == UNCOMPENSATED else f"{name} (comp.)"

    def first_pair(self) -> tuple[str, str]:
        """The axes of the first gate of two dimensions, else forward and side scatter, else the first two channels."""
        by_dimension = {one.dimension: one.key for one in self.axes}
        for gate in self.base.gates.values():
            if not isinstance(gate, Boolean) and len(gate.dimensions) > 1:
                return by_dimension[gate.dimensions[0]], by_dimension[gate.dimensions[1]]
        starts = ("FS", "SS")
        pair = [
            next((a.key for a in self.axes if a.dimension.channel.upper().startswith(start)), None) for start in starts
        ]
        usual = [one.key for one in self.axes if one.dimension.channel.lower() != TIME] or [self.axes[0].key]
        return pair[0] or usual[0], pair[1] or usual[min(1, len(usual) - 1)]

    def gates(self) -> list[dict[str, Json]]:
        """The gates that the drawing began with, as JSON."""
        by_dimension = {one.dimension: one.key for one in self.axes}
        return [told_gate(one, by_dimension) for one in self.base.gates.values()]

    def strategy(self, told: object) -> Strategy:
        """Return the strategy that the JSON tells; raise `BadParameter` for anything that is no gate."""
        if not isinstance(told, list) or len(told) > MOST_GATES:
            raise BadParameter("gates", str(told)[:40], f"a list of at most {MOST_GATES} gates")
        by_key = {one.key: one.dimension for one in self.axes}
        gates: dict[str, Gate] = {}
        for one in told:
            gate = taken_gate(one, by_key)
            if gate.id in gates:
                raise BadParameter("gate", gate.id, "a name of its own")
            gates[gate.id] = gate
        for gate in gates.values():
            for dimension in () if isinstance(gate, Boolean) else gate.dimensions:
                self._scale(dimension)
        used = {d.scale for g in gates.values() if not isinstance(g, Boolean) for d in g.dimensions}
        scales = {name: one for name, one in self._scales.items() if name in self.base.scales or name in used}
        return replace(self.base, gates=gates, scales=scales).check()

    def populations(self, strategy: Strategy) -> list[Population]:
        """Return the populations with their counts; only those whose gates or parents changed are counted again."""
        return populations(strategy, self._counted(strategy), len(self.events))

    def _counted(self, strategy: Strategy) -> dict[str, Mask]:
        keys = _keys(strategy)
        with self._lock:
            known = {name: self._masks[key] for name, key in keys.items() if key in self._masks}
        found = apply(self.events, strategy, known, self._signals)
        with self._lock:
            for name, key in keys.items():
                self._masks[key] = found[name]
                self._masks.move_to_end(key)
            most = max(len(keys), min(_KEPT_MASKS, _KEPT_BYTES // max(1, len(self.events))))
            while len(self._masks) > most:
                self._masks.popitem(last=False)
        return found

    def picture(
        self,
        strategy: Strategy,
        x: str,
        y: str | None,
        parent: str | None,
        ends: Sequence[object] = (),
        marked: str | None = None,
    ) -> dict[str, Json]:
        """Return what stands behind the gates: the density of the parent's events on two axes, or counts on one.

        `levels` are the cells of a row from below, each the root of its share of the fullest one, 255 at most, as
        base64; events outside the ends are counted in the cells at the edge. `marked` cells are told alike, of the
        events of that population among them.
        """
        for name in (parent, marked):
            if name is not None and name not in strategy.gates:
                raise BadParameter("parent", name, "the name of a gate")
        masks = self._counted(strategy) if parent is not None or marked is not None else {}
        mask = masks[parent] if parent is not None else None
        axes = [self.axis(key) for key in ([x] if y is None else [x, y])]
        asked = _ends(ends, len(axes))
        sides, cells = [], []
        for one, wanted in zip(axes, asked, strict=True):
            places, whole = self._placed(one)
            low, high = wanted or whole
            shown = places if mask is None else places[mask]
            cells.append(
                np.clip((shown - np.float32(low)) * np.float32(CELLS / (high - low)), 0, CELLS - 1).astype(np.int32)
            )
            sides.append(self._side(one, (low, high), whole))
        told: dict[str, Json] = {"x": sides[0], "y": sides[1] if y is not None else None, "cells": CELLS}
        told["events"] = int(cells[0].size)
        at = cells[0] if y is None else cells[1] * CELLS + cells[0]
        counts = np.bincount(at, minlength=CELLS if y is None else CELLS * CELLS)
        told |= {"counts": counts.tolist()} if y is None else {"levels": _levels(counts)}
        if marked is None:
            return told
        those = masks[marked] if mask is None else masks[marked][mask]
        some = np.bincount(at[those], minlength=counts.size)
        return told | {"marked": some.tolist() if y is None else _levels(some)}

    def axis(self, key: str) -> Axis:
        """Return the axis of this key, or raise `BadParameter`."""
        found = next((one for one in self.axes if one.key == key), None)
        if found is None:
            raise BadParameter("axis", str(key)[:20], "one of the axes of this file")
        return found

    def _scale(self, one: Dimension) -> Scale:
        """The scale an axis is drawn on: the gate's own, else the usual one of its channel."""
        name = one.scale or f"{one.channel} {one.compensation} as it is"
        if name not in self._scales:
            scale = usual_scale(self.events, one.channel, self._signals.of(one))
            self._scales[name] = replace(scale, id=name) if one.scale is not None else scale  # type: ignore[type-var]
        return self._scales[name]

    def _placed(self, axis: Axis) -> Placed:
        """Where each event stands on an axis, and the ends of all but the outermost thousandth."""
        with self._lock:
            if axis.key in self._places:
                self._places.move_to_end(axis.key)
                return self._places[axis.key]
        places = nearly(self._scale(axis.dimension), self._signals.of(axis.dimension)).astype(np.float32)
        good = places[np.isfinite(places)]
        low, high = np.percentile(good, (0.05, 99.95)).tolist() if good.size else (0.0, 1.0)
        margin = 0.03 * (high - low) or 0.5
        made = np.nan_to_num(places, nan=low, posinf=high, neginf=low), (low - margin, high + margin)
        with self._lock:
            self._places[axis.key] = made
            while len(self._places) > _KEPT_PLACES:
                self._places.popitem(last=False)
        return made

    def _side(self, axis: Axis, ends: tuple[float, float], whole: tuple[float, float]) -> dict[str, Json]:
        """An axis as a page draws it; `table` tells the gate's coordinate at even steps where the two are not one."""
        scale = self._scale(axis.dimension)
        told: dict[str, Json] = {"key": axis.key, "label": axis.label, "ends": list(ends), "whole": list(whole)}
        told["ticks"] = tick_marks(scale)
        if axis.dimension.scale is None and not (isinstance(scale, Linear) and scale.id == "" and scale.T == 1.0):
            low, high = whole[0] - (whole[1] - whole[0]) / 2, whole[1] + (whole[1] - whole[0]) / 2
            with np.errstate(all="ignore"):
                table = scale.inverse(np.linspace(low, high, _TABLE))
            if np.isfinite(table).all():
                told["table"] = {"from": low, "to": high, "values": [float(f"{one:.9g}") for one in table]}
        return told


def _levels(counts: NDArray[np.intp]) -> str:
    levels = np.ceil(255 * np.sqrt(counts / max(1, int(counts.max())))).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode()


def _usual(channel: str, compensation: str) -> str | None:
    """The id of the scale that a channel gets when a gate is drawn on it; none for scatter and time."""
    if channel.upper().startswith(("FS", "SS", "TIME")):
        return None
    return f"display {channel}" + ("" if compensation == UNCOMPENSATED else f" {compensation}")


def _ends(asked: Sequence[object], axes: int) -> list[tuple[float, float] | None]:
    found: list[tuple[float, float] | None] = []
    for one in [*asked, None, None][:axes]:
        if not isinstance(one, list | tuple) or len(one) != 2:
            found.append(None)
            continue
        try:
            low, high = (number(value) for value in one)
        except (ValueError, OverflowError):
            raise BadParameter("ends", str(one)[:40], "two numbers") from None
        found.append((low, high) if high - low > 1e-12 * max(abs(low), abs(high), 1e-12) else None)
    return found


def _keys(strategy: Strategy) -> dict[str, str]:
    """What makes each population: its gate with all it hangs on."""
    made: dict[str, str] = {}
    for name in strategy.order():
        gate = strategy.gates[name]
        above = made.get(gate.parent or "", "")
        if isinstance(gate, Boolean):
            own = f"{gate.kind} {[(made[one], complement) for one, complement in gate.operands]}"
        elif isinstance(gate, Rectangle):
            own = f"{gate.dimensions} {list(gate.low)} {list(gate.high)}"
        elif isinstance(gate, Polygon):
            own = f"{gate.dimensions} {gate.vertices.tolist()}"
        else:
            own = f"{gate.dimensions} {gate.mean.tolist()} {gate.covariance.tolist()} {gate.distance_square}"
        made[name] = f"({own} < {above})"
    return made
