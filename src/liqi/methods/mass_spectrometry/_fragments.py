"""Fragments named: which part of a candidate's ion has the mass of a measured peak."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._formula import ELECTRON, monoisotopic_mass
from liqi.methods.mass_spectrometry._isotopes import ion_atoms

WIDEST_PPM = 20.0
WIDEST_DA = 0.003
"""A peak farther away than 20 ppm, or 3 mDa where that is more, is not named however wide peaks are matched."""
MOST_SKELETONS = 400_000
_ODD_ELECTRON = 0.5
_VALENCE = {"C": 4, "N": 3, "O": 2, "P": 3, "S": 2, "Si": 4, "F": 1, "Cl": 1, "Br": 1, "I": 1, "Na": 1, "K": 1}
HYDROGEN = monoisotopic_mass("H") or 0.0


@dataclass(frozen=True, slots=True)
class Skeletons:
    """Every choice of an ion's atoms but hydrogen, by mass: counts (n, elements), masses (n,), hydrogens there are."""

    elements: tuple[str, ...]
    counts: NDArray[np.int16]
    mass: Floats
    hydrogens: int


def fragments(
    mz: Sequence[float], formula: str, adduct: str, width: float, positive: bool = True
) -> list[tuple[str, float] | None]:
    """Return for each m/z the singly charged part of the ion that fits best, with its error in ppm; None where none.

    Of several parts the nearest in mass is taken; one with an odd number of electrons, which are rarer in electrospray,
    must be clearly nearer.

    >>> fragments([138.0662, 110.0713, 77.5], "C8H10N4O2", "[M+H]+", 0.01)
    [('C6H8N3O', 0.1), ('C5H8N3', 0.2), None]
    """
    skeletons = skeletons_of(formula, adduct)
    if skeletons is None:
        return [None] * len(mz)
    electron = -ELECTRON if positive else ELECTRON
    return [_best(skeletons, one, width, electron) for one in mz]


def _best(skeletons: Skeletons, mz: float, width: float, electron: float) -> tuple[str, float] | None:
    half = min(width, max(WIDEST_PPM * 1e-6 * mz, WIDEST_DA))
    hydrogens = np.arange(skeletons.hydrogens + 1)
    wanted = mz - electron - hydrogens * HYDROGEN
    low = np.searchsorted(skeletons.mass, wanted - half)
    high = np.searchsorted(skeletons.mass, wanted + half, side="right")
    best: tuple[float, int, int] | None = None
    for hydrogen in np.flatnonzero(high > low).tolist():
        for i in range(int(low[hydrogen]), int(high[hydrogen])):
            free = _free(skeletons, i, hydrogen)
            if free < 0:
                continue
            away = abs(skeletons.mass[i] - wanted[hydrogen]) / half + (_ODD_ELECTRON if free % 2 else 0.0)
            if best is None or away < best[0]:
                best = float(away), i, hydrogen
    if best is None:
        return None
    _, i, hydrogen = best
    error = (mz - electron - hydrogen * HYDROGEN - float(skeletons.mass[i])) / mz * 1e6
    return _written(skeletons, i, hydrogen), round(error, 1)


def _free(skeletons: Skeletons, i: int, hydrogen: int) -> int:
    """Return twice the rings and double bonds of an ion, plus one where all its electrons are in pairs; below 0: none.

    A closed-shell cation has rings and double bonds of n + 1/2; counted double and shifted by one, it is even.
    """
    total = 3 - hydrogen
    for element, count in zip(skeletons.elements, skeletons.counts[i].tolist(), strict=True):
        total += count * (_VALENCE[element] - 2)
    return total


@lru_cache(maxsize=512)
def skeletons_of(formula: str, adduct: str) -> Skeletons | None:
    """Return the skeletons of an ion, or None where it is not understood or has too many."""
    atoms = ion_atoms(formula, adduct)
    if atoms is None or not set(atoms) - {"H"} <= set(_VALENCE):
        return None
    elements = tuple(element for element in atoms if element != "H")
    shape = [atoms[element] + 1 for element in elements]
    if not elements or np.prod(shape, dtype=np.float64) > MOST_SKELETONS:
        return None
    counts = np.indices(shape).reshape(len(shape), -1).T.astype(np.int16)
    mass = counts @ np.array([monoisotopic_mass(element) or 0.0 for element in elements])
    order = np.argsort(mass, kind="stable")
    return Skeletons(elements, counts[order], mass[order], atoms.get("H", 0))


def _written(skeletons: Skeletons, i: int, hydrogen: int) -> str:
    """Return the part in the order of Hill: carbon, hydrogen, the others by letter."""
    numbers = dict(zip(skeletons.elements, skeletons.counts[i].tolist(), strict=True)) | {"H": hydrogen}
    first = ["C", "H"] if numbers.get("C") else []
    order = [*first, *sorted(set(numbers) - set(first))]
    there = ((element, numbers[element]) for element in order if numbers[element])
    return "".join(element + (str(count) if count > 1 else "") for element, count in there)
