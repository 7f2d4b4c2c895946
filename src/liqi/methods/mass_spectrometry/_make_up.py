"""What a candidate is made of and as which ion: how many compounds like it there are that the library may lack.

An isomer that the library lacks is the usual wrong answer. Of a formula of carbon, hydrogen and two oxygens there are
hundreds of them, of one with four chlorines few; and a sodium adduct is looked for more often than it is there.
"""

from functools import lru_cache

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._formula import adduct_of
from liqi.methods.mass_spectrometry._isotopes import ion_atoms
from liqi.methods.mass_spectrometry._references import References

MAKE_UP = (
    "rings_and_double_bonds", "carbons", "nitrogens", "oxygens", "halogens", "sulfur_and_phosphorus", "heavy_atoms",
    "ion_kind",
)  # fmt: skip
PROTON, CHARGED, ADDED, LOST, MANY = range(5)
"""Kinds of ion: a proton more or less, charged by itself, another ion added, a part lost, several charges or M."""
_HALOGENS = ("F", "Cl", "Br", "I")
_UNKNOWN = (np.nan,) * len(MAKE_UP)


def make_up(rows: Integers, references: References) -> Floats:
    """Return the figures of `MAKE_UP` of these references, shape (rows, figures); NaN where they are not understood."""
    formulas, adducts = references.words["formula"], references.words["adduct"]
    found = [_figures(formulas[row], adducts[row]) for row in rows.tolist()]
    return np.array(found, dtype=np.float64).reshape(-1, len(MAKE_UP))


def ion_kind(adduct: str) -> float:
    """Return which kind of ion an adduct is, the usual one first; NaN where it is not understood.

    >>> [ion_kind(one) for one in ("[M+H]+", "[M]+", "[M+Na]+", "[M-H2O+H]+", "[2M+H]+")]
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    read = adduct_of(adduct)
    if read is None:
        return float("nan")
    if read.molecules > 1 or abs(read.charge) > 1:
        return float(MANY)
    if not read.pieces:
        return float(CHARGED)
    if [(abs(number), piece) for number, piece in read.pieces] == [(1, "H")]:
        return float(PROTON)
    return float(LOST if any(number < 0 and piece != "H" for number, piece in read.pieces) else ADDED)


@lru_cache(maxsize=65_536)
def _figures(formula: str, adduct: str) -> tuple[float, ...]:
    kind = ion_kind(adduct)
    atoms = ion_atoms(formula, "[M+H]+")
    if atoms is None:
        return (*_UNKNOWN[:-1], kind)
    carbons, nitrogens, oxygens, hydrogens = (atoms.get(element, 0) for element in ("C", "N", "O", "H"))
    halogens = sum(atoms.get(element, 0) for element in _HALOGENS)
    phosphorus = atoms.get("P", 0)
    rings = carbons - (hydrogens - 1 + halogens) / 2 + (nitrogens + phosphorus) / 2 + 1
    heavy = sum(number for element, number in atoms.items() if element != "H")
    return (rings, carbons, nitrogens, oxygens, halogens, atoms.get("S", 0) + phosphorus, heavy, kind)
