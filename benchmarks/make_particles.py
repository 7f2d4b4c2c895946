"""The example of cryo-EM: particles of a made-up phantom, so that what the map must be is known (synthetic).

python -m benchmarks.make_particles FOLDER
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods.cryoem._ctf import Optics, transfer
from liqi.methods.cryoem._mrc import write_map, write_stack
from liqi.methods.cryoem._particles import read_particles
from liqi.methods.cryoem._reconstruction import reconstruct
from liqi.methods.cryoem._shells import low_pass
from liqi.methods.cryoem._slices import FourierVolume, images_of, samples
from liqi.methods.cryoem._start import resized
from liqi.methods.cryoem._turning import matrices

SIZE, COUNT, PIXEL_A, NOISE = 32, 240, 5.0, 1.5
AVERAGES, AVERAGE_SIZE, AVERAGE_NOISE = 30, 24, 0.1
FIRST_A = 40.0
DEFOCUS_A = (12_000.0, 15_000.0, 18_000.0, 21_000.0)
BALLS = (  # x, y, z in pixels from the middle, radius in pixels, density: an arm, a foot and a head, all unlike
    (-1, 0, 1, 3.2, 1.0), (-1, 0, -4, 2.8, 1.0), (-1, 0, -9, 2.5, 1.1), (4, 0, -9, 2.2, 1.2), (8, 1, -8, 1.8, 1.3),
    (-1, 4, 4, 2.6, 1.0), (-2, 8, 6, 2.2, 1.2), (-6, -4, 3, 2.0, 1.4), (-9, -7, 1, 1.7, 1.4), (3, -3, 8, 1.9, 1.3),
)  # fmt: skip
HEAD = (
    "_rlnOpticsGroup", "_rlnAngleRot", "_rlnAngleTilt", "_rlnAnglePsi", "_rlnDefocusU", "_rlnDefocusV",
    "_rlnDefocusAngle", "_rlnOriginXAngst", "_rlnOriginYAngst", "_rlnRandomSubset", "_rlnImageName",
)  # fmt: skip


def phantom(size: int = SIZE) -> NDArray[np.float32]:
    """Return a map of soft balls without symmetry, so that every direction looks different."""
    line = (np.arange(size) - size // 2) * SIZE / size
    z, y, x = np.meshgrid(line, line, line, indexing="ij")
    found = np.zeros((size,) * 3)
    for at_x, at_y, at_z, radius, density in BALLS:
        away = np.sqrt((x - at_x) ** 2 + (y - at_y) ** 2 + (z - at_z) ** 2)
        found += density / (1 + np.exp((away - radius) / 0.4))
    return found.astype(np.float32)


def main(folder: Path) -> None:
    """Write the particles and class averages (float16) and the half maps of the phantom."""
    random = np.random.default_rng(20261122)
    tilt = np.rad2deg(np.arccos(random.uniform(-1, 1, COUNT)))
    poses = np.stack([random.uniform(-180, 180, COUNT), tilt, random.uniform(-180, 180, COUNT)], 1)
    shifts, defocus = random.uniform(-1.5, 1.5, (COUNT, 2)), np.array(DEFOCUS_A)[random.integers(0, 4, COUNT)]
    plane, volume, truth = samples(SIZE), FourierVolume(SIZE), phantom()
    ones = np.ones(COUNT)
    optics = Optics(300 * ones, 2.7 * ones, 0.1 * ones, defocus, defocus, 0 * ones, 0 * ones)
    flat = volume.project(volume.of_map(truth), matrices(poses), plane)
    squared = (plane.kx**2 + plane.ky**2) / np.float32((SIZE * PIXEL_A) ** 2)
    flat *= transfer(optics, squared, np.arctan2(plane.ky, plane.kx))
    flat *= np.exp(2j * np.pi / SIZE * (shifts[:, :1] * plane.kx + shifts[:, 1:] * plane.ky)).astype(np.complex64)
    images = images_of(flat, plane)
    images += random.normal(0, NOISE * images.std(), images.shape).astype(np.float32)
    write_stack(folder / "synthetic_phantom.mrcs", (images / images.std()).astype(np.float16), PIXEL_A)
    averages = images_of(volume.project(volume.of_map(truth), matrices(poses[:AVERAGES]), plane), plane)
    averages = resized(averages, AVERAGE_SIZE)
    averages += random.normal(0, AVERAGE_NOISE * averages.std(), averages.shape).astype(np.float32)
    write_stack(
        folder / "synthetic_averages.mrcs",
        (averages / averages.std()).astype(np.float16),
        PIXEL_A * SIZE / AVERAGE_SIZE,
    )
    rows = [
        f"1 {rot:.3f} {tilted:.3f} {psi:.3f} {d:.0f} {d:.0f} 0 {x * PIXEL_A:.3f} {y * PIXEL_A:.3f} "
        f"{1 + i % 2} {i + 1:06d}@synthetic_phantom.mrcs"
        for i, ((rot, tilted, psi), d, (x, y)) in enumerate(zip(poses, defocus, shifts, strict=True))
    ]
    (folder / "synthetic_phantom.star").write_text(
        "# synthetic: projections of a phantom of ten balls with noise, made by benchmarks/make_particles.py\n\n"
        "data_optics\n\nloop_\n_rlnOpticsGroup\n_rlnOpticsGroupName\n_rlnImagePixelSize\n_rlnVoltage\n"
        "_rlnSphericalAberration\n_rlnAmplitudeContrast\n_rlnImageSize\n_rlnImageDimensionality\n"
        f"1 synthetic {PIXEL_A} 300 2.7 0.1 {SIZE} 2\n\ndata_particles\n\nloop_\n"
        + "\n".join([*HEAD, *rows]) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    write_map(folder / "synthetic_first.mrc", low_pass(truth, PIXEL_A, FIRST_A).astype(np.float16), PIXEL_A)
    made = reconstruct(read_particles(folder / "synthetic_phantom.star"))
    for number, half in enumerate(made.halves, 1):
        write_map(folder / f"synthetic_half{number}.mrc", half, PIXEL_A)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
