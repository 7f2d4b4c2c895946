"""A run as an analyst asks of it: ion currents, traces of one ion, features with their fragment spectra."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from liqi.arguments import explained
from liqi.methods.mass_spectrometry import _centroids
from liqi.methods.mass_spectrometry._columns import Columns, Trace, columns_of
from liqi.methods.mass_spectrometry._features import Feature, all_features
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Run as FileRun
from liqi.methods.readers import Spectrum, read


@dataclass(slots=True, repr=False)
class Run(FileRun):
    """A file's spectra, with what can be asked of all of them; the survey scans stay in memory once asked for."""

    _columns: dict[int, Columns] = field(init=False, default_factory=dict)

    @explained
    def tic(self, ms_level: int = 1) -> Trace:
        """Return the total ion current of the scans of one level."""
        return self._level(ms_level).tic()

    @explained
    def xic(self, mz: float, tolerance: str | float = "10 ppm", ms_level: int = 1) -> Trace:
        """Return the intensity over time of what lies within the tolerance of an m/z; a bare number is in ppm.

        Raises `BadParameter` for a tolerance that is none.
        """
        words = tolerance if isinstance(tolerance, str) else f"{tolerance} ppm"
        width = Tolerance.parse(words).at(mz)
        return self._level(ms_level).xic(mz - width, mz + width)

    def centroided(self) -> Iterator[Spectrum]:
        """Yield every spectrum, those of profile data turned into centroids."""
        return (_centroids.centroided(spectrum) for spectrum in self)

    def features(self) -> list[Feature]:
        """Return the run's features by retention time, with the merged fragment spectrum of those that have one."""
        return all_features(self)

    def _level(self, level: int) -> Columns:
        if level not in self._columns:
            self._columns[level] = columns_of(spectrum for spectrum in self if spectrum.ms_level == level)
        return self._columns[level]


def read_run(path: str | Path) -> Run:
    """Return the run of any spectrum file; a broken or unknown one raises `UnreadableFile` here or when read."""
    found = read(path)
    return Run(found.path, found.format, found.acquired, found.expected, found.open)
