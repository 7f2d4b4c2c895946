"""Every peak of a run in one file that is mapped, not read: any part of it is at hand, however large the run is.

Layout, little-endian: the m/z of all scans as float64, their intensities as float32, one `SCAN` a scan, the scans'
names in UTF-8, then a JSON foot with where each begins, its length (uint32) and `MAGIC`.
"""

import json
import shutil
import struct
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

MAGIC = b"LIQIPKS1"
SCAN = np.dtype([("start", "<i8"), ("count", "<i4"), ("name", "<i4"), ("time_s", "<f8"), ("level", "<i2")])
ACROSS, UP = 800, 500
"""Cells of a window, along time and along m/z, of which the strongest peak stands where there are too many."""
MOST_PEAKS = 1 << 31
_GATHERED = 1 << 20
Span = tuple[float, float]
_FOOT = struct.Struct("<I8s")


@dataclass(frozen=True, slots=True)
class Window:
    """The peaks of a part of a run by time; `whole` is how many there are, more than told where they were thinned."""

    time_s: Floats
    mz: Floats
    intensity: Floats
    whole: int


def write(spectra: Iterable[Spectrum], path: Path) -> None:
    """Write the peaks of all spectra with an m/z; one spectrum at a time is in memory. Raises UnreadableFile."""
    scans: list[tuple[int, int, int, float, int]] = []
    names: list[bytes] = []
    start = 0
    with tempfile.TemporaryFile(dir=path.parent) as heights, path.open("wb") as out:
        for place, one in enumerate(spectra):
            there = one.intensity > 0
            mz, height = one.mz[there], one.intensity[there]
            out.write(mz.astype("<f8").tobytes())
            heights.write(height.astype("<f4").tobytes())
            names.append((one.id or f"index={place}").encode())
            time = float("nan") if one.retention_time_s is None else one.retention_time_s
            scans.append((start, mz.size, len(names[-1]), time, one.ms_level))
            start += mz.size
            if start > MOST_PEAKS:
                raise UnreadableFile(path, "more peaks", f"at most {MOST_PEAKS:,}", "split the run")
        heights.seek(0)
        shutil.copyfileobj(heights, out, 1 << 20)
        _foot(out, scans, b"".join(names), start)


def _foot(out: BinaryIO, scans: list[tuple[int, int, int, float, int]], names: bytes, peaks: int) -> None:
    out.write(np.array(scans, dtype=SCAN).tobytes())
    out.write(names)
    foot = json.dumps({"peaks": peaks, "scans": len(scans), "names": len(names)}).encode()
    out.write(foot + _FOOT.pack(len(foot), MAGIC))


class PeakFile:
    """The peaks of a run, mapped from the file that `write` made."""

    def __init__(self, path: Path) -> None:
        foot = _foot_of(path)
        peaks, scans = int(foot["peaks"]), int(foot["scans"])
        mapped = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, np.uint8)
        self._mz: Floats = mapped[: 8 * peaks].view("<f8")
        self._intensity: NDArray[np.float32] = mapped[8 * peaks : 12 * peaks].view("<f4")
        after = 12 * peaks + scans * SCAN.itemsize
        self.scans: NDArray[Any] = np.frombuffer(mapped[12 * peaks : after].tobytes(), dtype=SCAN)
        self._names = mapped[after : after + int(foot["names"])]

    def names(self) -> list[str]:
        """Return what the file calls each scan."""
        ends = np.cumsum(self.scans["name"])
        whole = self._names.tobytes()
        return [whole[end - size : end].decode() for end, size in zip(ends, self.scans["name"], strict=True)]

    def scan(self, place: int) -> tuple[Floats, Floats]:
        """Return m/z and intensity of one scan, every peak of it."""
        one = self.scans[place]
        part = slice(int(one["start"]), int(one["start"]) + int(one["count"]))
        return np.array(self._mz[part]), np.array(self._intensity[part], dtype=np.float64)

    def window(self, time_s: Span, mz: Span, most: int) -> Window:
        """Return the survey peaks between two times and two m/z: all of them, or the strongest of each small cell."""
        rows = self.scans
        inside = (rows["level"] == 1) & (rows["time_s"] >= time_s[0]) & (rows["time_s"] <= time_s[1])
        times, places, whole = [np.empty(0)], [np.empty(0, np.int64)], 0
        kept = 0
        time_s, mz = self._held(rows[inside & (rows["count"] > 0)], time_s, mz)
        for one in rows[inside]:
            start, count = int(one["start"]), int(one["count"])
            part = self._mz[start : start + count]
            low, high = np.searchsorted(part, [mz[0], np.nextafter(mz[1], np.inf)])
            high = max(low, high)  # a window beside the peaks, or turned round, holds none
            places.append(np.arange(start + low, start + high))
            times.append(np.full(high - low, one["time_s"]))
            whole, kept = whole + int(high - low), kept + int(high - low)
            if kept > _GATHERED:
                joined = self._thinned(np.concatenate(times), np.concatenate(places), time_s, mz)
                times, places, kept = [joined[0]], [joined[1]], joined[0].size
        time, place = np.concatenate(times), np.concatenate(places)
        if whole > most:
            time, place = self._thinned(time, place, time_s, mz)
            best = np.sort(np.argsort(self._intensity[place])[-most:])
            time, place = time[best], place[best]
        return Window(time, np.array(self._mz[place]), np.array(self._intensity[place], dtype=np.float64), whole)

    def _held(self, rows: NDArray[Any], time_s: Span, mz: Span) -> tuple[Span, Span]:
        """Return the part of a window that holds peaks at all, so that none of its cells are wasted."""
        if not rows.size:
            return time_s, mz
        first = float(self._mz[rows["start"]].min())
        last = float(self._mz[rows["start"] + rows["count"] - 1].max())
        times = float(rows["time_s"].min()), float(rows["time_s"].max())
        return (max(time_s[0], times[0]), min(time_s[1], times[1])), (max(mz[0], first), min(mz[1], last))

    def _thinned(
        self, time: Floats, place: NDArray[np.int64], time_s: Span, mz: Span
    ) -> tuple[Floats, NDArray[np.int64]]:
        across = _cells(time, time_s, ACROSS)
        up = _cells(np.asarray(self._mz[place]), mz, UP)
        strongest = np.full(ACROSS * UP, -1)
        rising = np.argsort(self._intensity[place], kind="stable")
        strongest[(across * UP + up)[rising]] = rising  # of each cell the last one stays
        kept = np.sort(strongest[strongest >= 0])
        return time[kept], place[kept]


def _cells(value: Floats, span: Span, number: int) -> NDArray[np.int64]:
    wide = max(span[1] - span[0], 1e-12)
    return np.clip((value - span[0]) * (number / wide), 0, number - 1).astype(np.int64)


def _foot_of(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(size - _FOOT.size)
            length, magic = _FOOT.unpack(stream.read(_FOOT.size))
            if magic != MAGIC:
                raise ValueError("another format")
            stream.seek(size - _FOOT.size - length)
            foot: dict[str, Any] = json.loads(stream.read(length))
            if size != 12 * foot["peaks"] + SCAN.itemsize * foot["scans"] + foot["names"] + length + _FOOT.size:
                raise ValueError("another length")
            return foot
    except (OSError, ValueError, KeyError, TypeError, struct.error) as problem:
        raise UnreadableFile(path, f"no peak file ({problem})", "one that Liqi wrote", "remove it") from None
