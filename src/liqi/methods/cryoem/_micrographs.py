"""What a transfer function is fitted to: a micrograph, a stack, or the particles of one micrograph in a STAR file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.cryoem._ctf import Optics, wavelength
from liqi.methods.cryoem._mrc import open_stack
from liqi.methods.cryoem._particles import Particles, read_particles
from liqi.methods.cryoem._power import Power, box_of, power
from liqi.methods.cryoem._rings import Microscope, Rings, fit_rings

Floats = NDArray[np.float32]
BOX, LARGEST_BOX = 512, 2048
PIXELS_A_RING = 5.0
"""Tiles are doubled until a ring at the limit is so many pixels wide."""
MOST_PARTICLES, LEAST_EDGE, MOST = 1000, 32, 2000


@dataclass(frozen=True, slots=True)
class Subject:
    """Images that share one transfer function, opened and not loaded."""

    name: str
    shape: tuple[int, int]
    pixel_angstrom: float
    images: Callable[[], Iterator[Floats]]
    told: Optics | None = None
    """What the file says already, of each image."""

    def microscope(self, otherwise: Microscope) -> Microscope:
        """Return the microscope that the file tells of, else this one."""
        if self.told is None:
            return otherwise
        columns = (self.told.voltage_kv, self.told.spherical_mm, self.told.amplitude, self.told.phase_deg)
        return Microscope(*(float(column.mean()) for column in columns))

    def told_angstrom(self) -> float | None:
        """Return the mean defocus that the file says."""
        if self.told is None:
            return None
        return float((self.told.defocus_u_angstrom + self.told.defocus_v_angstrom).mean() / 2)


def subjects(star: Path | None, files: Sequence[Path], pixel_angstrom: float, each: bool) -> list[Subject]:
    """Return what is to be fitted among these files; with `each`, every image of a stack stands for itself."""
    found = _of_star(star, files) if star else [one for path in files for one in _of_stack(path, each)]
    found = [replace(one, pixel_angstrom=pixel_angstrom or one.pixel_angstrom) for one in found]
    for one in found:
        where = star or files[0]
        if not one.pixel_angstrom:
            raise UnreadableFile(where, f"no pixel size of {one.name}", "one", "set pixel_angstrom")
        if min(one.shape) < LEAST_EDGE:
            said = " x ".join(str(n) for n in one.shape[::-1])
            raise UnreadableFile(
                where, f"images of {said}", f"at least {LEAST_EDGE} pixels an edge", "give larger ones"
            )
    if len(found) > MOST:
        raise UnreadableFile(star or files[0], f"{len(found):,} micrographs", f"at most {MOST:,}", "give them in parts")
    return found


def measure(
    subject: Subject,
    microscope: Microscope,
    resolutions_angstrom: tuple[float, float],
    defocus_angstrom: tuple[float, float],
    stretched: bool,
) -> tuple[Power, Rings]:
    """Return the spectrum and its rings, tiles doubled where the rings are too narrow for them.

    Raise `ValueError` where no image has any contrast.
    """
    low, high = resolutions_angstrom
    box = box_of(subject.shape, BOX)
    while True:
        spectrum = power(subject.images(), box, subject.pixel_angstrom)
        if not spectrum.tiles:
            raise ValueError("images of one value everywhere")
        found = fit_rings(spectrum, microscope, low, high, defocus_angstrom, stretched)
        larger = box_of(subject.shape, 2 * box)
        if larger <= box or larger > LARGEST_BOX or _pixels_a_ring(found, microscope, spectrum, high) >= PIXELS_A_RING:
            return spectrum, found
        box = larger


def _pixels_a_ring(found: Rings, microscope: Microscope, spectrum: Power, high_angstrom: float) -> float:
    length = spectrum.box * spectrum.pixel_angstrom
    finest = max(high_angstrom, 2 * spectrum.pixel_angstrom)
    return length * finest / (2 * float(wavelength(microscope.voltage_kv)) * max(found.mean_angstrom, 1.0))


def _of_stack(path: Path, each: bool) -> list[Subject]:
    stack = open_stack(path)
    count = stack.shape[0]

    def of(places: Sequence[int]) -> Callable[[], Iterator[Floats]]:
        return lambda: (stack.images(np.array([place], np.intp))[0] for place in places)

    if each and count > 1:
        return [
            Subject(f"{number + 1}@{path.name}", stack.shape[1:], stack.pixel_angstrom, of([number]))
            for number in range(count)
        ]
    some = np.unique(np.linspace(0, count - 1, min(count, MOST_PARTICLES)).astype(int))
    return [Subject(path.name, stack.shape[1:], stack.pixel_angstrom, of([int(one) for one in some]))]


def _of_star(star: Path, stacks: Sequence[Path]) -> list[Subject]:
    """Return one subject for the particles that share a defocus."""
    particles = read_particles(star, stacks)
    shape = (particles.size, particles.size)
    if particles.optics is None:
        return [Subject(star.name, shape, particles.pixel_angstrom, _images(particles, np.arange(len(particles))))]
    columns = (particles.optics.defocus_u_angstrom, particles.optics.defocus_v_angstrom)
    groups: dict[tuple[float, ...], list[int]] = {}
    for place, key in enumerate(zip(*(np.round(column, 1) for column in columns), strict=True)):
        groups.setdefault(tuple(float(one) for one in key), []).append(place)
    return [
        Subject(
            f"{(key[0] + key[1]) / 2e4:.3f} µm ({len(places)})", shape, particles.pixel_angstrom,
            _images(particles, np.array(places)), particles.optics.part(np.array(places)),
        )
        for key, places in sorted(groups.items())
    ]  # fmt: skip


def _images(particles: Particles, which: NDArray[np.intp]) -> Callable[[], Iterator[Floats]]:
    def some() -> Iterator[Floats]:
        for start in range(0, min(len(which), MOST_PARTICLES), 64):
            yield from particles.images(which[start : min(start + 64, MOST_PARTICLES)])

    return some
