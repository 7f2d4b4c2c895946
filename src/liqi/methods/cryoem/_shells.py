"""Fourier shells of a cubic map: correlation of two maps, resolution, low-pass filters, soft masks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
GOLD = 0.143
"""Where two half maps are said to agree still (Rosenthal and Henderson 2003, J. Mol. Biol. 333, 721)."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a curve first falls below a threshold: in angstrom, and whether it did before the last shell."""

    angstrom: float
    reached: bool
    """False where the curve never falls below it: the pixel, not the data, is the limit then."""
    uncertainty_angstrom: float
    """Half the distance from this shell to the next, as a standard uncertainty (uniform over one shell)."""


def shell_of(size: int) -> NDArray[np.intp]:
    """Return the shell of each place of an rfftn of a cube: its frequency in cycles per box, rounded."""
    line = np.rint(fft.fftfreq(size) * size)
    half = np.arange(size // 2 + 1)
    frequency = np.sqrt(line[:, None, None] ** 2 + line[None, :, None] ** 2 + half**2)
    return np.asarray(np.rint(frequency), np.intp)


def correlation(one: Floats, other: Floats) -> Numbers:
    """Return the Fourier shell correlation of two maps `(size, size, size)` for shells 0 to size // 2.

    Harauz and van Heel 1986, Optik 73, 146.
    """
    size = one.shape[0]
    return _correlation(fft.rfftn(one), fft.rfftn(other), shell_of(size), size)


def _correlation(a: NDArray[np.complex64], b: NDArray[np.complex64], shell: NDArray[np.intp], size: int) -> Numbers:
    twice = np.full(size // 2 + 1, 2.0)
    twice[0] = 1.0
    if size % 2 == 0:
        twice[-1] = 1.0
    weight = np.broadcast_to(twice, a.shape).ravel()
    flat, shells = shell.ravel(), size // 2 + 1
    sums = [
        np.bincount(flat, part.ravel() * weight)[:shells]
        for part in ((a * b.conj()).real, np.abs(a) ** 2, np.abs(b) ** 2)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(sums[0] / np.sqrt(sums[1] * sums[2])))


def resolution(curve: Numbers, size: int, pixel_angstrom: float, threshold: float = GOLD) -> Resolution:
    """Return where the curve first falls below the threshold, by a straight line between the two shells."""
    below = np.flatnonzero(curve[1:] < threshold) + 1
    length = size * pixel_angstrom
    if not below.size:
        last = len(curve) - 1
        return Resolution(length / last, False, length / last / last / np.sqrt(12))
    after = int(below[0])
    fall = curve[after - 1] - curve[after]
    shell = after - 1 + (curve[after - 1] - threshold) / fall if fall > 0 and after > 1 else float(after)
    shell = max(shell, 0.5)
    return Resolution(length / shell, True, length / shell**2 / np.sqrt(12))


def soft_sphere(size: int, radius: float | None = None, edge: float = 0.0) -> Floats:
    """Return a mask `(size, size, size)`: 1 within the radius in pixels (0.45 of the box), falling by a cosine."""
    radius = 0.45 * size if radius is None else radius
    edge = edge or max(3.0, size / 20)
    line = np.arange(size) - size // 2
    distance = np.sqrt(line[:, None, None] ** 2 + line[None, :, None] ** 2 + line**2)
    return _fall(distance - (radius - edge / 2), edge)


def around_molecule(density: Floats, pixel_angstrom: float, resolution_angstrom: float) -> Floats:
    """Return a soft mask round what stands out of a map, low-passed to twice its resolution and three pixels wider.

    The level is where the low-passed map stands out of its outer shell by four standard deviations, or 15 % of its
    highest value, whichever is more; only the largest connected piece counts.
    """
    size = density.shape[0]
    smooth = low_pass(density, pixel_angstrom, max(2 * resolution_angstrom, 4 * pixel_angstrom))
    outside = soft_sphere(size) < 0.01
    level = max(float(smooth[outside].mean() + 4 * smooth[outside].std()), 0.15 * float(smooth.max()))
    pieces, count = ndimage.label(smooth > level)
    if not count:
        return soft_sphere(size)
    kept = pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    return _fall(ndimage.distance_transform_edt(~kept) - 3, 5.0) * (soft_sphere(size, size / 2 - 2, 2.0) > 0)


def low_pass(density: Floats, pixel_angstrom: float, resolution_angstrom: float) -> Floats:
    """Return the map without what is finer than the resolution, cut off by a cosine over two shells."""
    size = density.shape[0]
    line = fft.fftfreq(size) * size
    half = np.arange(size // 2 + 1)
    frequency = np.sqrt(line[:, None, None] ** 2 + line[None, :, None] ** 2 + half**2)
    keep = _fall(frequency - size * pixel_angstrom / resolution_angstrom + 1, 2.0)
    return np.asarray(fft.irfftn(fft.rfftn(density) * keep, density.shape), np.float32)


def cropped(density: Floats, size: int) -> Floats:
    """Return a map at so many points an edge or fewer, cropped in Fourier space round its middle."""
    old = density.shape[0]
    if old == size:
        return density
    places = np.rint(fft.fftfreq(size) * size).astype(np.intp)
    whole = fft.fftn(fft.ifftshift(density))[np.ix_(places, places, places)]
    return np.asarray(fft.fftshift(fft.ifftn(whole).real) * (size / old) ** 3, np.float32)


def with_random_phases(density: Floats, first_shell: int, seed: int) -> Floats:
    """Return the map with the phases of this shell and beyond made random, amplitudes as they were."""
    values = fft.rfftn(density)
    random = np.random.default_rng(seed).uniform(0, 2 * np.pi, values.shape)
    turned = np.where(shell_of(density.shape[0]) >= first_shell, np.exp(1j * random), 1)
    return np.asarray(fft.irfftn(values * turned, density.shape), np.float32)


def _fall(distance: Numbers, width: float) -> Floats:
    """1 below zero, 0 beyond the width, half a cosine between."""
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.clip(distance / width, 0, 1)), np.float32)
