"""Spectra made ready for comparison: precursor removed, close peaks merged, noise cut, weighted by entropy.

The steps and their order are those of Li et al., Nat. Methods 18:1524 (2021) and of its ms_entropy package:
the tests hold the result against that package.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.readers import Spectrum

Floats = NDArray[np.float64]
Owners = NDArray[np.int64]
PRECURSOR_REMOVAL_DA = 1.6
NOISE = 0.01
MERGE_DA = 0.05
_WEIGHT_BELOW = 3.0


def merge_close(mz: Floats, intensity: Floats, width: float = MERGE_DA) -> tuple[Floats, Floats]:
    """Return one spectrum's peaks at least `width` Da apart: the strongest takes in its neighbours.

    >>> [part.tolist() for part in merge_close(np.array([100.0, 100.02, 101.0]), np.array([3.0, 1.0, 2.0]))]
    [[100.005, 101.0], [4.0, 2.0]]
    """
    owner = np.zeros(mz.size, dtype=np.int64)
    mz, intensity, _ = _merge_all(mz, intensity, owner, width)
    return mz, intensity


def _merge_all(mz: Floats, intensity: Floats, owner: Owners, width: float) -> tuple[Floats, Floats, Owners]:
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


def weigh(intensity: Floats) -> Floats:
    """Return intensities that sum to 1, flattened where the spectral entropy S (nats) is below 3.

    The exponent is 0.25 + 0.25 S (Li 2021), so that spectra of few peaks count their small ones too.
    """
    shares = intensity / intensity.sum()
    entropy = -float(shares @ np.log(shares))
    if entropy >= _WEIGHT_BELOW:
        return np.asarray(shares)
    weighted = shares ** (0.25 + 0.25 * entropy)
    return np.asarray(weighted / weighted.sum())


def clean(mz: Floats, intensity: Floats, highest_mz: float | None, width: float) -> tuple[Floats, Floats]:
    """Return cleaned m/z and entropy-weighted intensities (sum 1); empty where nothing is left."""
    keep = intensity > 0
    if highest_mz is not None:
        keep &= mz <= highest_mz
    mz, intensity = mz[keep], intensity[keep]
    if not mz.size:
        return mz, intensity
    mz, intensity = merge_close(mz, intensity, width)
    strong = intensity >= NOISE * intensity.max()
    return mz[strong], weigh(intensity[strong])


def both_views(spectrum: Spectrum, width: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return the spectrum cleaned without and with its precursor's peaks."""
    limit = spectrum.precursor_mz - PRECURSOR_REMOVAL_DA if spectrum.precursor_mz else None
    without = clean(spectrum.mz, spectrum.intensity, limit, width)
    return without, clean(spectrum.mz, spectrum.intensity, None, width)


@dataclass(frozen=True, slots=True)
class Peaks:
    """The cleaned peaks of many spectra in one pair of arrays; spectrum i owns `[starts[i], starts[i + 1])`."""

    mz: NDArray[np.float32]
    weight: NDArray[np.float32]
    starts: NDArray[np.int64]


def clean_many(
    mz: Floats, intensity: Floats, counts: NDArray[np.int64], highest_mz: Floats | None, width: float
) -> Peaks:
    """Return many spectra cleaned at once, the same as `clean` of each; m/z ascending within each spectrum."""
    number = counts.size
    owner = np.repeat(np.arange(number), counts)
    keep = intensity > 0
    if highest_mz is not None:
        keep &= mz <= highest_mz[owner]
    mz, intensity, owner = mz[keep], intensity[keep], owner[keep]
    mz, intensity, owner = _merge_all(mz, intensity, owner, width)
    starts = np.searchsorted(owner, np.arange(number + 1))
    filled = np.flatnonzero(np.diff(starts))
    if not filled.size:
        return Peaks(np.empty(0, np.float32), np.empty(0, np.float32), np.zeros(number + 1, np.int64))
    highest = np.zeros(number)
    highest[filled] = np.maximum.reduceat(intensity, starts[filled])
    strong = intensity >= NOISE * highest[owner]
    mz, intensity, owner = mz[strong], intensity[strong], owner[strong]
    shares = intensity / np.bincount(owner, intensity, number)[owner]
    entropy = np.bincount(owner, -shares * np.log(shares), number)
    power = np.where(entropy < _WEIGHT_BELOW, 0.25 + 0.25 * entropy, 1.0)
    weight = shares ** power[owner]
    weight /= np.bincount(owner, weight, number)[owner]
    starts = np.searchsorted(owner, np.arange(number + 1))
    return Peaks(mz.astype(np.float32), weight.astype(np.float32), starts)


def merge_width(fragment_width: float) -> float:
    """Return how far apart cleaned peaks must be, so that no peak matches two: 0.05 Da or twice the tolerance."""
    return max(MERGE_DA, 2 * fragment_width)
