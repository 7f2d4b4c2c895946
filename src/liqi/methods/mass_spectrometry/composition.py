"""Formulas that a measured mass may have: every composition within the tolerance that chemistry allows.

What counts as plausible are the seven golden rules of Kind and Fiehn, BMC Bioinformatics 8:105 (2007): (1) most
atoms of each element by mass, (2) valences that close, (3) the isotope pattern, (4) and (5) ratios to carbon, (6)
many heteroatoms at once; the seventh is for trimethylsilyl derivatives and is left to who asks for silicon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import BadParameter
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._patterns import HEAVIER, fit, patterns

ELEMENTS = ("C", "H", "N", "O", "P", "S", "F", "Cl", "Br", "Si")
OTHERS = ELEMENTS[2:]
USUAL: Mapping[str, int] = {"N": 10, "O": 18, "P": 2, "S": 3, "F": 3, "Cl": 3, "Br": 1}
"""Most atoms that are looked for unless other limits are given; carbon and hydrogen always are."""
_MOST = (  # rule 1, table 1: below this mass at most so many of ELEMENTS
    (500, (39, 72, 20, 20, 9, 10, 16, 10, 5, 8)),
    (1000, (78, 126, 25, 27, 9, 14, 34, 12, 8, 14)),
    (2000, (156, 236, 32, 63, 9, 14, 48, 12, 10, 15)),
    (3000, (162, 236, 48, 78, 9, 14, 48, 12, 10, 15)),
)
HIGHEST_MASS = 3000.0
COMMON = {"H": (0.2, 3.1), "F": (0, 1.5), "Cl": (0, 0.8), "Br": (0, 0.8), "N": (0, 1.3), "O": (0, 1.2), "P": (0, 0.3),
          "S": (0, 0.8), "Si": (0, 0.5)}  # fmt: skip
EXTENDED = {"H": (0.1, 6), "F": (0, 6), "Cl": (0, 2), "Br": (0, 2), "N": (0, 4), "O": (0, 3), "P": (0, 2), "S": (0, 3),
            "Si": (0, 1)}  # fmt: skip
"""Rules 4 and 5, table 2: atoms per carbon, of 99.7 % and of 99.99 % of known formulas."""
_TOGETHER = (  # rule 6, table 3, so that its own examples pass: where all of these have more than n, at most so many
    ("NOPS", 1, {"N": 9, "O": 19, "P": 3, "S": 2}),
    ("NOP", 3, {"N": 10, "O": 21, "P": 5}),
    ("OPS", 1, {"O": 14, "P": 2, "S": 2}),
    ("PSN", 1, {"P": 2, "S": 2, "N": 4}),
    ("NOS", 6, {"N": 18, "O": 14, "S": 7}),
)
_VALENCE = {"C": 4, "H": 1, "N": 3, "O": 2, "P": 3, "S": 2, "F": 1, "Cl": 1, "Br": 1, "Si": 4}
_HYDROGEN = monoisotopic_mass("H") or 0.0
_MOST_HYDROGENS = 6
MOST_FORMULAS = 3
HIGHEST_FEATURE = 1000.0
LEAST_HALOGEN = 0.2
"""A peak 2 Da above of less than a fifth is neither chlorine (0.32) nor bromine (0.97)."""
FEATURE_PPM = 5.0
_PROBES = ("C20H20", "C40H40")
Counts = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that fits, how far its ion is from the measured m/z, and how well its isotope pattern fits.

    `share` is its weight by mass and pattern among all that fit; it is no probability of being the compound's.
    """

    formula: str
    error_ppm: float
    pattern_fit: float | None
    share: float


def formulas(
    mz: float,
    adduct: str = "[M+H]+",
    ppm: float = 5.0,
    isotopes: Sequence[float] = (),
    limits: Mapping[str, int] = USUAL,
    ratios: Mapping[str, tuple[float, float]] = COMMON,
    most: int | None = None,
) -> list[Formula]:
    """Return the formulas of the neutral molecule whose ion has this m/z, the best first, at most `most` of them.

    `isotopes` are the heights of the peaks 1, 2 and 3 Da above, as shares of the first peak's; none given means
    not measured, a missing one means not seen. Raises `BadParameter` for what is no mass, tolerance or adduct.
    """
    slope, offset = _line(adduct)
    mass = (mz - offset) / slope
    if not 1 < mass <= HIGHEST_MASS:
        raise BadParameter("mz", mz, f"an ion {adduct} of a molecule of at most {HIGHEST_MASS:g} Da")
    if not 0 < ppm <= 100:
        raise BadParameter("ppm", ppm, "a tolerance above 0 and up to 100 ppm")
    if any(element not in ELEMENTS for element in limits):
        raise BadParameter("limits", dict(limits), f"elements among {', '.join(ELEMENTS)}")
    counts = _compositions(mass, ppm * 1e-6 * mz / slope, limits)
    counts = _kept(counts, plausible(counts, ratios))
    error = (mz - (_masses(counts) * slope + offset)) / mz * 1e6
    weight = np.exp(-0.5 * (2 * error / ppm) ** 2)
    fit = pattern_fit(counts, isotopes) if len(isotopes) else None
    weight = weight if fit is None else weight * fit
    total = float(weight.sum()) or 1.0
    order = np.argsort(-weight, kind="stable")
    return [
        Formula(_written(counts, i), float(error[i]), None if fit is None else float(fit[i]), float(weight[i]) / total)
        for i in order[:most].tolist()
    ]


