"""A map from particles of known pose: two half maps, their agreement, and both together with a Wiener filter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods._method import Progress, unwatched
from liqi.methods.cryoem import _ctf
from liqi.methods.cryoem._agreement import Agreement, agree
from liqi.methods.cryoem._particles import Particles
from liqi.methods.cryoem._share import in_parts
from liqi.methods.cryoem._slices import FourierVolume, Samples, samples, transforms
from liqi.methods.cryoem._turning import Numbers, matrices

Floats = NDArray[np.float32]
LEAST_WEIGHT = 0.1
"""Where a half map has less than this part of its shell's mean weight, it is divided by that part instead."""
FRAMED, FRAMED_TO = 1.25, 96
"""Images up to so many pixels are put in a frame of zeros this many times their size. Without it the map of 400 noisy
images of 64 pixels ends at 16.0 instead of 15.8 A; at 128 pixels it changes nothing and costs a third more."""
BATCH_PIXELS = 100_000
"""Images are taken some at a time, so that what is worked on stays within the processor's cache."""


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """What came of particles: maps `(size, size, size)` in the order z, y, x."""

    density: Floats
    """Both halves together, filtered by how far they agree."""
    halves: tuple[Floats, Floats]
    """Without a filter."""
    agreement: Agreement
    turned_over: bool
    """Whether the sign was turned, because the particle came out darker than what is round it."""


def reconstruct(
    particles: Particles,
    poses_deg: Numbers | None = None,
    shifts_px: Numbers | None = None,
    mask: Callable[[Floats], Floats] | None = None,
    cores: int = 1,
    progress: Progress = unwatched,
) -> Reconstruction:
    """Return the map of particles whose poses are known (those of the file where none are given).

    Each image's Fourier transform is put as a central slice into the volume of its half, multiplied by its transfer
    function; sums are divided by the sums of the squared transfer functions. Both halves together get a Wiener
    filter whose signal-to-noise ratio per shell is 2 FSC / (1 - FSC) (Penczek 2010, Methods Enzymol. 482, 73), and
    end at the shell where the FSC falls below 0.143. `mask` makes the mask of the agreement from a first map.
    """
    angles = particles.angles_deg if poses_deg is None else poses_deg
    assert angles is not None, "poses are asked for before this"
    turned, moved = matrices(angles), particles.shifts_px if shifts_px is None else shifts_px
    volumes = []
    for half in (0, 1):
        which = np.flatnonzero(particles.half_of == half)
        volumes.append(_inserted(particles, which, turned, moved, cores, half, progress))
    progress(2, 4, "half maps")
    shell = volumes[0].shells()
    halves = [volume.to_map(_divided(volume, shell)) for volume in volumes]
    together = np.asarray((halves[0] + halves[1]) / 2, np.float32)
    made_mask = None if mask is None else mask(_upright(together)[0])
    agreement = agree(halves[0], halves[1], particles.pixel_angstrom or 1.0, made_mask)
    progress(3, 4, "filter")
    density, over = _upright(_filtered(volumes, shell, agreement))
    sign = np.float32(-1 if over else 1)
    return Reconstruction(density, (halves[0] * sign, halves[1] * sign), agreement, over)


def batches(which: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    """Yield the images some at a time, fewer the larger they are."""
    step = max(4, BATCH_PIXELS // (size * size))
    for start in range(0, len(which), step):
        yield which[start : start + step]


def slices_of(
    particles: Particles, which: NDArray[np.intp], shifts_px: Numbers, plane: Samples
) -> tuple[NDArray[np.complex64], Floats]:
    """Return the Fourier samples of these images and their transfer functions, each `(n, samples)`."""
    values = transforms(particles.images(which), plane, shifts_px[which])
    if particles.optics is None:
        return values, np.ones(values.shape, np.float32)
    frequency = 1 / (particles.size * (particles.pixel_angstrom or 1.0))
    squared = (plane.kx**2 + plane.ky**2) * np.float32(frequency**2)
    angle = np.arctan2(plane.ky, plane.kx)
    return values, _ctf.transfer(particles.optics.part(which), squared, angle)


def _inserted(
    particles: Particles,
    which: NDArray[np.intp],
    turned: Numbers,
    shifts_px: Numbers,
    cores: int,
    half: int,
    progress: Progress,
) -> FourierVolume:
    """Return the Fourier volume of one half, filled by as many processes as there are cores for."""
    plane = samples(particles.size, framed=FRAMED if particles.size <= FRAMED_TO else 1.0)

    def fill(volume: FourierVolume, part: NDArray[np.intp], tell: Callable[[int], None]) -> None:
        done = 0
        for some in batches(part, particles.size):
            values, transfer = slices_of(particles, some, shifts_px, plane)
            values *= transfer
            transfer *= transfer
            volume.insert(values, transfer, turned[some], plane)
            done += len(some)
            tell(done)

    def told(done: int) -> None:
        total = 4 * max(len(which), 1)
        progress(half * len(which) + done, total, "inserting")

    volume = FourierVolume(particles.size)
    in_parts(volume, fill, which, cores, told)
    volume.settle()
    return volume


def _divided(volume: FourierVolume, shell: NDArray[np.intp]) -> NDArray[np.complex64]:
    least = LEAST_WEIGHT * _mean_by_shell(volume.weight, shell)[shell]
    weight = np.maximum(volume.weight, np.maximum(least, np.float32(1e-12)))
    return _within(volume, (volume.real + 1j * volume.imaginary) / weight, shell)


def _filtered(volumes: list[FourierVolume], shell: NDArray[np.intp], agreement: Agreement) -> Floats:
    first, second = volumes
    weight = first.weight + second.weight
    curve = np.clip(agreement.corrected, 0, 0.9999)
    limit = agreement.size * agreement.pixel_angstrom / agreement.gold.angstrom
    shells = np.arange(first.radius + 2)
    ratio = np.interp(shells, np.arange(len(curve)), 2 * curve / (1 - curve))
    ratio[0] = max(ratio[0], ratio[1])
    ratio *= 0.5 + 0.5 * np.cos(np.pi * np.clip(shells - limit, 0, 2) / 2)
    with np.errstate(divide="ignore"):
        prior = (_mean_by_shell(weight, shell) / ratio).astype(np.float32)
    values = (first.real + second.real) + 1j * (first.imaginary + second.imaginary)
    divisor = np.maximum(weight + prior[shell], np.float32(1e-12))
    return first.to_map(_within(first, values / divisor, shell))


def _mean_by_shell(weight: Floats, shell: NDArray[np.intp]) -> Floats:
    count = np.bincount(shell.ravel())
    return np.asarray(np.bincount(shell.ravel(), weight.ravel()) / np.maximum(count, 1), np.float32)


def _within(volume: FourierVolume, values: NDArray[np.complex64], shell: NDArray[np.intp]) -> NDArray[np.complex64]:
    values[shell > volume.radius] = 0
    return values.astype(np.complex64, copy=False)


def _upright(density: Floats) -> tuple[Floats, bool]:
    """Return the map with its particle brighter than what is round it: the long tail of values points up."""
    middle = density - density.mean()
    over = bool((middle**3).mean() < 0)
    return (-density if over else density), over
