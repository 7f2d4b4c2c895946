"""Search by precursor first: the library sorted by precursor m/z, so that candidates lie side by side.

A query looks at one slice of the peak arrays, whatever the size of the library, and finds its own peaks there
through a table of m/z bins. The score is the spectral entropy similarity of Li et al. (2021), as in Flash
entropy (Li & Fiehn 2023). All arrays may be mapped from a file, so that processes share them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers, Peaks, Singles, add_up, clean_many, merge_width

ION_MODES = ("positive", "negative")
_BINS_A_TOLERANCE = 2
_BINS_A_PEAK = np.arange(2 * _BINS_A_TOLERANCE + 1)
_FINEST_BINS_A_DA = 200.0
_HIGHEST_MZ = 5_000.0
FRAGMENT_PPM = 10.0
"""The mass error at which a matched peak counts e^-1/2 of its weight in the narrow similarity."""
_TINY = np.float32(1e-30)
_LEAST_GAIN = 1e-9
_TWICE_LN_2 = np.float32(2 * np.log(2))


def ion_modes(polarity: str | None) -> tuple[str, ...]:
    """Return the ion modes to search for a spectrum of this polarity: both where it does not tell."""
    return (polarity,) if polarity in ION_MODES else ION_MODES


@dataclass(frozen=True, slots=True)
class ModeIndex:
    """The reference spectra of one ion mode by precursor: `rows` says where each stands in the library.

    `energy` holds two readings of the collision energy in eV, shape (n, 2), NaN where not told; `compound` and
    `lab` are numbers that are the same for the same compound and laboratory.
    """

    rows: Integers
    precursor_mz: Floats
    compound: Integers
    lab: Integers
    energy: Floats
    peaks: Peaks

    def window(self, precursor_mz: Floats, half_width: Floats) -> tuple[Integers, Integers]:
        """Return where each query's candidates begin and end."""
        low = np.searchsorted(self.precursor_mz, precursor_mz - half_width, side="left")
        high = np.searchsorted(self.precursor_mz, precursor_mz + half_width, side="right")
        return low.astype(np.int64), high.astype(np.int64)

    def take(self, places: Integers) -> "ModeIndex":
        """Return the index of these references alone; places ascend."""
        facts = (self.rows[places], self.precursor_mz[places], self.compound[places], self.lab[places])
        return ModeIndex(*facts, self.energy[places], self.peaks.take(places))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each query with each of its candidate references, in order of query and precursor m/z.

    Similarities are 0..1; `explained_query` and `explained_reference` are the shares of intensity (without the
    precursor) that have a partner; `similarity_narrow` trusts matched peaks by their mass error, `fragment_error` is
    the mean of that error in ppm. `hit_pair`, `hit_peak` and `hit_weight` tell, for each pair of matched peaks, the
    pair of spectra, the query's peak and the reference's weight there.
    """

    query: Integers
    reference: Integers
    similarity: Floats
    similarity_kept: Floats
    similarity_narrow: Floats
    fragment_error: Floats
    cosine: Floats
    matched: Integers
    matched_kept: Integers
    explained_query: Floats
    explained_reference: Floats
    hit_pair: Integers
    hit_peak: Integers
    hit_weight: Singles


def build_index(
    rows: Integers,
    precursor_mz: Floats,
    peaks: tuple[Singles, Singles, Integers],
    facts: dict[str, NDArray[Any]],
    fragment_width: float,
    unit: bool,
) -> ModeIndex:
    """Return the index of these rows of a library; `peaks` are m/z, intensity and starts of all its spectra."""
    mz, intensity, starts = peaks
    rows = rows[np.argsort(precursor_mz[rows], kind="stable")]
    counts = starts[rows + 1] - starts[rows]
    ends = np.cumsum(counts)
    at = np.arange(ends[-1] if ends.size else 0) + np.repeat(starts[rows] - ends + counts, counts)
    precursors = precursor_mz[rows]
    width = merge_width(fragment_width)
    cleaned = clean_many(mz[at].astype(float), intensity[at].astype(float), counts, precursors, width, unit)
    return ModeIndex(
        rows.astype(np.int64), precursors, facts["compound"][rows], facts["lab"][rows], facts["energy"][rows], cleaned
    )


def match(
    index: ModeIndex, queries: Peaks, precursor_mz: Floats, half_width: Floats, fragment_width: float | Floats
) -> Pairs:
    """Return the scores of every reference near each query's precursor; NaN precursors have no candidates.

    A peak matches within `fragment_width` Da, one for all or one a query; peaks of one spectrum are at least 2.5
    times as far apart as the widest.
    """
    low, high = index.window(precursor_mz, half_width)
    offsets = np.concatenate([[0], np.cumsum(high - low)]).astype(np.int64)
    peak, partner, pair = _hits(index.peaks, queries, low, high, offsets, fragment_width)
    number = int(offsets[-1])
    query = np.repeat(np.arange(low.size), high - low)
    reference = np.arange(number) - np.repeat(offsets[:-1] - low, high - low)
    q, r = queries.without[peak], index.peaks.without[partner]
    q_kept, r_kept = queries.kept[peak], index.peaks.kept[partner]
    q_share, r_share = queries.share[peak], index.peaks.share[partner]
    both, both_kept = (q > 0) & (r > 0), (q_kept > 0) & (r_kept > 0)
    gain, gain_kept = _gain(q, r) * both, _gain(q_kept, r_kept) * both_kept
    total = add_up(pair, gain, number)
    off_ppm = np.abs(queries.mz[peak] / index.peaks.mz[partner] - 1).astype(float) * 1e6
    near = np.exp(-((off_ppm / FRAGMENT_PPM) ** 2) / 2)
    return Pairs(
        query,
        reference,
        np.minimum(1.0, total),
        np.minimum(1.0, add_up(pair, gain_kept, number)),
        add_up(pair, near * gain, number),
        add_up(pair, off_ppm * gain, number) / np.maximum(total, _LEAST_GAIN),
        add_up(pair, np.sqrt(q_share * r_share), number),
        add_up(pair, both, number).astype(np.int64),
        add_up(pair, both_kept, number).astype(np.int64),
        add_up(pair, q_share * both, number),
        add_up(pair, r_share * both, number),
        pair[both],
        peak[both],
        r[both],
    )


def _gain(q: Singles, r: Singles) -> Singles:
    """What matched peaks add: half of (q + r) log2(q + r) - q log2 q - r log2 r (Li & Fiehn 2023, eq. 3)."""
    return np.asarray((_log_weighted(q + r) - _log_weighted(q) - _log_weighted(r)) / _TWICE_LN_2)


def _log_weighted(weight: Singles) -> Singles:
    return np.asarray(weight * np.log(np.maximum(weight, _TINY)))


def _hits(
    reference: Peaks, queries: Peaks, low: Integers, high: Integers, offsets: Integers, widths: float | Floats
) -> tuple[Integers, Integers, Integers]:
    """Return query peak, reference peak and pair of spectra of every two peaks that match."""
    width = float(np.max(widths))
    scale = min(_BINS_A_TOLERANCE / width, _FINEST_BINS_A_DA)
    bins = ((queries.mz.astype(float).clip(width, _HIGHEST_MZ) - width) * scale).astype(np.int64)
    table = np.zeros(int(bins.max(initial=0)) + _BINS_A_PEAK.size + 1, dtype=np.int32)
    peaks, partners, pairs = [], [], []
    first_peaks, last_peaks = reference.starts[low], reference.starts[high]
    for i in np.flatnonzero((last_peaks > first_peaks) & (np.diff(queries.starts) > 0)).tolist():
        start, end = int(queries.starts[i]), int(queries.starts[i + 1])
        first = int(first_peaks[i])
        at = bins[start:end, None] + _BINS_A_PEAK
        table[at] = np.arange(start + 1, end + 1)[:, None]
        found = table.take((reference.mz[first : int(last_peaks[i])] * np.float32(scale)).astype(np.int32), mode="clip")
        table[at] = 0
        hits = np.flatnonzero(found)
        peaks.append(found[hits] - 1)
        partners.append(hits + first)
        pairs.append(np.full(hits.size, offsets[i] - low[i]))
    if not peaks:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    peak, partner = np.concatenate(peaks).astype(np.int64), np.concatenate(partners)
    own = widths[queries.owner[peak]] if isinstance(widths, np.ndarray) else width
    near = np.abs(queries.mz[peak].astype(float) - reference.mz[partner]) <= own
    partner = partner[near]
    return peak[near], partner, reference.owner[partner] + np.concatenate(pairs)[near]
