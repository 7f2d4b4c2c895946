"""Waters Empower results as JSON, one sample set: chromatograms of every injection and channel, peaks as processed."""

import json
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import text_of
from liqi.methods.chromatography._trace import Chromatogram, ReportedPeak, even_trace

_DO = "export the sample set again"


def read(path: Path) -> Chromatogram:
    """Return every chromatogram of an Empower JSON file; raise `UnreadableFile`."""
    try:
        values = json.loads(text_of(path))["values"]
        channels = values["channels"]
        results = {_key(one): one for one in values.get("results", ())}
        traces = []
        for one in channels:
            fields = _fields(one)
            times, signal = one["chrom"]
            name = " ".join(
                str(fields[key]).strip()
                for key in ("SampleName", "Injection", "Channel", "ChannelDescription")
                if fields.get(key)
            )
            reported = [_peak(_fields(peak)) for peak in results.get(_key(one), {}).get("peaks", ())]
            kept = [peak for peak in reported if peak is not None]
            traces.append(even_trace(path, name, times, signal, str(fields.get("DetUnits") or "a.u."), reported=kept))
    except UnreadableFile:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        found = f"JSON that is damaged or of another kind ({type(problem).__name__})"
        raise UnreadableFile(path, found, "a sample set of Empower", _DO) from None
    if not traces:
        raise UnreadableFile(path, "a sample set without chromatograms", "at least one channel", _DO)
    first = channels[0]["fields"]
    facts = {"sample_name": first.get("SampleName"), "detection_method_name": first.get("AcqMethodSet")}
    facts |= {"injection_date_time_stamp": first.get("DateAcquired"), "instrument": first.get("SystemName")}
    return Chromatogram(path, "empower", traces, {key: str(value) for key, value in facts.items() if value})


def _key(one: dict[str, Any]) -> tuple[Any, Any]:
    return _fields(one).get("InjectionId"), _fields(one).get("ChannelId")


def _fields(one: dict[str, Any]) -> dict[str, Any]:
    fields = one["fields"]
    if not isinstance(fields, dict):
        raise TypeError("fields that are no object")
    return fields


def _peak(fields: dict[str, Any]) -> ReportedPeak | None:
    """Return a peak; Empower's areas are in microvolt seconds or in millionths of its unit."""
    time, area = fields.get("RetentionTime"), fields.get("Area")
    if time is None or area is None:
        return None
    ends = [fields.get(key) for key in ("Height", "BaselineStart", "BaselineEnd")]
    height, start, end = (None if one is None else float(one) for one in ends)
    name, kind = str(fields.get("Name") or ""), str(fields.get("IntType") or "")
    return ReportedPeak(float(time), float(area) * 1e-6, height and height * 1e-6, start, end, name, kind)
