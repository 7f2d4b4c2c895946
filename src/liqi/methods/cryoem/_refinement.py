"""Poses of noisy particles sharpened from a first map by projection matching, two halves apart all the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from liqi.methods._method import Progress, unwatched
from liqi.methods.cryoem import _ctf, _shells
from liqi.methods.cryoem._particles import Particles
from liqi.methods.cryoem._reconstruction import Floats, Reconstruction, batches, reconstruct
from liqi.methods.cryoem._search import match, projections
from liqi.methods.cryoem._start import resized
from liqi.methods.cryoem._turning import Numbers, between_deg, matrices

SMALL = 48
"""Pixels along an edge at which poses are sought; finer detail comes with the map, not with the search."""
FIRST_SHELL, HIGHEST = 6, 0.4
"""The shell up to which a first map is believed, and the share of the pixels' frequency that is matched at most."""
DIRECTIONS = (300, 600, 1200, 2400)
FIRST_REACH, REACH = 1, 4
"""Pixels of the search that a shift is sought within: along with the first poses, and later for each pose found."""
TRIED = 60
ROUNDS = 2
"""Of matching, where nobody asks for more: the first finds each half's map, the second settles it."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """The last map with its halves, the pose of each particle, and how the search went."""

    map: Reconstruction
    poses_deg: Numbers
    shifts_px: Numbers
    score: Numbers
    """Correlation of each image with its projection."""
    steps_angstrom: Sequence[float]
    """The resolution after each round."""
    moved_deg: float
    """Median turn of the poses in the last round."""


def refine(
    particles: Particles,
    start: Floats,
    rounds: int = ROUNDS,
    cores: int = 1,
    progress: Progress = unwatched,
) -> Refinement:
    """Return particles with poses found by matching them with projections of a map, round by round finer.

    Each half is matched with its own map alone, made in the round before from its own particles up to where the two
    halves agree (FSC 0.143), so that noise is not fitted in common (Scheres and Chen 2012, Nature Methods 9, 853). All
    turns in the plane are tried at once (Penczek, Grassucci and Frank 1994).
    """
    small = min(particles.size, SMALL)
    images = _prepared(particles, small)
    scale = particles.size / small
    reference = _cleaned(start, small, FIRST_SHELL)
    images *= _sign(images, reference)
    halves = [reference, reference]
    limit = FIRST_SHELL
    count = len(particles)
    poses, shifts, score = np.zeros((count, 3)), np.zeros((count, 2)), np.zeros(count)
    steps: list[float] = []
    moved = 180.0
    made: Reconstruction | None = None
    for step in range(rounds):
        before = matrices(poses)
        place = min(step, len(DIRECTIONS) - 1)
        for half in (0, 1):
            which = np.flatnonzero(particles.half_of == half)
            for some in _some(which):
                progress(step * count + int(some[0]), rounds * count, "matching")
                reach = FIRST_REACH if step == 0 else 0
                fit = match(images[some], halves[half], limit, DIRECTIONS[place], shifts[some], reach)
                poses[some], score[some] = fit.poses_deg, fit.score
                shifts[some] = _shifts(images[some], halves[half], fit.poses_deg, limit)
        moved = float(np.median(between_deg(before, matrices(poses)))) if step else 180.0
        made = reconstruct(particles, poses, shifts * scale, cores=cores)
        steps.append(made.agreement.gold.angstrom)
        agreed = particles.size * (particles.pixel_angstrom or 1.0) / made.agreement.gold.angstrom
        limit = int(np.clip(round(0.9 * agreed), FIRST_SHELL, HIGHEST * small))
        halves = [_cleaned(one, small, limit) for one in made.halves]
    assert made is not None
    return Refinement(made, poses, shifts * scale, score, steps, moved)


def _shifts(images: Floats, density: Floats, poses_deg: Numbers, limit: int) -> Numbers:
    """Return the shifts that lay images on their projections: where their correlation peaks, between pixels."""
    size = images.shape[1]
    line = fft.fftfreq(size) * size
    low = (line[:, None] ** 2 + (np.arange(size // 2 + 1) ** 2)[None, :]) <= limit**2
    across = fft.rfft2(projections(density, poses_deg)) * np.conj(fft.rfft2(images)) * low
    found = fft.fftshift(fft.irfft2(across, (size, size)), axes=(1, 2))
    middle = size // 2
    part = found[:, middle - REACH - 1 : middle + REACH + 2, middle - REACH - 1 : middle + REACH + 2]
    inner = part[:, 1:-1, 1:-1].reshape(len(images), -1)
    y, x = np.divmod(inner.argmax(1), 2 * REACH + 1)
    every = np.arange(len(images))
    own = part[every, y + 1, x + 1]
    fine = []
    for before, after in (
        (part[every, y + 1, x], part[every, y + 1, x + 2]),
        (part[every, y, x + 1], part[every, y + 2, x + 1]),
    ):
        bend = before - 2 * own + after
        fine.append(np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, 1), 0.0).clip(-0.5, 0.5))
    return np.column_stack([x - REACH + fine[0], y - REACH + fine[1]])


def _some(which: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [which[at : at + 256] for at in range(0, len(which), 256)]


def _prepared(particles: Particles, small: int) -> Floats:
    """Return the images at the size of the search, each multiplied by its transfer function and of deviation one."""
    size = particles.size
    ky, kx = np.meshgrid(fft.fftfreq(size), fft.rfftfreq(size), indexing="ij")
    squared = ((kx**2 + ky**2) / (particles.pixel_angstrom or 1.0) ** 2).astype(np.float32)
    angle = np.arctan2(ky, kx).astype(np.float32)
    found = np.empty((len(particles), small, small), np.float32)
    for some in batches(np.arange(len(particles)), size):
        images = particles.images(some)
        if particles.optics is not None:
            flat = _ctf.transfer(particles.optics.part(some), squared.ravel(), angle.ravel())
            images = fft.irfft2(fft.rfft2(images) * flat.reshape(-1, *squared.shape), (size, size)).astype(np.float32)
        found[some] = resized(images, small)
    return _within(found)


def _within(images: Floats) -> Floats:
    """Images without their rim, mean 0 and deviation 1."""
    size = images.shape[1]
    line = np.arange(size) - size // 2
    away = np.hypot(line[:, None], line)
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip((away - 0.43 * size) / (0.06 * size), 0, 1))
    plain = images - images.mean((1, 2), keepdims=True)
    spread = plain.std((1, 2), keepdims=True)
    return np.asarray(plain / np.where(spread > 0, spread, 1) * window, np.float32)


def _cleaned(density: Floats, size: int, limit: int) -> Floats:
    """Return a map at the search's size, smooth up to a shell, without what is far from its middle."""
    smooth = _shells.low_pass(_shells.cropped(density, size), 1.0, size / limit)
    return np.asarray(smooth * _shells.soft_sphere(size), np.float32)


def _sign(images: Floats, reference: Floats) -> int:
    """Return -1 where the particle is darker in the images than in the map: the sign in which a few fit better."""
    some = np.linspace(0, len(images) - 1, min(TRIED, len(images))).astype(np.intp)
    none = np.zeros((len(some), 2))
    scores = [match(sign * images[some], reference, FIRST_SHELL, 300, none, 1).score.mean() for sign in (1, -1)]
    return 1 if scores[0] >= scores[1] else -1
