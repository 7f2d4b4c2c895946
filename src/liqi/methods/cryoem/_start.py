"""A first map of class averages whose poses nobody knows: many small climbs from random starts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from liqi.methods._method import Progress, unwatched
from liqi.methods.cryoem import _shells
from liqi.methods.cryoem._search import Rings, match, projections
from liqi.methods.cryoem._slices import FourierVolume, samples, transforms
from liqi.methods.cryoem._turning import Numbers, matrices, spread

Floats = NDArray[np.float32]
COARSE = 32
"""Pixels along an edge that a first map is sought at."""
DIRECTIONS, STEPS = 300, 30


@dataclass(frozen=True, slots=True)
class Start:
    """A first map `(size, size, size)`, the poses that go with it, and how well its projections fit the images."""

    density: Floats
    poses_deg: Numbers
    shifts_px: Numbers
    score: Numbers
    """Correlation of each image with its projection, up to the highest frequency used."""
    apart_deg: float
    """Median difference of the angles between views in the two best starts; small when starts agree."""


def first_map(images: Floats, starts: int = 5, seed: int = 0, progress: Progress = unwatched) -> Start:
    """Return the best of several maps (two starts at least), each climbed to from random poses.

    At each step an image takes, at random, one of the poses that fit the present map better than its own does
    (stochastic hill climbing: Elmlund, Elmlund and Bengio 2013, Structure 21, 1299); then the map is made again,
    from ever finer detail. The last steps take the best pose, and look for shifts.
    """
    random = np.random.default_rng(seed)
    small = resized(_standard(images), min(images.shape[1], COARSE))
    found = []
    for number in range(starts):
        told = partial(_told, progress, number, starts)
        found.append(_climb(small, random, told))
    found.sort(key=lambda one: -one[1].mean())
    apart = _apart(found[0][0], found[1][0])
    return _finished(images, small.shape[1], found[0][0], apart)


def _told(progress: Progress, number: int, starts: int, done: int) -> None:
    progress(number * STEPS + done, starts * STEPS, "climbing")


def volume_of(images: Floats, poses_deg: Numbers, shifts_px: Numbers, radius: int) -> Floats:
    """Return the map of images `(n, size, size)` without a transfer function, up to a frequency."""
    size = images.shape[1]
    volume, plane = FourierVolume(size), samples(size, framed=1.5)
    turned = matrices(poses_deg)
    for start in range(0, len(images), 64):
        some = slice(start, start + 64)
        flat = transforms(images[some], plane, shifts_px[some])
        volume.insert(flat, np.ones(flat.shape, np.float32), turned[some], plane)
    volume.settle()
    shell = volume.shells()
    mean = np.bincount(shell.ravel(), volume.weight.ravel()) / np.bincount(shell.ravel())
    values = (volume.real + 1j * volume.imaginary) / (volume.weight + 0.2 * mean[shell] + 1e-6)
    values[shell > volume.radius] = 0
    made = volume.to_map(values.astype(np.complex64))
    return _shells.low_pass(made, 1.0, size / radius) * _shells.soft_sphere(size)


def resized(images: Floats, size: int) -> Floats:
    """Return images cropped in Fourier space to another size, so that nothing finer than the new pixel is left."""
    old = images.shape[1]
    if size == old:
        return images
    places = np.rint(fft.fftfreq(size) * size).astype(np.intp)
    moved = fft.fft2(fft.ifftshift(images, axes=(1, 2)))[:, places[:, None], places[None]]
    back = fft.fftshift(fft.ifft2(moved).real, axes=(1, 2)) * (size / old) ** 2
    return np.asarray(back, np.float32)


def _standard(images: Floats) -> Floats:
    """Return images with what lies outside the circle taken off, mean 0 and deviation 1 within it."""
    size = images.shape[1]
    line = np.arange(size) - size // 2
    away = np.hypot(line[:, None], line)
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip((away - 0.45 * size) / (0.05 * size), 0, 1))
    rim = (away > 0.4 * size) & (away < 0.5 * size)
    plain = images - images[:, rim].mean(1)[:, None, None]
    deviation = plain.std((1, 2), keepdims=True)
    return np.asarray(plain * window / np.where(deviation > 0, deviation, 1), np.float32)


def _climb(small: Floats, random: np.random.Generator, told: Callable[[int], None]) -> tuple[Numbers, Numbers]:
    """Return poses and scores of one start; images are taken to be in the middle."""
    count, size = len(small), small.shape[1]
    none = np.zeros((count, 2))
    poses = np.column_stack([spread(count)[random.permutation(count)], random.uniform(0, 360, count)])
    highest = max(6, round(0.36 * size))
    for step in range(STEPS):
        radius = 4 + round((highest - 4) * step / (STEPS - 1))
        density = volume_of(small, poses, none, radius)
        poses = _better(small, density, poses, Rings(size, radius), random)
        told(step + 1)
    for directions in (500, 1000):
        density = volume_of(small, poses, none, highest)
        fit = match(small, density, highest, directions, none)
        poses = fit.poses_deg
    return poses, fit.score


def _better(small: Floats, density: Floats, poses: Numbers, rings: Rings, random: np.random.Generator) -> Numbers:
    """Return for each image a pose drawn from those that fit better than the one it has, else the one it has."""
    count = len(small)
    towards = spread(DIRECTIONS)
    towards[:, 0] += random.uniform(0, 360)
    tried = np.concatenate([np.column_stack([towards, np.zeros(DIRECTIONS)]), poses])
    drawn = rings.scaled(rings.of(projections(density, tried), np.zeros((len(tried), 2))))
    own = rings.scaled(rings.of(small, np.zeros((count, 2))))
    now = (own * drawn[DIRECTIONS:].conj()).real.sum((1, 2))
    flat = rings.correlations(rings.spectrum(own), rings.spectrum(drawn[:DIRECTIONS])).reshape(count, -1)
    found = poses.copy()
    for image in range(count):
        improving = np.flatnonzero(flat[image] > now[image] + 1e-4)
        if improving.size:
            direction, turn = divmod(int(random.choice(improving)), rings.turns)
            found[image] = *towards[direction], -turn * 360 / rings.turns
    return found


def _apart(one: Numbers, other: Numbers) -> float:
    """Return the median difference in degrees between the angles that pairs of views make in two sets of poses.

    Neither a turn of the whole particle nor its mirror image changes it.
    """
    beams = [matrices(poses)[:, 2] for poses in (one, other)]
    first, second = (np.rad2deg(np.arccos(np.clip(np.abs(beam @ beam.T), 0, 1))) for beam in beams)
    upper = np.triu_indices(len(one), 1)
    return float(np.median(np.abs(first - second)[upper]))


def _finished(images: Floats, coarse: int, poses: Numbers, apart_deg: float) -> Start:
    """Return the best start with its poses sharpened and shifts found at the images' own size."""
    size = images.shape[1]
    shifts = np.zeros((len(images), 2))
    radius = max(6, round(0.36 * min(size, 2 * coarse)))
    clean = _standard(images)
    for reach in (2, 1):
        density = volume_of(clean, poses, shifts, radius)
        fit = match(clean, density, radius, 1200, shifts, reach_px=reach)
        poses, shifts = fit.poses_deg, fit.shifts_px
    return Start(volume_of(clean, poses, shifts, radius), poses, shifts, fit.score, apart_deg)
