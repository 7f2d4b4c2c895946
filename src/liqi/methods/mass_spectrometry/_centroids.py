"""Profile spectra turned into centroids: each local maximum with the weighted mean of its slopes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

_NOISE = 0.002
_WIDEST_GAP = 3.0


def centroided(spectrum: Spectrum) -> Spectrum:
    """Return the spectrum as centroids; one that is centroided, or does not say and looks so, is given back."""
    if spectrum.centroid or spectrum.mz.size < 3 or (spectrum.centroid is None and not looks_like_profile(spectrum)):
        return spectrum
    mz, intensity = _peaks(spectrum.mz, spectrum.intensity)
    return replace(spectrum, mz=mz, intensity=intensity, centroid=True, mobility=None, picked=True)


def looks_like_profile(spectrum: Spectrum) -> bool:
    """Return whether the points stand in even steps, each a little above the last, as only profiles do."""
    if spectrum.mz.size < 50:
        return False
    steps = np.diff(spectrum.mz)
    return bool(np.median(np.abs(steps[1:] - steps[:-1])) < 0.1 * np.median(steps) and np.median(steps) < 0.1)


def _peaks(mz: Floats, intensity: Floats) -> tuple[Floats, Floats]:
    """Return the mean m/z, weighted by intensity over the upper half, and the height of each local maximum."""
    padded = np.concatenate([[0.0], intensity, [0.0]])
    steps = np.diff(mz)
    usual = np.median(steps)
    apart = np.flatnonzero(steps > np.maximum(_WIDEST_GAP * usual, mz[1:] * 5e-5))
    rising = padded[1:-1] > padded[:-2]
    falling = padded[1:-1] >= padded[2:]
    tops = np.flatnonzero(rising & falling & (intensity > _NOISE * intensity.max()))
    if not tops.size:
        return np.empty(0), np.empty(0)
    valleys = _valleys(intensity, tops, apart)
    owner = np.searchsorted(valleys, np.arange(mz.size), side="right") - 1
    height = intensity[tops]
    weight = np.where(intensity >= 0.5 * height[owner], intensity, 0.0)
    total = np.bincount(owner, weight, tops.size)
    moment = np.bincount(owner, weight * (mz - mz[tops][owner]), tops.size)
    return mz[tops] + moment / total, height


def _valleys(intensity: Floats, tops: NDArray[np.int64], apart: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each top's points begin: at the lowest point, or the gap, between it and the top before."""
    starts = [0]
    gaps = np.searchsorted(apart, tops)
    for i in range(1, tops.size):
        last, this = int(tops[i - 1]), int(tops[i])
        if gaps[i] > gaps[i - 1]:
            starts.append(int(apart[gaps[i] - 1]) + 1)
        else:
            starts.append(last + 1 + int(np.argmin(intensity[last + 1 : this + 1])))
    return np.array(starts)
