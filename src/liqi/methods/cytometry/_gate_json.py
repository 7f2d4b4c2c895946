"""Gates as JSON and back, as a page that draws them holds them."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Gate, Polygon, Rectangle

MOST_VERTICES, MOST_NAME = 400, 200
Json = Any
KINDS: Mapping[type, str] = {Rectangle: "rectangle", Polygon: "polygon", Ellipsoid: "ellipse", Boolean: "boolean"}
"""What each gate is called in JSON."""


def told_gate(gate: Gate, by_dimension: Mapping[Dimension, str]) -> dict[str, Json]:
    """Return the gate as JSON; axes by their keys."""
    told: dict[str, Json] = {"id": gate.id, "kind": KINDS[type(gate)], "parent": gate.parent}
    if isinstance(gate, Boolean):
        return told | {"how": gate.kind, "operands": [list(one) for one in gate.operands]}
    told["axes"] = [by_dimension[one] for one in gate.dimensions]
    if isinstance(gate, Rectangle):
        ends = [[float(v) if math.isfinite(v) else None for v in one] for one in (gate.low, gate.high)]
        return told | {"low": ends[0], "high": ends[1], "group": gate.group}
    if isinstance(gate, Polygon):
        return told | {"vertices": gate.vertices.tolist()}
    covariance = gate.covariance.tolist()
    return told | {"mean": gate.mean.tolist(), "covariance": covariance, "distance_square": gate.distance_square}


def taken_gate(told: object, by_key: Mapping[str, Dimension]) -> Gate:
    """Return the gate that the JSON tells; raise `BadParameter` for what is none."""
    try:
        if not isinstance(told, Mapping):
            raise TypeError("not an object")
        name, parent = str(told["id"]).strip(), told.get("parent")
        if not name or len(name) > MOST_NAME or not (parent is None or isinstance(parent, str)):
            raise ValueError("no name")
        return _shaped(told, name, parent, by_key)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as problem:
        if isinstance(problem, BadParameter):
            raise
        raise BadParameter("gate", str(told)[:80], "a rectangle, polygon, ellipse or boolean gate") from None


def _shaped(told: Mapping[str, Json], name: str, parent: str | None, by_key: Mapping[str, Dimension]) -> Gate:
    kind = told["kind"]
    if kind == "boolean":
        operands = [(str(one), bool(complement)) for one, complement in told["operands"]]
        if told["how"] not in ("and", "or", "not") or not operands:
            raise ValueError("no operands")
        return Boolean(name, told["how"], operands, parent)
    dimensions = [by_key[key] for key in told["axes"]]
    if kind == "rectangle":
        low, high = (
            [sign * math.inf if v is None else number(v) for v in told[side]]
            for side, sign in (("low", -1), ("high", 1))
        )
        if not len(low) == len(high) == len(dimensions) >= 1:
            raise ValueError("as many limits as axes")
        group = told.get("group")
        return Rectangle(name, dimensions, low, high, parent, None if group is None else str(group)[:MOST_NAME])
    if kind == "polygon":
        vertices = np.array([[number(v) for v in one] for one in told["vertices"]], dtype=np.float64)
        if vertices.ndim != 2 or vertices.shape[1] != 2 or len(dimensions) != 2:
            raise ValueError("two dimensions")
        if not 3 <= len(vertices) <= MOST_VERTICES:
            raise BadParameter("gate", f"{name}: {len(vertices)} corners", f"3 to {MOST_VERTICES} corners")
        return Polygon(name, dimensions, vertices, parent)
    if kind != "ellipse":
        raise ValueError(kind)
    mean = np.array([number(v) for v in told["mean"]])
    covariance = np.array([[number(v) for v in one] for one in told["covariance"]])
    if mean.shape != (len(dimensions),) or covariance.shape != (len(dimensions),) * 2:
        raise ValueError("as many dimensions as axes")
    if not np.linalg.det(covariance):
        raise BadParameter("gate", f"{name}: a flat ellipse", "two half axes above zero")
    return Ellipsoid(name, dimensions, mean, covariance, number(told["distance_square"]), parent)


def changes(before: Sequence[Mapping[str, Json]], after: Sequence[Mapping[str, Json]]) -> list[dict[str, str]]:
    """Return what a person changed, a record a gate: ``what`` is added, removed or changed, ``gate`` its name."""
    old, new = ({one["id"]: dict(one) for one in side} for side in (before, after))
    made = [{"what": "removed", "gate": name} for name in old if name not in new]
    for name, one in new.items():
        if name not in old:
            made.append({"what": "added", "gate": name, "kind": str(one["kind"])})
        elif json.dumps(one, sort_keys=True) != json.dumps(old[name], sort_keys=True):
            made.append({"what": "changed", "gate": name, "kind": str(one["kind"])})
    return made


def number(value: object) -> float:
    """Return a finite number, or raise `ValueError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)
