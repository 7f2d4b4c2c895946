"""Thermo Isodat files (.did, .dxf): what the instrument measured, and the table that its program made of it.

The files are objects of Microsoft's class library written one behind the other: a text is FF FE FF, its length and
UTF-16; numbers stand at fixed places behind the texts that name them. Only those places are read.
"""

import math
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile

Floats = NDArray[np.float64]
_TEXT = re.compile(rb"\xff\xfe\xff([\x00-\xfe])", re.DOTALL)
_CYCLE = re.compile(r"(Standard|Sample) (Pre|\d+)")
_RATIO = re.compile(r"(\d+)([A-Z][A-Za-z0-9]*)/(\d+)\2")
_EXPECTED = "an Isodat file with a measurement (.did or .dxf)"
_AGAIN = "copy the file again, or export its table as CSV"
_MOST = 1 << 28
_NEAR = 400
_CORRECTED = ("Pre Calculated", "Drift Corrected", "Ratio Outlier")
_FACTS = ("Identifier 1", "Identifier 2", "Analysis", "Comment", "Preparation", "Method", "Line", "Row")


@dataclass(frozen=True, slots=True)
class Item:
    """A value of the program's table: its title, unit and the standard it is against."""

    place: int
    title: str
    unit: str
    standard: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Cycle:
    """One measurement of the standard or the sample in a dual inlet: millivolts by cup, number -1 of the first."""

    is_standard: bool
    number: int
    signals_mv: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A peak on one mass as the program bounded it: seconds, millivolts of the ground at its ends, area in mV s."""

    place: int
    mass: int
    start_s: float
    ground_start: float
    top_s: float
    top_mv: float
    end_s: float
    ground_end: float


@dataclass(frozen=True, slots=True)
class Trace:
    """A gas recorded over time: seconds `(n,)` and millivolts `(n, cups)`."""

    gas: str
    time_s: Floats
    signals_mv: Floats


@dataclass(frozen=True, slots=True)
class Isodat:
    """What a file holds; a dual inlet has cycles, a continuous flow has traces and peaks."""

    path: Path
    facts: Mapping[str, str]
    masses: Sequence[int]
    cycles: Sequence[Cycle]
    per_cycle: Mapping[str, Floats]
    """Values of the program by cycle, by title such as ``d 45CO2/44CO2``."""
    traces: Sequence[Trace]
    items: Sequence[Item]
    bounds: Sequence[Bounds]


def read_isodat(path: str | Path) -> Isodat:
    """Return what an Isodat file holds; one without cycles and without peaks raises `UnreadableFile`."""
    path = Path(path)
    with path.open("rb") as stream:
        raw = stream.read(_MOST)
    texts = [*_texts(raw)]
    cycles = [*_cycles(raw, texts)]
    items = [*_items(raw, texts)]
    traces = [*_traces(raw, texts)]
    if not cycles and not (traces and items):
        raise UnreadableFile(path, "an Isodat file without cycles or peaks", _EXPECTED, _AGAIN)
    named = [int(words.split()[1]) for _, _, words in texts if re.fullmatch(r"Mass \d{1,3}", words)]
    pairs = [(int(found[1]), int(found[3])) for _, _, words in texts if (found := _RATIO.fullmatch(words))]
    masses = list(dict.fromkeys(named)) or sorted({mass for pair in pairs for mass in pair})
    bounds = [*_bounds(raw, traces, {int(m[1]) for _, _, w in texts if (m := re.fullmatch(r"Intensity (\d+)", w))})]
    return Isodat(path, _facts(texts), masses, cycles, dict(_per_cycle(raw, texts)), traces, items, bounds)


def _texts(raw: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where each text begins, where it ends, and its words."""
    for found in _TEXT.finditer(raw):
        end = found.end() + 2 * found[1][0]
        if end <= len(raw):
            yield found.start(), end, raw[found.end() : end].decode("utf-16-le", "replace")


def _facts(texts: Sequence[tuple[int, int, str]]) -> dict[str, str]:
    """Return the line of the sequence: in the file each value stands before its name."""
    found: dict[str, str] = {}
    for (_, _, value), (_, _, name) in pairwise(texts):
        if name in _FACTS and value not in _FACTS and value.strip():
            found.setdefault(name, value)
    return found


def _cycles(raw: bytes, texts: Sequence[tuple[int, int, str]]) -> Iterator[Cycle]:
    """Yield each cycle: behind its name stand the number of cups twice, then their millivolts."""
    seen = set()
    for _, end, words in texts:
        if words in _CORRECTED:
            return
        named = _CYCLE.fullmatch(words)
        key = (named[1], named[2]) if named else None
        if named is None or key in seen:
            continue
        for at in range(end, min(end + _NEAR, len(raw) - 24)):
            cups, again = struct.unpack_from("<ii", raw, at)
            if cups != again or not 2 <= cups <= 16 or at + 8 + 8 * cups > len(raw):
                continue
            values = struct.unpack_from(f"<{cups}d", raw, at + 8)
            if all(math.isfinite(one) and abs(one) < 1e6 and (one == 0 or abs(one) > 1e-9) for one in values):
                seen.add(key)
                yield Cycle(named[1] == "Standard", -1 if named[2] == "Pre" else int(named[2]), values)
                break


