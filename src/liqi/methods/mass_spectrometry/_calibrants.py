"""How far a spectrum's masses are off, told by peaks whose formula is known: parts of a substance that is in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._formula import ELECTRON, monoisotopic_mass
from liqi.methods.readers import Spectrum

LEAST_CALIBRANTS = 3
MOST_PARTS = 300_000
_STRONG = 0.03
_STRONG_IN_POWDER = 0.01
_SAME_PART_DA = 0.003
_TO_SIGMA = 1.4826
_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")


@dataclass(frozen=True, slots=True)
class Offset:
    """Measured less true m/z in Da: the median over the calibrants, its standard uncertainty, how they spread.

    No calibrants means that it was taken from the sample's other spectra.
    """

    da: float
    uncertainty_da: float
    spread_da: float
    calibrants: int


def offset_of(errors: Floats) -> Offset | None:
    """Return the offset that errors in Da tell: their median, and how they spread without outliers; None from too few.

    >>> offset_of(np.array([0.002, 0.003, 0.0025, 0.05])).da
    0.00275
    """
    if errors.size < LEAST_CALIBRANTS:
        return None
    middle = float(np.median(errors))
    away = np.abs(errors - middle)
    robust = _TO_SIGMA * float(np.median(away))
    spread = float(np.sqrt(np.mean(away[away <= max(3 * robust, _SAME_PART_DA / 2)] ** 2)))
    uncertainty = max(1.2533 * spread / errors.size**0.5, 1e-5)
    return Offset(round(middle, 6), uncertainty, spread, int(errors.size))


def filled(offsets: Mapping[int, Offset | None]) -> dict[int, Offset | None]:
    """Return the offsets with the median of the others where too few calibrants told one; None where none is known."""
    known = [one for one in offsets.values() if one is not None]
    if not known:
        return dict(offsets)
    values = np.array([one.da for one in known])
    spread = max(max(one.spread_da for one in known), float(np.ptp(values)))
    usual = Offset(round(float(np.median(values)), 6), max(spread, 1e-5), spread, 0)
    return {name: one or usual for name, one in offsets.items()}


def shifted(spectrum: Spectrum, by_da: float) -> Spectrum:
    """Return the spectrum with its masses moved."""
    return replace(spectrum, mz=spectrum.mz + by_da) if by_da else spectrum


@lru_cache(maxsize=4096)
def parts_mz(formula: str) -> Floats:
    """Return the m/z of every positive ion that a protonated molecule of this formula can fall into, ascending."""
    counts = {"H": 1}
    for element, count in _ELEMENT.findall(formula):
        counts[element] = counts.get(element, 0) + int(count or 1)
    masses = [monoisotopic_mass(element) for element in counts]
    sizes = [count + 1 for count in counts.values()]
    if None in masses or not 1 < float(np.prod(sizes, dtype=float)) <= MOST_PARTS:
        return np.empty(0)
    grid = np.indices(sizes).reshape(len(sizes), -1).T
    return np.asarray(np.sort(grid @ np.array(masses, dtype=np.float64)) - ELECTRON)


def calibrants_of(
    spectrum: Spectrum, ion_mz: float, formula: str, width_da: float, usual_da: float = 0.0
) -> tuple[Floats, Floats]:
    """Return measured and true m/z of the strong peaks whose formula is clear: parts of the molecule's own.

    The molecule's ion, where it stands within the width, tells first how far off to look for the others; where
    it does not, they are looked for as far off as is usual.
    """
    if not spectrum.mz.size or spectrum.intensity.max() <= 0:
        return np.empty(0), np.empty(0)
    strong = spectrum.intensity >= _STRONG * spectrum.intensity.max()
    measured = spectrum.mz[strong]
    parts = parts_mz(formula)
    if not parts.size or ion_mz < (monoisotopic_mass(formula) or 0.0):  # an anion: its parts are others
        parts = np.array([ion_mz])
    first = ion_error(spectrum, ion_mz, width_da)
    first = usual_da if first is None else first
    true = nearest(parts, measured - first)
    clear = np.abs(measured - first - true) <= _SAME_PART_DA
    return measured[clear], true[clear]


def ion_error(spectrum: Spectrum, ion_mz: float, width_da: float) -> float | None:
    """Return how far the strongest peak within the width of an ion is off; None where there is none."""
    beside = np.flatnonzero(np.abs(spectrum.mz - ion_mz) <= width_da)
    return float(spectrum.mz[beside[np.argmax(spectrum.intensity[beside])]] - ion_mz) if beside.size else None


def nearest(sorted_mz: Floats, mz: Floats) -> Floats:
    """Return for each m/z the nearest of some ascending ones (at least one)."""
    place = np.clip(np.searchsorted(sorted_mz, mz), 1, max(sorted_mz.size - 1, 1))
    left, right = sorted_mz[place - 1], sorted_mz[np.minimum(place, sorted_mz.size - 1)]
    return np.asarray(np.where(mz - left <= right - mz, left, right))


def powder_offset(spectrum: Spectrum, true_mz: Sequence[Floats], width_da: float) -> Offset | None:
    """Return the offset of a powder's spectrum from the true m/z of peaks that its substances have."""
    known = np.unique(np.round(np.concatenate([np.empty(0), *true_mz]), 4))
    if not known.size or not spectrum.mz.size:
        return None
    strong = spectrum.intensity >= _STRONG_IN_POWDER * spectrum.intensity.max()
    measured, height = spectrum.mz[strong], spectrum.intensity[strong]
    errors = []
    for mz in known.tolist():
        beside = np.flatnonzero(np.abs(measured - mz) <= width_da)
        if beside.size:
            errors.append(float(measured[beside[np.argmax(height[beside])]] - mz))
    return offset_of(np.array(errors))
