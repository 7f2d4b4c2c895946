"""A run in columns: every survey (MS1) peak of one polarity in arrays sorted by m/z, so that traces are slices."""

from collections.abc import Iterable
from dataclasses import dataclass

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


def columns_of(spectra: Iterable[Spectrum]) -> Columns:
    """Return the columns of spectra; those of one time (the frames of ion mobility) are one scan.

    A spectrum without a time takes its place in the file as its time; peaks of no intensity are left out.
    """
    some = list(spectra)
    times = np.array([i if one.retention_time_s is None else one.retention_time_s for i, one in enumerate(some)], "f8")
    time_s, scan_of = np.unique(times, return_inverse=True) if times.size else (times, np.empty(0, np.int64))
    sizes = [one.mz.size for one in some]
    if not sum(sizes):
        nothing = np.empty(0)
        return Columns(nothing, nothing, np.empty(0, np.int64), time_s)
    mz = np.concatenate([one.mz for one in some])
    intensity = np.concatenate([one.intensity for one in some])
    scan = np.repeat(scan_of.astype(np.int64), sizes)
    keep = intensity > 0
    mz, intensity, scan = mz[keep], intensity[keep], scan[keep]
    order = np.argsort(mz, kind="stable")
    return Columns(mz[order], intensity[order], scan[order], time_s)
