"""The contrast transfer function of an electron microscope."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def wavelength(voltage_kv: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the relativistic wavelength of electrons in angstrom.

    h / sqrt(2 m e V (1 + e V / 2 m c^2)) with CODATA 2018 constants: 0.0197 A at 300 kV, 0.0251 A at 200 kV.
    """
    volts = np.asarray(voltage_kv, np.float64) * 1e3
    return np.asarray(12.264259 / np.sqrt(volts * (1 + 0.978475e-6 * volts)))


@dataclass(frozen=True, slots=True)
class Optics:
    """What the transfer function of each image needs, arrays of one length `(images,)`."""

    voltage_kv: NDArray[np.float64]
    spherical_mm: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    defocus_u_angstrom: NDArray[np.float64]
    defocus_v_angstrom: NDArray[np.float64]
    astigmatism_deg: NDArray[np.float64]
    phase_deg: NDArray[np.float64]
    falling_angstrom2: NDArray[np.float64] | None = None
    """The B-factor of an envelope, exp(-B s^2 / 4); none where the file says nothing of it."""
    scale: NDArray[np.float64] | None = None

    def part(self, which: NDArray[np.intp]) -> "Optics":
        """Return the same of these images."""
        columns: list[Any] = [getattr(self, name) for name in self.__slots__]
        part: list[Any] = [None if column is None else column[which] for column in columns]
        return Optics(*part)


def transfer(optics: Optics, squared_frequency: Floats, angle_rad: Floats) -> Floats:
    """Return the transfer function `(images, samples)` at these squared frequencies and directions.

    sin(chi + phase + asin(w)) with chi = pi L z s^2 - pi/2 Cs L^3 s^4 and z = the defocus in that direction
    (Rohou and Grigorieff 2015, J. Struct. Biol. 192, 216), so that a particle of positive density is positive
    at low frequency, as RELION has it; times exp(-B s^2 / 4) and the scale, where the file says them.
    """
    wave = wavelength(optics.voltage_kv)[:, np.newaxis]
    mean = (optics.defocus_u_angstrom + optics.defocus_v_angstrom)[:, np.newaxis] / 2
    half = (optics.defocus_u_angstrom - optics.defocus_v_angstrom)[:, np.newaxis] / 2
    fixed = (np.deg2rad(optics.phase_deg) + np.arcsin(np.clip(optics.amplitude, 0, 1)))[:, np.newaxis]
    quartic = np.pi / 2 * optics.spherical_mm[:, np.newaxis] * 1e7 * wave**3
    if np.any(half):
        turned = angle_rad[np.newaxis] - np.deg2rad(optics.astigmatism_deg)[:, np.newaxis]
        defocus = (mean + half * np.cos(2 * turned)).astype(np.float32)
    else:
        defocus = mean.astype(np.float32)
    square = squared_frequency[np.newaxis]
    chi = (np.pi * wave).astype(np.float32) * defocus * square
    chi -= quartic.astype(np.float32) * square * square
    chi += fixed.astype(np.float32)
    found = np.sin(chi, out=chi)
    if optics.falling_angstrom2 is not None:
        found *= np.exp(-optics.falling_angstrom2[:, np.newaxis].astype(np.float32) / 4 * square)
    if optics.scale is not None:
        found *= optics.scale[:, np.newaxis].astype(np.float32)
    return np.asarray(found)
