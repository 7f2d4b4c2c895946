"""Which part of a powder's signal each substance has: its reference spectra fitted to the powder's at every voltage.

At each voltage the powder is a sum of reference spectra with factors of at least zero (non-negative least
squares, the weight of a peak being the inverse of its height, as for counted ions). A peak's signal is dealt out
in the proportion of what the fit gives each substance there; what no reference has stays unassigned. Peaks and
voltages drawn with replacement (bootstrap; Efron & Tibshirani 1993) tell how sure the shares are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.readers import Spectrum

DRAWS = 300
_SEED = 20210408
_LEAST_PEAK = 0.002
_FLOOR = 0.01
_SWEEPS = 200
_EVEN = 1e-12
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SignalShare:
    """A part of the powder's signal, 0 to 1: mean over the voltages, standard uncertainty, 95 % interval."""

    share: float
    uncertainty: float
    low: float
    high: float
    by_voltage: dict[int, float]


@dataclass(frozen=True, slots=True)
class Level:
    """One voltage in bins: m/z (n,), the powder's signal (n,), the references' (n, k), both with a sum of 1 or less."""

    mz: Array
    signal: Array
    references: Array


def signal_shares(
    powder: dict[int, Spectrum], references: Sequence[dict[int, Spectrum]], width_da: float
) -> list[SignalShare] | None:
    """Return the share of each reference; None where there is none, or no voltage at which all were recorded."""
    voltages = [voltage for voltage in powder if all(voltage in one for one in references)]
    if not references or not voltages:
        return None
    levels = [level_of(powder[voltage], [one[voltage] for one in references], width_da) for voltage in voltages]
    once = np.stack([_dealt(level, _fitted(level, np.ones((1, level.signal.size)))) for level in levels])[:, 0]
    random = np.random.default_rng(_SEED)
    drawn = []
    for level in levels:
        weights = random.multinomial(level.signal.size, np.full(level.signal.size, 1 / level.signal.size), DRAWS)
        drawn.append(_dealt(level, _fitted(level, weights.astype(np.float64)), weights))
    chosen = random.integers(0, len(levels), (DRAWS, len(levels)))
    means = np.stack(drawn)[chosen, np.arange(DRAWS)[:, None]].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    spread = means.std(axis=0, ddof=1)
    return [
        SignalShare(
            float(once[:, k].mean()),
            float(spread[k]),
            float(low[k]),
            float(high[k]),
            {voltage: float(once[v, k]) for v, voltage in enumerate(voltages)},
        )
        for k in range(len(references))
    ]


def level_of(powder: Spectrum, references: Sequence[Spectrum], width_da: float) -> Level:
    """Return the spectra in common bins: peaks nearer than the width to the next are one."""
    spectra = [powder, *references]
    strong = [one.intensity >= _LEAST_PEAK * one.intensity.max(initial=0.0) for one in spectra]
    mz = np.concatenate([one.mz[kept] for one, kept in zip(spectra, strong, strict=True)])
    owner = np.repeat(np.arange(len(spectra)), [int(kept.sum()) for kept in strong])
    height = np.concatenate([one.intensity[kept] for one, kept in zip(spectra, strong, strict=True)])
    order = np.argsort(mz, kind="stable")
    place = np.cumsum(np.diff(mz[order], prepend=mz[order][:1]) > width_da)
    table = np.zeros((int(place[-1]) + 1 if place.size else 0, len(spectra)))
    np.add.at(table, (place, owner[order]), height[order])
    table /= np.maximum(table.sum(axis=0), _EVEN)
    first = np.flatnonzero(np.diff(place, prepend=-1))
    return Level(mz[order][first], table[:, 0], table[:, 1:])


def _fitted(level: Level, weights: Array) -> Array:
    """Return (draws, k) factors of at least zero, by cyclic coordinate descent on the normal equations."""
    heights = np.maximum(level.signal, level.references.max(axis=1, initial=0.0))
    weights = weights / (heights + _FLOOR * heights.max(initial=_EVEN))
    gram = np.einsum("dn,nj,nk->djk", weights, level.references, level.references, optimize=True)
    right = (weights * level.signal) @ level.references
    factors = np.zeros_like(right)
    for _ in range(_SWEEPS):
        before = factors.copy()
        for k in range(factors.shape[1]):
            rest = right[:, k] - np.einsum("dj,dj->d", gram[:, k], factors) + gram[:, k, k] * factors[:, k]
            factors[:, k] = np.maximum(rest / np.maximum(gram[:, k, k], _EVEN), 0.0)
        if np.abs(factors - before).max(initial=0.0) < 1e-9:
            break
    return factors


def _dealt(level: Level, factors: Array, weights: NDArray[np.int64] | None = None) -> Array:
    """Return (draws, k): the powder's signal dealt out in proportion of what each reference gives in a bin."""
    given = factors[:, None, :] * level.references
    total = given.sum(axis=2, keepdims=True)
    part = np.where(total > 0, given / np.maximum(total, _EVEN), 0.0)
    signal = level.signal if weights is None else level.signal * weights
    whole = np.maximum(np.broadcast_to(signal, part.shape[:2]).sum(axis=1), _EVEN)
    return np.asarray((part * np.broadcast_to(signal, part.shape[:2])[:, :, None]).sum(axis=1) / whole[:, None])


def fitted_factors(level: Level) -> Floats:
    """Return the factor of each reference that fits the powder best at one voltage."""
    return np.asarray(_fitted(level, np.ones((1, level.signal.size)))[0])
