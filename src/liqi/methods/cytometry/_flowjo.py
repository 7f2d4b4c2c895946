"""FlowJo workspaces (version 10): the gates that were drawn on a sample, with its scales and compensation.

FlowJo keeps the corners of rectangles and polygons as signals and the points of ellipses on a grid of 256 x 256 of the
display; it draws straight lines on the display, so polygons are taken to the scales. FlowJo itself puts events into
that grid before it compares them with polygons and ellipses; here they are compared as they are, so that counts may
differ by about one in a hundred.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.cytometry._channels import Floats
from liqi.methods.cytometry._compensation import Spillover
from liqi.methods.cytometry._gates import UNCOMPENSATED, Boolean, Dimension, Ellipsoid, Gate, Polygon, Rectangle
from liqi.methods.cytometry._gatingml import GATING, SCALING, TYPES
from liqi.methods.cytometry._logicle import Biex
from liqi.methods.cytometry._strategy import Strategy
from liqi.methods.cytometry._transforms import Asinh, Linear, Log, Scale

_GRID = 256.0
_DO = "save the workspace with FlowJo 10 as .wsp, or export the gates as Gating-ML 2.0"
_MOST_BYTES = 1 << 28


def read_workspace(path: str | Path, sample: str = "") -> Strategy:
    """Return what was drawn on a sample, by the name of its FCS file; a workspace of one sample needs no name."""
    path = Path(path)
    try:
        content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (OSError, etree.XMLSyntaxError) as problem:
        raise UnreadableFile(path, f"no whole XML ({problem})", "a FlowJo workspace", _DO) from None
    found = {node.get("name", ""): one for one in root.iter("Sample") for node in one.iterfind("SampleNode")}
    chosen = found.get(sample) if sample or len(found) != 1 else next(iter(found.values()))
    if chosen is None and len(found) == 1:
        chosen = next(iter(found.values()))
    if chosen is None:
        names = ", ".join(sorted(found)[:5]) or "none"
        raise UnreadableFile(path, f"the samples {names}", f"one named {sample or 'as the FCS file'}", _DO)
    try:
        return _Sample(chosen).strategy()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as problem:
        if isinstance(problem, BadParameter):
            raise UnreadableFile(path, f"{problem.name} {problem.found}", problem.expected, _DO) from None
        raise UnreadableFile(path, f"a gate that is not whole ({problem})", "a FlowJo workspace", _DO) from None


class _Sample:
    """One sample of a workspace, read into gates."""

    def __init__(self, element: Any) -> None:
        self._element = element
        self._gates: dict[str, Gate] = {}
        self._scales: dict[str, Scale] = {}
        self._matrices: dict[str, Spillover] = {}
        self._prefix, self._suffix = "", ""

    def strategy(self) -> Strategy:
        """Return the populations below the sample, each named by its path."""
        for matrix in self._element.iter(f"{SCALING}spilloverMatrix"):
            self._read_matrix(matrix)
            break
        for element in self._element.iterfind("Transformations/*"):
            self._read_scale(element)
        self._below(self._element.find("SampleNode"), None)
        if not self._gates:
            raise BadParameter("gate", "none", "at least one gate on the sample")
        return Strategy(self._gates, self._scales, self._matrices).check()

    def _read_matrix(self, element: Any) -> None:
        self._prefix, self._suffix = element.get("prefix", "Comp-"), element.get("suffix", "")
        rows = element.findall(f"{SCALING}spillover")
        names = [row.get(f"{TYPES}parameter") for row in rows]
        matrix = np.zeros((len(rows), len(names)))
        for i, row in enumerate(rows):
            for one in row.findall(f"{SCALING}coefficient"):
                matrix[i, names.index(one.get(f"{TYPES}parameter"))] = float(one.get(f"{SCALING}value"))
        if names:
            self._matrices["workspace"] = Spillover("workspace", names, names, matrix)

    def _read_scale(self, element: Any) -> None:
        kind = etree.QName(element).localname
        channel = element.find(f"{TYPES}parameter").get(f"{TYPES}name")
        facts = {
            key: element.get(f"{SCALING}{key}")
            for key in ("minRange", "maxRange", "T", "A", "M", "pos", "neg", "width")
        }
        number = {key: float(text) for key, text in facts.items() if text is not None}
        if kind == "linear":
            low = number.get("minRange", 0.0)
            self._scales[channel] = Linear(channel, number["maxRange"], -low)
        elif kind == "log":
            offset, decades = float(element.get(f"{SCALING}offset", 1)), float(element.get(f"{SCALING}decades", 4.5))
            self._scales[channel] = Log(channel, offset * 10**decades, decades)
        elif kind == "biex":
            self._scales[channel] = Biex(channel, number["maxRange"], number["pos"], number["neg"], number["width"])
        elif kind == "fasinh":
            self._scales[channel] = Asinh(channel, number["T"], number["M"], number.get("A", 0.0))

    def _below(self, element: Any, parent: str | None) -> None:
        for one in element.iterfind("Subpopulations/*"):
            name = f"{parent}/{one.get('name')}" if parent else one.get("name")
            if one.tag in ("AndNode", "OrNode", "NotNode"):
                operands = [self._named(part.get("name"), parent) for part in one.iter("Dependent")]
                gate: Gate = Boolean(
                    name, one.tag.removesuffix("Node").lower(), [(each, False) for each in operands], parent
                )
            elif one.tag == "Population":
                gate = self._gate(one.find("Gate"), name, parent)
            else:
                continue
            if name in self._gates:
                raise BadParameter("population", name, "a name of its own under its parent")
            self._gates[name] = gate
            self._below(one, name)

    def _named(self, path: str, parent: str | None) -> str:
        return next((one for one in (f"{parent}/{path}", path) if one in self._gates), path)

    def _gate(self, element: Any, name: str, parent: str | None) -> Gate:
        shape = next(one for one in element if etree.QName(one).localname.endswith("Gate"))
        kind = etree.QName(shape).localname
        dimensions = [self._dimension(one, kind) for one in shape.findall(f"{GATING}dimension")]
        inside = shape.get("eventsInside", "1") != "0"
        own = name if inside else f"{name} (region)"
        gate = self._shape(shape, kind, own, dimensions, parent)
        if inside:
            return gate
        self._gates[own] = gate
        return Boolean(name, "not", [(own, False)], parent)

    def _shape(self, shape: Any, kind: str, name: str, dimensions: list[Dimension], parent: str | None) -> Gate:
        if kind == "RectangleGate":
            found = shape.findall(f"{GATING}dimension")
            low = [float(one.get(f"{GATING}min", -math.inf)) for one in found]
            high = [float(one.get(f"{GATING}max", math.inf)) for one in found]
            return Rectangle(name, dimensions, low, high, parent)
        if kind == "PolygonGate":
            vertices = _points(shape.findall(f"{GATING}vertex"))
            return Polygon(name, dimensions, self._displayed(dimensions, vertices), parent)
        if kind == "EllipsoidGate":
            foci, edge = (_points(shape.find(f"{GATING}{part}").iter(f"{GATING}vertex")) for part in ("foci", "edge"))
            return _ellipse(name, dimensions, foci / _GRID, edge / _GRID, parent)
        raise BadParameter("gate", kind, "a rectangle, a polygon, an ellipse or a quadrant")

    def _dimension(self, element: Any, kind: str) -> Dimension:
        name = element.find(f"{TYPES}fcs-dimension").get(f"{TYPES}name")
        bare = name.removeprefix(self._prefix).removesuffix(self._suffix) if self._prefix or self._suffix else name
        is_compensated = bare != name and "workspace" in self._matrices
        scale = name if name in self._scales and kind != "RectangleGate" else None
        return Dimension(bare if is_compensated else name, "workspace" if is_compensated else UNCOMPENSATED, scale)

    def _displayed(self, dimensions: list[Dimension], points: Floats) -> Floats:
        columns = [
            points[:, i] if one.scale is None else self._scales[one.scale].forward(points[:, i])
            for i, one in enumerate(dimensions)
        ]
        return np.column_stack(columns)


def _points(elements: Any) -> Floats:
    rows = [[float(one.get(f"{TYPES}value")) for one in vertex.iter(f"{GATING}coordinate")] for vertex in elements]
    return np.array(rows, dtype=np.float64)


def _ellipse(name: str, dimensions: list[Dimension], foci: Floats, edge: Floats, parent: str | None) -> Ellipsoid:
    """Return the ellipse of two foci and points of its edge: the sum of the distances is the long axis."""
    centre = foci.mean(axis=0)
    long = float(np.mean([np.linalg.norm(edge - one, axis=1) for one in foci])) if len(edge) else 0.0
    linear = float(np.linalg.norm(foci[1] - foci[0])) / 2
    if not long > linear:
        raise BadParameter("gate", name, "an ellipse whose edge is outside its foci")
    along = (foci[1] - foci[0]) / (2 * linear) if linear > 0 else np.array([1.0, 0.0])
    axes = np.column_stack([along, [-along[1], along[0]]])
    covariance = axes @ np.diag([long**2, long**2 - linear**2]) @ axes.T
    return Ellipsoid(name, dimensions, centre, covariance, 1.0, parent)
