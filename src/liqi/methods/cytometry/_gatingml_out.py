"""A gating strategy written as Gating-ML 2.0, for any other program that follows the standard."""

import math
from collections.abc import Sequence
from typing import Any

from lxml import etree

from liqi.methods._errors import BadParameter
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Gate, Polygon, Rectangle
from liqi.methods.cytometry._gatingml import BIEX, BIEX_KEYS, GATING, OWN, SCALES, SCALING, TYPES
from liqi.methods.cytometry._logicle import Biex
from liqi.methods.cytometry._strategy import Strategy
from liqi.methods.cytometry._transforms import Bounded

_SPACES = {"gating": GATING[1:-1], "transforms": SCALING[1:-1], "data-type": TYPES[1:-1]}


def write_gating(strategy: Strategy, *, own_scales: bool = False) -> bytes:
    """Return the XML; rectangles of one group are written as quadrants. Raises `BadParameter` for a FlowJo scale.

    With `own_scales` FlowJo's biex is written too, as an element of this project that no other program knows.
    """
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
        if own_scales and isinstance(within, Biex):
            etree.SubElement(one, BIEX, {key: repr(getattr(within, key)) for key in BIEX_KEYS}, nsmap={"liqi": OWN})
            continue
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
    groups: set[str] = set()
    for gate in strategy.gates.values():
        together = gate.group if isinstance(gate, Rectangle) else None
        if together is None or not _is_quadrant(strategy, together):
            _write(root, gate)
        elif together not in groups:
            groups.add(together)
            _write_quadrants(root, together, _of_group(strategy, together))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _of_group(strategy: Strategy, group: str) -> list[Rectangle]:
    return [one for one in strategy.gates.values() if isinstance(one, Rectangle) and one.group == group]


def _is_quadrant(strategy: Strategy, group: str) -> bool:
    """Whether the rectangles can be told by dividers: one parent, edges that are neighbours on each dimension."""
    found = _of_group(strategy, group)
    alike = all(one.parent == found[0].parent and len(set(one.dimensions)) == len(one.dimensions) for one in found)
    if group in strategy.gates or not alike:
        return False
    dividers = _dividers(found)
    return all(
        _between(dividers[dimension], low, high) is not None
        for one in found
        for dimension, low, high in zip(one.dimensions, one.low, one.high, strict=True)
    )


def _dividers(found: Sequence[Rectangle]) -> dict[Dimension, list[float]]:
    """The values of each dimension, between its two ends without limit."""
    made: dict[Dimension, set[float]] = {}
    for one in found:
        for dimension, low, high in zip(one.dimensions, one.low, one.high, strict=True):
            made.setdefault(dimension, set()).update(value for value in (low, high) if math.isfinite(value))
    return {dimension: [-math.inf, *sorted(ends), math.inf] for dimension, ends in made.items()}


def _between(edges: Sequence[float], low: float, high: float) -> float | None:
    """A place between two neighbouring edges; None where the edges are not neighbours."""
    at = edges.index(low)
    if at + 1 >= len(edges) or edges[at + 1] != high or len(edges) < 3:
        return None
    if math.isinf(low):
        return high - 1.0
    return low + 1.0 if math.isinf(high) else (low + high) / 2


def _write_quadrants(root: Any, group: str, found: Sequence[Rectangle]) -> None:
    one = etree.SubElement(root, f"{GATING}QuadrantGate", {f"{GATING}id": group})
    if found[0].parent is not None:
        one.set(f"{GATING}parent_id", found[0].parent)
    dividers = _dividers(found)
    names = {dimension: f"{group}_divider_{number}" for number, dimension in enumerate(dividers, 1)}
    for dimension, edges in dividers.items():
        divider = _dimension(one, dimension, "divider")
        divider.set(f"{GATING}id", names[dimension])
        for value in edges[1:-1]:
            etree.SubElement(divider, f"{GATING}value").text = repr(float(value))
    for part in found:
        element = etree.SubElement(one, f"{GATING}Quadrant", {f"{GATING}id": part.id})
        for dimension, low, high in zip(part.dimensions, part.low, part.high, strict=True):
            place = _between(dividers[dimension], low, high)
            facts = {f"{GATING}divider_ref": names[dimension], f"{GATING}location": repr(place)}
            etree.SubElement(element, f"{GATING}position", facts)


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


def _dimension(parent: Any, dimension: Dimension, kind: str = "dimension") -> Any:
    element = etree.SubElement(parent, f"{GATING}{kind}", {f"{GATING}compensation-ref": dimension.compensation})
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
