"""Spectra made ready for comparison: close peaks merged, noise cut, weighted by entropy, without and with precursor.

The steps and their order are those of Li et al., Nat. Methods 18:1524 (2021) and of its ms_entropy package:
the tests hold the result against that package.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.readers import Spectrum

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
PRECURSOR_REMOVAL_DA = 1.6
NOISE = 0.01
MERGE_DA = 0.05
NOMINAL_SHIFT = 0.38
UNIT_FROM_DA = 0.2
_WEIGHT_BELOW = 3.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """The cleaned peaks of many spectra in flat arrays; spectrum i owns `[starts[i], starts[i + 1])`.

    `without` and `kept` are entropy weights (sum 1) without and with the precursor's peaks, 0 where a view lacks
    the peak; `share` is the plain share of intensity without the precursor. One entry a spectrum: `entropy`
    (nats), `count` and `centre` (mean m/z weighted by intensity) without the precursor, and `residual`, the share
    of intensity that was the precursor's.
    """

    mz: Singles
    without: Singles
    kept: Singles
    share: Singles
    owner: NDArray[np.int32]
    starts: Integers
    entropy: Singles
    count: NDArray[np.int32]
    residual: Singles
    centre: Singles

    def __len__(self) -> int:
        return self.starts.size - 1

    def take(self, places: Integers) -> "Peaks":
        """Return the peaks of these spectra, in this order."""
        counts = np.diff(self.starts)[places]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        at = np.arange(starts[-1]) + np.repeat(self.starts[places] - starts[:-1], counts)
        owner = np.repeat(np.arange(places.size, dtype=np.int32), counts)
        peaks = (self.mz[at], self.without[at], self.kept[at], self.share[at], owner, starts)
        return Peaks(*peaks, self.entropy[places], self.count[places], self.residual[places], self.centre[places])


def add_up(place: Integers | NDArray[np.int32], value: Floats | Singles | Flags, number: int) -> Floats:
    """Return the sums of the values at each of the places 0..number-1."""
    return np.asarray(np.bincount(place, value, number), dtype=np.float64)


def nominal(mz: Floats) -> Floats:
    """Return unit-mass bins, floor(m/z + 0.38), as miniature ion traps and most EI libraries give them."""
    return np.asarray(np.floor(mz + NOMINAL_SHIFT))


def merge_width(fragment_width: float) -> float:
    """Return how far apart cleaned peaks must be, so that no peak matches two: 0.05 Da or 2.5 tolerances."""
    return max(MERGE_DA, 2.5 * fragment_width)


def flat(spectra: Sequence[Spectrum]) -> tuple[Floats, Floats, Integers]:
    """Return the peaks of spectra one after the other, and how many each has."""
    counts = np.array([one.mz.size for one in spectra], dtype=np.int64)
    if not counts.sum():
        return np.empty(0), np.empty(0), counts
    return np.concatenate([one.mz for one in spectra]), np.concatenate([one.intensity for one in spectra]), counts


def clean_many(
    mz: Floats, intensity: Floats, counts: Integers, precursor_mz: Floats, width: float, unit: bool = False
) -> Peaks:
    """Return many spectra cleaned at once; m/z ascends within each, a precursor of NaN removes nothing."""
    number = counts.size
    owner = np.repeat(np.arange(number), counts)
    good = intensity > 0
    mz, intensity, owner = mz[good], intensity[good], owner[good]
    limits = np.where(np.isfinite(precursor_mz), precursor_mz, np.inf)
    limits = nominal(limits) - 1.5 if unit else limits - PRECURSOR_REMOVAL_DA
    if unit:
        mz = nominal(mz)
    part = 2 * owner + (mz > limits[owner])
    mz, intensity, part = _merge_all(mz, intensity, part, width)
    owner, above = part >> 1, (part & 1).astype(bool)
    total = add_up(owner, intensity, number)
    below = add_up(owner, np.where(above, 0.0, intensity), number)
    share, without, entropy = _view(intensity, owner, ~above, number)
    _, kept, _ = _view(intensity, owner, np.ones(mz.size, dtype=bool), number)
    count = add_up(owner, without > 0, number)
    there = (without > 0) | (kept > 0)
    owner = owner[there]
    return Peaks(
        mz[there].astype(np.float32),
        without[there].astype(np.float32),
        kept[there].astype(np.float32),
        share[there].astype(np.float32),
        owner.astype(np.int32),
        np.searchsorted(owner, np.arange(number + 1)).astype(np.int64),
        entropy.astype(np.float32),
        count.astype(np.int32),
        (1 - below / np.where(total > 0, total, 1)).astype(np.float32),
        add_up(owner, share[there] * mz[there], number).astype(np.float32),
    )


def _view(intensity: Floats, owner: Integers, seen: Flags, number: int) -> tuple[Floats, Floats, Floats]:
    """Return shares, entropy weights and entropies of the peaks seen, noise under 1 % of the base peak cut.

    Where the spectral entropy S (nats) is below 3 the exponent 0.25 + 0.25 S flattens the intensities (Li 2021),
    so that spectra of few peaks count their small ones too.
    """
    seen_intensity = np.where(seen, intensity, 0.0)
    highest = np.zeros(number)
    starts = np.searchsorted(owner, np.arange(number + 1))
    filled = np.flatnonzero(np.diff(starts))
    if filled.size:
        highest[filled] = np.maximum.reduceat(seen_intensity, starts[filled])
    strong = seen & (seen_intensity >= NOISE * highest[owner])
    share = np.where(strong, seen_intensity, 0.0)
    sums = add_up(owner, share, number)
    share /= np.where(sums > 0, sums, 1.0)[owner]
    entropy = add_up(owner, -share * np.log(np.where(strong, share, 1.0)), number)
    power = np.where(entropy < _WEIGHT_BELOW, 0.25 + 0.25 * entropy, 1.0)
    weight = np.where(strong, np.where(strong, share, 1.0) ** power[owner], 0.0)
    sums = add_up(owner, weight, number)
    return share, weight / np.where(sums > 0, sums, 1.0)[owner], entropy


def joined(mz: Floats, intensity: Floats, width: float) -> tuple[Floats, Floats]:
    """Return ascending peaks with those closer than `width` as one, at their mean m/z weighted by intensity, summed.

    >>> joined(np.array([50.0, 91.054, 91.056]), np.array([1.0, 3.0, 1.0]), 0.02)
    (array([50.    , 91.0545]), array([1., 4.]))
    """
    good = intensity > 0
    mz, intensity, _ = _merge_all(mz[good], intensity[good], np.zeros(int(good.sum()), dtype=np.int64), width)
    return mz, intensity


def _merge_all(mz: Floats, intensity: Floats, owner: Integers, width: float) -> tuple[Floats, Floats, Integers]:
    while True:
        close = (mz[1:] - mz[:-1] < width) & (owner[1:] == owner[:-1])
        if not close.any():
            return mz, intensity, owner
        edges = np.diff(np.concatenate([[False], close, [False]]).astype(np.int8))
        firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        mz, intensity = mz.copy(), intensity.copy()
        pairs = firsts[lasts - firsts == 1]
        total = intensity[pairs] + intensity[pairs + 1]
        mz[pairs] = (mz[pairs] * intensity[pairs] + mz[pairs + 1] * intensity[pairs + 1]) / total
        intensity[pairs], intensity[pairs + 1] = total, 0.0
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            if last - first > 1:
                span = slice(first, last + 1)
                mz[span], intensity[span] = _merge_cluster(mz[span].tolist(), intensity[span].tolist(), width)
        keep = intensity > 0
        mz, intensity, owner = mz[keep], intensity[keep], owner[keep]


def _merge_cluster(mz: list[float], intensity: list[float], width: float) -> tuple[list[float], list[float]]:
    """Return the cluster's merged peaks in order of m/z, filled up with zeros to the same length."""
    merged = []
    for i in sorted(range(len(mz)), key=intensity.__getitem__, reverse=True):
        if intensity[i] <= 0:
            continue
        low = high = i
        while low > 0 and mz[i] - mz[low - 1] <= width:
            low -= 1
        while high + 1 < len(mz) and mz[high + 1] - mz[i] <= width:
            high += 1
        total = sum(intensity[low : high + 1])
        moment = sum(m * a for m, a in zip(mz[low : high + 1], intensity[low : high + 1], strict=True))
        merged.append((moment / total, total))
        intensity[low : high + 1] = [0.0] * (high + 1 - low)
    merged.sort()
    merged += [(mz[-1], 0.0)] * (len(mz) - len(merged))
    return [peak[0] for peak in merged], [peak[1] for peak in merged]
