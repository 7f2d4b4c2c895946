"""Maps of particles: geometry, transfer function, agreement and views, each against what is known."""

import base64
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks.make_particles import PIXEL_A, SIZE, phantom
from liqi.methods import cryoem, find_method
from liqi.methods.cryoem.reconstruction import DATA
from liqi.methods.exports import write_export

LARGE = Path(__file__).parents[3].parent / "shared" / "data" / "methods" / "cryoem"


def poses(count: int, seed: int = 0) -> np.ndarray:
    """Poses drawn evenly."""
    random = np.random.default_rng(seed)
    tilt = np.rad2deg(np.arccos(random.uniform(-1, 1, count)))
    return np.stack([random.uniform(-180, 180, count), tilt, random.uniform(-180, 180, count)], 1)


def test_the_wavelength_of_electrons_is_that_of_the_tables() -> None:
    found = cryoem.wavelength(np.array([100.0, 200.0, 300.0]))
    assert found == pytest.approx([0.03701, 0.02508, 0.01969], abs=1e-5)  # Williams and Carter 2009, table 1.2


def test_angles_of_matrices_are_those_they_were_made_of() -> None:
    turned = cryoem.matrices(poses(200))
    assert cryoem.matrices(cryoem.angles(turned)) == pytest.approx(turned, abs=1e-12)
    poles = cryoem.matrices(np.array([[30.0, 0.0, 20.0], [30.0, 180.0, 20.0]]))
    assert cryoem.matrices(cryoem.angles(poles)) == pytest.approx(poles, abs=1e-9)


def test_a_projection_along_the_beam_is_the_sum_of_the_map() -> None:
    truth = phantom()
    found = cryoem.projections(truth, np.zeros((1, 3)))[0]
    assert np.corrcoef(found.ravel(), truth.sum(0).ravel())[0, 1] > 0.999


def test_side_views_alone_have_the_published_sampling_factor() -> None:
    side = np.column_stack([np.linspace(0, 360, 20_000, endpoint=False), np.full(20_000, 90.0), np.zeros(20_000)])
    assert cryoem.sampling_factor(side) == pytest.approx(0.81, abs=0.03)  # Baldwin and Lyumkis 2020
    assert cryoem.sampling_factor(poses(20_000)) > 0.97
    assert cryoem.sampling_factor(np.zeros((500, 3))) == 0


def test_two_maps_agree_as_their_shells_do() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(size=(3, 24, 24, 24)).astype(np.float32)
    assert cryoem.correlation(noise[0], noise[0]) == pytest.approx(np.ones(13))
    assert np.abs(cryoem.correlation(noise[0], noise[1])[3:]).max() < 0.3
    shared = cryoem.correlation(noise[0] + noise[2], noise[1] + noise[2])
    assert shared[4:].mean() == pytest.approx(0.5, abs=0.05)


def test_the_resolution_lies_where_the_curve_crosses() -> None:
    found = cryoem.resolution(np.array([1.0, 0.9, 0.5, 0.1, 0.0]), 8, 2.0, 0.3)
    assert found.angstrom == pytest.approx(16 / 2.5)
    assert not cryoem.resolution(np.ones(5), 8, 2.0).reached


def test_row_000_15_a_phantom_comes_back_from_its_noisy_particles() -> None:
    made = cryoem.reconstruct(cryoem.read_particles(DATA / "synthetic_phantom.star"))
    mask = cryoem.soft_sphere(SIZE)
    against = cryoem.correlation(made.density * mask, phantom() * mask)
    assert cryoem.resolution(against, SIZE, PIXEL_A, 0.5).angstrom < 17.5
    assert np.corrcoef((made.density * mask).ravel(), (phantom() * mask).ravel())[0, 1] > 0.95
    assert not made.turned_over


def test_several_processes_give_the_map_that_one_gives() -> None:
    particles = cryoem.read_particles(DATA / "synthetic_phantom.star")
    one, two = cryoem.reconstruct(particles), cryoem.reconstruct(particles, cores=2)
    assert two.density == pytest.approx(one.density, abs=1e-4 * float(np.abs(one.density).max()))


