"""Micrographs of ice and balls of known defocus, so that what a fit must find is known (synthetic).

python -m benchmarks.make_micrographs FOLDER
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from liqi.methods.cryoem import Optics, transfer, write_stack

SIZE, PIXEL_A = 512, 2.0
U_A, V_A, ANGLE_DEG = 18_400.0, 17_600.0, 35.0


def micrograph(
    u_angstrom: float,
    v_angstrom: float,
    angle_deg: float,
    size: int = SIZE,
    pixel_angstrom: float = PIXEL_A,
    voltage_kv: float = 300.0,
    spherical_mm: float = 2.7,
    amplitude: float = 0.1,
    phase_deg: float = 0.0,
    falling_angstrom2: float = 60.0,
    noise: float = 1.5,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Return an image `(size, size)`: white scatterers seen through the transfer function and an envelope, then noise.

    `noise` is its deviation over that of the scatterers after the microscope; it rises towards low frequency, as that
    of a detector and of ice does.
    """
    random = np.random.default_rng(seed)
    ky, kx = np.meshgrid(fft.fftfreq(size, pixel_angstrom), fft.rfftfreq(size, pixel_angstrom), indexing="ij")
    squared = (kx**2 + ky**2).astype(np.float32)
    values = (voltage_kv, spherical_mm, amplitude, u_angstrom, v_angstrom, angle_deg, phase_deg, falling_angstrom2)
    optics = Optics(*(np.array([value]) for value in values))
    seen = transfer(optics, squared.ravel(), np.arctan2(ky, kx).astype(np.float32).ravel()).reshape(squared.shape)
    image = fft.irfft2(fft.rfft2(random.normal(size=(size, size))) * seen, (size, size))
    rough = fft.rfft2(random.normal(size=(size, size))) * (1 + 2 * np.exp(-squared / 0.01))
    grain = fft.irfft2(rough, (size, size))
    return np.asarray(image / image.std() + noise * grain / grain.std(), np.float32)


def main(folder: Path) -> None:
    """Write the example: one micrograph in whole numbers (MRC mode 0)."""
    made = micrograph(U_A, V_A, ANGLE_DEG, seed=20261123)
    whole = np.clip(np.rint(made / made.std() * 20), -127, 127).astype(np.int8)
    write_stack(folder / "synthetic_micrograph.mrc", whole[None], PIXEL_A)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
