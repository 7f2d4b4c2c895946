"""Gating-ML 2.0 (ISAC): gates, transformations and compensation of an XML file, in and out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.cytometry._compensation import Spillover
from liqi.methods.cytometry._gates import UNCOMPENSATED, Boolean, Dimension, Ellipsoid, Gate, Polygon, Rectangle
from liqi.methods.cytometry._logicle import Biex, Hyperlog, Logicle
from liqi.methods.cytometry._strategy import Strategy
from liqi.methods.cytometry._transforms import Asinh, Bounded, Linear, Log, Ratio, Scale

_ROOT = "http://www.isac-net.org/std/Gating-ML/v2.0/"
GATING, SCALING, TYPES = (f"{{{_ROOT}{name}}}" for name in ("gating", "transformations", "datatypes"))
SCALES: dict[str, tuple[type[Any], str]] = {
    "flin": (Linear, "TA"), "flog": (Log, "TM"), "fasinh": (Asinh, "TMA"),
    "logicle": (Logicle, "TWMA"), "hyperlog": (Hyperlog, "TWMA"),
}  # fmt: skip
OWN = "urn:liqi:gating"
BIEX, BIEX_KEYS = f"{{{OWN}}}biex", ("T", "positive", "negative", "width")
"""FlowJo's scale, which the standard does not have, as this project writes it."""
_DO = "export the gates as Gating-ML 2.0 again"
_MOST_BYTES = 1 << 26


def read_gating(path: str | Path) -> Strategy:
    """Return the strategy of a Gating-ML 2.0 file, or raise `UnreadableFile`."""
    path = Path(path)
    try:
        content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (OSError, etree.XMLSyntaxError) as problem:
        raise UnreadableFile(path, f"no whole XML ({problem})", "Gating-ML 2.0", _DO) from None
    if root.tag != f"{GATING}Gating-ML":
        raise UnreadableFile(path, f"<{etree.QName(root).localname}>", "Gating-ML 2.0", _DO)
    try:
        return _strategy(root)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as problem:
        if isinstance(problem, BadParameter):
            raise UnreadableFile(path, f"{problem.name} {problem.found}", problem.expected, _DO) from None
        raise UnreadableFile(path, f"a gate that is not whole ({problem})", "Gating-ML 2.0", _DO) from None


def _strategy(root: Any) -> Strategy:
    scales: dict[str, Scale] = {}
    ratios: dict[str, Ratio] = {}
    for element in root.iter(f"{SCALING}transformation"):
        name, one = element.get(f"{SCALING}id"), element[0]
        kind = etree.QName(one).localname
        if kind == "fratio":
            channels = [part.get(f"{TYPES}name") for part in one.iter(f"{TYPES}fcs-dimension")]
            ratios[name] = Ratio(name, channels, *(float(one.get(f"{SCALING}{key}", 0)) for key in "ABC"))
            continue
        if one.tag == BIEX:
            scales[name] = Biex(name, *(float(one.get(key)) for key in BIEX_KEYS))
            continue
        made, keys = SCALES[kind]
        scale = made(name, *(float(one.get(f"{SCALING}{key}", 0)) for key in keys))
        bounds = [element.get(f"{SCALING}{key}") for key in ("boundMin", "boundMax")]
        if any(bounds):
            low, high = (float(text) if text else end for text, end in zip(bounds, (-math.inf, math.inf), strict=True))
            scale = Bounded(scale, low, high)
        scales[name] = scale
    matrices = {one.id: one for one in map(_matrix, root.iter(f"{SCALING}spectrumMatrix"))}
    gates: dict[str, Gate] = {}
    for element in root.iter(*(f"{GATING}{name}" for name in _READERS)):
        for gate in _READERS[etree.QName(element).localname](element):
            if gate.id in gates:
                raise BadParameter("gate", gate.id, "an id of its own")
            gates[gate.id] = gate
    if not gates:
        raise BadParameter("gate", "none", "at least one gate")
    return Strategy(gates, scales, matrices, ratios).check()


def _matrix(element: Any) -> Spillover:
    dyes, detectors = (
        [one.get(f"{TYPES}name") for one in element.find(f"{SCALING}{part}").iter(f"{TYPES}fcs-dimension")]
        for part in ("fluorochromes", "detectors")
    )
    rows = [
        [float(one.get(f"{SCALING}value")) for one in row.iter(f"{SCALING}coefficient")]
        for row in element.iter(f"{SCALING}spectrum")
    ]
    inverted = element.get(f"{SCALING}matrix-inverted-already", "false") in ("true", "1")
    return Spillover(element.get(f"{SCALING}id"), dyes, detectors, np.array(rows), inverted)


