"""Search by precursor first: the library sorted by precursor m/z, so that candidates lie side by side.

A query looks at one slice of the peak arrays, whatever the size of the library. The score is the spectral
entropy similarity of Li et al. (2021), computed as in Flash entropy (Li & Fiehn 2023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import PRECURSOR_REMOVAL_DA, Floats, Peaks, clean_many


@dataclass(frozen=True, slots=True)
class Scores:
    """The candidates of one query, one entry a reference spectrum, in order of precursor m/z."""

    rows: NDArray[np.int64]
    precursor_mz: Floats
    similarity: Floats
    similarity_kept: Floats
    matched: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ModeIndex:
    """The reference spectra of one ion mode: `rows` says where each stands in the library's records."""

    rows: NDArray[np.int64]
    precursor_mz: Floats
    without: Peaks
    kept: Peaks

    def search(
        self,
        without: tuple[Floats, Floats],
        kept: tuple[Floats, Floats],
        precursor_mz: float,
        precursor_width: float,
        fragment_width: float,
    ) -> Scores:
        """Return the scores of every reference within `precursor_width` Da of the query's precursor."""
        low = int(np.searchsorted(self.precursor_mz, precursor_mz - precursor_width, side="left"))
        high = int(np.searchsorted(self.precursor_mz, precursor_mz + precursor_width, side="right"))
        similarity, matched = compare(self.without, low, high, without, fragment_width)
        similarity_kept, _ = compare(self.kept, low, high, kept, fragment_width)
        return Scores(
            self.rows[low:high],
            self.precursor_mz[low:high],
            similarity,
            similarity_kept,
            matched,
        )


def build_index(
    rows: NDArray[np.int64],
    precursor_mz: Floats,
    mz: Floats,
    intensity: Floats,
    starts: NDArray[np.int64],
    width: float,
) -> ModeIndex:
    """Return the index of these rows of a library whose peaks are `mz[starts[i]:starts[i + 1]]`."""
    rows = rows[np.argsort(precursor_mz[rows], kind="stable")]
    counts = starts[rows + 1] - starts[rows]
    ends = np.cumsum(counts)
    take = np.arange(ends[-1] if ends.size else 0) + np.repeat(starts[rows] - ends + counts, counts)
    mz, intensity, precursors = mz[take], intensity[take], precursor_mz[rows]
    without = clean_many(mz, intensity, counts, precursors - PRECURSOR_REMOVAL_DA, width)
    return ModeIndex(rows, precursors, without, clean_many(mz, intensity, counts, None, width))


def compare(
    peaks: Peaks, low: int, high: int, query: tuple[Floats, Floats], width: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Return similarity (0..1) and number of matched peaks for the spectra low to high.

    A reference peak matches the query's peak within `width` Da; peaks of either are further apart than that.
    """
    number = high - low
    first, last = peaks.starts[low], peaks.starts[high]
    mz, weight = query
    if not mz.size or first == last:
        return np.zeros(number), np.zeros(number, dtype=np.int64)
    reference = peaks.mz[first:last]
    place = np.searchsorted(mz, reference - width)
    place[place == mz.size] = 0
    hits = np.flatnonzero(np.abs(mz[place] - reference) <= width)
    q, r = weight[place[hits]], peaks.weight[first:last][hits].astype(np.float64)
    gain = (q + r) * np.log2(q + r) - q * np.log2(q) - r * np.log2(r)
    owner = np.searchsorted(peaks.starts[low + 1 : high + 1] - first, hits, side="right")
    similarity = np.bincount(owner, gain, number) / 2
    return similarity, np.bincount(owner, minlength=number).astype(np.int64)