def formulas_of(feature: Feature, ppm: float = FEATURE_PPM) -> list[Formula]:
    """Return the three best formulas of a feature whose isotope peaks were seen; none where they were not.

    The adduct is the one its other ions tell, else the molecule with or without a proton.
    """
    protonated = {"positive": "[M+H]+", "negative": "[M-H]-"}.get(feature.spectrum.polarity or "")
    adduct = feature.adduct or protonated
    seen = feature.mz and feature.height and feature.isotopes and feature.charge == 1 and not feature.isotope_of
    if not seen or adduct is None or feature.mz is None or feature.height is None:
        return []
    shares = feature.isotope_shares(HEAVIER)
    slope, offset = _line(adduct)
    if not 1 < (feature.mz - offset) / slope <= HIGHEST_FEATURE:
        return []
    halogens = shares[1] > LEAST_HALOGEN
    limits = USUAL if halogens else {**USUAL, "Cl": 0, "Br": 0}
    return formulas(feature.mz, adduct, ppm, shares, limits, most=MOST_FORMULAS)


def plausible(counts: Counts, ratios: Mapping[str, tuple[float, float]] = COMMON) -> NDArray[np.bool_]:
    """Return which compositions pass the golden rules 1, 2, 4, 5 and 6."""
    carbon = counts["C"]
    good = carbon > 0
    mass = _masses(counts)
    for number, element in enumerate(ELEMENTS):
        most = np.select([mass < limit for limit, _ in _MOST], [row[number] for _, row in _MOST], 0)
        good &= counts[element] <= most
        low, high = ratios.get(element, (0.0, np.inf))
        good &= (counts[element] >= low * carbon) & (counts[element] <= high * carbon)
    for elements, least, most_of in _TOGETHER:
        all_there = np.all([counts[element] > least for element in elements], axis=0)
        good &= ~all_there | np.all([counts[element] <= most for element, most in most_of.items()], axis=0)
    return np.asarray(good & _closes(counts))


def pattern_fit(counts: Counts, isotopes: Sequence[float]) -> Floats:
    """Return exp(-chi^2 / 2) of each composition's pattern; the error is 10 % of a peak and 2 % of the first one."""
    theory = patterns({element: counts[element].astype(np.float64) for element in ELEMENTS})
    return fit(theory, np.array([*isotopes, 0.0, 0.0, 0.0])[:HEAVIER])


def _closes(counts: Counts) -> NDArray[np.bool_]:
    """Rule 2: rings and double bonds a whole number, none below zero (Senior's three conditions for usual valences)."""
    free = sum((counts[element] * (valence - 2) for element, valence in _VALENCE.items()), np.zeros_like(counts["C"]))
    return np.asarray((free % 2 == 0) & (free >= -2))


def _line(adduct: str) -> tuple[float, float]:
    """Return slope and offset of m/z over the molecule's mass for an adduct."""
    low, high = (ion_mz(probe, adduct) for probe in _PROBES)
    first, second = (monoisotopic_mass(probe) or 0.0 for probe in _PROBES)
    if low is None or high is None:
        raise BadParameter("adduct", adduct, "an adduct such as [M+H]+ or [M-H]-")
    slope = (high - low) / (second - first)
    return slope, low - slope * first


def _compositions(mass: float, width: float, limits: Mapping[str, int]) -> Counts:
    """Return every composition within the width in Da; the hydrogens follow from what the others leave."""
    most = dict(zip(ELEMENTS, next((row for limit, row in _MOST if mass < limit), _MOST[-1][1]), strict=True))
    grid, weights = _grid(tuple(min(limits.get(one, 0), most[one]) for one in OTHERS))
    carbons, hydrogens, masses = _hydrocarbons(most["C"])
    rest = mass - weights[: int(np.searchsorted(weights, mass))]
    first = np.searchsorted(masses, rest - width)
    number = np.searchsorted(masses, rest + width, side="right") - first
    rows = np.repeat(np.arange(rest.size), number)
    place = np.arange(rows.size) + np.repeat(first - np.cumsum(number) + number, number)
    counts = {"C": carbons[place], "H": hydrogens[place]}
    return counts | {element: grid[rows, i] for i, element in enumerate(OTHERS)}


@lru_cache(maxsize=8)
def _hydrocarbons(most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return carbons, hydrogens and mass of all with up to so many carbons and six times as many hydrogens, by mass."""
    carbons, hydrogens = (axis.ravel() for axis in np.mgrid[1 : most + 1, 0 : _MOST_HYDROGENS * most + 1])
    there = hydrogens <= _MOST_HYDROGENS * carbons
    masses = 12.0 * carbons[there] + _HYDROGEN * hydrogens[there]
    order = np.argsort(masses, kind="stable")
    return carbons[there][order], hydrogens[there][order], masses[order]


@lru_cache(maxsize=8)
def _grid(most: tuple[int, ...]) -> tuple[NDArray[np.int64], Floats]:
    """Return every count of the other elements up to these, with their masses, ascending."""
    grid = np.indices([number + 1 for number in most]).reshape(len(most), -1).T
    weights = grid @ np.array([monoisotopic_mass(one) or 0.0 for one in OTHERS])
    order = np.argsort(weights, kind="stable")
    return grid[order], weights[order]


def _kept(counts: Counts, good: NDArray[np.bool_]) -> Counts:
    return {element: count[good] for element, count in counts.items()}


def _masses(counts: Counts) -> Floats:
    parts = (counts[element] * (monoisotopic_mass(element) or 0.0) for element in ELEMENTS)
    return np.asarray(sum(parts, np.zeros(counts["C"].size)))


def _written(counts: Counts, i: int) -> str:
    """Return a composition in the order of Hill."""
    order = ["C", "H", *sorted(OTHERS)]
    numbers = ((element, int(counts[element][i])) for element in order)
    return "".join(element + (str(number) if number > 1 else "") for element, number in numbers if number)
