"""Features of a layer measured in its micrograph: pillars, holes, blocks and channels, by the light that they send.

A width is the sum of the brightness between ground and print along a line across the feature, so that blur, which moves
light but makes none, leaves it as it is.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.printing._pictures import Grey, Mask
from liqi.methods.printing._register import Placement

_EIGHT = np.ones((3, 3), bool)
_ROUND, _SQUARE = (0.62, 0.92), 0.95
_MARGIN_PX = 5
_WIDEST_GAP_PX = 60
_LEAST_LINES = 4
_FINE = 0.5
_EDGE_PX = 0.05
_INNER_PX = 4.0
PILLAR, HOLE, BLOCK, SLOT, CHANNEL = "pillar", "hole", "block", "slot", "channel"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature in design pixels: what it is, its middle (x, y), the dimension by design and as printed.

    `axis` says across which axis a block or channel is measured, ``x`` or ``y``; empty for round ones.
    """

    kind: str
    x: float
    y: float
    axis: str
    design: float
    printed: float
    uncertainty: float


def features_of(design: Mask, values: Grey, placement: Placement) -> list[Feature]:
    """Return every feature of the design with what was printed, by rows of the design."""
    found = [*_bodies(design, values, placement), *_holes(design, values, placement), *_gaps(design, values, placement)]
    return sorted(found, key=lambda one: (round(one.y / 20), one.x))


