"""Poses of images found by matching them with projections of a map, all turns in the plane at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from liqi.methods.cryoem._slices import Complexes, FourierVolume, images_of, samples, transforms
from liqi.methods.cryoem._turning import Numbers, matrices, spread

Floats = NDArray[np.float32]
TURNS = 96
"""Steps of a turn in the plane that a match tries; half of them stand in a ring, the rest are their conjugates."""


@dataclass(frozen=True, slots=True)
class Rings:
    """Where the rings of an image's Fourier transform lie, radii in cycles per image up to `radius`."""

    size: int
    radius: int
    turns: int = TURNS

    @property
    def radii(self) -> Numbers:
        """Radii of the rings, from 2 on: what is coarser says little of direction."""
        return np.arange(2, self.radius + 1, dtype=np.float64)

    def of(self, images: Floats, shifts_px: Numbers) -> Complexes:
        """Return the rings of images `(n, radii, turns / 2)`, half a turn of each, moved into the middle.

        Images are put in a frame of twice their size, so that a straight line between neighbours will do.
        """
        plane = samples(self.size, self.radius + 1, 2.0)
        flat = transforms(images, plane, shifts_px)
        box = plane.box
        half = np.zeros((len(images), box, box // 2 + 1), np.complex64)
        half.reshape(len(images), -1)[:, plane.place] = flat
        rest = np.arange(1, (box + 1) // 2)
        half[:, -rest, 0] = half[:, rest, 0].conj()
        angle = np.arange(self.turns // 2) * (2 * np.pi / self.turns) - np.pi / 2
        x = (self.radii[:, None] * np.cos(angle) * box / self.size).clip(0)
        y = self.radii[:, None] * np.sin(angle) * box / self.size
        low_x, low_y = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
        near_x, near_y = (x - low_x).astype(np.float32), (y - low_y).astype(np.float32)
        found = np.zeros((len(images), *x.shape), np.complex64)
        for dy in (0, 1):
            for dx in (0, 1):
                share = (near_y if dy else 1 - near_y) * (near_x if dx else 1 - near_x)
                found += half[:, (low_y + dy) % box, low_x + dx] * share
        return found

    def scaled(self, rings: Complexes) -> Complexes:
        """Return the rings weighted by radius, each image of norm one: a product of two is their correlation."""
        weighted = rings * np.sqrt(self.radii).astype(np.float32)[:, None]
        norm = np.sqrt((np.abs(weighted) ** 2).sum((1, 2), keepdims=True))
        return np.asarray(weighted / np.maximum(norm, np.float32(1e-12)))

    def spectrum(self, rings: Complexes) -> Complexes:
        """Return the Fourier series round each whole ring `(turns, n, radii)`; the far half is the conjugate."""
        series = fft.fft(np.concatenate([rings, rings.conj()], axis=2), axis=2)
        return np.ascontiguousarray(np.moveaxis(series, 2, 0))

    def correlations(self, own: Complexes, references: Complexes) -> Floats:
        """Return how well images fit references in every turn `(n, references, turns)`, from their `spectrum`."""
        across = np.matmul(own, references.conj().transpose(0, 2, 1))
        return np.asarray(np.moveaxis(fft.ifft(across, axis=0, overwrite_x=True).real, 0, 2) / np.float32(2))


@dataclass(frozen=True, slots=True)
class Matches:
    """The best match of each image."""

    poses_deg: Numbers
    shifts_px: Numbers
    score: Numbers
    """Correlation of the image's rings with those of the projection, 0 to 1."""


def match(
    images: Floats,
    density: Floats,
    radius: int,
    directions: int,
    shifts_px: Numbers,
    reach_px: int = 0,
) -> Matches:
    """Return the pose of each image that fits a map best: over evenly spread directions, turns and shifts around.

    The turn comes from a Fourier series round the rings, all turns at once (Penczek, Grassucci and Frank 1994,
    Ultramicroscopy 53, 251; projection matching).
    """
    size = images.shape[1]
    rings = Rings(size, radius)
    towards = spread(directions)
    poses = np.column_stack([towards, np.zeros(directions)])
    references = rings.spectrum(rings.scaled(rings.of(projections(density, poses), np.zeros((directions, 2)))))
    found = _Best(len(images))
    for offset in _offsets(reach_px):
        moved = shifts_px + offset
        own = rings.spectrum(rings.scaled(rings.of(images, moved)))
        for start in range(0, len(images), 32):
            some = slice(start, start + 32)
            found.take(np.arange(len(images))[some], rings.correlations(own[:, some], references), offset)
    psi = found.turn * (360 / rings.turns)
    return Matches(np.column_stack([towards[found.direction], -psi]), shifts_px + found.offset, found.score)


def projections(density: Floats, poses_deg: Numbers) -> Floats:
    """Return the projections of a map in these poses `(n, size, size)`."""
    size = density.shape[0]
    volume, plane = FourierVolume(size), samples(size)
    return images_of(volume.project(volume.of_map(density), matrices(poses_deg), plane), plane)


class _Best:
    """The best score so far of each image, and where it was."""

    def __init__(self, count: int) -> None:
        self.score = np.full(count, -np.inf)
        self.direction, self.turn = np.zeros(count, np.intp), np.zeros(count, np.intp)
        self.offset = np.zeros((count, 2))

    def take(self, which: NDArray[np.intp], score: Floats, offset: Numbers) -> None:
        flat = score.reshape(len(which), -1)
        place = flat.argmax(1)
        value = flat[np.arange(len(which)), place]
        better = value > self.score[which]
        chosen = which[better]
        self.score[chosen] = value[better]
        self.direction[chosen], self.turn[chosen] = np.divmod(place[better], score.shape[2])
        self.offset[chosen] = offset


def _offsets(reach: int) -> Iterator[Numbers]:
    steps = np.arange(-reach, reach + 1)
    for y in steps:
        for x in steps:
            if x * x + y * y <= reach * reach:
                yield np.array([x, y], np.float64)
