"""Where a suspect's ions stand among the features of a run, and how well mass, time and isotopes fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._patterns import HEAVIER, patterns
from liqi.methods.mass_spectrometry._suspects import DEFAULT_WINDOW_S, Suspect

PATTERN_ERROR = 0.2
PATTERN_FLOOR = 0.02
FITS_FROM = 0.3
CONTRADICTS_BELOW = 0.01
_OVER_NOISE = 3.0
_NOISE_QUANTILE = 0.05
_ISOTOPE_PPM = 4.0
_ISOTOPE_STEPS = ((1.0022, 1.0034), (1.9957, 2.0068), (2.9985, 3.0101))
_TOGETHER_S = 1.0
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_CHARGE = re.compile(r"\](\d*)([+-]+)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A feature where a suspect's ion should be.

    `pattern` is 0 to 1, None where the ion is too weak for its isotopes to be seen; `time_error_s` is None where
    the suspect's time is not known.
    """

    feature: Feature
    adduct: str
    error_ppm: float
    pattern: float | None
    time_error_s: float | None
    polarity: str = "positive"


@dataclass(frozen=True, slots=True)
class Landscape:
    """The features of one polarity by m/z, and the height below which hardly anything is seen."""

    features: Sequence[Feature]
    mz: Floats
    apex_s: Floats
    height: Floats
    charge: Integers
    noise: float

    @classmethod
    def of(cls, features: Sequence[Feature]) -> "Landscape":
        """Return the features that are an ion of their own: those with a peak in the survey, isotopes left out."""
        own = [one for one in features if one.mz and one.height and one.apex_s is not None and not one.isotope_of]
        own.sort(key=lambda one: one.mz or 0.0)
        heights = np.array([one.height for one in own], dtype=np.float64)
        return cls(
            own,
            np.array([one.mz for one in own], dtype=np.float64),
            np.array([one.apex_s for one in own], dtype=np.float64),
            heights,
            np.array([one.charge or 0 for one in own], dtype=np.int64),
            float(np.quantile(heights, _NOISE_QUANTILE)) if own else 0.0,
        )

    def near(self, mz: float, ppm: float, charge: int, suspect: Suspect) -> list[int]:
        """Return the features at an ion's m/z, of its charge where that is known, within the suspect's time."""
        low, high = np.searchsorted(self.mz, [mz * (1 - ppm * 1e-6), mz * (1 + ppm * 1e-6)])
        found = []
        for i in range(int(low), int(high)):
            known = int(self.charge[i])
            right = known == charge or (known == 0 and charge == 1)
            if right and within_time(float(self.apex_s[i]), suspect):
                found.append(i)
        return found


def within_time(apex_s: float, suspect: Suspect) -> bool:
    """Return whether a time is within the suspect's window, or its time is not known."""
    if suspect.retention_time_s is None:
        return True
    window = DEFAULT_WINDOW_S if suspect.retention_window_s is None else suspect.retention_window_s
    return abs(apex_s - suspect.retention_time_s) <= window


def charge_of(adduct: str) -> int:
    """Return how many charges an adduct has.

    >>> charge_of("[M+2H]2+")
    2
    """
    found = _CHARGE.search(adduct)
    return (int(found.group(1)) if found.group(1) else len(found.group(2))) if found else 1


def places_of(suspect: Suspect, landscape: Landscape, polarity: str, ppm: float, moved_by: float = 0.0) -> list[Place]:
    """Return where its ions may be, the best first; `moved_by` (Da) looks where they cannot be instead."""
    places = []
    for adduct, mz in suspect.ions(polarity):
        charge = charge_of(adduct)
        looked_for = mz + moved_by / charge
        for i in landscape.near(looked_for, ppm, charge, suspect):
            feature = landscape.features[i]
            error = (float(landscape.mz[i]) - looked_for) / looked_for * 1e6
            time = None if suspect.retention_time_s is None else float(landscape.apex_s[i]) - suspect.retention_time_s
            fit = pattern_fit(suspect.formula, adduct, feature, landscape)
            places.append(Place(feature, adduct, error, fit, time, polarity))
    return sorted(places, key=merit, reverse=True)


def merit(place: Place) -> tuple[float, float]:
    """Return what places are ranked by: first whether the pattern fits or contradicts, then height."""
    grade = 1.0 if place.pattern is None else 2.0 if place.pattern >= FITS_FROM else 0.0
    return (grade if place.pattern is None or place.pattern >= CONTRADICTS_BELOW else -1.0, place.feature.height or 0.0)


def expected_pattern(formula: str, adduct: str) -> Floats:
    """Return what share of the first peak the next three have; `[2M+H]+` counts twice, what an adduct adds does not."""
    many = re.match(r"\[(\d+)M", adduct)
    times = int(many.group(1)) if many else 1
    counts: dict[str, Floats] = {}
    for element, count in _PART.findall(formula):
        counts[element] = counts.get(element, np.zeros(1)) + times * int(count or 1)
    known = {element: count for element, count in counts.items() if element in _KNOWN}
    return np.asarray(patterns(known)[0]) if known else np.zeros(HEAVIER)


_KNOWN = frozenset(("C", "H", "N", "O", "P", "F", "I", "S", "Cl", "Br", "Si"))


def seen_pattern(feature: Feature, charge: int, landscape: Landscape) -> Floats:
    """Return the heights of the peaks one, two and three Da above, as shares of the first.

    Chlorine, bromine and sulphur stand up to 11 mDa below two carbons, so the whole range counts, at one time.
    """
    mz, height, apex = feature.mz or 0.0, feature.height or 1.0, feature.apex_s or 0.0
    width = mz * _ISOTOPE_PPM * 1e-6
    peaks = list(feature.isotopes)
    for low, high in _ISOTOPE_STEPS:
        first, last = np.searchsorted(landscape.mz, [mz + low / charge - width, mz + high / charge + width])
        for other in range(int(first), int(last)):
            if abs(float(landscape.apex_s[other]) - apex) <= _TOGETHER_S:
                peaks.append((float(landscape.mz[other]), float(landscape.height[other])))
                peaks += landscape.features[other].isotopes
    seen = np.zeros(HEAVIER)
    for isotope_mz, isotope_height in set(peaks):
        step = round((isotope_mz - mz) * charge)
        if 1 <= step <= HEAVIER:
            seen[step - 1] += isotope_height / height
    return seen


def pattern_fit(formula: str, adduct: str, feature: Feature, landscape: Landscape) -> float | None:
    """Return exp(-chi^2 / 2n) over the isotope peaks that are high enough to be seen, or were; None without any.

    The standard error of a peak is 20 % of it, 2 % of the first one, and the noise, added in squares.
    """
    if not feature.mz or not feature.height:
        return None
    seen = seen_pattern(feature, charge_of(adduct), landscape)
    expected = expected_pattern(formula, adduct)
    floor = landscape.noise / feature.height
    tested = (expected > _OVER_NOISE * floor) | (seen > 0)
    tested &= np.maximum(expected, seen) > PATTERN_FLOOR
    if not tested.any():
        return None
    spread = np.sqrt((PATTERN_ERROR * np.maximum(expected, seen)) ** 2 + PATTERN_FLOOR**2 + floor**2)
    chi = (((expected - seen) / spread) ** 2)[tested]
    return float(np.exp(-0.5 * chi.mean()))
