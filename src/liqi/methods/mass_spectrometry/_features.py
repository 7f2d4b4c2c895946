"""What is asked about: one feature an ion in a run, or one a spectrum in a list of spectra."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._centroids import centroided
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._columns import Gathering
from liqi.methods.mass_spectrometry._ions import Ion, ions_of, neutral_mass
from liqi.methods.mass_spectrometry._tracing import LEAST_POINTS, Peaks, find_peaks
from liqi.methods.readers import Spectrum

SAME_ION_PPM = 5.0
SAME_PEAK_S = 20.0
SAME_ION_PPM_MS1 = 10.0
SLACK_S = 2.0
_SAME_FRAGMENT_DA = 0.01
_VOTES_FROM = 3


@dataclass(frozen=True, slots=True)
class Feature:
    """A spectrum to be identified, how many scans it was made from, and what the survey scans tell of its ion.

    Times are seconds; `height` is the highest intensity of the chromatographic peak, `area` its integral over
    time above zero; `isotopes` are the (m/z, height) of the heavier isotope peaks; `group` numbers the ions of
    one substance. What was not seen is None or empty.
    """

    index: int
    spectrum: Spectrum
    scans: int
    uncertainty_mz: float | None
    mz: float | None = None
    apex_s: float | None = None
    start_s: float | None = None
    end_s: float | None = None
    height: float | None = None
    area: float | None = None
    charge: int | None = None
    isotopes: tuple[tuple[float, float], ...] = ()
    isotope_of: float | None = None
    adduct: str | None = None
    neutral_mass: float | None = None
    group: int | None = None
    scan_ids: tuple[str, ...] = ()
    """What the file calls the scans that the spectrum was made from."""
    file: int = 0
    """Which of the files it is from, counted from 0."""

    def isotope_shares(self, number: int) -> list[float]:
        """Return the isotope peaks 1 to `number` Da above the first as shares of it, 0 for one that was not seen."""
        shares = [0.0] * number
        for mz, height in self.isotopes:
            step = round((mz - (self.mz or 0.0)) * (self.charge or 1))
            if 1 <= step <= number:
                shares[step - 1] = height / (self.height or height)
        return shares

    def as_json(self) -> dict[str, Any]:
        """Return what was measured, apart from the peaks."""
        names = ("mz", "apex_s", "start_s", "end_s", "height", "area", "charge", "adduct")
        rounded = {name: _rounded(getattr(self, name)) for name in names}
        more = {"polarity": self.spectrum.polarity, "file": self.file, "scans": self.scans}
        return rounded | more | {"scan_ids": list(self.scan_ids)}


def _rounded(value: Any) -> Any:
    return float(f"{value:.8g}") if isinstance(value, float) else value


def features_of_list(spectra: Iterable[Spectrum], first: int = 0) -> list[Feature]:
    """Return one feature a spectrum, numbered as they stand in the file; what the file calls profile is picked."""
    return [
        Feature(
            index,
            centroided(spectrum) if spectrum.centroid is False else spectrum,
            1,
            None,
            scan_ids=(spectrum.id or f"index={place}",),
        )
        for index, (place, spectrum) in enumerate(enumerate(spectra), first)
    ]


def features_of_run(spectra: Iterable[Spectrum], first: int = 0) -> list[Feature]:
    """Return one feature for the fragment spectra of one precursor in one chromatographic peak.

    Scans belong together when their precursors follow each other within 5 ppm, their times within 20 s, and
    their polarity is the same; features are numbered by retention time. Where the run has survey scans, each
    tells its chromatographic peak, charge, isotopes and adduct.
    """
    fragmented, gathered = _parted(spectra)
    groups = _grouped(fragmented)
    surveys = _surveys(gathered)
    features = [_feature(index, group) for index, group in enumerate(groups, first)]
    return [_placed(feature, surveys.get(feature.spectrum.polarity)) for feature in features]


def all_features(spectra: Iterable[Spectrum]) -> list[Feature]:
    """Return every feature of a run, also those without fragment spectra: by retention time, isotopes left out."""
    fragmented, gathered = _parted(spectra)
    surveys = _surveys(gathered)
    placed = [_placed(_feature(0, group), surveys.get(group[0].polarity)) for group in _grouped(fragmented)]
    seen = {(one.spectrum.polarity, one.mz, one.apex_s) for one in placed}
    for polarity, survey in surveys.items():
        for i, ion in enumerate(survey.ions):
            place = (polarity, float(survey.peaks.mz[i]), float(survey.peaks.apex_s[i]))
            if ion.isotope_of is None and place not in seen:
                empty = Spectrum(np.empty(0), np.empty(0), precursor_mz=place[1], polarity=polarity, centroid=True)
                empty.retention_time_s = place[2]
                placed.append(_told(Feature(0, empty, 0, None), survey, i))
    placed.sort(key=lambda one: (one.apex_s if one.apex_s is not None else _time(one.spectrum), one.mz or 0.0))
    return [replace(one, index=index) for index, one in enumerate(placed)]


@dataclass(frozen=True, slots=True)
class Survey:
    """The chromatographic peaks of one polarity and what they are."""

    peaks: Peaks
    ions: list[Ion]


def surveys_of(spectra: Iterable[Spectrum]) -> dict[str | None, Survey]:
    """Return the survey of each polarity; none where fewer than four survey scans could make a peak."""
    return _surveys(_parted(spectra)[1])


def _parted(spectra: Iterable[Spectrum]) -> tuple[list[Spectrum], dict[str, Gathering]]:
    """Return the fragment spectra of a run, and by polarity the numbers of its survey scans."""
    fragmented: list[Spectrum] = []
    gathered: dict[str, Gathering] = {}
    for spectrum in spectra:
        one = centroided(spectrum)
        if one.ms_level >= 2 and one.precursor_mz:
            fragmented.append(one)
        elif one.ms_level == 1:
            gathered.setdefault(one.polarity or "", Gathering()).add(one)
    return fragmented, gathered


def _surveys(gathered: dict[str, Gathering]) -> dict[str | None, Survey]:
    """Return the survey of each polarity; what was gathered is given up, one polarity after the other."""
    found = {}
    for polarity in sorted(gathered):
        scans = gathered.pop(polarity)
        if scans.scans >= LEAST_POINTS:
            peaks = find_peaks(scans.points())
            found[polarity or None] = Survey(peaks, ions_of(peaks, polarity))
    return found


def _grouped(chosen: list[Spectrum]) -> list[list[Spectrum]]:
    chosen.sort(key=lambda spectrum: (spectrum.polarity or "", spectrum.precursor_mz or 0.0))
    groups: list[list[Spectrum]] = []
    for ions in _split(chosen, _other_ion):
        groups += _split(sorted(ions, key=_time), lambda last, this: _time(this) - _time(last) > SAME_PEAK_S)
    groups.sort(key=lambda group: (_time(group[0]), group[0].precursor_mz))
    return groups


def _placed(feature: Feature, survey: Survey | None) -> Feature:
    """Return the feature with the chromatographic peak it was taken from: within 10 ppm, around its time."""
    mz, time = feature.spectrum.precursor_mz, feature.spectrum.retention_time_s
    if survey is None or mz is None or time is None:
        return feature
    peaks = survey.peaks
    low, high = np.searchsorted(peaks.mz, [mz * (1 - SAME_ION_PPM_MS1 * 1e-6), mz * (1 + SAME_ION_PPM_MS1 * 1e-6)])
    near = [i for i in range(low, high) if peaks.start_s[i] - SLACK_S <= time <= peaks.end_s[i] + SLACK_S]
    if not near:
        return feature
    return _told(feature, survey, max(near, key=lambda i: float(peaks.height[i])))


def _told(feature: Feature, survey: Survey, i: int) -> Feature:
    peaks, ion = survey.peaks, survey.ions[i]
    mz = float(peaks.mz[i])
    return replace(
        feature,
        mz=mz,
        apex_s=float(peaks.apex_s[i]),
        start_s=float(peaks.start_s[i]),
        end_s=float(peaks.end_s[i]),
        height=float(peaks.height[i]),
        area=float(peaks.area[i]),
        charge=ion.charge,
        isotopes=ion.isotopes,
        isotope_of=None if ion.isotope_of is None else float(peaks.mz[ion.isotope_of]),
        adduct=ion.adduct,
        neutral_mass=neutral_mass(mz, ion.adduct) if ion.adduct else None,
        group=ion.group,
    )


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
        return Feature(index, group[0], 1, None, scan_ids=tuple(filter(None, [group[0].id])))
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
        picked=any(one.picked for one in group),
    )
    ids = tuple(one.id for one in group if one.id)
    return Feature(index, spectrum, len(group), float(np.std(precursors, ddof=1)) or None, scan_ids=ids)


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