def _per_cycle(raw: bytes, texts: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, Floats]]:
    """Yield the program's values by cycle: behind a title their number and then pairs of cycle and value."""
    done = set()
    for _, end, words in texts:
        title = words.strip()
        if not re.match(r"(d|AT%) \d", title) or title in done:
            continue
        longest: Floats = np.zeros(0)
        for at in range(end, min(end + _NEAR, len(raw) - 24)):
            count = struct.unpack_from("<i", raw, at)[0]
            if not longest.size < count <= 1000 or at + 4 + 16 * count > len(raw):
                continue
            table = np.frombuffer(raw, "<f8", 2 * count, at + 4).reshape(-1, 2)
            if (table[:, 0] == np.arange(count)).all() and np.isfinite(table[:, 1]).all():
                longest = table[:, 1].copy()
        if longest.size:
            done.add(title)
            yield title, longest


def _items(raw: bytes, texts: Sequence[tuple[int, int, str]]) -> Iterator[Item]:
    """Yield the program's values: behind name, title, print format, two texts, unit and standard stands the value."""
    for i in range(len(texts) - 6):
        (place, _, _), (_, _, title), (_, _, printed), *_, (_, _, unit), (_, end, standard) = texts[i : i + 7]
        if not re.fullmatch(r"%[\d.]*[fuds]", printed) or texts[i][2].startswith("%") or end + 24 > len(raw):
            continue
        kind, size = struct.unpack_from("<ii", raw, end + 16)
        if kind != 2 or not 0 < size <= 400 or end + 24 + size > len(raw):
            continue
        body = raw[end + 24 : end + 24 + size]
        value: float | str
        if printed.endswith("s"):
            value = body.decode("utf-16-le", "replace").rstrip("\0")
        elif size in (4, 8):
            value = float(struct.unpack("<i" if size == 4 else "<d", body)[0])
        else:
            continue
        yield Item(place, title, unit.strip(" []"), standard.strip(), value)


def _traces(raw: bytes, texts: Sequence[tuple[int, int, str]]) -> Iterator[Trace]:
    """Yield the gases over time: behind `CRawData` and the gas, records of a float of time and a double a cup."""
    start = raw.find(b"CEvalGCData")
    block = next((at for at, _, words in texts if words == "RawDataBlock"), -1)
    if start < 0 or block < 0:
        return
    for at, end, words in texts:
        if at < block or not re.fullmatch(r"[A-Z][A-Za-z0-9]{0,5}\+?", words):
            continue
        for place in range(end, min(end + 60, len(raw) - 12)):
            one, size = struct.unpack_from("<ii", raw, place)
            width = next((n for n in (28, 36, 20, 44, 52) if size > 20 * n and size % n == 0), 0)
            if one != 1 or not width or place + 8 + size > len(raw):
                continue
            found = np.frombuffer(raw, np.dtype([("t", "<f4"), ("v", "<f8", (width // 8,))]), size // width, place + 8)
            time, values = found["t"].astype(np.float64), found["v"].astype(np.float64)
            if (np.diff(time) > 0).all() and np.isfinite(values).all() and np.abs(values).max() < 1e7:
                yield Trace(words, time, values)
                break


def _bounds(raw: bytes, traces: Sequence[Trace], masses: set[int]) -> Iterator[Bounds]:
    """Yield the peaks as bounded: mass, two numbers, scan, seconds and millivolts of start, top and end."""
    if not traces or not masses:
        return
    last = max(float(one.time_s[-1]) for one in traces)
    layout = struct.Struct("<iiiiddiddidd")
    pattern = re.compile(b"|".join(re.escape(struct.pack("<i", mass)) for mass in sorted(masses)))
    begin = max(raw.find(b"CGCPeak", raw.find(b"CGCPeakList") + 12), 0)
    for found in pattern.finditer(raw, begin):
        if found.start() + layout.size > len(raw):
            return
        mass, _, _, first, t1, y1, top, t2, y2, end, t3, y3 = layout.unpack_from(raw, found.start())
        times = (t1, t2, t3)
        if 0 <= first < top < end < 10_000_000 and 0 < t1 < t2 < t3 <= last + 1 and all(map(math.isfinite, times)):
            yield Bounds(found.start(), mass, t1, y1, t2, y2, t3, y3)