def _share(values: Grey, placement: Placement, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the brightness at design places as a share from ground (0) to print (1)."""
    from scipy.ndimage import map_coordinates

    places = placement.of(np.column_stack([xs.ravel(), ys.ravel()]))
    grey = map_coordinates(values, [places[:, 1], places[:, 0]], order=1, mode="nearest")
    return np.asarray(((grey - placement.dark) / (placement.bright - placement.dark)).reshape(xs.shape))


def _grid(x0: float, x1: float, y0: float, y1: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return fine places whose cells fill a box from edge to edge."""
    across, down = max(1, round((x1 - x0) / _FINE)), max(1, round((y1 - y0) / _FINE))
    xs = x0 + (np.arange(across) + 0.5) * (x1 - x0) / across
    ys = y0 + (np.arange(down) + 0.5) * (y1 - y0) / down
    grid = np.meshgrid(xs, ys)
    return grid[0], grid[1]


def _room(labels: NDArray[np.int32], box: tuple[slice, slice], own: int, others: Mask) -> int:
    """Return the widest margin, up to five pixels, within which no other feature lies."""
    rows, columns = box
    for margin in range(_MARGIN_PX, 0, -1):
        top, left = max(rows.start - margin, 0), max(columns.start - margin, 0)
        part = np.s_[top : rows.stop + margin, left : columns.stop + margin]
        if not (others[part] & (labels[part] != own)).any():
            return margin
    return 1


def _round(
    values: Grey, placement: Placement, kind: str, box: tuple[slice, slice], area: float, margin: int
) -> Feature:
    """Return a round feature by the area that its light fills: d = 2 sqrt(A / pi)."""
    rows, columns = box
    edges = (
        columns.start - margin - 0.5,
        columns.stop + margin - 0.5,
        rows.start - margin - 0.5,
        rows.stop + margin - 0.5,
    )
    xs, ys = _grid(*edges)
    share = _share(values, placement, xs, ys)
    share = 1 - share if kind == HOLE else share
    cell = (edges[1] - edges[0]) * (edges[3] - edges[2]) / share.size
    rim = np.concatenate([share[0], share[-1], share[:, 0], share[:, -1]])
    ground = float(np.median(rim))
    filled = float((share - ground).sum()) * cell / (1 - ground) if ground < 0.5 else 0.0
    noise = float(np.std(rim))
    diameter = 2 * math.sqrt(max(filled, 0.0) / math.pi)
    u_area = cell * noise * math.sqrt(share.size) * (1 + share.size / rim.size) ** 0.5
    u = math.hypot(u_area / max(math.pi * diameter / 2, 1e-9), _EDGE_PX)
    middle = ((columns.start + columns.stop - 1) / 2, (rows.start + rows.stop - 1) / 2)
    return Feature(kind, *middle, "", 2 * math.sqrt(area / math.pi), diameter, u)


def _bodies(design: Mask, values: Grey, placement: Placement) -> Iterator[Feature]:
    from scipy import ndimage

    labels, number = ndimage.label(design, _EIGHT)
    sizes = np.bincount(labels.ravel(), minlength=number + 1)
    filled = ndimage.binary_fill_holes(design)
    for n, box in enumerate(ndimage.find_objects(labels), 1):
        rows, columns = box
        height, width = rows.stop - rows.start, columns.stop - columns.start
        solid = (filled[box] & ndimage.binary_fill_holes(labels[box] == n)).sum() / (height * width)
        margin = _room(labels, box, n, design)
        if abs(height - width) <= 1 + 0.05 * width and _ROUND[0] <= solid <= _ROUND[1]:
            yield _round(values, placement, PILLAR, box, float(sizes[n]), margin)
        elif solid >= _SQUARE:
            yield from _sides(values, placement, BLOCK, box, margin, design)


def _holes(design: Mask, values: Grey, placement: Placement) -> Iterator[Feature]:
    from scipy import ndimage

    inside = ndimage.binary_fill_holes(design) & ~design
    labels, number = ndimage.label(inside)
    sizes = np.bincount(labels.ravel(), minlength=number + 1)
    for n, box in enumerate(ndimage.find_objects(labels), 1):
        rows, columns = box
        height, width = rows.stop - rows.start, columns.stop - columns.start
        solid = sizes[n] / (height * width)
        margin = _room(labels, box, n, inside)
        if abs(height - width) <= 1 + 0.05 * width and _ROUND[0] <= solid <= _ROUND[1]:
            yield _round(values, placement, HOLE, box, float(sizes[n]), margin)
        elif solid >= _SQUARE:
            yield from _sides(values, placement, SLOT, box, margin, design)


def _sides(
    values: Grey, placement: Placement, kind: str, box: tuple[slice, slice], margin: int, design: Mask
) -> Iterator[Feature]:
    """Yield width and height of a rectangle, along lines that cross nothing else."""
    rows, columns = box
    middle = ((columns.start + columns.stop - 1) / 2, (rows.start + rows.stop - 1) / 2)
    for axis, across, along in (("x", columns, rows), ("y", rows, columns)):
        inner = (
            range(along.start + 2, along.stop - 2) if along.stop - along.start > 8 else range(along.start, along.stop)
        )
        wanted = design if kind == BLOCK else ~design
        free = [
            at for at in inner
            if (wanted[at, columns.start : columns.stop] if axis == "x" else wanted[rows.start : rows.stop, at]).all()
        ]  # fmt: skip
        if len(free) < _LEAST_LINES:
            continue
        before, after = _rooms(wanted if axis == "x" else wanted.T, across, free)
        ends = (across.start - before, across.stop + after)
        measured = _along(values, placement, axis, *ends, free, kind == SLOT, _INNER_PX + before)
        yield Feature(kind, *middle, axis, float(across.stop - across.start), *measured)


def _rooms(wanted: Mask, across: slice, lines: list[int]) -> tuple[float, float]:
    """Return how far light beside a rectangle is its own: half way to the next feature, five pixels at most."""
    found = []
    for side in (wanted[lines, : across.start][:, ::-1], wanted[lines, across.stop :]):
        near = side[:, : 2 * _MARGIN_PX].any(axis=0)
        found.append(float(np.argmax(near)) / 2 if near.any() else float(_MARGIN_PX))
    return min(found[0], float(across.start)), found[1]


def _gaps(design: Mask, values: Grey, placement: Placement) -> Iterator[Feature]:
    """Yield the gaps between two bodies that face each other, across x and across y."""
    from scipy import ndimage

    labels, _ = ndimage.label(design, _EIGHT)
    boxes = ndimage.find_objects(labels)
    for axis in ("x", "y"):
        plane = labels if axis == "x" else labels.T
        spans = [(one[0], one[1]) if axis == "x" else (one[1], one[0]) for one in boxes]
        for a, (rows_a, columns_a) in enumerate(spans, 1):
            for b, (rows_b, columns_b) in enumerate(spans, 1):
                gap = columns_b.start - columns_a.stop
                low, high = max(rows_a.start, rows_b.start), min(rows_a.stop, rows_b.stop)
                if (
                    not 0
                    < gap
                    <= min(_WIDEST_GAP_PX, columns_a.stop - columns_a.start, columns_b.stop - columns_b.start)
                ):
                    continue
                margin = min(
                    _MARGIN_PX, (columns_a.stop - columns_a.start) // 2, (columns_b.stop - columns_b.start) // 2
                )
                free = [
                    at for at in range(low + 2, high - 2)
                    if (plane[at, columns_a.stop - margin : columns_a.stop] == a).all()
                    and (plane[at, columns_b.start : columns_b.start + margin] == b).all()
                    and not plane[at, columns_a.stop : columns_b.start].any()
                ]  # fmt: skip
                if len(free) < max(_LEAST_LINES, 0.5 * (high - low)) or margin < 2:
                    continue
                measured = _along(
                    values, placement, axis, columns_a.stop - margin, columns_b.start + margin, free, True
                )
                across, down = (columns_a.stop + columns_b.start - 1) / 2, (low + high - 1) / 2
                middle = (across, down) if axis == "x" else (down, across)
                yield Feature(CHANNEL, *middle, axis, float(gap), *measured)


def _along(
    values: Grey,
    placement: Placement,
    axis: str,
    first: float,
    last: float,
    lines: list[int],
    is_dark: bool,
    inner_px: float = math.inf,
) -> tuple[float, float]:
    """Return the width between two places as the mean over lines across it, and its standard uncertainty.

    Where the feature is wider than twice `inner_px`, its own brightness further in than that is the full one.
    """
    number = max(2, round((last - first) / _FINE))
    places = first - 0.5 + (np.arange(number) + 0.5) * (last - first) / number
    grid = np.meshgrid(places, np.array(lines, np.float64))
    share = _share(values, placement, *((grid[0], grid[1]) if axis == "x" else (grid[1], grid[0])))
    light = 1 - share if is_dark else share
    within = (places > first + inner_px) & (places < last - inner_px)
    if within.sum() >= _LEAST_LINES:
        light = light / float(light[:, within].mean())
    widths = light.sum(axis=1) * (last - first) / number
    lengths = np.median(widths)
    good = widths[np.abs(widths - lengths) <= max(0.5, 0.2 * abs(lengths))]
    if good.size < 2:
        return float(lengths), 1.0
    independent = max(good.size / 3, 1.0)  # neighbours share blurred light
    return float(good.mean()), math.hypot(float(good.std(ddof=1)) / math.sqrt(independent), _EDGE_PX)
