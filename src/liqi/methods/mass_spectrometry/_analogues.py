"""The nearest known relative of an unknown ion: the reference of another mass that is most like it, peaks or losses.

The search is the hybrid one of Li & Fiehn, Nat. Methods 20:1475 (2023): a peak matches as a fragment or as a neutral
loss, so that a compound and its hydroxylated sister are alike. It tells a likely class of structure, not a compound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Peaks
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._formula import monoisotopic_mass
from liqi.methods.mass_spectrometry._index import ion_modes
from liqi.methods.mass_spectrometry._search import Question
from liqi.methods.mass_spectrometry._widths import kind_of
from liqi.methods.mass_spectrometry.library import SpectralLibrary

LEAST_SIMILARITY = 0.7
LEAST_MATCHED = 4
MOST_REFERENCE_PEAKS = 10_000_000
"""In larger libraries (some 300,000 spectra) no analogue is looked for: sorting the peaks would take seconds."""
_CHANGES = (
    *("CH2", "C2H4", "O", "O2", "H2", "H2O", "CO", "CO2", "C2H2O", "C2H2", "NH", "NH3", "SO3", "HPO3", "S", "CHN"),
    *("C6H8O6", "C6H10O5", "C6H10O4", "C5H8O4", "C3H5NO2S", "C10H15N3O6S", "C2H3NO", "C3H4O2", "C5H8", "C4H8", "HF"),
)
"""What is often added or lost in metabolism, transformation and synthesis."""
_LABELS = range(2, 12)
"""How many hydrogens an internal standard has exchanged for deuterium."""


@dataclass(frozen=True, slots=True)
class Analogue:
    """A reference of another mass: `difference_da` is the unknown ion's m/z less the reference's.

    `change` is a common change of that mass within the tolerance, as `+O`, `-H2O` or `D6 for H6`, or empty.
    """

    row: int
    name: str
    formula: str
    similarity: float
    matched_peaks: int
    difference_da: float
    change: str


def analogues_of(features: Sequence[Feature], library: SpectralLibrary, question: Question) -> list[Analogue | None]:
    """Return the nearest reference of another mass of each feature, or None where none is like it enough.

    It has at least four peaks in common and a similarity of 0.7; spectra of unit mass are not asked for.
    """
    found: list[Analogue | None] = [None] * len(features)
    together: dict[float, list[int]] = {}
    for place, spectrum in enumerate(feature.spectrum for feature in features):
        width = question.fragment_width(spectrum.precursor_mz or 0.0)
        if spectrum.precursor_mz and spectrum.mz.size and kind_of(width) != "unit":
            together.setdefault(width, []).append(place)
    for width, places in together.items():
        queries, _ = library.cleaned([features[place].spectrum for place in places], width)
        for number, place in enumerate(places):
            if queries.count[number] >= LEAST_MATCHED:
                found[place] = _nearest(features[place], queries.take(np.array([number])), width, library, question)
    return found


def _nearest(
    feature: Feature, query: Peaks, width: float, library: SpectralLibrary, question: Question
) -> Analogue | None:
    best: Analogue | None = None
    precursor = feature.spectrum.precursor_mz or 0.0
    for mode in ion_modes(feature.spectrum.polarity):
        index = library.index(mode, width)
        if not len(index.peaks) or index.peaks.mz.size > MOST_REFERENCE_PEAKS:
            continue
        similarity, matched = library.open_index(mode, width).hybrid_matches(query, precursor, width, LEAST_MATCHED)
        apart = np.abs(index.precursor_mz - precursor) > question.precursor.at(precursor)
        score = np.where(apart & (matched >= LEAST_MATCHED), similarity, 0.0)
        place = int(np.argmax(score))
        if score[place] < max(LEAST_SIMILARITY, best.similarity if best else 0.0):
            continue
        row = int(index.rows[place])
        difference = precursor - float(index.precursor_mz[place])
        best = Analogue(
            row,
            library.words(row)["name"],
            library.words(row)["formula"],
            min(1.0, float(score[place])),
            int(matched[place]),
            difference,
            change_of(difference, question.precursor.at(precursor)),
        )
    return best


def change_of(difference_da: float, width_da: float) -> str:
    """Return the common change whose mass is nearest to a difference, empty where none is within the width.

    >>> change_of(15.9950, 0.003), change_of(-18.0105, 0.003), change_of(6.0377, 0.003), change_of(3.3, 0.003)
    ('+O', '-H2O', 'D6 for H6', '')
    """
    away, change = min((abs(mass - difference_da), name) for name, mass in _masses().items())
    return change if away <= width_da else ""


@cache
def _masses() -> dict[str, float]:
    weights = {one: monoisotopic_mass(one) or 0.0 for one in _CHANGES}
    found = {f"{sign}{one}": by * mass for one, mass in weights.items() for sign, by in (("+", 1.0), ("-", -1.0))}
    step = (monoisotopic_mass("[2H]") or 0.0) - (monoisotopic_mass("H") or 0.0)
    return found | {f"D{number} for H{number}": number * step for number in _LABELS}
