"""The static figures of a multi-axis sensor in percent of full scale, as GB/T 43199-2023 names them."""

from dataclasses import dataclass

import numpy as np

from liqi.methods.force._loads import Floats, Loads

_SAME = 0.005
"""Loads within this share of full scale are one level."""


@dataclass(frozen=True)
class Figures:
    """Per axis, in percent of full scale; `crosstalk[i, j]` is the error of axis i while j alone is loaded.

    `noise` is the pooled standard deviation of repeats, what each figure is uncertain by.
    """

    accuracy: Floats
    nonlinearity: Floats
    hysteresis: Floats
    repeatability: Floats
    zero: Floats
    crosstalk: Floats
    noise: Floats
    has_directions: bool
    has_repeats: bool

    @property
    def own(self) -> Floats:
        """Type I error: the largest error of an axis while it alone is loaded."""
        return np.diag(self.crosstalk)

    @property
    def of_others(self) -> Floats:
        """Type II error: the largest error of an axis while any other alone is loaded."""
        off = self.crosstalk.copy()
        np.fill_diagonal(off, 0.0)
        return np.asarray(off.max(axis=1))


def figures_of(loads: Loads, predicted: Floats, full_scale: Floats) -> Figures:
    """Return the figures of what a model predicts for loads along one axis at a time.

    Accuracy: the largest mean error of a level. Non-linearity: the largest distance of the levels' means from their
    least-squares line. Hysteresis: the largest difference of a level's means between growing and falling load.
    Repeatability: the largest range of repeats of a level and direction. Zero: the range of readings without load.
    """
    axes = loads.load.shape[1]
    share = loads.load / full_scale
    error = 100 * (predicted - loads.load) / full_scale
    acting = np.abs(share) > _SAME
    blank = ~acting.any(axis=1)
    rising = loads.loading if loads.loading is not None else _rising(loads)
    accuracy, bent, lag, scatter = (np.zeros(axes) for _ in range(4))
    crosstalk, pooled = np.zeros((axes, axes)), np.zeros(axes)
    repeats = False
    for i in range(axes):
        alone = (acting[:, i] & (acting.sum(axis=1) == 1)) | blank
        if (alone & ~blank).sum() < 3:
            alone = np.ones(len(loads), bool)
        level = np.round(share[alone, i] / (2 * _SAME)).astype(int)
        own = error[alone, i]
        keys, place = np.unique(level, return_inverse=True)
        mean = np.bincount(place, own) / np.bincount(place)
        x = np.bincount(place, share[alone, i]) / np.bincount(place)
        accuracy[i] = np.abs(mean).max()
        reading = mean + 100 * x
        bent[i] = np.abs(reading - np.polyval(np.polyfit(x, reading, 1), x)).max() if len(keys) > 2 else 0.0
        if rising is not None:
            lag[i] = _largest_lag(own, place, rising[alone])
        scatter[i], pooled[i], found = _scatter(own, place, rising[alone] if rising is not None else None)
        repeats |= found
        loaded = alone & ~blank
        crosstalk[:, i] = np.abs(error[loaded]).max(axis=0)
    zero = np.ptp(error[blank], axis=0) if blank.sum() > 1 else np.zeros(axes)
    noise = np.where(pooled > 0, pooled, np.sqrt(np.mean(error**2, axis=0)))
    return Figures(accuracy, bent, lag, scatter, zero, crosstalk, noise, rising is not None, repeats)


def _rising(loads: Loads) -> np.ndarray | None:
    """Whether the load grows from one row to the next, where rows follow each other as they were measured."""
    size = np.abs(loads.load / np.abs(loads.load).max(axis=0)).max(axis=1)
    steps = np.diff(size)
    if not ((steps > _SAME).sum() > 3 and (steps < -_SAME).sum() > 3):
        return None
    return np.concatenate([[True], steps >= 0]) if not loads.combined else None


def _largest_lag(own: Floats, place: np.ndarray, rising: np.ndarray) -> float:
    found = [0.0]
    for level in range(int(place.max()) + 1):
        up, down = own[(place == level) & rising], own[(place == level) & ~rising]
        if len(up) and len(down):
            found.append(abs(float(up.mean() - down.mean())))
    return max(found)


def _scatter(own: Floats, place: np.ndarray, rising: np.ndarray | None) -> tuple[float, float, bool]:
    """Largest range and pooled standard deviation of the repeats of a level in one direction."""
    cell = place * 2 + (rising.astype(int) if rising is not None else 0)
    count = np.bincount(cell)
    several = count > 1
    if not several.any():
        return 0.0, 0.0, False
    mean = np.bincount(cell, own) / np.maximum(count, 1)
    squares = np.bincount(cell, (own - mean[cell]) ** 2)
    ranges = [float(np.ptp(own[cell == one])) for one in np.flatnonzero(several)]
    free = int((count[several] - 1).sum())
    return max(ranges), float(np.sqrt(squares[several].sum() / free)), True
