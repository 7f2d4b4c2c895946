"""The transfer function: every number of a STAR file acts on the map, and defocus comes back from Thon rings."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.make_micrographs import ANGLE_DEG, U_A, V_A, micrograph
from benchmarks.make_particles import PIXEL_A, SIZE, phantom
from liqi.methods import BadParameter, UnreadableFile, cryoem, find_method
from liqi.methods.cryoem._slices import FourierVolume, images_of, samples

LARGE = Path(__file__).parents[3].parent / "shared" / "data" / "methods" / "cryoem"
METHOD = find_method("cryo.ctf")
COLUMNS = {
    "rlnVoltage": 300.0, "rlnSphericalAberration": 2.7, "rlnAmplitudeContrast": 0.1, "rlnDefocusU": 9000.0,
    "rlnDefocusV": 9000.0, "rlnDefocusAngle": 0.0, "rlnPhaseShift": 0.0, "rlnCtfBfactor": 0.0, "rlnCtfScalefactor": 1.0,
}  # fmt: skip
OTHER = {
    "rlnVoltage": 100.0, "rlnSphericalAberration": 3000.0, "rlnAmplitudeContrast": 0.95, "rlnDefocusU": 26_000.0,
    "rlnDefocusV": 30_000.0, "rlnDefocusAngle": 60.0, "rlnPhaseShift": 90.0, "rlnCtfBfactor": 900.0,
    "rlnCtfScalefactor": -1.0,
}  # fmt: skip


def optics(count: int = 1, **said: float) -> cryoem.Optics:
    values = COLUMNS | said
    order = [*COLUMNS][:7]
    columns = [np.full(count, values[name]) for name in [*order, "rlnCtfBfactor", "rlnCtfScalefactor"]]
    return cryoem.Optics(*columns)


def at(one: cryoem.Optics, frequency: float, angle_deg: float = 0.0) -> float:
    squared = np.array([frequency**2], np.float32)
    return float(cryoem.transfer(one, squared, np.deg2rad(np.array([angle_deg], np.float32)))[0, 0])


def test_without_aberration_the_zeros_lie_at_roots_of_whole_numbers() -> None:
    plain = optics(rlnSphericalAberration=0.0, rlnAmplitudeContrast=0.0, rlnDefocusU=15_000.0, rlnDefocusV=15_000.0)
    wave = float(cryoem.wavelength(300.0))
    for ring in (1, 2, 5):
        assert at(plain, (ring / (wave * 15_000)) ** 0.5) == pytest.approx(0, abs=1e-5)
        assert abs(at(plain, ((ring - 0.5) / (wave * 15_000)) ** 0.5)) == pytest.approx(1, abs=1e-5)


def test_at_scherzer_focus_the_first_zero_is_the_published_resolution() -> None:
    cs, wave = 2.7e7, float(cryoem.wavelength(300.0))
    focus = (1.5 * cs * wave) ** 0.5  # Scherzer 1949, as extended: 1.2 sqrt(Cs lambda), first zero at 1.5 (Cs l^3)^-1/4
    one = optics(rlnAmplitudeContrast=0.0, rlnDefocusU=focus, rlnDefocusV=focus)
    first = next(s for s in np.arange(0.05, 1, 1e-4) if at(one, s) < 0)
    assert first == pytest.approx(1.565 * (cs * wave**3) ** -0.25, rel=0.01)


def test_astigmatism_lies_along_its_angle_and_a_plate_shifts_the_phase() -> None:
    one = optics(rlnDefocusU=20_000.0, rlnDefocusV=10_000.0, rlnDefocusAngle=30.0)
    assert at(one, 0.08, 30) == pytest.approx(at(optics(rlnDefocusU=20_000.0, rlnDefocusV=20_000.0), 0.08), abs=1e-5)
    assert at(one, 0.08, 120) == pytest.approx(at(optics(rlnDefocusU=10_000.0, rlnDefocusV=10_000.0), 0.08), abs=1e-5)
    assert at(optics(), 0.0) == pytest.approx(0.1)
    assert at(optics(rlnPhaseShift=90.0), 0.0) == pytest.approx(np.cos(np.arcsin(0.1)))
    assert at(optics(rlnCtfBfactor=80.0), 0.1) / at(optics(), 0.1) == pytest.approx(np.exp(-80 * 0.01 / 4))


def simulated(folder: Path, said: dict[str, float], count: int = 120) -> Path:
    """Write particles of the phantom seen with these optics, a STAR file that says all of them, and one that
    says the first of `said` wrong."""
    random = np.random.default_rng(5)
    tilt = np.rad2deg(np.arccos(random.uniform(-1, 1, count)))
    poses = np.stack([random.uniform(-180, 180, count), tilt, random.uniform(-180, 180, count)], 1)
    plane, volume = samples(SIZE), FourierVolume(SIZE)
    flat = volume.project(volume.of_map(phantom()), cryoem.matrices(poses), plane)
    squared = (plane.kx**2 + plane.ky**2) / np.float32((SIZE * PIXEL_A) ** 2)
    flat *= cryoem.transfer(optics(count, **said), squared, np.arctan2(plane.ky, plane.kx))
    images = images_of(flat, plane)
    images += random.normal(0, 0.02 * images.std(), images.shape).astype(np.float32)
    cryoem.write_stack(folder / "p.mrcs", images, PIXEL_A)
    told(folder / "right.star", poses, said)
    told(folder / "wrong.star", poses, said | {name: COLUMNS[name] for name in [*said][:1]})
    return folder / "right.star"


def told(star: Path, poses: np.ndarray, said: dict[str, float]) -> None:
    """Write the STAR file of the particles with these poses and optics."""
    values = COLUMNS | said
    head = ["rlnImagePixelSize", "rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi", "rlnImageName", *values]
    rows = [
        f"{PIXEL_A} {a:.4f} {b:.4f} {c:.4f} {n + 1}@p.mrcs " + " ".join(f"{value:g}" for value in values.values())
        for n, (a, b, c) in enumerate(poses)
    ]
    star.write_text("data_\nloop_\n" + "\n".join([*(f"_{name}" for name in head), *rows]) + "\n")


def likeness(star: Path) -> float:
    """The correlation of the map of these particles with the phantom, low frequencies kept out."""
    made = cryoem.reconstruct(cryoem.read_particles(star)).halves
    mask, truth = cryoem.soft_sphere(SIZE), phantom()
    both = (made[0] + made[1]) / 2 * mask
    return float(np.corrcoef(both.ravel(), (truth * mask).ravel())[0, 1])


@pytest.mark.parametrize("label", OTHER)
def test_what_the_star_file_says_of_the_optics_makes_the_map(label: str, tmp_path: Path) -> None:
    said = {label: OTHER[label]}
    if label == "rlnDefocusAngle":
        said |= {"rlnDefocusU": 26_000.0, "rlnDefocusV": 9000.0}
    star = simulated(tmp_path, said)
    right = cryoem.read_particles(star).optics
    assert right is not None
    known = likeness(star)
    assert known > 0.75
    if label == "rlnCtfScalefactor":  # a sign turned alike in all particles is turned back; the optics must have it
        assert right.scale is not None
        assert right.scale == pytest.approx(-1)
        return
    assert likeness(tmp_path / "wrong.star") < known - 0.005


@pytest.mark.parametrize(
    ("u", "v", "angle", "pixel", "said"),
    [
        (8_000.0, 8_000.0, 0.0, 1.5, {}),
        (21_000.0, 18_000.0, 120.0, 1.5, {}),
        (15_200.0, 14_800.0, 70.0, 2.0, {"voltage_kv": 200.0, "spherical_mm": 0.01, "amplitude": 0.07}),
        (12_000.0, 11_400.0, 10.0, 1.5, {"phase_deg": 90.0}),
        (34_000.0, 33_000.0, 170.0, 1.0, {}),
    ],
)
def test_the_defocus_of_a_made_up_micrograph_comes_back(
    u: float, v: float, angle: float, pixel: float, said: dict[str, float], tmp_path: Path
) -> None:
    path = tmp_path / "one.mrc"
    cryoem.write_stack(path, micrograph(u, v, angle, 1024, pixel, noise=2.0, seed=7, **said)[None], pixel)
    answer = METHOD.run([path], said)
    found = {one.name: one for one in answer.findings}
    for name, true in (("defocus", (u + v) / 2), ("astigmatism", u - v)):
        one = found[name]
        assert one.uncertainty is not None
        assert abs(float(one.value or 0) - true) < 4 * one.uncertainty < 0.02 * u
    if u != v:
        turned = (float(found["angle of defocus U"].value or 0) - angle + 90) % 180 - 90
        assert abs(turned) < 5
    assert float(found["resolution of the fit"].value or 99) < 6
    assert answer.verdict == ("review" if (u - v) > 0.1 * (u + v) / 2 else "pass")


def test_uncertainties_of_the_fit_are_as_large_as_its_errors() -> None:
    microscope = cryoem.Microscope(300, 2.7, 0.1)
    errors = []
    for seed in range(12):
        image = micrograph(16_300.0, 15_700.0, 50.0, 512, 2.0, noise=2.0, seed=seed)
        found = cryoem.fit_rings(cryoem.power([image], 512, 2.0), microscope)
        errors.append((found.mean_angstrom - 16_000) / found.mean_uncertainty_angstrom)
    assert 0.3 < np.std(errors) < 1.7
    assert abs(np.mean(errors)) < 1.2


def test_noise_alone_has_no_rings_and_asks_to_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "noise.mrc"
    cryoem.write_stack(path, np.random.default_rng(0).normal(size=(1, 512, 512)).astype(np.float32), 2.0)
    answer = METHOD.run([path])
    assert answer.verdict == "review"
    assert float(answer.findings[5].value or 0) > 8


def test_images_of_a_stack_are_fitted_together_or_each(tmp_path: Path) -> None:
    path = tmp_path / "both.mrcs"
    images = np.stack([micrograph(d, d, 0, 512, 2.0, seed=3) for d in (12_000.0, 20_000.0)])
    cryoem.write_stack(path, images, 2.0)
    each = METHOD.run([path], {"images": "each"})
    found = [row["defocus_u"] for row in each.tables[0].rows]
    assert found == pytest.approx([12_000, 20_000], rel=0.02)
    assert len(METHOD.run([path]).tables[0].rows) == 1


@pytest.mark.parametrize(
    ("pixel", "images", "said"),
    [
        (0.0, np.eye(64, dtype=np.float32)[None], "pixel"),
        (2.0, np.ones((1, 64, 64), np.float32), "one value"),
        (2.0, np.eye(16, dtype=np.float32)[None], "32 pixels"),
        (40.0, np.eye(64, dtype=np.float32)[None], "pixels that hold rings"),
    ],
)
def test_images_without_rings_to_fit_are_refused_in_a_sentence(
    pixel: float, images: np.ndarray, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "odd.mrc"
    cryoem.write_stack(path, images, pixel or 1.0)
    if not pixel:
        import mrcfile

        with mrcfile.open(path, "r+") as opened:
            opened.voxel_size = 0.0
    with pytest.raises(UnreadableFile, match=said):
        METHOD.run([path])


def test_limits_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadParameter, match="low_angstrom"):
        METHOD.run(METHOD.example, {"high_angstrom": 40})


@pytest.mark.parametrize("cut", range(0, 20, 2))
def test_a_micrograph_cut_anywhere_is_refused_in_one_sentence(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.mrc"
    content = METHOD.example[0].read_bytes()
    path.write_bytes(content[: len(content) * cut // 20])
    with pytest.raises(UnreadableFile, match=r"^[^\n]*expected[^\n]*$"):
        METHOD.run([path])


def test_the_example_is_what_its_maker_writes(tmp_path: Path) -> None:
    from benchmarks.make_micrographs import main

    main(tmp_path)
    assert (tmp_path / "synthetic_micrograph.mrc").read_bytes()[1024:] == METHOD.example[0].read_bytes()[1024:]
    row = METHOD.run(METHOD.example).tables[0].rows[0]
    assert (row["defocus_u"], row["defocus_v"], row["angle"]) == pytest.approx((U_A, V_A, ANGLE_DEG), rel=0.02)


@pytest.mark.skipif(not LARGE.is_dir(), reason="needs the large data beside the project: methods/cryoem")
def test_particles_of_simulated_ribosomes_show_their_defoci_roughly_and_it_says_so() -> None:
    answer = METHOD.run([LARGE / "sim" / "particles.star"], {"low_angstrom": 60, "astigmatism": "no"})
    apart = [abs(row["difference"]) / row["told"] for row in answer.tables[0].rows]
    assert len(apart) == 7
    assert np.median(apart) < 0.06
    assert answer.verdict == "review"
    assert [one.code for one in answer.warnings] == ["particles alone"]
