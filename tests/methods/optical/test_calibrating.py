"""The axis of a Raman instrument against what is tabulated for silicon, polystyrene, calcite and neon."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.optical import read_calibration, read_spectrum
from liqi.methods.optical._axis import fit_curve
from liqi.methods.optical._bands import find_bands, pseudo_voigt
from liqi.methods.optical._references import recognise
from liqi.methods.optical._spectrum import Spectrum

METHOD = find_method("raman.calibrate")
NEON, SILICON, POLYSTYRENE, CALCITE = METHOD.example


def made(x: np.ndarray, y: np.ndarray) -> Spectrum:
    return Spectrum(Path("made"), "made", x, y, "cm-1", "counts", "raman", "made")


@pytest.mark.parametrize(
    ("path", "material"),
    list(zip(METHOD.example, ("neon", "silicon", "polystyrene", "calcite"), strict=True)),
)
def test_a_reference_material_is_recognised_by_its_lines(path: Path, material: str) -> None:
    found = recognise(read_spectrum(path))
    assert found is not None
    assert found.material == material


def test_silicon_alone_moves_the_axis_as_a_whole() -> None:
    answer = METHOD.run([SILICON])
    silicon = answer.findings[0]
    assert silicon.value == pytest.approx(520.45, abs=1e-6)
    assert silicon.extra["highest_point"] == 518.97
    assert silicon.extra["moved_by"] == pytest.approx(0.80, abs=0.1)
    assert [one.code for one in answer.warnings] == ["offset-only"]
    assert answer.verdict == "review"


def test_every_sharp_line_is_within_a_wavenumber_after_calibration() -> None:
    answer = METHOD.run(METHOD.example)
    assert answer.verdict == "pass"
    sharp = [one for one in answer.findings if "off" in one.extra and one.uncertainty < 0.5]
    assert len(sharp) >= 9
    assert max(abs(one.extra["off"]) for one in sharp) < 1.0


def test_without_a_lamp_shifts_are_corrected_by_what_left_out_lines_bear_out() -> None:
    calibration = read_calibration([SILICON, POLYSTYRENE])
    assert calibration.wavelength is None
    assert calibration.corrected(519.65, None)[0] == pytest.approx(520.45, abs=0.5)


def test_the_degree_is_raised_only_where_left_out_lines_gain() -> None:
    x = np.linspace(200, 3000, 12)
    dice = np.random.default_rng(4)
    u = np.full(12, 0.1)
    assert fit_curve(x, 1.5 + dice.normal(0, 0.1, 12), u).degree == 0
    bent = fit_curve(x, 1.0 + 2e-3 * x - 4e-7 * x**2 + dice.normal(0, 0.05, 12), u)
    assert bent.degree == 2
    assert float(bent.at(1000.0)) == pytest.approx(2.6, abs=0.15)


def test_bands_are_found_where_they_were_put_and_as_uncertain_as_they_scatter() -> None:
    x = np.arange(200.0, 1800.0, 1.5)
    clean = (
        pseudo_voigt(x, 520.3, 900, 6, 0.5)
        + pseudo_voigt(x, 1001.7, 500, 9, 0.2)
        + pseudo_voigt(x, 1012.9, 300, 9, 0.2)
    )
    slope = 300 * np.exp(-x / 900)
    places, told = [], []
    for seed in range(12):
        noise = np.random.default_rng(seed).normal(0, 8, len(x))
        bands = [one for one in find_bands(made(x, clean + slope + noise)) if one.signal_to_noise > 20]
        assert len(bands) == 3
        places.append([one.position for one in bands])
        told.append([one.u_position for one in bands])
    assert np.abs(np.mean(places, axis=0) - [520.3, 1001.7, 1012.9]).max() < 0.15
    assert (np.std(places, axis=0) < 2.5 * np.mean(told, axis=0)).all()


def test_a_spectrum_of_no_reference_material_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    x = np.arange(200, 1800, 2.0)
    y = pseudo_voigt(x, 880, 100, 12, 0.5) + pseudo_voigt(x, 1380, 140, 12, 0.5)
    path.write_text("raman shift,counts\n" + "".join(f"{a},{b:.3f}\n" for a, b in zip(x, y, strict=True)))
    with pytest.raises(UnreadableFile, match="expected a spectrum of a reference material"):
        METHOD.run([path])
    answer = METHOD.run([SILICON, path])
    rows = next(one for one in answer.tables if one.name == "samples").rows
    assert [round(row["corrected"] - row["raw"], 2) for row in rows] == [0.8, 0.8]


def test_numbers_beyond_every_raman_shift_are_refused_in_a_sentence(tmp_path: Path) -> None:
    beyond = tmp_path / "far.txt"
    beyond.write_text("".join(f"{16_900 + 4.2 * i:.4f}\t{3000 + i % 7 * 400}\n" for i in range(60)))
    with pytest.raises(UnreadableFile, match="bands of none of"):
        METHOD.run([beyond])
