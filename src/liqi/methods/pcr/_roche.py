"""What a LightCycler 96 keeps beside the RDML of its projects (.lc96p): the concentrations of its standards."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods.pcr._archive import read_members
from liqi.methods.pcr._plate import PlateRun, Target

_MEMBER = "calculated_data.xml"
Standards = Mapping[tuple[str, str], float]


def calculated(path: Path, expected: str) -> bytes:
    """Return the document of what the machine's program calculated, empty where the file has none."""
    return read_members(path, expected, [_MEMBER]).get(_MEMBER, b"")


def standards_of(root: Any) -> Standards:
    """Return the concentrations of standards by well and dye; a graph of a standard names its concentration."""
    by_graph: dict[str, float] = {}
    for source in root.iter("{*}absQuantDataSource", "{*}relQuantDataSource"):
        graph, told = source.findtext("{*}graphId"), source.findtext("{*}standard")
        try:
            value = float(told or "nan")
        except ValueError:
            continue
        if graph and 0 < value < float("inf"):
            by_graph[graph.strip()] = value
    found: dict[tuple[str, str], float] = {}
    for point in root.iter("{*}standardPoint"):
        well, dye = (point.findtext("{*}position") or "").strip(), (point.findtext("{*}dyeName") or "").strip()
        for one in point.iterfind("{*}graphIds/{*}guid"):
            if (one.text or "").strip() in by_graph:
                found[(well, dye)] = by_graph[(one.text or "").strip()]
    return found


def with_standards(run: PlateRun, targets: Mapping[str, Target], standards: Standards) -> PlateRun:
    """Return the run with those wells as standards, where the RDML itself gives no quantity."""
    reactions = []
    for one in run.reactions:
        dye = targets[one.target].dye if one.target in targets else one.target.partition("@")[0]
        value = standards.get((one.well, dye))
        reactions.append(one if value is None or one.quantity else replace(one, kind="std", quantity=value))
    return replace(run, reactions=reactions)
