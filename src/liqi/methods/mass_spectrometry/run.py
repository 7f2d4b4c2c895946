"""A run as an analyst asks of it: ion currents, traces of one ion, features with their fragment spectra."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from liqi.arguments import explained
from liqi.methods._errors import BadParameter
from liqi.methods.mass_spectrometry import _centroids
from liqi.methods.mass_spectrometry._columns import Columns, Trace, columns_of
from liqi.methods.mass_spectrometry._features import Feature, all_features
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Run as FileRun
from liqi.methods.readers import Spectrum, read


@dataclass(slots=True, repr=False)
class Run(FileRun):
    """A file's spectra, with what can be asked of all of them; the survey scans stay in memory once asked for."""

    _columns: dict[tuple[int, str | None], Columns] = field(init=False, default_factory=dict)

    @explained
    def tic(self, ms_level: int = 1, polarity: str | None = None) -> Trace:
        """Return the total ion current of the scans of one level, those of one polarity where it is given.

        Raises `BadParameter` for a polarity that is neither positive nor negative.
        """
        return self._scans(ms_level, polarity).tic()

    @explained
    def xic(
        self, mz: float, tolerance: str | float = "10 ppm", ms_level: int = 1, polarity: str | None = None
    ) -> Trace:
        """Return the intensity over time of what lies within the tolerance of an m/z; a bare number is in ppm.

        A run that switches its polarity falls to zero at every scan of the other one unless the polarity is given.
        Raises `BadParameter` for a tolerance or a polarity that is none.
        """
        words = tolerance if isinstance(tolerance, str) else f"{tolerance} ppm"
        width = Tolerance.parse(words).at(mz)
        return self._scans(ms_level, polarity).xic(mz - width, mz + width)

    def centroided(self) -> Iterator[Spectrum]:
        """Yield every spectrum, those of profile data turned into centroids."""
        return (_centroids.centroided(spectrum) for spectrum in self)

    def features(self) -> list[Feature]:
        """Return the run's features by retention time, with the merged fragment spectrum of those that have one."""
        return all_features(self)

    def _scans(self, level: int, polarity: str | None) -> Columns:
        if polarity not in (None, "positive", "negative"):
            raise BadParameter("polarity", polarity, "positive or negative")
        key = level, polarity
        if key not in self._columns:
            self._columns[key] = columns_of(
                one for one in self if one.ms_level == level and (polarity is None or one.polarity == polarity)
            )
        return self._columns[key]


def read_run(path: str | Path) -> Run:
    """Return the run of any spectrum file; a broken or unknown one raises `UnreadableFile` here or when read."""
    found = read(path)
    return Run(found.path, found.format, found.acquired, found.expected, found.open)