def _dimension(element: Any) -> Dimension:
    compensation = element.get(f"{GATING}compensation-ref") or UNCOMPENSATED
    scale = element.get(f"{GATING}transformation-ref")
    ratio = element.find(f"{TYPES}new-dimension")
    if ratio is not None:
        return Dimension(ratio.get(f"{TYPES}transformation-ref"), compensation, scale, True)
    return Dimension(element.find(f"{TYPES}fcs-dimension").get(f"{TYPES}name"), compensation, scale)


def _facts(element: Any) -> tuple[str, list[Dimension], str | None]:
    dimensions = [_dimension(one) for one in element.findall(f"{GATING}dimension")]
    return element.get(f"{GATING}id"), dimensions, element.get(f"{GATING}parent_id")


def _rectangle(element: Any) -> list[Gate]:
    name, dimensions, parent = _facts(element)
    found = element.findall(f"{GATING}dimension")
    low = [float(one.get(f"{GATING}min", -math.inf)) for one in found]
    high = [float(one.get(f"{GATING}max", math.inf)) for one in found]
    return [Rectangle(name, dimensions, low, high, parent)]


def _polygon(element: Any) -> list[Gate]:
    name, dimensions, parent = _facts(element)
    vertices = [[float(one.get(f"{TYPES}value")) for one in vertex] for vertex in element.iter(f"{GATING}vertex")]
    points = np.array(vertices, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(dimensions) != 2 or not np.isfinite(points).all():
        raise BadParameter("gate", name, "a polygon of two dimensions")
    return [Polygon(name, dimensions, points, parent)]


def _ellipsoid(element: Any) -> list[Gate]:
    name, dimensions, parent = _facts(element)
    mean = np.array([float(one.get(f"{TYPES}value")) for one in element.find(f"{GATING}mean")])
    rows = [[float(one.get(f"{TYPES}value")) for one in row] for row in element.iter(f"{GATING}row")]
    covariance = np.array(rows, dtype=np.float64)
    if covariance.shape != (len(dimensions), len(dimensions)) or mean.shape != (len(dimensions),):
        raise BadParameter("gate", name, "a mean and a covariance of as many dimensions as it has")
    distance = float(element.find(f"{GATING}distanceSquare").get(f"{TYPES}value"))
    return [Ellipsoid(name, dimensions, mean, covariance, distance, parent)]


def _quadrants(element: Any) -> list[Gate]:
    """Return each quadrant as a rectangle: between the dividers' values around its location."""
    dividers = {}
    for one in element.findall(f"{GATING}divider"):
        values = sorted(float(value.text) for value in one.findall(f"{GATING}value"))
        dividers[one.get(f"{GATING}id")] = (_dimension(one), values)
    found: list[Gate] = []
    for one in element.findall(f"{GATING}Quadrant"):
        dimensions, low, high = [], [], []
        for position in one.findall(f"{GATING}position"):
            dimension, values = dividers[position.get(f"{GATING}divider_ref")]
            location = float(position.get(f"{GATING}location"))
            place = sum(value <= location for value in values)
            edges = [-math.inf, *values, math.inf]
            dimensions.append(dimension)
            low.append(edges[place])
            high.append(edges[place + 1])
        group, parent = element.get(f"{GATING}id"), element.get(f"{GATING}parent_id")
        found.append(Rectangle(one.get(f"{GATING}id"), dimensions, low, high, parent, group))
    return found


def _boolean(element: Any) -> list[Gate]:
    for kind in ("and", "or", "not"):
        part = element.find(f"{GATING}{kind}")
        if part is not None:
            operands = [
                (one.get(f"{GATING}ref"), one.get(f"{GATING}use-as-complement", "false") in ("true", "1"))
                for one in part.findall(f"{GATING}gateReference")
            ]
            if len(operands) < 1 + (kind != "not"):
                break
            return [Boolean(element.get(f"{GATING}id"), kind, operands, element.get(f"{GATING}parent_id"))]
    raise BadParameter("gate", element.get(f"{GATING}id"), "and, or, not with the gates it joins")


_READERS = {
    "RectangleGate": _rectangle, "PolygonGate": _polygon, "EllipsoidGate": _ellipsoid,
    "QuadrantGate": _quadrants, "BooleanGate": _boolean,
}  # fmt: skip
