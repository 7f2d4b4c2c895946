"""A run in columns: every survey (MS1) peak of one polarity in flat arrays, by scan or by m/z."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trace:
    """Intensity over time: one value a scan, times in seconds, ascending."""

    time_s: Floats
    intensity: Floats

    @property
    def apex_s(self) -> float | None:
        """The time of the highest intensity, None where there is no scan."""
        return float(self.time_s[np.argmax(self.intensity)]) if self.time_s.size else None


@dataclass(frozen=True, slots=True)
class Columns:
    """The peaks of all scans: `mz` ascending, beside it `intensity` and `scan`, an index into `time_s`."""

    mz: Floats
    intensity: Floats
    scan: Ints
    time_s: Floats

    def tic(self) -> Trace:
        """Return the total ion current."""
        return Trace(self.time_s, self._summed(slice(None)))

    def xic(self, low: float, high: float) -> Trace:
        """Return the summed intensity between two m/z, both included."""
        part = slice(*np.searchsorted(self.mz, [low, np.nextafter(high, np.inf)]))
        return Trace(self.time_s, self._summed(part))

    def _summed(self, part: slice) -> Floats:
        return np.bincount(self.scan[part], self.intensity[part], self.time_s.size).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Points:
    """The peaks of all scans in order of time, `mz` ascending within each `scan`, an index into `time_s`."""

    mz: Floats
    intensity: Floats
    scan: Ints
    time_s: Floats


@dataclass(slots=True)
class Gathering:
    """Scans taken in one after the other, of which only the numbers are kept."""

    _mz: "array[float]" = field(default_factory=lambda: array("d"))
    _intensity: "array[float]" = field(default_factory=lambda: array("d"))
    _sizes: list[int] = field(default_factory=list)
    _times: list[float] = field(default_factory=list)

    def add(self, spectrum: Spectrum) -> None:
        """Take in a scan: without a time, its place is its time; peaks of no intensity are left out."""
        there = spectrum.intensity > 0
        self._mz.frombytes(spectrum.mz[there].astype(np.float64).tobytes())
        self._intensity.frombytes(spectrum.intensity[there].astype(np.float64).tobytes())
        time = spectrum.retention_time_s
        self._times.append(float(len(self._sizes)) if time is None else time)
        self._sizes.append(int(there.sum()))

    @property
    def scans(self) -> int:
        """How many scans were taken in, the frames of one time counted apart."""
        return len(self._sizes)

    def points(self) -> Points:
        """Return the peaks by time; those of one time (the frames of ion mobility) are one scan."""
        time_s, number = np.unique(np.array(self._times), return_inverse=True)
        scan = np.repeat(number.astype(np.int64), self._sizes)
        mz, intensity = np.frombuffer(self._mz), np.frombuffer(self._intensity)
        if time_s.size < self.scans or (np.diff(number) < 0).any():
            order = np.lexsort((mz, scan))
            mz, intensity, scan = mz[order], intensity[order], scan[order]
        return Points(mz, intensity, scan, time_s)


def points_of(spectra: Iterable[Spectrum]) -> Points:
    """Return the peaks of spectra by time."""
    gathered = Gathering()
    for one in spectra:
        gathered.add(one)
    return gathered.points()


def columns_of(spectra: Iterable[Spectrum]) -> Columns:
    """Return the peaks of spectra by m/z."""
    points = points_of(spectra)
    order = np.argsort(points.mz, kind="stable")
    return Columns(points.mz[order], points.intensity[order], points.scan[order], points.time_s)
