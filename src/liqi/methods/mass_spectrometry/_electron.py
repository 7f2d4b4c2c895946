"""Electron-ionisation spectra (70 eV, GC-MS): no precursor, unit mass, compared by weighted cosine.

The weights m^1.3 I^0.53 are those of Stein & Scott, J. Am. Soc. Mass Spectrom. 5:859 (1994), as fitted anew by
Kim et al., Anal. Chem. 84:6477 (2012); peaks under 0.5 % of the base peak are left out.
"""

from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, add_up, nominal
from liqi.methods.mass_spectrometry._references import References

MASS_POWER, INTENSITY_POWER, NOISE = 1.3, 0.53, 0.005
_HIGHEST_MASS = 4_000


@dataclass(frozen=True, slots=True)
class ElectronIndex:
    """The references without a precursor: `rows` in the library, and their weighted peaks sorted by mass.

    The peaks of nominal mass m are `[starts[m], starts[m + 1])`; the weights of a spectrum have length 1.
    """

    rows: Integers
    starts: Integers
    weight: Floats
    owner: Integers

    @classmethod
    def of(cls, references: References) -> "ElectronIndex":
        """Return the index of a library's EI references."""
        rows = np.flatnonzero(~np.isfinite(references.precursor_mz))
        counts = references.starts[rows + 1] - references.starts[rows]
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(references.starts[rows] - ends + counts, counts)
        owner = np.repeat(np.arange(rows.size), counts)
        mass, weight, owner = weighted(references.mz[at].astype(float), references.intensity[at].astype(float), owner)
        order = np.argsort(mass, kind="stable")
        starts = np.searchsorted(mass[order], np.arange(_HIGHEST_MASS + 2))
        return cls(rows, starts, weight[order], owner[order])

    def __len__(self) -> int:
        return self.rows.size

    def cosines(self, mz: Floats, intensity: Floats) -> Floats:
        """Return the weighted cosine of one spectrum with every reference."""
        mass, weight, _ = weighted(mz, intensity, np.zeros(mz.size, dtype=np.int64))
        low, high = self.starts[mass], self.starts[mass + 1]
        counts = high - low
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(low - ends + counts, counts)
        return add_up(self.owner[at], np.repeat(weight, counts) * self.weight[at], self.rows.size)


def weighted(mz: Floats, intensity: Floats, owner: Integers) -> tuple[Integers, Floats, Integers]:
    """Return nominal masses, weights and owners of the peaks of spectra 0..n-1, peaks of one mass put together.

    >>> mass, weight, _ = weighted(np.array([50.1, 100.0]), np.array([1.0, 1.0]), np.array([0, 0]))
    >>> mass.tolist(), weight.round(2).tolist()
    ([50, 100], [0.38, 0.93])
    """
    mass = nominal(mz).clip(0, _HIGHEST_MASS).astype(np.int64)
    keys, place = np.unique(owner * (_HIGHEST_MASS + 1) + mass, return_inverse=True)
    total = add_up(place, np.maximum(intensity, 0.0), keys.size)
    owner, mass = keys // (_HIGHEST_MASS + 1), keys % (_HIGHEST_MASS + 1)
    number = int(owner.max(initial=-1)) + 1
    highest = np.zeros(number)
    np.maximum.at(highest, owner, total)
    strong = (total > 0) & (total >= NOISE * highest[owner]) & (mass > 0)
    mass, total, owner = mass[strong], total[strong], owner[strong]
    weight = mass**MASS_POWER * (total / highest[owner]) ** INTENSITY_POWER
    length = np.sqrt(add_up(owner, weight**2, number))
    return mass, weight / length[owner], owner
