"""The isotope pattern of an ion at nominal mass: where each peak stands and how high, from its formula and adduct.

Abundances are those of `_patterns` (IUPAC/CIAAW); a peak stands at the mean mass of all isotopologues of its nominal
mass, weighted by their abundance.
"""

import re
from collections import Counter

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._formula import adduct_of, ion_charge, ion_mz
from liqi.methods.mass_spectrometry._patterns import ABUNDANCES

PEAKS = 5
_SINGLE = ("Na", "P", "F", "I")
_SHIFTS = {  # Da above the lightest isotope (AME2020)
    "C": (0.0, 1.0033548),
    "H": (0.0, 1.0062768),
    "N": (0.0, 0.9970349),
    "O": (0.0, 1.0042171, 2.0042450),
    "S": (0.0, 0.9993877, 1.9957958),
    "Cl": (0.0, 1.0, 1.9970499),
    "Br": (0.0, 1.0, 1.9979521),
    "Si": (0.0, 0.9995681, 1.9968436),
    "K": (0.0, 1.0, 1.9981186),
}
_POTASSIUM = (0.932581, 0.0, 0.067302)
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")


def isotope_peaks(formula: str, adduct: str) -> tuple[Floats, Floats] | None:
    """Return m/z and height (highest = 100) of the first five nominal masses of an ion; None where not understood.

    >>> mz, height = isotope_peaks("C8H10N4O2", "[M+H]+")
    >>> mz.round(4).tolist()[:2], height.round(1).tolist()[:3]
    ([195.0877, 196.0902], [100.0, 10.3, 0.9])
    """
    atoms, first, charge = ion_atoms(formula, adduct), ion_mz(formula, adduct), ion_charge(adduct)
    if atoms is None or first is None or not charge:
        return None
    share, moment = np.zeros(PEAKS), np.zeros(PEAKS)
    share[0] = 1.0
    for element, number in atoms.items():
        own = _one_element(element, number)
        if own is None:
            return None
        moment = _product(share, own[1]) + _product(moment, own[0])
        share = _product(share, own[0])
    there = share > 1e-6 * share.max()
    shift = np.divide(moment, share, out=np.zeros(PEAKS), where=there)
    return (first + shift / charge)[there], (100 * share / share.max())[there]


def ion_atoms(formula: str, adduct: str) -> dict[str, int] | None:
    """Return how many atoms of each element an ion has, or None where formula or adduct are not understood.

    >>> ion_atoms("C6H12O6", "[M+Cl]-")
    {'C': 6, 'H': 12, 'O': 6, 'Cl': 1}
    """
    read = adduct_of(adduct)
    plain = formula.strip("[]+-")
    if read is None or not plain or ion_mz(formula, adduct) is None or "[" in plain:
        return None
    atoms: Counter[str] = Counter()
    for element, count in _PART.findall(plain):
        atoms[element] += int(count or 1) * read.molecules
    for number, piece in read.pieces:
        for element, count in _PART.findall(piece):
            atoms[element] += number * int(count or 1)
    return {element: count for element, count in atoms.items() if count} if min(atoms.values()) >= 0 else None


def _one_element(element: str, number: int) -> tuple[Floats, Floats] | None:
    """Return shares of n atoms by nominal mass and their mass shifts times the shares, by repeated squaring."""
    if element in _SINGLE:
        return _unit()
    if element not in _SHIFTS:
        return None
    one = np.zeros(PEAKS), np.zeros(PEAKS)
    abundances = ABUNDANCES.get(element, _POTASSIUM)
    for i, (abundance, shift) in enumerate(zip(abundances, _SHIFTS[element], strict=True)):
        one[0][i], one[1][i] = abundance, abundance * shift
    total = _unit()
    while number:
        if number & 1:
            total = _both(total, one)
        one = _both(one, one)
        number >>= 1
    return total


def _unit() -> tuple[Floats, Floats]:
    share = np.zeros(PEAKS)
    share[0] = 1.0
    return share, np.zeros(PEAKS)


def _both(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return _product(a[0], b[0]), _product(a[0], b[1]) + _product(a[1], b[0])


def _product(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.convolve(a, b)[:PEAKS])
