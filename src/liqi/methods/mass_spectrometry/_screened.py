"""What became of suspects: verdict, level, and how many detections chance alone would give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liqi.methods.mass_spectrometry._suspect_ions import CONTRADICTS_BELOW, FITS_FROM, Place
from liqi.methods.mass_spectrometry._suspects import Suspect

FRAGMENTS_FIT = 0.5
FRAGMENTS_CONTRADICT = 0.02
BLANK_SHARE = 1 / 3
LEVELS = ("3", "4", "5")
_TOGETHER_S = 3.0


@dataclass(frozen=True, slots=True)
class Screened:
    """What became of one suspect.

    `verdict` is `detected`, `doubtful` (its mass is there, but with isotopes or fragments of something else) or
    `not found`; `level` is 3 with fragments that fit, 4 with an isotope pattern that fits, 5 by mass alone.
    `fragments` is the confidence that the fragment spectrum is the suspect's, None where nothing could be compared;
    `blank` the share of its area that the blank has.
    """

    suspect: Suspect
    verdict: str
    level: str | None = None
    place: Place | None = None
    fragments: float | None = None
    blank: float | None = None
    other_places: int = 0
    also_as: tuple[str, ...] = ()
    isobaric: tuple[str, ...] = ()

    @property
    def in_blank(self) -> bool:
        """Whether the blank has at least a third of its signal."""
        return self.blank is not None and self.blank >= BLANK_SHARE

    def as_json(self) -> dict[str, Any]:
        """Return name, verdict, level and, where an ion was found, what was measured of it."""
        facts: dict[str, Any] = {
            "name": self.suspect.name,
            "verdict": self.verdict,
            "level": self.level,
            "inchikey": self.suspect.inchikey,
            "formula": self.suspect.formula,
        }
        if self.place is None:
            return facts
        feature = self.place.feature
        return facts | {
            "adduct": self.place.adduct,
            "mz": _rounded(feature.mz, 5),
            "error_ppm": _rounded(self.place.error_ppm, 2),
            "retention_time_s": _rounded(feature.apex_s, 2),
            "retention_error_s": _rounded(self.place.time_error_s, 2),
            "area": _rounded(feature.area, 1),
            "isotope_fit": _rounded(self.place.pattern, 3),
            "fragment_confidence": _rounded(self.fragments, 3),
            "blank_share": _rounded(self.blank, 3),
            "also_as": list(self.also_as),
            "isobaric": list(self.isobaric),
            "other_peaks": self.other_places,
        }


def _rounded(number: float | None, decimals: int) -> float | None:
    return None if number is None else round(number, decimals)


@dataclass(frozen=True, slots=True)
class Screening:
    """Every suspect in the order of the list, and how many detections chance alone would give, by level.

    `by_chance` counts among the suspects that no fragments speak for, as if none of them were there; `polarity` is
    that of most features.
    """

    screened: Sequence[Screened]
    by_chance: Mapping[str, float]
    decoys: int
    features: int
    polarity: str = "positive"
    problems: Sequence[str] = field(default_factory=list)

    @property
    def detected(self) -> list[Screened]:
        """The suspects that were detected, at whatever level."""
        return [one for one in self.screened if one.verdict == "detected"]

    def at(self, level: str) -> list[Screened]:
        """Return the suspects detected at one level."""
        return [one for one in self.detected if one.level == level]

    def false_discovery(self, level: str) -> float | None:
        """Return the expected share of false detections at level 4 or 5; None where there is none, or at 3."""
        number = len(self.at(level))
        return min(1.0, self.by_chance[level] / number) if number and level in self.by_chance else None


def beside(best: Place, places: Sequence[Place]) -> tuple[str, ...]:
    """Return the other ions that a suspect has at the same time."""
    apex = best.feature.apex_s or 0.0
    together = (one for one in places if abs((one.feature.apex_s or 0.0) - apex) <= _TOGETHER_S)
    return tuple(sorted({one.adduct for one in together} - {best.adduct}))


def judged(suspect: Suspect, place: Place, others: Sequence[str], fragments: float | None) -> tuple[str, str]:
    """Return level and verdict of a suspect at a place.

    The pattern alone does not carry an adduct that is not the first looked for, unless another ion stands beside it.
    """
    if fragments is not None and fragments >= FRAGMENTS_FIT:
        return "3", "detected"
    other_pattern = place.pattern is not None and place.pattern < CONTRADICTS_BELOW
    if other_pattern or (fragments is not None and fragments < FRAGMENTS_CONTRADICT):
        return "5", "doubtful"
    first = next((name for name, _ in suspect.ions(place.polarity)), place.adduct)
    fits = place.pattern is not None and place.pattern >= FITS_FROM
    return ("4" if fits and (place.adduct == first or others) else "5"), "detected"
