"""A gating strategy: gates with their parents, the scales and matrices they use; applied to events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._channels import Events, Floats
from liqi.methods.cytometry._compensation import Spillover, of_keywords
from liqi.methods.cytometry._gates import (
    UNCOMPENSATED,
    Boolean,
    Dimension,
    Ellipsoid,
    Gate,
    Mask,
    Places,
    Polygon,
    Rectangle,
    inside_ellipsoid,
    inside_polygon,
    reach,
    within,
)
from liqi.methods.cytometry._logicle import NEARLY, nearly
from liqi.methods.cytometry._transforms import Ratio, Scale

OF_FILE = "FCS"
"""The compensation that the file itself carries."""
BLOCK = 1 << 15


@dataclass(frozen=True)
class Strategy:
    """Gates in the order they are told, with scales, matrices and ratios by their ids."""

    gates: Mapping[str, Gate]
    scales: Mapping[str, Scale] = field(default_factory=dict)
    matrices: Mapping[str, Spillover] = field(default_factory=dict)
    ratios: Mapping[str, Ratio] = field(default_factory=dict)

    def check(self) -> "Strategy":
        """Return itself where every name that is used is there and no gate hangs on itself; else `BadParameter`."""
        for gate in self.gates.values():
            for name in self._needed(gate):
                if name not in self.gates:
                    raise BadParameter("gate", gate.id, f"gates it can hang on; there is no {name!r}")
            for one in () if isinstance(gate, Boolean) else gate.dimensions:
                if one.scale is not None and one.scale not in self.scales:
                    raise BadParameter("gate", gate.id, f"a known transformation; there is no {one.scale!r}")
                if one.compensation not in (UNCOMPENSATED, OF_FILE, *self.matrices):
                    raise BadParameter("gate", gate.id, f"a known matrix; there is no {one.compensation!r}")
                if one.is_ratio and one.channel not in self.ratios:
                    raise BadParameter("gate", gate.id, f"a known ratio; there is no {one.channel!r}")
        self.order()
        return self

    def order(self) -> list[str]:
        """Return the ids of the gates so that each comes after all it hangs on."""
        done: dict[str, bool] = {}
        for start in self.gates:
            stack = [start]
            while stack:
                name = stack[-1]
                if done.get(name):
                    stack.pop()
                    continue
                left = [one for one in self._needed(self.gates[name]) if not done.get(one)]
                if not left:
                    done[name] = True
                    stack.pop()
                elif any(one in stack for one in left):
                    raise BadParameter("gate", name, "gates that do not hang on themselves")
                else:
                    stack.append(left[0])
        return list(done)

    def depth(self, name: str) -> int:
        """Return how many parents a gate has above it."""
        parent, steps = self.gates[name].parent, 0
        while parent is not None:
            parent, steps = self.gates[parent].parent, steps + 1
        return steps

    @staticmethod
    def _needed(gate: Gate) -> Iterator[str]:
        if gate.parent is not None:
            yield gate.parent
        if isinstance(gate, Boolean):
            yield from (name for name, _ in gate.operands)


class Signals:
    """The columns that gates look at for events start to stop, each made once: compensated, or ratios of two."""

    def __init__(
        self,
        events: Events,
        strategy: Strategy,
        start: int = 0,
        stop: int | None = None,
        matrices: Mapping[str, Spillover] | None = None,
    ) -> None:
        self.events, self._strategy = events, strategy
        self._start, self._stop = start, len(events) if stop is None else stop
        self._columns: dict[tuple[str, str], Floats] = {}
        self.matrices = matrices_of(events, strategy) if matrices is None else matrices

    def __len__(self) -> int:
        return self._stop - self._start

    def prepare(self, needed: Mapping[str, Sequence[str]]) -> None:
        """Make the columns that gates need, those of one matrix together."""
        for compensation, names in needed.items():
            matrix = self.matrices.get(compensation)
            left = [name for name in names if (compensation, name) not in self._columns]
            if matrix is not None and left:
                made = matrix.columns(self.events, left, self._start, self._stop)
                self._columns |= {(compensation, name): column for name, column in made.items()}

    def part(self, start: int, stop: int) -> "Signals":
        """Return the signals of some events, with what was made of their columns already."""
        made = Signals(self.events, self._strategy, self._start + start, self._start + stop, self.matrices)
        made._columns = {key: column[start:stop] for key, column in self._columns.items()}
        return made

    def of(self, dimension: Dimension) -> Floats:
        """Return the values of a dimension before its scale, shape (events,)."""
        if not dimension.is_ratio:
            return self._column(dimension.compensation, dimension.channel)
        ratio = self._strategy.ratios[dimension.channel]
        first, second = (self._column(dimension.compensation, name) for name in ratio.channels)
        return ratio.of(first, second)

    def _column(self, compensation: str, name: str) -> Floats:
        key = (compensation, name)
        if key not in self._columns:
            matrix = self.matrices.get(compensation)
            if matrix is not None and matrix.column_of(name) is not None:
                self.prepare({compensation: [name]})
            else:
                place = self.events.place(name)
                self._columns[key] = self.events.block([place], self._start, self._stop)[0]
        return self._columns[key]


def matrices_of(events: Events, strategy: Strategy) -> dict[str, Spillover]:
    """Return the matrices by their ids, that of the file among them where the strategy names no other for it."""
    own = of_keywords(events.keywords, events.names)
    return ({OF_FILE: own} if own is not None else {}) | dict(strategy.matrices)


def apply(
    events: Events, strategy: Strategy, known: Mapping[str, Mask] | None = None, signals: "Signals | None" = None
) -> dict[str, Mask]:
    """Return which events are in each population, parents included, by gate id in the order of the strategy.

    Gating is exact: every event is compared as it is, nothing is put into bins first. Events are taken a block at a
    time, so that what is looked at stays in the processor's cache. Populations that are `known` are not made again,
    nor are the columns of `signals` of all events.
    """
    known = known or {}
    found = {name: np.empty(len(events), dtype=bool) for name in strategy.gates if name not in known}
    order, needed = strategy.order(), _needed(strategy, known)
    if signals is not None:
        signals.prepare(needed)
    if not found:
        return {name: known[name] for name in strategy.gates}
    for start in range(0, len(events), BLOCK):
        stop = min(len(events), start + BLOCK)
        block = Signals(events, strategy, start, stop) if signals is None else signals.part(start, stop)
        block.prepare(needed)
        there = {name: mask[start:stop] for name, mask in known.items()}
        for name, mask in _apply(strategy, order, block, there).items():
            found[name][start:stop] = mask
    return {name: found[name] if name in found else known[name] for name in strategy.gates}


def _needed(strategy: Strategy, known: Mapping[str, Mask]) -> dict[str, list[str]]:
    needed: dict[str, list[str]] = {}
    for gate in (one for name, one in strategy.gates.items() if name not in known):
        for one in () if isinstance(gate, Boolean) else gate.dimensions:
            names = strategy.ratios[one.channel].channels if one.is_ratio else [one.channel]
            some = needed.setdefault(one.compensation, [])
            some += [name for name in names if name not in some]
    return needed


def _apply(strategy: Strategy, order: Sequence[str], signals: Signals, known: Mapping[str, Mask]) -> dict[str, Mask]:
    found: dict[str, Mask] = dict(known)
    for name in (one for one in order if one not in known):
        gate = strategy.gates[name]
        above = found[gate.parent] if gate.parent is not None else None
        if isinstance(gate, Polygon | Ellipsoid):
            found[name] = _region(gate, strategy, signals, above)
            continue
        mask = _joined(gate, found) if isinstance(gate, Boolean) else _rectangle(gate, strategy, signals)
        found[name] = mask if above is None else mask & above
    return {name: mask for name, mask in found.items() if name not in known}


def _joined(gate: Boolean, found: Mapping[str, Mask]) -> Mask:
    masks = [~found[name] if complement else found[name] for name, complement in gate.operands]
    if gate.kind == "not":
        return ~masks[0]
    return np.asarray((np.logical_and if gate.kind == "and" else np.logical_or).reduce(masks))


def _rectangle(gate: Rectangle, strategy: Strategy, signals: Signals) -> Mask:
    mask = np.ones(len(signals), dtype=bool)
    for one, low, high in zip(gate.dimensions, gate.low, gate.high, strict=True):
        scale = strategy.scales[one.scale] if one.scale is not None else None
        mask &= within(signals.of(one), low, high, scale)
    return mask


def _region(gate: Polygon | Ellipsoid, strategy: Strategy, signals: Signals, above: Mask | None) -> Mask:
    """Return who is in a polygon or ellipsoid, of the events of the parent within its reach.

    Where the scale is told closely enough by a table, only events near the edge are taken to the scale itself.
    """
    columns = [signals.of(one) for one in gate.dimensions]
    scales = [strategy.scales[one.scale] if one.scale is not None else None for one in gate.dimensions]
    near = np.ones(columns[0].shape, dtype=bool) if above is None else above.copy()
    for column, scale, low, high in zip(columns, scales, *reach(gate), strict=True):
        margin = 1e-9 * max(1.0, abs(low), abs(high)) if np.isfinite(high - low) else 0.0
        near &= within(column, low - margin, high + margin, scale)
    places = np.flatnonzero(near)
    chosen = [column[places] for column in columns]
    told = [signal if scale is None else nearly(scale, signal) for scale, signal in zip(scales, chosen, strict=True)]
    is_exact = all(scale is None for scale in scales)
    inside, unsure = _inside(gate, told, 0.0 if is_exact else NEARLY)
    if not is_exact:
        again = [
            signal[unsure] if scale is None else scale.forward(signal[unsure])
            for scale, signal in zip(scales, chosen, strict=True)
        ]
        inside[unsure] = _inside(gate, again, 0.0)[0]
    mask = np.zeros(columns[0].shape, dtype=bool)
    mask[places[inside]] = True
    return mask


def _inside(gate: Polygon | Ellipsoid, points: Sequence[Floats], unsure: float) -> tuple[Mask, Places]:
    """Return who is inside, and the places of those so near the edge that a table cannot tell."""
    if isinstance(gate, Polygon):
        return inside_polygon(points[0], points[1], gate.vertices, unsure)
    return inside_ellipsoid(points, gate, unsure)
