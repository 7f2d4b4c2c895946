"""What is wrong with a stack of exposure masks, layer by layer, keeping no more than two layers in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods.printing._pictures import Mask

Labels = NDArray[np.int32]
Box = tuple[int, int, int, int]
EMPTY, ISLAND, SPECK, VOID, CONSEQUENCE = "empty layer", "island", "specks", "sealed void", "consequence"
_EIGHT = np.ones((3, 3), bool)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its first and last layer, where it is (x, y, width, height in pixels), and how large in pixels."""

    kind: str
    first: int
    last: int
    box: Box | None
    pixels: int
    count: int = 1


@dataclass
class Stack:
    """What was found in all layers: faults, the exposed pixels of each layer, and the thinnest body anywhere."""

    names: list[str] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)
    bodies: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    shape: tuple[int, int] = (0, 0)
    thinnest_px: int = 0
    grey_layers: int = 0


class _Voids:
    """Spaces within the layers, joined from layer to layer by union and find; a space that meets the edge is open."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._facts: list[list[Any]] = []
        self._before: Labels | None = None
        self._offset = 0

    def add(self, layer: int, mask: Mask, is_outer: bool) -> None:
        """Take in the next layer; all spaces of an outer layer are open."""
        from scipy import ndimage

        labels, number = ndimage.label(~mask)
        offset = len(self._parent)
        self._parent += range(offset, offset + number)
        is_open = _named(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]), number)
        sizes = np.bincount(labels.ravel(), minlength=number + 1)
        boxes = [] if is_outer or is_open[1:].all() else ndimage.find_objects(labels)  # what is open is never shown
        for n in range(1, number + 1):
            rows, columns = boxes[n - 1] if boxes else (slice(0, 0), slice(0, 0))
            box = [columns.start, rows.start, columns.stop, rows.stop]
            self._facts.append([bool(is_open[n]) or is_outer, layer, layer, int(sizes[n]), box])
        if self._before is not None:
            for pair in self._pairs(labels, number):
                self._join(self._offset + pair // (number + 1) - 1, offset + pair % (number + 1) - 1)
        self._before, self._offset = labels, offset

    def _pairs(self, labels: Labels, number: int) -> list[int]:
        """Return which spaces of the layer before meet which of this one, as one number a pair."""
        assert self._before is not None
        both = (labels > 0) & (self._before > 0)
        pairs = self._before[both].astype(np.int64) * (number + 1) + labels[both]
        most = (len(self._parent) + 1) * (number + 1)
        if most > labels.size:
            return [int(pair) for pair in np.unique(pairs)]
        return [int(pair) for pair in np.flatnonzero(_named(pairs, most))]

    def open_last(self) -> None:
        """Open the spaces of the last layer: the top lies free."""
        if self._before is not None:
            for n in range(self._offset, len(self._parent)):
                self._facts[self._root(n)][0] = True

    def sealed(self) -> list[Fault]:
        """Return the spaces that meet no edge."""
        found = []
        for n in range(len(self._parent)):
            if self._root(n) == n and not self._facts[n][0]:
                _, first, last, size, (x, y, x_end, y_end) = self._facts[n]
                found.append(Fault(VOID, first, last, (x, y, x_end - x, y_end - y), size))
        return found

    def _root(self, n: int) -> int:
        while self._parent[n] != n:
            self._parent[n] = self._parent[self._parent[n]]
            n = self._parent[n]
        return n

    def _join(self, a: int, b: int) -> None:
        a, b = self._root(a), self._root(b)
        if a == b:
            return
        self._parent[b] = a
        one, other = self._facts[a], self._facts[b]
        box = [*map(min, one[4][:2], other[4][:2]), *map(max, one[4][2:], other[4][2:])]
        self._facts[a] = [one[0] or other[0], min(one[1], other[1]), max(one[2], other[2]), one[3] + other[3], box]


def inspect(layers: Iterable[tuple[str, Mask]], least_px: int = 2) -> Stack:
    """Return what is wrong with the layers, the first on the plate.

    A body is what hangs together within a layer by sides or corners. One that lies on nothing is an island, or a speck
    where no square of `least_px` fits into it. After an empty layer everything lies on nothing: that is told once.
    """
    stack, voids = Stack(), _Voids()
    before: Mask | None = None
    for layer, (name, mask) in enumerate(layers):
        if before is None:
            stack.shape = (mask.shape[0], mask.shape[1])
        stack.names.append(name)
        stack.areas.append(int(mask.sum()))
        _bodies(stack, layer, mask, before, least_px)
        voids.add(layer, mask, layer == 0)
        before = mask
    voids.open_last()
    stack.faults += voids.sealed()
    stack.faults.sort(key=lambda one: (one.first, one.kind))
    return stack


def _bodies(stack: Stack, layer: int, mask: Mask, before: Mask | None, least_px: int) -> None:
    from scipy import ndimage

    labels, number = ndimage.label(mask, _EIGHT)
    stack.bodies.append(number)
    if not number:
        stack.faults.append(Fault(EMPTY, layer, layer, None, 0))
        return
    boxes = ndimage.find_objects(labels)
    sizes = np.bincount(labels.ravel(), minlength=number + 1)
    thick = _with_square(mask, labels, number, least_px)
    specks = [n for n in range(1, number + 1) if not thick[n]]
    if specks:
        stack.faults.append(_of_bodies(SPECK, layer, [boxes[n - 1] for n in specks], int(sizes[specks].sum())))
    thinnest = min((_thickness(labels[boxes[n - 1]] == n) for n in range(1, number + 1) if thick[n]), default=0)
    if thinnest:
        stack.thinnest_px = min(stack.thinnest_px or thinnest, thinnest)
    if before is None:
        return
    carried = _named(labels[before], number)
    free = [n for n in range(1, number + 1) if not carried[n] and thick[n]]
    if free and not before.any():
        stack.faults.append(_of_bodies(CONSEQUENCE, layer, [boxes[n - 1] for n in free], int(sizes[free].sum())))
    else:
        stack.faults += [_of_bodies(ISLAND, layer, [boxes[n - 1]], int(sizes[n])) for n in free]


def _of_bodies(kind: str, layer: int, boxes: Sequence[tuple[slice, slice]], pixels: int) -> Fault:
    x, y = min(one[1].start for one in boxes), min(one[0].start for one in boxes)
    x_end, y_end = max(one[1].stop for one in boxes), max(one[0].stop for one in boxes)
    return Fault(kind, layer, layer, (x, y, x_end - x, y_end - y), pixels, len(boxes))


def _with_square(mask: Mask, labels: Labels, number: int, side: int) -> NDArray[np.bool_]:
    """Return for each body whether a square of this side fits into it."""
    if side > min(mask.shape):
        return np.zeros(number + 1, bool)
    down, across = (length - side + 1 for length in mask.shape)
    rows = np.logical_and.reduce([mask[step : step + down] for step in range(side)])
    kept = np.logical_and.reduce([rows[:, step : step + across] for step in range(side)])
    return _named(labels[:down, :across][kept], number)


def _named(labels: NDArray[np.integer[Any]], number: int) -> NDArray[np.bool_]:
    """Return for each number up to the highest whether it occurs."""
    found = np.zeros(number + 1, bool)
    found[labels] = True
    return found


def _thickness(body: Mask) -> int:
    """Return the side of the largest square that fits into a body, by the chessboard distance."""
    from scipy import ndimage

    if body.all():
        return int(min(body.shape))
    distance = ndimage.distance_transform_cdt(np.pad(body, 1), "chessboard")
    return int(2 * distance.max() - 1)
