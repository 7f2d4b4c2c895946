"""Masses of formulas and of their ions, in Da (IUPAC/CIAAW 2021 and AME2020 monoisotopic masses)."""

import re
from functools import lru_cache
from typing import NamedTuple

ELECTRON = 0.000548579909
_MONOISOTOPIC = {
    "H": 1.00782503190, "D": 2.01410177784, "Li": 7.0160034, "B": 11.00930517, "C": 12.0, "N": 14.00307400425,
    "O": 15.99491461926, "F": 18.99840316207, "Na": 22.98976928, "Mg": 23.98504170, "Al": 26.98153841,
    "Si": 27.97692653442, "P": 30.97376199768, "S": 31.97207117354, "Cl": 34.968852694, "K": 38.9637064848,
    "Ca": 39.962590850, "Ti": 47.94794093, "V": 50.94395766, "Cr": 51.94050472, "Mn": 54.93804304,
    "Fe": 55.93493554, "Co": 58.93319352, "Ni": 57.93534165, "Cu": 62.92959712, "Zn": 63.92914177,
    "Ga": 68.9255735, "Ge": 73.921177761, "As": 74.92159460, "Se": 79.91652176, "Br": 78.91833756,
    "Ag": 106.9050915, "Sn": 119.90220187, "I": 126.9044719, "Pt": 194.9647917, "Hg": 201.97064340,
    "13C": 13.00335483534, "15N": 15.00010889827, "2H": 2.01410177784, "18O": 17.99915961214, "34S": 33.967867011,
}  # fmt: skip
_PART = re.compile(r"\[(\d+[A-Z][a-z]?)\](\d*)|([A-Z][a-z]?)(\d*)")
_WHOLE = re.compile(r"(?:\[\d+[A-Z][a-z]?\]\d*|[A-Z][a-z]?\d*)+$")
_ADDUCT = re.compile(r"\[(\d*)M((?:[+-]\d*[A-Z][A-Za-z0-9]*)*)\](\d*)([+-]*)$")
_PIECE = re.compile(r"([+-])(\d*)([A-Z][A-Za-z0-9]*)")
_SHORT = {"ACN": "C2H3N", "FA": "CH2O2", "HAc": "C2H4O2", "Hac": "C2H4O2", "TFA": "C2HF3O2", "MeOH": "CH4O"}


@lru_cache(maxsize=65_536)
def monoisotopic_mass(formula: str) -> float | None:
    """Return the mass of a neutral formula, or None where it holds something unknown.

    >>> round(monoisotopic_mass("C9H13N"), 5)
    135.1048
    """
    if not _WHOLE.match(formula):
        return None
    total = 0.0
    for isotope, isotope_count, element, count in _PART.findall(formula):
        mass = _MONOISOTOPIC.get(isotope or element)
        if mass is None:
            return None
        total += mass * int(isotope_count or count or 1)
    return total


class Adduct(NamedTuple):
    """What an adduct says: how many M, `pieces` put to or taken from them as (number, formula), and the charge."""

    molecules: int
    pieces: tuple[tuple[int, str], ...]
    charge: int


@lru_cache(maxsize=4_096)
def adduct_of(written: str) -> Adduct | None:
    """Return what an adduct says, or None where it is not understood or has no charge.

    >>> adduct_of("[2M+ACN+H]+"), adduct_of("[M-2H]2-").pieces, adduct_of("M")
    (Adduct(molecules=2, pieces=((1, 'C2H3N'), (1, 'H')), charge=1), ((-2, 'H'),), None)
    """
    found = _ADDUCT.match(written.strip().rstrip("*."))
    if not found or not found.group(4):
        return None
    many, pieces, charges, signs = found.groups()
    read = ((int(sign + (number or "1")), _SHORT.get(piece, piece)) for sign, number, piece in _PIECE.findall(pieces))
    charge = (1 if signs[0] == "+" else -1) * int(charges or len(signs))
    return Adduct(int(many or 1), tuple(read), charge) if charge else None


@lru_cache(maxsize=65_536)
def ion_mz(formula: str, adduct: str) -> float | None:
    """Return the theoretical m/z of a formula as this adduct, or None where either is not understood.

    A formula written with its own charge (`C5H14NO+`) is taken as the ion itself for `[M]+` and `[M]-`.

    >>> round(ion_mz("C9H13N", "[M+H]+"), 4)
    136.1121
    """
    read = adduct_of(adduct)
    mass = monoisotopic_mass(formula.rstrip("+-").strip("[]") if formula[-1:] in "+-" else formula)
    if read is None or mass is None:
        return None
    mass *= read.molecules
    for number, piece in read.pieces:
        part = monoisotopic_mass(piece)
        if part is None:
            return None
        mass += number * part
    mass -= read.charge * ELECTRON
    return mass / abs(read.charge) if mass > 0 else None


def ion_charge(adduct: str) -> int | None:
    """Return how many charges an adduct has, whatever their sign; None where it is not understood.

    >>> ion_charge("[M+2H]2+"), ion_charge("[M-H]-"), ion_charge("M")
    (2, 1, None)
    """
    read = adduct_of(adduct)
    return abs(read.charge) if read else None
