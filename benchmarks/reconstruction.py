"""A map from particles of known pose: images a core-second, and how sharp the map is against the truth.

    ./run bench reconstruction [--map MRC] [--particles STAR TRUTH]

Particles are projections of a map (the example's phantom where none is named) with the transfer function of seven
defoci and noise of ten times their power. `--particles` reconstructs a STAR file too, and holds its map against a
truth. Processor time of one thread, all of it: reading, both halves, agreement, filter. The figures of the peer,
ASPIRE 0.14.3, were taken on another run of the same kind (docs/reference/benchmarks.md).
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from scipy import ndimage

from benchmarks.make_particles import phantom
from liqi.methods import cryoem
from liqi.methods.cryoem._slices import FourierVolume, images_of, samples

SIZES = ((64, 1000), (64, 4000), (128, 1000), (128, 2000))
EXTENT_ANGSTROM, NOISE = 217.0, 10**0.5


def particles(density: cryoem.Grid, size: int, count: int, folder: Path) -> Path:
    """Write a STAR file and its stack of noisy projections; return the STAR file."""
    random = np.random.default_rng(1)
    scaled = np.asarray(ndimage.zoom(density.values, size / density.values.shape[0], order=3), np.float32)
    pixel, ones = EXTENT_ANGSTROM / size, np.ones(count)
    tilt = np.rad2deg(np.arccos(random.uniform(-1, 1, count)))
    poses = np.stack([random.uniform(-180, 180, count), tilt, random.uniform(-180, 180, count)], 1)
    defocus = np.linspace(12_000, 26_000, 7)[random.integers(0, 7, count)]
    optics = cryoem.Optics(300 * ones, 2.7 * ones, 0.1 * ones, defocus, defocus, 0 * ones, 0 * ones)
    plane, volume = samples(size), FourierVolume(size)
    values, turned = volume.of_map(scaled), cryoem.matrices(poses)
    squared = (plane.kx**2 + plane.ky**2) / np.float32(EXTENT_ANGSTROM**2)
    images = np.empty((count, size, size), np.float32)
    for start in range(0, count, 100):
        some = np.arange(start, min(start + 100, count))
        flat = volume.project(values, turned[some], plane)
        flat *= cryoem.transfer(optics.part(some), squared, np.arctan2(plane.ky, plane.kx))
        images[some] = images_of(flat, plane)
    images += random.normal(0, NOISE * images.std(), images.shape).astype(np.float32)
    cryoem.write_stack(folder / "made.mrcs", images, pixel)
    head = "data_\nloop_\n" + "\n".join(
        f"_rln{name}"
        for name in (
            *("Voltage", "SphericalAberration", "AmplitudeContrast", "DefocusU", "DefocusV", "DefocusAngle"),
            *("AngleRot", "AngleTilt", "AnglePsi", "ImagePixelSize", "ImageName"),
        )
    )
    rows = "\n".join(
        f"300 2.7 0.1 {d:.1f} {d:.1f} 0 {a:.4f} {b:.4f} {c:.4f} {pixel:.6f} {i + 1}@made.mrcs"
        for i, (d, (a, b, c)) in enumerate(zip(defocus, poses, strict=True))
    )
    star = folder / "made.star"
    star.write_text(f"{head}\n{rows}\n", encoding="utf-8")
    cryoem.write_map(folder / "truth.mrc", scaled, pixel)
    return star


def measured(star: Path, truth: Path) -> dict[str, float]:
    """Return the speed and the resolution, of the halves and against the truth, of one reconstruction."""
    began = time.process_time()
    read = cryoem.read_particles(star)
    made = cryoem.reconstruct(read)
    seconds = time.process_time() - began
    mask, known = cryoem.soft_sphere(read.size), cryoem.read_map(truth).values
    sign = np.sign(float((made.density * known * mask).sum()))  # which sign is up is a convention of each program
    against = cryoem.correlation(made.density * mask, sign * known * mask)
    return {
        "size": read.size,
        "images": len(read),
        "images_per_core_second": round(len(read) / seconds),
        "half_maps_angstrom": round(made.agreement.gold.angstrom, 2),
        "truth_angstrom": round(cryoem.resolution(against, read.size, read.pixel_angstrom, 0.5).angstrom, 2),
    }


def main() -> None:
    """Print a line of JSON for each size."""
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", type=Path)
    parser.add_argument("--particles", type=Path, nargs=2, metavar=("STAR", "TRUTH"))
    asked = parser.parse_args()
    density = cryoem.read_map(asked.map) if asked.map else cryoem.Grid(phantom(), 5.0)
    for size, count in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            star = particles(density, size, count, Path(folder))
            print(json.dumps(measured(star, Path(folder) / "truth.mrc")), flush=True)
    if asked.particles:
        print(json.dumps(measured(*asked.particles)))


if __name__ == "__main__":
    main()
