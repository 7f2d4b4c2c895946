"""Chromatograms of an Allotrope Simple Model document: curves over time, and the peaks its program found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._trace import Chromatogram, ReportedPeak, Trace, even_trace
from liqi.methods.readers._allotrope import Cube, cubes, quantity, sample_of

_EXPECTED = "an ASM document with a chromatogram over time"
_PER_MINUTE = {"s": 1 / 60, "min": 1.0, "ms": 1 / 60_000, "h": 60.0}


def read(path: Path) -> Chromatogram:
    """Return every chromatogram over time of an ASM document; raise `UnreadableFile`."""
    found = cubes(path, _EXPECTED)
    timed = [one for one in found if one.x_unit in _PER_MINUTE]
    if not timed:
        words = f"curves over {found[0].x_concept} in {found[0].x_unit or 'no unit'}"
        raise UnreadableFile(path, words, _EXPECTED, "give the instrument's own file")
    facts = {"sample_name": sample_of(timed[0].measurement), "injection_date_time_stamp": _time(timed[0].measurement)}
    traces = [_trace(path, one, len(timed) > 1) for one in timed]
    return Chromatogram(path, "asm", traces, {key: value for key, value in facts.items() if value})


def _trace(path: Path, cube: Cube, several: bool) -> Trace:
    per_minute = _PER_MINUTE[cube.x_unit]
    words = [sample_of(cube.measurement)] if several else []
    name = " ".join(filter(None, [*words, cube.label or cube.y_concept]))
    times = [value * per_minute for value in cube.x]
    return even_trace(path, name, times, cube.y, cube.y_unit or "a.u.", reported=_peaks(cube.measurement))


def _peaks(measurement: Mapping[str, Any]) -> list[ReportedPeak]:
    found: list[ReportedPeak] = []
    for one in _below(measurement, "peak", 0):
        time, area = quantity(one.get("retention time")), quantity(one.get("peak area"))
        if time is None or area is None or time[1] not in _PER_MINUTE:
            continue
        ends = [quantity(one.get(key)) for key in ("peak start", "peak end")]
        start, end = (told[0] * _PER_MINUTE[told[1]] if told and told[1] in _PER_MINUTE else None for told in ends)
        height = quantity(one.get("peak height"))
        name = str(one.get("written name") or one.get("identifier") or "")
        found.append(
            ReportedPeak(time[0] * _PER_MINUTE[time[1]], area[0], height[0] if height else None, start, end, name)
        )
    return found


def _below(node: Any, key: str, depth: int) -> list[Mapping[str, Any]]:
    """The objects that stand in lists of this name, however deep."""
    if depth > 12:
        return []
    if isinstance(node, dict):
        own = [one for one in node.get(key) or () if isinstance(one, dict)] if isinstance(node.get(key), list) else []
        return own + [found for name, value in node.items() if name != key for found in _below(value, key, depth + 1)]
    return [found for one in node for found in _below(one, key, depth + 1)] if isinstance(node, list) else []


def _time(measurement: Mapping[str, Any]) -> str:
    injection = measurement.get("injection document")
    return str(injection.get("injection time", "")) if isinstance(injection, dict) else ""
