"""ANDI/AIA chromatography (ASTM E1947, netCDF classic): the trace, and the peak table where there is one."""

from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._trace import Chromatogram, Floats, ReportedPeak, even_trace
from liqi.methods.readers.andi import opened

_FACTS = ("sample_name", "sample_id", "injection_date_time_stamp", "detection_method_name", "operator_name")
_MINUTES = {"s": 1 / 60, "m": 1.0}


def read(path: Path) -> Chromatogram:
    """Return the one trace of an ANDI/AIA file; raise `UnreadableFile`."""
    file = opened(path)
    if not file.has_numbers("ordinate_values"):
        found = "a netCDF file without ordinate_values"
        raise UnreadableFile(path, found, "an ANDI chromatogram", "export it as AIA chromatography data")
    values = _doubles(file, "ordinate_values")
    told = file.announced("ordinate_values")
    if told > values.size:
        found = f"{values.size:,} of {told:,} points"
        raise UnreadableFile(path, found, "a whole file", "copy it again")
    per_minute = _MINUTES.get(str(file.attributes.get("retention_unit", "seconds")).strip().lower()[:1], 1 / 60)

    def number(name: str, default: float) -> float:
        found = file.numbers(name) if file.has_numbers(name) else np.empty(0)
        return float(found[0]) if found.size and np.isfinite(found[0]) else default

    if file.has_numbers("raw_data_retention"):
        times = _doubles(file, "raw_data_retention")
    else:
        step = number("actual_sampling_interval", 0.0)
        if not step > 0:
            raise UnreadableFile(path, f"a sampling interval of {step:g}", "one above zero", "export it again")
        times = np.asarray(number("actual_delay_time", 0.0) + step * np.arange(values.size), np.float64)
    facts = {name: str(file.attributes[name]) for name in _FACTS if str(file.attributes.get(name, "")).strip()}
    name = str(file.attributes.get("detector_name", "")) or "signal"
    unit = str(file.attributes.get("detector_unit", "")) or "a.u."
    trace = even_trace(path, name, times * per_minute, values, unit, reported=_reported(file, per_minute))
    return Chromatogram(path, "andichrom", [trace], facts)


def _doubles(file: Any, name: str) -> Floats:
    """Return a variable in double precision; damage can leave a NaN that complains when it is converted."""
    with np.errstate(invalid="ignore"):
        return np.array(file.numbers(name), np.float64)


def _reported(file: Any, per_minute: float) -> list[ReportedPeak]:
    def column(name: str) -> Floats:
        return _doubles(file, name) if file.has_numbers(name) else np.empty(0)

    time, area, height = column("peak_retention_time"), column("peak_area"), column("peak_height")
    start, end = column("peak_start_time"), column("peak_end_time")
    found = []
    for i in range(min(time.size, area.size)):
        if not (np.isfinite(time[i]) and np.isfinite(area[i])):
            continue
        ends = [float(one[i]) * per_minute if i < one.size else None for one in (start, end)]
        tall = float(height[i]) if i < height.size else None
        found.append(ReportedPeak(float(time[i]) * per_minute, float(area[i]), tall, ends[0], ends[1]))
    return found
