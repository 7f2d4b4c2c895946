"""A mass spectrum and a file of them, whatever the format was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import Damage

Array = NDArray[np.float64]


@dataclass(slots=True)
class Spectrum:
    """One spectrum: m/z ascending, intensities as recorded, and what the file says of how it was made.

    `ion_mobility` is that of the whole spectrum, `mobility` one value a peak where the file merged a mobility
    frame into one spectrum, `combined` how many scans the file merged, `position` the pixel of an image, `picked`
    whether the file held profile data and the peaks were picked here.
    """

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
    precursor_intensity: float | None = None
    id: str = ""
    ion_mobility: float | None = None
    mobility: Array | None = None
    combined: int = 1
    position: tuple[int, ...] | None = None
    picked: bool = False

    def __repr__(self) -> str:
        """Return level, precursor, time and how many peaks; the peaks are in `mz` and `intensity`."""
        precursor = f" m/z {self.precursor_mz:.4f}" if self.precursor_mz else ""
        time = f" at {self.retention_time_s:.1f} s" if self.retention_time_s is not None else ""
        return f"<Spectrum MS{self.ms_level}{precursor}{time}: {self.mz.size} peaks>"

    @property
    def retention_time(self) -> float | None:
        """The retention time in seconds, as `retention_time_s`."""
        return self.retention_time_s

    @property
    def is_centroid(self) -> bool | None:
        """Whether the peaks are centroids; None where the file does not say."""
        return self.centroid


@dataclass(slots=True)
class Run:
    """A file's spectra in the order of the file; each iteration reads the file anew.

    `acquired` is true for an instrument's run (mzML, mzXML ...) and false for a list of spectra (MGF, MSP ...).
    `expected` is the number of spectra that the file announces, 0 where it does not say.
    """

    path: Path
    format: str
    acquired: bool
    expected: int
    open: Callable[[Damage], Iterator[Spectrum]]
    _problems: list[str] | None = field(init=False, default=None)
    _missing: int = field(init=False, default=0)

    def __repr__(self) -> str:
        """Return name, format and how many spectra the file announces; it is not read for that."""
        told = f"{self.expected:,} spectra announced" if self.expected else "number of spectra not announced"
        return f"<{type(self).__name__} {self.path.name}: {self.format}, {told}>"

    def __iter__(self) -> Iterator[Spectrum]:
        """Yield what can be read; raise `UnreadableFile` where the file is damaged and nothing can."""
        damage = Damage(self.path)
        count = 0
        try:
            for spectrum in self.open(damage):
                count += 1
                yield spectrum
        except UnreadableFile as problem:
            if not count:
                raise
            damage.stop(problem.found)
        if damage and not count:
            raise damage.as_error(count, self.expected)
        self._missing = max(damage.left_out, self.expected - count, len(damage.stopped))
        self._problems = [damage.as_error(count, self.expected).sentence] if damage else []

    @property
    def problems(self) -> list[str]:
        """One sentence about what could not be read, none where all was; reads the file if nobody has yet."""
        if self._problems is None:
            for _ in self:
                pass
        return list(self._problems or [])

    @property
    def missing(self) -> int:
        """How many spectra could not be read, at least: 1 where a file ends in the middle and announced no number."""
        return self._missing if self.problems else 0

    def whole(self) -> Iterator[Spectrum]:
        """Yield every spectrum, and raise `UnreadableFile` for the first thing that cannot be read."""
        damage = Damage(self.path, strict=True)
        yield from self.open(damage)
        if damage:
            raise damage.as_error(0, self.expected)


_all = np.logical_and.reduce  # half the time of `.all()`, which many a small array is asked


def in_order(mz: Any, intensity: Any, damage: Damage | None = None) -> tuple[Array, Array]:
    """Return both arrays as float64 with m/z ascending and only finite, positive m/z kept.

    >>> in_order([2.0, 1.0], [5.0, 6.0])[1].tolist()
    [6.0, 5.0]
    """
    mz, intensity = _wide(mz), _wide(intensity)
    if not mz.size:
        return mz, intensity
    ascending = mz[0] > 0 and mz[-1] < np.inf and _all(mz[1:] >= mz[:-1])
    if ascending and _all(np.isfinite(intensity)):
        return mz, intensity
    good = np.isfinite(mz) & np.isfinite(intensity) & (mz > 0)
    if damage is not None:
        damage.drop_peaks(int(mz.size - good.sum()))
    mz, intensity = mz[good], intensity[good]
    order = np.argsort(mz, kind="stable")
    return mz[order], intensity[order]


def _wide(numbers: Any) -> Array:
    if isinstance(numbers, np.ndarray) and numbers.dtype == np.float64:
        return numbers
    with np.errstate(invalid="ignore"):  # a NaN of 32 bits may be a signalling one
        return np.asarray(numbers, dtype=np.float64)
