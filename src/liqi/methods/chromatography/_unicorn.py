"""Cytiva UNICORN results (.zip): one curve a detector, its numbers in a ZIP file within the ZIP file."""

import io
import zipfile
from pathlib import Path

import numpy as np
from lxml import etree

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._trace import Chromatogram, Floats, Trace, even_trace
from liqi.methods.readers._members import TROUBLE, member

_DO = "export the result from UNICORN again"
_PER_MINUTE = {"min": 1.0, "s": 1 / 60, "sec": 1 / 60, "h": 60.0}
_SERIALISED = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff"
_HEAD, _TAIL = 47, 48


def read(path: Path) -> Chromatogram:
    """Return the curves of the chromatogram in a UNICORN result; raise `UnreadableFile`."""
    try:
        with zipfile.ZipFile(path) as whole:
            name = next(one for one in whole.namelist() if one.startswith("Chrom.") and one.lower().endswith(".xml"))
            root = _xml(member(whole, name))
            traces = [one for curve in root.iter("Curve") if (one := _trace(path, whole, curve)) is not None]
            facts = _facts(whole)
    except UnreadableFile:
        raise
    except StopIteration:
        raise UnreadableFile(path, "a ZIP file without Chrom.1.Xml", "a UNICORN result", _DO) from None
    except (*TROUBLE, etree.XMLSyntaxError) as problem:
        found = f"a damaged UNICORN result ({type(problem).__name__})"
        raise UnreadableFile(path, found, "a whole one", _DO) from None
    if not traces:
        raise UnreadableFile(path, "a result without curves over time", "at least one", _DO)
    return Chromatogram(path, "unicorn", traces, facts)


def _xml(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _facts(whole: zipfile.ZipFile) -> dict[str, str]:
    if "Result.xml" not in whole.namelist():
        return {}
    root = _xml(member(whole, "Result.xml"))
    places = {"sample_name": "SampleId", "injection_date_time_stamp": "InjectionTime", "instrument": "SystemName"}
    found = {key: root.findtext(f".//{name}") for key, name in places.items()}
    return {key: value for key, value in found.items() if value}


def _trace(path: Path, whole: zipfile.ZipFile, curve: etree._Element) -> Trace | None:
    file = curve.findtext(".//BinaryCurvePointsFileName")
    if not file or curve.findtext("IsoChroneType") not in (None, "Time"):
        return None
    with zipfile.ZipFile(io.BytesIO(member(whole, file))) as inner:
        values = _numbers(member(inner, "CoordinateData.Amplitudes"))
    factor = _PER_MINUTE.get((curve.findtext("TimeUnit") or "min").strip(), 1.0)
    start = float(curve.findtext("DistanceToStartPoint") or 0)
    step = float(curve.findtext("DistanceBetweenPoints") or "nan")
    times = (start + step * np.arange(values.size)) * factor
    return even_trace(path, curve.findtext("Name") or file, times, values, curve.findtext("AmplitudeUnit") or "1")


def _numbers(content: bytes) -> Floats:
    """Return the float32 numbers, whether bare or within .NET's serialised array."""
    if content.startswith(_SERIALISED):
        content = content[_HEAD : len(content) - _TAIL]
    return np.frombuffer(content[: len(content) // 4 * 4], "<f4").astype(np.float64)
