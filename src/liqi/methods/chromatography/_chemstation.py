"""Agilent ChemStation binary files: one signal (.ch, .130, .179, .181, .81, .30) or a diode array (.uv, .131, .31).

The layout is not published; it is the one that open readers agree on (Aston; rainbow-api; chromConverter), and the
numbers were compared with ChemStation's own export of the same run.
"""

import re
import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._trace import Chromatogram, Floats, Trace, even_trace

_NM = re.compile(r"Sig=(\d{3})")
_ESCAPE = -0x8000
_MOST_BYTES = 1 << 30
_SIGNALS = ("130", "179", "181", "30", "81", "8")
_ARRAYS = ("131", "31")
_DO = "copy it again, or export it as AIA"


def read(path: Path) -> Chromatogram:
    """Return the traces of a ChemStation file; raise `UnreadableFile`."""
    try:
        content = path.read_bytes() if path.stat().st_size < _MOST_BYTES else b""
        version = content[1 : 1 + content[0]].decode("latin-1")
        facts, traces = (_array if version in _ARRAYS else _signal)(path, content, version)
    except OSError as problem:
        raise UnreadableFile(path, str(problem.strerror).lower(), "a file that can be read", "check rights") from None
    except (struct.error, IndexError, ValueError) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        raise UnreadableFile(path, "a file that ends in the middle", "a whole ChemStation file", _DO) from None
    return Chromatogram(path, "chemstation", traces, {key: value for key, value in facts.items() if value})


def _words(content: bytes, place: int, is_wide: bool) -> str:
    """Return a string that begins with its length."""
    length = content[place]
    if is_wide:
        return content[place + 1 : place + 1 + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
    return content[place + 1 : place + 1 + length].decode("latin-1").strip("\0 ")


def _signal(path: Path, content: bytes, version: str) -> tuple[dict[str, str], list[Trace]]:
    if version not in _SIGNALS:
        raise UnreadableFile(path, f"ChemStation file version {version[:4]!r}", f"one of {', '.join(_SIGNALS)}", _DO)
    wide = version in ("130", "179", "181")
    places = (858, 2391, 2574, 4172, 4213) if wide else (24, 178, 228, 580, 596)
    sample, date, method, unit, name = (_words(content, place, wide) for place in places)
    facts = {"sample_name": sample, "injection_date_time_stamp": date, "detection_method_name": method}
    form = ">ii" if version in ("130", "30", "179") else ">ff"
    first_ms, last_ms = struct.unpack_from(form, content, 0x11A)
    if version == "179" and not 0 <= last_ms < 1e9:
        first_ms, last_ms = struct.unpack_from(">ff", content, 0x11A)
    factor_at, offset_at = (0x127C, 0x1274) if wide else (0x284, 0x27C)
    (factor,), (offset,) = struct.unpack_from(">d", content, factor_at), struct.unpack_from(">d", content, offset_at)
    begin = 0x1800 if wide else (struct.unpack_from(">i", content, 0x108)[0] - 1) * 512
    if version == "179":
        values = np.frombuffer(content, "<f8", offset=begin)
    elif version in ("130", "30"):
        values = _deltas(path, content, begin)
    else:
        values = _double_deltas(content, begin)
    if not (np.isfinite(factor) and np.isfinite(offset)) or not last_ms > first_ms:
        raise ValueError("a damaged head")
    times = np.linspace(first_ms, last_ms, values.size) / 60_000
    nm = _NM.search(name)
    scaled = values * (factor or 1.0) + offset
    return facts, [even_trace(path, name or "signal", times, scaled, unit or "mAU", float(nm[1]) if nm else None)]


def _deltas(path: Path, content: bytes, begin: int) -> Floats:
    """Return values told as differences in blocks, a block's head 0x10 and its length; -32768 begins a whole number."""
    numbers: list[int] = []
    value, place = 0, begin
    while place + 2 <= len(content) and content[place] == 0x10:
        count = content[place + 1]
        place += 2
        for _ in range(count):
            (step,) = struct.unpack_from(">h", content, place)
            place += 2
            if step == _ESCAPE:
                (value,) = struct.unpack_from(">i", content, place)
                place += 4
            else:
                value += step
            numbers.append(value)
    if place >= len(content):
        raise UnreadableFile(path, f"{len(numbers):,} points and no end mark", "a whole ChemStation file", _DO)
    return np.array(numbers, np.float64)


def _double_deltas(content: bytes, begin: int) -> Floats:
    """Return values told as differences of differences; 0x7FFF begins a whole number of six bytes."""
    numbers: list[int] = []
    value = slope = 0
    place = begin
    while place + 2 <= len(content):
        (step,) = struct.unpack_from(">h", content, place)
        place += 2
        if step == 0x7FFF:
            high, low = struct.unpack_from(">hI", content, place)
            place += 6
            value, slope = high * 2**32 + low, 0
        else:
            slope += step
            value += slope
        numbers.append(value)
    return np.array(numbers, np.float64)


def _array(path: Path, content: bytes, version: str) -> tuple[dict[str, str], list[Trace]]:
    """Return one trace a wavelength; every spectrum has a head of 22 bytes, then differences along the wavelengths."""
    wide = version == "131"
    (number,) = struct.unpack_from(">I", content, 0x116)
    (factor,) = struct.unpack_from(">d", content, 0xC0D if wide else 318)
    places = (858, 2391, 2574, 3093) if wide else (24, 178, 228, 326)
    sample, date, method, unit = (_words(content, place, wide) for place in places)
    place = 0x1000 if wide else (struct.unpack_from(">i", content, 0x108)[0] - 1) * 512
    times, rows = [], []
    span: tuple[int, int, int] | None = None
    for _ in range(number):
        _label, length, time_ms, low, high, step = struct.unpack_from("<HHIHHH", content, place)
        if span is None and step:
            span = (low, high, step)
        if (low, high, step) != span or length < 22:
            raise ValueError("a damaged spectrum")
        rows.append(_spectrum(content, place + 22, (high - low) // step + 1))
        times.append(time_ms / 60_000)
        place += length
    if span is None:
        raise ValueError("no spectra")
    values = np.array(rows, np.float64) * factor
    wavelengths = np.arange(span[0], span[1] + 1, span[2]) / 20
    traces = [
        even_trace(path, f"{nm:g} nm", times, values[:, i], unit or "mAU", float(nm))
        for i, nm in enumerate(wavelengths.tolist())
    ]
    return {"sample_name": sample, "injection_date_time_stamp": date, "detection_method_name": method}, traces


def _spectrum(content: bytes, place: int, count: int) -> list[int]:
    numbers = []
    value = 0
    for _ in range(count):
        (step,) = struct.unpack_from("<h", content, place)
        place += 2
        if step == _ESCAPE:
            (value,) = struct.unpack_from("<i", content, place)
            place += 4
        else:
            value += step
        numbers.append(value)
    return numbers
