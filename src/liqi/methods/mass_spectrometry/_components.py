"""What elutes from a gas chromatograph: ions whose peaks stand at one time are put together into one EI spectrum.

Every nominal mass is followed through the run by itself, so that two substances a few scans apart are parted by the
times of their ions, and what does not rise (column bleed, air) is left out. The idea is that of AMDIS (Stein, J. Am.
Soc. Mass Spectrom. 10:770, 1999): a component is seen where many ions have their maximum.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._centroids import centroided
from liqi.methods.mass_spectrometry._cleaning import Floats, add_up, nominal
from liqi.methods.mass_spectrometry._columns import Gathering, Points
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._tracing import LEAST_POINTS, Peaks, find_peaks
from liqi.methods.readers import Spectrum

LEAST_IONS = 6
APART_SCANS = 2
LEAST_SIGNAL = 18.0
"""Set on a real run, so that its bleed makes no component, and on reference spectra put into a made one."""
OVER_BLEED = 3.0
_SAME_MASS_PPM = 1.0
_NEAR_SCANS = 1
_AROUND_SCANS = 25
_BASE_PERCENT = 20
_PART_SCANS, _QUIET_PERCENT = 13, 5
_BLUR = np.array([1.0, 2.0, 1.0]) / 4.0
Ints = NDArray[np.int64]


def components_of_run(spectra: Iterable[Spectrum], first: int = 0) -> list[Feature]:
    """Return one feature a component of a run without fragment spectra, by retention time.

    Its spectrum holds nominal masses and the heights of their peaks; a component has at least six ions whose maxima
    lie within a scan of each other, and the ion current rises well above its noise there.
    """
    gathered = Gathering()
    for spectrum in spectra:
        if spectrum.ms_level == 1:
            gathered.add(_at_nominal_mass(centroided(spectrum)))
    if gathered.scans < LEAST_POINTS:
        return []
    points = gathered.points()
    peaks = _above_bleed(find_peaks(points, _SAME_MASS_PPM), points)
    owner, centres = _put_together(np.searchsorted(points.time_s, peaks.apex_s), peaks.height, points.time_s.size)
    current = add_up(points.scan, points.intensity, points.time_s.size)
    factor = _noise_factor(current)
    real = [i for i, at in enumerate(centres) if _rises(current, at, factor)]
    return [
        _component(first + place, peaks, np.flatnonzero(owner == i), float(points.time_s[centres[i]]))
        for place, i in enumerate(real)
    ]


def _above_bleed(peaks: Peaks, points: Points) -> Peaks:
    """Return the peaks that stand three times over what their mass has in half of all scans: the rest wavers only."""
    order = np.lexsort((points.intensity, points.mz))
    mass, first, count = np.unique(points.mz[order], return_index=True, return_counts=True)
    middle = first + count - (points.time_s.size + 1) // 2  # of all scans, those without the mass among them
    usual = np.where(count * 2 > points.time_s.size, points.intensity[order][np.maximum(middle, 0)], 0.0)
    chosen = peaks.height >= OVER_BLEED * usual[np.searchsorted(mass, np.rint(peaks.mz))]
    return Peaks(*(getattr(peaks, name)[chosen] for name in Peaks.__slots__))


def _rises(current: Floats, at: int, factor: float) -> bool:
    """Tell whether the ion current rises well above its noise there: what rises less is bleed and chance."""
    base = float(np.percentile(current[max(0, at - _AROUND_SCANS) : at + _AROUND_SCANS + 1], _BASE_PERCENT))
    top = float(current[max(0, at - _NEAR_SCANS) : at + _NEAR_SCANS + 1].max())
    return bool(top - base >= LEAST_SIGNAL * factor * base**0.5)


def _noise_factor(current: Floats) -> float:
    """Return the noise over the root of the ion current: the step from scan to scan in the run's quietest parts.

    Ions are counted, so noise grows with the root of the current (Stein 1999). A part is 13 scans; the twentieth of
    all parts that waver least count as quiet.
    """
    middle = np.maximum((current[1:] + current[:-1]) / 2, 1e-9)
    steps = np.abs(np.diff(current)) / np.sqrt(middle)
    parts = [np.median(steps[i : i + _PART_SCANS]) for i in range(0, max(1, steps.size - _PART_SCANS + 1), _PART_SCANS)]
    return float(np.percentile(parts, _QUIET_PERCENT))


def _at_nominal_mass(spectrum: Spectrum) -> Spectrum:
    mass, place = np.unique(nominal(spectrum.mz), return_inverse=True)
    height = add_up(place, spectrum.intensity, mass.size)
    return Spectrum(mass, height, 1, spectrum.retention_time_s, centroid=True)


def _put_together(scan: Ints, height: Floats, scans: int) -> tuple[Ints, list[int]]:
    """Return which component each peak belongs to, -1 for none, and the scans of the components."""
    strength = np.convolve(add_up(scan, np.sqrt(height), scans), _BLUR, "same")
    count = np.convolve(add_up(scan, np.ones(scan.size), scans), np.ones(2 * _NEAR_SCANS + 1), "same")
    padded = np.concatenate([[0.0], strength, [0.0]])
    tops = np.flatnonzero((strength > padded[:-2]) & (strength >= padded[2:]) & (count >= LEAST_IONS))
    centres: list[int] = []
    for top in tops[np.argsort(-strength[tops], kind="stable")].tolist():
        if all(abs(top - other) >= APART_SCANS for other in centres):
            centres.append(top)
    centres.sort()
    owner = np.full(scan.size, -1, np.int64)
    if centres:
        places = np.array(centres)
        right = np.minimum(np.searchsorted(places, scan), places.size - 1)
        left = np.maximum(right - 1, 0)
        nearest = np.where(np.abs(scan - places[left]) <= np.abs(places[right] - scan), left, right)
        near = np.abs(scan - places[nearest]) <= _NEAR_SCANS
        owner[near] = nearest[near]
    enough = [i for i in range(len(centres)) if np.count_nonzero(owner == i) >= LEAST_IONS]
    renumbered = np.full(len(centres) + 1, -1, np.int64)
    renumbered[enough] = np.arange(len(enough))
    return renumbered[owner], [centres[i] for i in enough]


def _component(index: int, peaks: Peaks, members: Ints, time_s: float) -> Feature:
    members = members[np.argsort(peaks.mz[members], kind="stable")]
    mass, place = np.unique(np.rint(peaks.mz[members]), return_inverse=True)
    height = add_up(place, peaks.height[members], mass.size)
    base = members[int(np.argmax(peaks.height[members]))]
    spectrum = Spectrum(mass, height, 1, time_s, centroid=True)
    return Feature(
        index,
        spectrum,
        1,
        None,
        apex_s=time_s,
        start_s=float(peaks.start_s[base]),
        end_s=float(peaks.end_s[base]),
        height=float(height.max()),
        area=float(peaks.area[members].sum()),
    )
