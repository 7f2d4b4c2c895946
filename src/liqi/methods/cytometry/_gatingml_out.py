"""A gating strategy written as Gating-ML 2.0, for any other program that follows the standard."""

import math
from typing import Any

from lxml import etree

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Gate, Polygon, Rectangle
from liqi.methods.cytometry._gatingml import GATING, SCALES, SCALING, TYPES
from liqi.methods.cytometry._strategy import Strategy
from liqi.methods.cytometry._transforms import Bounded

_SPACES = {"gating": GATING[1:-1], "transforms": SCALING[1:-1], "data-type": TYPES[1:-1]}


def write_gating(strategy: Strategy) -> bytes:
    """Return the XML; quadrants are written as the rectangles they are. Raises `BadParameter` for a FlowJo scale."""
    root = etree.Element(f"{GATING}Gating-ML", nsmap=_SPACES)
    for matrix in strategy.matrices.values():
        one = etree.SubElement(root, f"{SCALING}spectrumMatrix", {f"{SCALING}id": matrix.id})
        if matrix.inverted:
            one.set(f"{SCALING}matrix-inverted-already", "true")
        for part, names in (("fluorochromes", matrix.dyes), ("detectors", matrix.detectors)):
            group = etree.SubElement(one, f"{SCALING}{part}")
            for name in names:
                etree.SubElement(group, f"{TYPES}fcs-dimension", {f"{TYPES}name": name})
        for row in matrix.matrix.tolist():
            spectrum = etree.SubElement(one, f"{SCALING}spectrum")
            for value in row:
                etree.SubElement(spectrum, f"{SCALING}coefficient", {f"{SCALING}value": repr(value)})
    for scale in strategy.scales.values():
        one = etree.SubElement(root, f"{SCALING}transformation", {f"{SCALING}id": scale.id})
        within = scale.scale if isinstance(scale, Bounded) else scale
        if isinstance(scale, Bounded):
            for key, value in (("boundMin", scale.lowest), ("boundMax", scale.highest)):
                if math.isfinite(value):
                    one.set(f"{SCALING}{key}", repr(value))
        kind = next((kind for kind, (made, _) in SCALES.items() if type(within) is made), None)
        if kind is None:
            raise BadParameter("transformation", scale.id, "a scale of Gating-ML; FlowJo's biex has no place in it")
        facts = {f"{SCALING}{key}": repr(getattr(within, key)) for key in SCALES[kind][1]}
        etree.SubElement(one, f"{SCALING}{kind}", facts)
    for ratio in strategy.ratios.values():
        one = etree.SubElement(root, f"{SCALING}transformation", {f"{SCALING}id": ratio.id})
        facts = {f"{SCALING}{key}": repr(getattr(ratio, key)) for key in "ABC"}
        made = etree.SubElement(one, f"{SCALING}fratio", facts)
        for name in ratio.channels:
            etree.SubElement(made, f"{TYPES}fcs-dimension", {f"{TYPES}name": name})
    for gate in strategy.gates.values():
        _write(root, gate)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write(root: Any, gate: Gate) -> None:
    kind = f"{type(gate).__name__}Gate"
    one = etree.SubElement(root, f"{GATING}{kind}", {f"{GATING}id": gate.id})
    if gate.parent is not None:
        one.set(f"{GATING}parent_id", gate.parent)
    if isinstance(gate, Boolean):
        joined = etree.SubElement(one, f"{GATING}{gate.kind}")
        for name, complement in gate.operands:
            reference = etree.SubElement(joined, f"{GATING}gateReference", {f"{GATING}ref": name})
            if complement:
                reference.set(f"{GATING}use-as-complement", "true")
        return
    made = [_dimension(one, dimension) for dimension in gate.dimensions]
    if isinstance(gate, Rectangle):
        for element, low, high in zip(made, gate.low, gate.high, strict=True):
            for key, value in (("min", low), ("max", high)):
                if math.isfinite(value):
                    element.set(f"{GATING}{key}", repr(float(value)))
    elif isinstance(gate, Polygon):
        for row in gate.vertices.tolist():
            _coordinates(etree.SubElement(one, f"{GATING}vertex"), row)
    else:
        assert isinstance(gate, Ellipsoid)
        _coordinates(etree.SubElement(one, f"{GATING}mean"), gate.mean.tolist())
        matrix = etree.SubElement(one, f"{GATING}covarianceMatrix")
        for row in gate.covariance.tolist():
            line = etree.SubElement(matrix, f"{GATING}row")
            for value in row:
                etree.SubElement(line, f"{GATING}entry", {f"{TYPES}value": repr(value)})
        etree.SubElement(one, f"{GATING}distanceSquare", {f"{TYPES}value": repr(gate.distance_square)})


def _dimension(parent: Any, dimension: Dimension) -> Any:
    element = etree.SubElement(parent, f"{GATING}dimension", {f"{GATING}compensation-ref": dimension.compensation})
    if dimension.scale is not None:
        element.set(f"{GATING}transformation-ref", dimension.scale)
    if dimension.is_ratio:
        etree.SubElement(element, f"{TYPES}new-dimension", {f"{TYPES}transformation-ref": dimension.channel})
    else:
        etree.SubElement(element, f"{TYPES}fcs-dimension", {f"{TYPES}name": dimension.channel})
    return element


def _coordinates(parent: Any, values: list[float]) -> None:
    for value in values:
        etree.SubElement(parent, f"{GATING}coordinate", {f"{TYPES}value": repr(value)})
