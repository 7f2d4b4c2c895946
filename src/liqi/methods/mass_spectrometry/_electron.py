"""Electron-ionisation spectra (70 eV, GC-MS): no precursor, unit mass, compared by the composite of Stein and Scott.

The composite is that of Stein & Scott, J. Am. Soc. Mass Spectrom. 5:859 (1994): a cosine of weighted peaks, and the
mean agreement of the ratios of neighbouring peaks that both spectra have, weighed by numbers of peaks. The weights
m^1.3 I^0.53 are those that Kim et al., Anal. Chem. 84:6477 (2012), fitted anew. Peaks under 0.5 % of the base peak
are left out.
"""

from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, add_up, nominal
from liqi.methods.mass_spectrometry._references import References

MASS_POWER, INTENSITY_POWER, NOISE = 1.3, 0.53, 0.005
MOST_COMPARED = 500
"""Ratios are compared with so many references of the highest cosine."""
_HIGHEST_MASS = 4_000


@dataclass(frozen=True, slots=True)
class ElectronIndex:
    """The references without a precursor: `rows` in the library, and their weighted peaks sorted by mass.

    The peaks of nominal mass m are `[starts[m], starts[m + 1])`; the weights of a spectrum have length 1, `share`
    is the intensity over that of its base peak.
    """

    rows: Integers
    starts: Integers
    weight: Floats
    share: Floats
    owner: Integers

    @classmethod
    def of(cls, references: References) -> "ElectronIndex":
        """Return the index of a library's EI references."""
        rows = np.flatnonzero(~np.isfinite(references.precursor_mz))
        counts = references.starts[rows + 1] - references.starts[rows]
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(references.starts[rows] - ends + counts, counts)
        owner = np.repeat(np.arange(rows.size), counts)
        peaks = weighted(references.mz[at].astype(float), references.intensity[at].astype(float), owner)
        order = np.argsort(peaks.mass, kind="stable")
        starts = np.searchsorted(peaks.mass[order], np.arange(_HIGHEST_MASS + 2))
        return cls(rows, starts, peaks.weight[order], peaks.share[order], peaks.owner[order])

    def __len__(self) -> int:
        return self.rows.size

    def composites(self, mz: Floats, intensity: Floats) -> Floats:
        """Return the composite score of one spectrum with every reference, between 0 and 1.

        (N F_D + n F_R) / (N + n): N peaks of the spectrum, n of them in the reference too, F_D the cosine, F_R the
        mean over neighbouring common peaks of the ratio of their ratios, the smaller over the larger.
        """
        asked = weighted(mz, intensity, np.zeros(mz.size, dtype=np.int64))
        low, high = self.starts[asked.mass], self.starts[asked.mass + 1]
        counts = high - low
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(low - ends + counts, counts)
        peak, owner, number = np.repeat(np.arange(counts.size), counts), self.owner[at], self.rows.size
        cosine = add_up(owner, asked.weight[peak] * self.weight[at], number)
        near = np.zeros(number, dtype=bool)
        near[np.argsort(-cosine, kind="stable")[:MOST_COMPARED]] = True
        compared = np.flatnonzero(near[owner])
        compared = compared[np.argsort(owner[compared], kind="stable")]  # by reference, then by mass
        owner, times = owner[compared], asked.share[peak[compared]] / self.share[at[compared]]
        common = add_up(owner, np.ones(owner.size), number)
        beside = np.flatnonzero(owner[1:] == owner[:-1])
        ratio = times[beside + 1] / times[beside]
        alike = add_up(owner[beside], np.minimum(ratio, 1 / ratio), number) / np.maximum(common - 1, 1)
        return np.asarray((counts.size * cosine + common * alike) / (max(counts.size, 1) + common))


@dataclass(frozen=True, slots=True)
class Weighted:
    """Peaks at nominal mass, by spectrum and mass: weight (length 1 a spectrum), share of the base peak, owner."""

    mass: Integers
    weight: Floats
    share: Floats
    owner: Integers


def weighted(mz: Floats, intensity: Floats, owner: Integers) -> Weighted:
    """Return the peaks of spectra 0..n-1 at nominal mass, those of one mass put together.

    >>> peaks = weighted(np.array([50.1, 100.0]), np.array([1.0, 1.0]), np.array([0, 0]))
    >>> peaks.mass.tolist(), peaks.weight.round(2).tolist()
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
    share = total / highest[owner]
    weight = mass**MASS_POWER * share**INTENSITY_POWER
    length = np.sqrt(add_up(owner, weight**2, number))
    return Weighted(mass, weight / length[owner], share, owner)
