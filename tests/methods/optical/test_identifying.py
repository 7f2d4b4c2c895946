"""Materials are named where the evidence stands, left unknown where it does not; bands carry what they are."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.optical._bands import pseudo_voigt
from liqi.methods.optical._library import assignment, by_bands, materials
from liqi.methods.optical._spectrum import Spectrum
from tests.methods.optical.test_files import OPTICAL, needs_optical

IDENTIFY, PEAKS = find_method("spectrum.identify"), find_method("spectrum.peaks")


def text(path: Path, x: np.ndarray, y: np.ndarray, head: str = "raman shift,counts") -> Path:
    path.write_text(head + "\n" + "".join(f"{a:.3f},{b:.4f}\n" for a, b in zip(x, y, strict=True)))
    return path


def made(name: str, technique: str, low: float = 200.0, high: float = 3600.0, seed: int = 0) -> Spectrum:
    """A noisy spectrum with the bands that are tabulated for a material."""
    material = next(one for one in materials() if one.name.en == name and one.technique == technique)
    x = np.arange(low, high, 2.0)
    y = np.random.default_rng(seed).normal(0, 2, len(x)) + 40 * np.exp(-x / 1500)
    for place, strength in zip(material.places, material.strengths, strict=True):
        y += pseudo_voigt(x, place, 60 * strength, 11, 0.5)
    return Spectrum(Path(name), name, x, y, "cm-1", "counts", technique, "made")


@needs_optical
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ir/ftir_ps.0", "polystyrene"),
        ("ir/ftir_ldpe_soil.asp", "polyethylene (low density)"),
        ("ir/raman_hdpe.csv", "polyethylene (high density)"),
        ("ir/raman_atacamit.spc", "atacamite"),
        ("spc/s_evenx.spc", "polystyrene"),
        ("spc/RAMAN.SPC", "cyclohexane"),
        ("raman/sCAL02_iRPlus785_Z020_100_2400ms.txt", "calcite"),
    ],
)
def test_a_measured_material_is_named(name: str, answer: str) -> None:
    found = IDENTIFY.run([OPTICAL / name])
    assert (found.verdict, found.detail["best"]) == ("identified", answer)
    assert found.detail["margin"] >= 0.08


@needs_optical
@pytest.mark.parametrize(
    "name", ["jcamp/LABCALC.DX", "raman/NISTSRM2241_BW785_100x_25sx5.txt", "raman/Ne_785nm_x20_50ms.txt"]
)
def test_what_is_in_no_table_stays_unknown(name: str) -> None:
    assert IDENTIFY.run([OPTICAL / name]).verdict == "unknown"


def test_materials_of_the_table_are_found_first_in_their_own_noisy_spectra() -> None:
    from liqi.methods.optical import find_bands

    wrong = []
    for place, material in enumerate(materials()):
        spectrum = made(
            material.name.en, material.technique, 90.0 if material.technique == "raman" else 400.0, 3800.0, place
        )
        best = by_bands(spectrum, find_bands(spectrum))[0]
        if best.family != material.family:
            wrong.append((material.name.en, best.name.en))
    assert len(wrong) <= 3, wrong


def test_a_library_of_whole_spectra_is_compared_point_by_point(tmp_path: Path) -> None:
    sample = made("quartz", "raman", 150, 1400, 1)
    path = text(tmp_path / "sample.csv", sample.x, sample.y)
    library = []
    for name in ("quartz", "gypsum", "barite"):
        one = made(name, "raman", 100, 1500, 2)
        library.append(str(text(tmp_path / f"{name}.csv", one.x, one.y)))
    answer = IDENTIFY.run([path], {"library": library})
    assert (answer.verdict, answer.findings[0].name) == ("identified", "quartz")
    assert answer.findings[0].value > 0.95
    short = text(tmp_path / "short.csv", np.arange(3000, 3100, 2.0), np.ones(50))
    with pytest.raises(UnreadableFile, match="over half of the sample's range"):
        IDENTIFY.run([path], {"library": [str(short)]})


def test_a_mixture_names_what_the_first_leaves(tmp_path: Path) -> None:
    first, second = made("calcite", "raman", 100, 1900, 3), made("quartz", "raman", 100, 1900, 4)
    answer = IDENTIFY.run([text(tmp_path / "mix.csv", first.x, first.y + 0.35 * second.y)])
    assert (answer.detail["best"], answer.detail["second"]) == ("calcite", "quartz")


def test_a_flat_line_and_a_chromatogram_are_no_material(tmp_path: Path) -> None:
    x = np.arange(400, 4000, 4.0)
    assert IDENTIFY.run([text(tmp_path / "flat.csv", x, np.zeros(len(x)))]).verdict == "unknown"
    path = text(tmp_path / "uv.csv", np.arange(200, 800, 1.0), np.ones(600), "wavelength (nm),absorbance")
    with pytest.raises(UnreadableFile, match="expected an infrared or Raman spectrum"):
        IDENTIFY.run([path])


def test_bands_are_told_with_what_stands_there_and_spikes_are_seen(tmp_path: Path) -> None:
    sample = made("polystyrene", "raman", 200, 3200)
    answer = PEAKS.run([text(tmp_path / "a.csv", sample.x, sample.y)])
    assert answer.verdict == "pass"
    ring = next(one for one in answer.findings if abs(one.value - 1001.4) < 1)
    assert 0 < ring.uncertainty < 0.2
    assert assignment(1001.4, "raman").en == "ring breathing, sulfate"
    sample.y[400] += 2000
    assert "spikes" in {
        one["name"]
        for one in PEAKS.run([text(tmp_path / "b.csv", sample.x, sample.y)]).detail["checks"]
        if one["result"] != "pass"
    }
    cut = np.minimum(sample.y, 0.4 * sample.y.max())
    assert PEAKS.run([text(tmp_path / "c.csv", sample.x, cut)]).verdict == "review"


def test_standards_move_the_bands_of_a_sample() -> None:
    neon, silicon, polystyrene, _ = find_method("raman.calibrate").example
    raw = PEAKS.run([polystyrene])
    moved = PEAKS.run([polystyrene], {"standards": [str(neon), str(silicon)]})
    assert max(one.value for one in moved.findings) - max(one.value for one in raw.findings) == pytest.approx(
        0.83, abs=0.2
    )
