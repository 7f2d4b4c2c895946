"""Gates: regions of one or more dimensions, and how they are combined (Gating-ML 2.0, sections 5 and 6)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._channels import Floats
from liqi.methods.cytometry._transforms import Scale

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
UNCOMPENSATED = "uncompensated"
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a gate looks at: a channel or ratio, how it is compensated, and the scale its limits are on."""

    channel: str
    compensation: str = UNCOMPENSATED
    scale: str | None = None
    is_ratio: bool = False


@dataclass(frozen=True, slots=True)
class Rectangle:
    """low <= x < high in each dimension; infinite where there is no limit. A quadrant is one, of its `group`."""

    id: str
    dimensions: Sequence[Dimension]
    low: Sequence[float]
    high: Sequence[float]
    parent: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Polygon:
    """The inside of a polygon of two dimensions, by the even-odd rule, its edge included; shape (vertices, 2)."""

    id: str
    dimensions: Sequence[Dimension]
    vertices: Floats
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """(x - mean)' inverse(covariance) (x - mean) <= distance_square."""

    id: str
    dimensions: Sequence[Dimension]
    mean: Floats
    covariance: Floats
    distance_square: float
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Boolean:
    """Other gates joined by ``and``, ``or`` or ``not``; each operand is (gate, taken as its complement)."""

    id: str
    kind: str
    operands: Sequence[tuple[str, bool]]
    parent: str | None = None

    @property
    def formula(self) -> str:
        """What it is made of, in one line: ``A AND NOT B``."""
        words = [f"NOT {name}" if complement else name for name, complement in self.operands]
        if self.kind == "not":
            name, complement = self.operands[0]
            return name if complement else f"NOT {name}"
        return f" {self.kind.upper()} ".join(words)


Gate = Rectangle | Polygon | Ellipsoid | Boolean


def within(x: Floats, low: float, high: float, scale: Scale | None) -> Mask:
    """Return low <= scale(x) < high: the limits are taken to the signal, and only ties are taken to the scale."""
    if scale is None:
        return np.asarray((x >= low) & (x < high))
    return ~_below(x, low, scale) & _below(x, high, scale)


def _below(x: Floats, limit: float, scale: Scale) -> Mask:
    """Return scale(x) < limit."""
    if math.isinf(limit):
        return np.full(x.shape, limit > 0)
    with np.errstate(over="ignore"):
        edge = float(scale.inverse(np.array([limit]))[0])
    found = np.asarray(x < edge)
    near = np.abs(x - edge) <= _TIE * max(abs(edge), 1e-300) if math.isfinite(edge) else np.zeros(x.shape, bool)
    if near.any():
        found[near] = scale.forward(x[near]) < limit
    return found


def inside_polygon(x: Floats, y: Floats, vertices: Floats, unsure: float = 0.0) -> tuple[Mask, Places]:
    """Return which points are within a polygon by the even-odd rule, its edge included.

    The places of points within `unsure` of an edge come second, some more among them.
    """
    found = np.zeros(x.shape, dtype=bool)
    near: list[Places] = []
    for (x1, y1), (x2, y2) in zip(vertices.tolist(), np.roll(vertices, -1, axis=0).tolist(), strict=True):
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        found ^= ((y1 > y) != (y2 > y)) & ((cross > 0) == (y2 > y1))
        width = unsure * (abs(x2 - x1) + abs(y2 - y1))
        close = np.flatnonzero(np.abs(cross) <= width)
        low_x, high_x = min(x1, x2) - unsure, max(x1, x2) + unsure
        low_y, high_y = min(y1, y2) - unsure, max(y1, y2) + unsure
        at_x, at_y = x[close], y[close]
        near.append(close[(at_x >= low_x) & (at_x <= high_x) & (at_y >= low_y) & (at_y <= high_y)])
    places = np.unique(np.concatenate(near))
    if not unsure:
        found[places] = True
    return found, places


def inside_ellipsoid(points: Sequence[Floats], gate: Ellipsoid, unsure: float = 0.0) -> tuple[Mask, Places]:
    """Return which points, an array a dimension, are within; the places of those near the edge come second."""
    try:
        inverse = np.linalg.inv(gate.covariance)
    except np.linalg.LinAlgError:
        raise BadParameter("gate", gate.id, "a covariance matrix that can be inverted") from None
    away = [values - middle for values, middle in zip(points, gate.mean.tolist(), strict=True)]
    total = np.zeros(points[0].shape)
    for i, row in enumerate(inverse.tolist()):
        total += away[i] * sum((factor * away[j] for j, factor in enumerate(row)), np.zeros(()))
    furthest = max((float(np.abs(one).max(initial=0.0)) for one in away), default=0.0)
    width = 4 * unsure * furthest * float(np.abs(inverse).sum())
    return np.asarray(total <= gate.distance_square), np.flatnonzero(np.abs(total - gate.distance_square) <= width)


def reach(gate: Polygon | Ellipsoid) -> tuple[Floats, Floats]:
    """Return the least and the most that an event inside can have in each dimension."""
    if isinstance(gate, Polygon):
        return gate.vertices.min(axis=0), gate.vertices.max(axis=0)
    variance = np.diag(gate.covariance) * gate.distance_square
    symmetric = np.allclose(gate.covariance, gate.covariance.T) and (np.linalg.eigvalsh(gate.covariance) > 0).all()
    half = np.sqrt(variance) * (1 + 1e-9) if symmetric else np.full(len(gate.mean), np.inf)
    return gate.mean - half, gate.mean + half
