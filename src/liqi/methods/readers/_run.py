"""A mass spectrum and a file of them, whatever the format was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(slots=True)
class Spectrum:
    """One spectrum: m/z ascending, intensities as recorded, and what the file says of how it was made."""

    mz: Array
    intensity: Array
    ms_level: int = 2
    retention_time_s: float | None = None
    precursor_mz: float | None = None
    charge: int | None = None
    polarity: str | None = None
    collision_energy: str | None = None
    isolation_window: tuple[float, float] | None = None
    centroid: bool | None = None
    name: str = ""
    facts: dict[str, str] | None = None


@dataclass(slots=True)
class Run:
    """A file's spectra in the order of the file; each iteration reads the file anew.

    `acquired` is true for an instrument's run (mzML, mzXML) and false for a list of spectra (MGF, MSP ...).
    `expected` is the number of spectra that the file announces, 0 where it does not say.
    """

    path: Path
    format: str
    acquired: bool
    expected: int
    open: Callable[[], Iterator[Spectrum]]

    def __iter__(self) -> Iterator[Spectrum]:
        return self.open()


def in_order(mz: Any, intensity: Any) -> tuple[Array, Array]:
    """Return both arrays as float64 with m/z ascending and only finite, positive m/z kept.

    >>> in_order([2.0, 1.0], [5.0, 6.0])[1].tolist()
    [6.0, 5.0]
    """
    mz = np.asarray(mz, dtype=np.float64)
    intensity = np.asarray(intensity, dtype=np.float64)
    if mz.size and not (np.isfinite(mz).all() and np.isfinite(intensity).all() and mz.min() > 0):
        good = np.isfinite(mz) & np.isfinite(intensity) & (mz > 0)
        mz, intensity = mz[good], intensity[good]
    if mz.size > 1 and (mz[1:] < mz[:-1]).any():
        order = np.argsort(mz, kind="stable")
        mz, intensity = mz[order], intensity[order]
    return mz, intensity