def test_noise_alone_has_no_resolution(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    for number in (1, 2):
        cryoem.write_map(tmp_path / f"{number}.mrc", random.normal(size=(32, 32, 32)), 1.0)
    answer = find_method("cryo.fsc").run([tmp_path / "1.mrc", tmp_path / "2.mrc"], {"local": "no"})
    assert answer.findings[0].value is not None
    assert float(answer.findings[0].value) > 15


def test_a_mask_that_makes_agreement_up_is_found_out(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    size = 32
    halves = [random.normal(size=(size,) * 3).astype(np.float32) + 3 for _ in range(2)]
    tight = cryoem.soft_sphere(size, 5.0, 2.0)
    found = cryoem.agree(*halves, 1.0, tight)
    assert found.masked[3:6].mean() > 0.5
    assert np.abs(found.corrected[5:10]).mean() < 0.3


def test_local_resolution_tells_the_sharp_side_from_the_blurred() -> None:
    from scipy import ndimage

    random = np.random.default_rng(4)
    size = 48
    sharp = random.normal(size=(size,) * 3)
    mixed = np.where(np.arange(size) < size // 2, sharp, ndimage.gaussian_filter(sharp, 2.0) * 4)
    halves = [(mixed + 0.5 * random.normal(size=mixed.shape)).astype(np.float32) for _ in range(2)]
    found = cryoem.local_resolution(halves[0], halves[1], 1.0)
    assert np.median(found[8:-8, 8:-8, 6:16]) < 0.7 * np.median(found[8:-8, 8:-8, 32:42])


def test_poses_are_found_by_matching_with_their_shifts() -> None:
    truth, wanted = phantom(), poses(12, 3)
    images = np.roll(cryoem.projections(truth, wanted), (2, -1), (1, 2))
    found = cryoem.match(images, truth, 10, 1000, np.zeros((12, 2)), reach_px=2)
    assert np.median(cryoem.between_deg(cryoem.matrices(wanted), cryoem.matrices(found.poses_deg))) < 5
    assert found.shifts_px == pytest.approx(np.tile([1.0, -2.0], (12, 1)), abs=1.0)  # directions lie 6 degrees apart
    assert np.abs(found.shifts_px - (1.0, -2.0)).mean() < 0.6


def test_a_map_leaves_as_mrc(tmp_path: Path) -> None:
    answer = find_method("cryo.reconstruct").run([DATA / "synthetic_phantom.star"], {"local": "no"})
    assert [Path(one.path).name for one in answer.inputs] == ["synthetic_phantom.star", "synthetic_phantom.mrcs"]
    content = write_export(answer, "mrc", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(content, bytes)
    (tmp_path / "map.mrc").write_bytes(content)
    back = cryoem.read_map(tmp_path / "map.mrc")
    assert back.pixel_angstrom == pytest.approx(PIXEL_A)
    told = answer.detail["map"]
    assert base64.b64decode(told["data"])
    assert np.corrcoef(back.values.ravel(), cryoem.unpacked(told).ravel())[0, 1] > 0.9999


@pytest.mark.skipif(not LARGE.is_dir(), reason="needs the large data beside the project: methods/cryoem")
def test_projections_are_those_of_relion() -> None:
    particles = cryoem.read_particles(LARGE / "rln_proj_65.star")
    density = cryoem.read_map(LARGE / "clean70SRibosome_vol_65p.mrc").values
    assert particles.angles_deg is not None
    made = np.roll(cryoem.projections(density, particles.angles_deg), (1, 1), (1, 2))  # odd boxes: RELION's middle
    given = particles.images(np.arange(5))
    assert all(np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.999 for a, b in zip(made, given, strict=True))


@pytest.mark.skipif(not LARGE.is_dir(), reason="needs the large data beside the project: methods/cryoem")
def test_simulated_ribosomes_reach_the_resolution_of_the_peer() -> None:
    answer = find_method("cryo.reconstruct").run([LARGE / "sim" / "particles.star"], {"local": "no"})
    assert answer.findings[0].value is not None
    assert float(answer.findings[0].value) <= 15.8  # ASPIRE: 15.72 at the same mask


def test_pictures_of_maps_have_even_axes_and_say_their_shades() -> None:
    plots = {one.name: one.data for one in find_method("cryo.fsc").run(find_method("cryo.fsc").example).plots}
    assert all(plots[name]["even"] for name in ("slice_xy", "surface_xy", "local"))
    assert plots["local"]["scale"] == "linear"
    volume = plots["volume"]
    values = np.frombuffer(zlib.decompress(base64.b64decode(volume["bytes"])), np.uint8)
    assert values.size == volume["size"] ** 3
    assert volume["low"] < volume["level"] < volume["high"]
    assert set(volume["stands_for"]) <= set(plots)
