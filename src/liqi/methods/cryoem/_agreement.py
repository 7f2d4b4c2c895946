"""How far two half maps agree: masked and unmasked curves, and what the mask itself adds taken off again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.cryoem import _shells
from liqi.methods.cryoem._shells import Resolution

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
RANDOM_FROM = 0.8
"""Phases are made random from where the unmasked curve first falls below this (Chen et al. 2013)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Fourier shell correlations of two half maps, each `(size // 2 + 1,)`, and the resolution they speak of."""

    size: int
    pixel_angstrom: float
    unmasked: Numbers
    masked: Numbers
    random: Numbers
    """Of the masked maps when their phases are made random from shell `random_from` on: what the mask makes up."""
    corrected: Numbers
    """(masked - random) / (1 - random) from two shells beyond `random_from`, the masked curve before."""
    random_from: int

    @property
    def gold(self) -> Resolution:
        """The resolution where the corrected curve falls below 0.143."""
        return _shells.resolution(self.corrected, self.size, self.pixel_angstrom)

    @property
    def half(self) -> Resolution:
        """The same where it falls below 0.5."""
        return _shells.resolution(self.corrected, self.size, self.pixel_angstrom, 0.5)

    @property
    def raw(self) -> Resolution:
        """Where the curve of the maps without a mask falls below 0.143."""
        return _shells.resolution(self.unmasked, self.size, self.pixel_angstrom)


def agree(one: Floats, other: Floats, pixel_angstrom: float, mask: Floats | None = None, seed: int = 0) -> Agreement:
    """Return how far two half maps `(size, size, size)` agree within a soft mask (a sphere where none is given).

    What a given mask adds is measured by random phases: Chen et al. 2013, Ultramicroscopy 135, 24. The sphere, which
    holds the whole particle, adds next to nothing and is taken as it is.
    """
    size = one.shape[0]
    plain = _shells.correlation(one, other)
    if mask is None:
        sphere = _shells.soft_sphere(size)
        masked = _shells.correlation(one * sphere, other * sphere)
        return Agreement(size, pixel_angstrom, plain, masked, np.zeros_like(masked), masked, size // 2)
    masked = _shells.correlation(one * mask, other * mask)
    below = np.flatnonzero(plain[1:] < RANDOM_FROM) + 1
    first = int(below[0]) if below.size else size // 2
    mixed = [_shells.with_random_phases(half, first, seed + i) for i, half in enumerate((one, other))]
    random = _shells.correlation(mixed[0] * mask, mixed[1] * mask)
    corrected = masked.copy()
    beyond = np.arange(len(masked)) >= first + 2
    with np.errstate(invalid="ignore", divide="ignore"):
        corrected[beyond] = ((masked - random) / (1 - random))[beyond]
    corrected = np.where(np.isfinite(corrected), corrected, 0.0)
    return Agreement(size, pixel_angstrom, plain, masked, random, corrected, first)


def local_resolution(one: Floats, other: Floats, pixel_angstrom: float, threshold: float = 0.5) -> Floats:
    """Return the local resolution in angstrom at each point of two half maps.

    At each shell both maps are filtered to that shell, and correlated in a Gaussian window round each point that is
    three periods wide; the resolution there is that of the first shell below the threshold (the local Fourier shell
    correlation of Cardone, Heymann and Steven 2013, J. Struct. Biol. 184, 226, with a filter bank for its windows).
    """
    from scipy import fft, ndimage

    size = one.shape[0]
    shell, length = _shells.shell_of(size), size * pixel_angstrom
    spectra = [fft.rfftn(half) for half in (one, other)]
    step = max(1, size // 64)
    found = np.full(one.shape, length / (size // 2), np.float32)
    open_still = np.ones(one.shape, bool)
    before, last = np.ones(one.shape, np.float32), 1
    for number in range(2, size // 2, step):
        band = np.abs(shell - number) <= step
        a, b = (fft.irfftn(values * band, one.shape).astype(np.float32) for values in spectra)
        width = min(3 * size / number / 2.355, size / 6)
        ab, aa, bb = (ndimage.gaussian_filter(x, width, truncate=2.5) for x in (a * b, a * a, b * b))
        now = ab / np.maximum(np.sqrt(aa * bb), np.float32(1e-20))
        fallen = open_still & (now < threshold)
        fall = np.maximum(before - now, np.float32(1e-6))
        at = last + (number - last) * np.clip((before - threshold) / fall, 0, 1)
        found[fallen] = (length / np.maximum(at, 1))[fallen]
        open_still &= ~fallen
        before, last = now, number
        if not open_still.any():
            break
    return found
