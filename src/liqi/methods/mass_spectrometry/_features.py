"""What is asked about: one feature an ion in a run, or one a spectrum in a list of spectra."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

SAME_ION_PPM = 5.0
SAME_PEAK_S = 20.0
_SAME_FRAGMENT_DA = 0.01
_VOTES_FROM = 3


@dataclass(frozen=True, slots=True)
class Feature:
    """A spectrum to be identified, and how many scans it was made from."""

    index: int
    spectrum: Spectrum
    scans: int
    uncertainty_mz: float | None


def features_of_list(spectra: Iterable[Spectrum], first: int = 0) -> list[Feature]:
    """Return one feature a spectrum, numbered as they stand in the file."""
    return [Feature(index, spectrum, 1, None) for index, spectrum in enumerate(spectra, first)]


def features_of_run(spectra: Iterable[Spectrum], first: int = 0) -> list[Feature]:
    """Return one feature for the fragment spectra of one precursor in one chromatographic peak.

    Scans belong together when their precursors follow each other within 5 ppm, their times within 20 s, and
    their polarity is the same; features are numbered by retention time.
    """
    chosen = [spectrum for spectrum in spectra if spectrum.ms_level >= 2 and spectrum.precursor_mz]
    chosen.sort(key=lambda spectrum: (spectrum.polarity or "", spectrum.precursor_mz or 0.0))
    groups: list[list[Spectrum]] = []
    for ions in _split(chosen, _other_ion):
        groups += _split(sorted(ions, key=_time), lambda last, this: _time(this) - _time(last) > SAME_PEAK_S)
    groups.sort(key=lambda group: (_time(group[0]), group[0].precursor_mz))
    return [_feature(index, group) for index, group in enumerate(groups, first)]


def _time(spectrum: Spectrum) -> float:
    return spectrum.retention_time_s or 0.0


def _other_ion(last: Spectrum, this: Spectrum) -> bool:
    step = (this.precursor_mz or 0.0) - (last.precursor_mz or 0.0)
    return last.polarity != this.polarity or step > SAME_ION_PPM * 1e-6 * (this.precursor_mz or 0.0)


def _split(spectra: Sequence[Spectrum], apart: Callable[[Spectrum, Spectrum], bool]) -> list[list[Spectrum]]:
    groups: list[list[Spectrum]] = []
    for spectrum in spectra:
        if groups and not apart(groups[-1][-1], spectrum):
            groups[-1].append(spectrum)
        else:
            groups.append([spectrum])
    return groups


def _feature(index: int, group: list[Spectrum]) -> Feature:
    if len(group) == 1:
        return Feature(index, group[0], 1, None)
    precursors = [spectrum.precursor_mz or 0.0 for spectrum in group]
    energies = sorted({spectrum.collision_energy for spectrum in group if spectrum.collision_energy})
    strongest = max(group, key=lambda spectrum: float(spectrum.intensity.sum()))
    mz, intensity = merged(group)
    spectrum = Spectrum(
        mz,
        intensity,
        retention_time_s=strongest.retention_time_s,
        precursor_mz=median(precursors),
        charge=strongest.charge,
        polarity=strongest.polarity,
        collision_energy="/".join(energies) or None,
        isolation_window=strongest.isolation_window,
        centroid=strongest.centroid,
    )
    return Feature(index, spectrum, len(group), float(np.std(precursors, ddof=1)) or None)


def merged(group: Sequence[Spectrum]) -> tuple[Floats, Floats]:
    """Return the peaks of several scans, each scaled to its base peak.

    From three scans on, a peak that only one scan has within 0.01 Da is noise and is left out.
    """
    filled = [spectrum for spectrum in group if spectrum.intensity.size and spectrum.intensity.max() > 0]
    if not filled:
        return np.empty(0), np.empty(0)
    mz = np.concatenate([spectrum.mz for spectrum in filled])
    intensity = np.concatenate([spectrum.intensity / spectrum.intensity.max() for spectrum in filled])
    scan = np.repeat(np.arange(len(filled)), [spectrum.mz.size for spectrum in filled])
    order = np.argsort(mz, kind="stable")
    mz, intensity, scan = mz[order], intensity[order], scan[order]
    if len(filled) >= _VOTES_FROM:
        beside = (np.diff(mz) <= _SAME_FRAGMENT_DA) & (scan[1:] != scan[:-1])
        seconded = np.concatenate([[False], beside]) | np.concatenate([beside, [False]])
        if seconded.any():
            mz, intensity = mz[seconded], intensity[seconded]
    return mz, intensity
