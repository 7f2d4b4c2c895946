"""What natural isotopes add to labelled molecules, peak by peak, with their exact masses.

Each column of the matrix is the pattern of a molecule with so many labelled atoms; a measured pattern is a mixture of
columns without negative parts (Fernandez et al., J. Mass Spectrom. 31:255, 1996; for exact masses Heinrich et al.,
Sci. Rep. 8:17910, 2018).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import BadParameter
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._formula import ion_charge, ion_mz
from liqi.methods.mass_spectrometry._isotopes import ion_atoms
from liqi.methods.mass_spectrometry._patterns import ABUNDANCES

LABELS = {  # element, Da above its lightest isotope (AME2020)
    "13C": ("C", 1.0033548351),
    "15N": ("N", 0.9970348936),
    "2H": ("H", 1.0062767459),
    "18O": ("O", 2.0042449900),
    "34S": ("S", 1.9957958390),
}
_SHIFTS = {
    "C": (0.0, 1.0033548351),
    "H": (0.0, 1.0062767459),
    "N": (0.0, 0.9970348936),
    "O": (0.0, 1.0042171372, 2.0042449900),
    "S": (0.0, 0.9993877350, 1.9957958390),
    "Cl": (0.0, 1.0, 1.9970499080),
    "Br": (0.0, 1.0, 1.9979521000),
    "Si": (0.0, 0.9995681300, 1.9968435900),
    "K": (0.0, 1.0000320000, 1.9981187700),
}
MOST_LABELS = 40
MOST_ATOMS = 600
_LEAST = 1e-9
_SAME_DA = 1e-5
_STEPS = 500


@dataclass(frozen=True, slots=True)
class Scheme:
    """The peaks of a labelled ion: m/z of M+0, M+1 ... and the matrix (peaks, labels) of what each molecule gives."""

    mz: Floats
    matrix: Floats
    atoms: int

    @property
    def natural(self) -> Floats:
        """The pattern of unlabelled molecules, M+0 being one."""
        return np.asarray(self.matrix[:, 0] / self.matrix[0, 0])


def scheme_of(
    formula: str, adduct: str, label: str, width_da: float, purity: float = 1.0, resolving_power: float = 0.0
) -> Scheme:
    """Return the scheme of an ion; what lies within +-width_da of a peak counts as that peak.

    `purity` is the heavy share of each labelled position of the tracer. With a resolving power (m over the width at
    half height) what it cannot part is one peak at the mean mass; 0 parts everything. Raises BadParameter where the
    formula or adduct is not understood, or lacks the label's element.
    """
    atoms, first, charge = ion_atoms(formula, adduct), ion_mz(formula, adduct), ion_charge(adduct)
    if atoms is None or first is None or not charge:
        raise BadParameter("formula", f"{formula} {adduct}", "a formula and an adduct such as C6H12O6 and [M+H]+")
    element, step = LABELS[label]
    neutral = ion_atoms(formula, "[M]+") or {}
    number = neutral.get(element, 0)
    if not number or atoms.get(element, 0) < number:
        raise BadParameter("label", label, f"an element that {formula} holds")
    if resolving_power and resolving_power < 2 * first * abs(charge):
        raise BadParameter("resolving_power", resolving_power, "0, or enough to part peaks half a Da apart")
    if sum(atoms.values()) > MOST_ATOMS:
        raise BadParameter("formula", formula, f"at most {MOST_ATOMS} atoms")
    if number > MOST_LABELS:
        raise BadParameter("formula", formula, f"at most {MOST_LABELS} atoms that can be labelled")
    wanted: Floats = np.asarray(step * np.arange(number + 1), np.float64)
    width = width_da * abs(charge)
    columns = []
    for labelled in range(number + 1):
        rest = {**atoms, element: atoms[element] - labelled}
        shift, share = fine_structure(rest)
        if resolving_power > 0:
            shift, share = unresolved(shift, share, first / resolving_power * abs(charge))
        column = np.zeros(number + 1)
        for heavy in range(labelled + 1):
            part = math.comb(labelled, heavy) * purity**heavy * (1 - purity) ** (labelled - heavy)
            if part > _LEAST:
                column += part * _at(shift + heavy * step, share, wanted, width)
        columns.append(column)
    return Scheme(first + wanted / abs(charge), np.column_stack(columns), number)


def fine_structure(atoms: Mapping[str, int]) -> tuple[Floats, Floats]:
    """Return Da above the lightest isotopologue and abundance of every isotopologue that matters, by mass.

    >>> shift, share = fine_structure({"C": 6})
    >>> shift.round(3).tolist()[:2], (share / share[0]).round(4).tolist()[:2]
    ([0.0, 1.003], [1.0, 0.0649])
    """
    shift, share = np.zeros(1), np.ones(1)
    for element, number in atoms.items():
        if element in _SHIFTS and number:
            own_shift, own_share = _of_element(element, number)
            shift = (shift[:, None] + own_shift).ravel()
            share = (share[:, None] * own_share).ravel()
            shift, share = _merged(shift, share)
    return shift, share


def without_negatives(matrix: Floats, measured: Floats) -> Floats:
    """Return the non-negative least-squares solution (Lawson and Hanson, Solving Least Squares Problems, 1974, ch. 23).

    >>> without_negatives(np.array([[1.0, 0.0], [0.1, 1.0]]), np.array([2.0, 0.1])).round(3).tolist()
    [1.99, 0.0]
    """
    size = matrix.shape[1]
    inside = np.zeros(size, bool)
    found = np.zeros(size)
    slack = 1e-12 * max(1.0, float(np.abs(matrix.T @ measured).max(initial=0.0)))
    for _ in range(_STEPS):
        pull = matrix.T @ (measured - matrix @ found)
        if inside.all() or not (pull[~inside] > slack).any():
            break
        inside[int(np.argmax(np.where(inside, -np.inf, pull)))] = True
        while True:
            trial = np.zeros(size)
            trial[inside] = np.linalg.lstsq(matrix[:, inside], measured, rcond=None)[0]
            if (trial[inside] > 0).all():
                found = trial
                break
            bad = inside & (trial <= 0)
            step = float((found[bad] / np.maximum(found[bad] - trial[bad], 1e-300)).min())
            found = found + step * (trial - found)
            inside &= found > slack * 1e-3
            found[~inside] = 0.0
            if not inside.any():
                break
    return found


def unresolved(shift: Floats, share: Floats, gap_da: float) -> tuple[Floats, Floats]:
    """Return the peaks with each, the highest first, holding what lies within a gap of it, at the mean mass."""
    owner = np.full(shift.size, -1)
    for top in np.argsort(-share, kind="stable").tolist():
        if owner[top] < 0:
            owner[(owner < 0) & (np.abs(shift - shift[top]) <= gap_da)] = top
    _, group = np.unique(owner, return_inverse=True)
    return _put_together(shift, share, group)


def _put_together(shift: Floats, share: Floats, group: NDArray[np.int64]) -> tuple[Floats, Floats]:
    total = np.bincount(group, share)
    return np.asarray(np.bincount(group, share * shift) / total, np.float64), np.asarray(total, np.float64)


def _at(shift: Floats, share: Floats, wanted: Floats, width: float) -> Floats:
    return np.array([share[np.abs(shift - one) <= width].sum() for one in wanted])


@lru_cache(maxsize=256)
def _of_element(element: str, number: int) -> tuple[Floats, Floats]:
    """Return the isotopologues of n atoms of an element: how many are heavier, multinomially."""
    abundances = ABUNDANCES[element]
    shifts, shares = [], []
    heaviest = len(abundances) > 2
    for second in range(number + 1 if heaviest else 1):
        for first in range(number - second + 1):
            rest = number - first - second
            log = math.lgamma(number + 1) - sum(math.lgamma(k + 1) for k in (first, second, rest))
            share = math.exp(log) * abundances[0] ** rest * abundances[1] ** first
            share *= abundances[2] ** second if heaviest else 1.0
            if share > _LEAST:
                shifts.append(first * _SHIFTS[element][1] + (second * _SHIFTS[element][2] if heaviest else 0.0))
                shares.append(share)
            elif first > number * abundances[1] + 5 and not heaviest:
                break
    return np.array(shifts), np.array(shares)


def _merged(shift: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the isotopologues by mass, those of one mass put together, the rare ones left out."""
    kept = share > _LEAST
    shift, share = shift[kept], share[kept]
    order = np.argsort(shift, kind="stable")
    shift, share = shift[order], share[order]
    return _put_together(shift, share, np.cumsum(np.diff(shift, prepend=shift[0]) > _SAME_DA))
