"""The bands of holmium oxide are found where they were put, limits judge them, other spectra are refused."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.optical.wavelength import TABLE

METHOD = find_method("uvvis.wavelength")
EXAMPLE = METHOD.example[0]
PUBLISHED = [241.1, 249.9, 278.1, 287.2, 333.4, 345.5, 361.3, 385.7, 416.3, 451.3, 467.8, 485.3, 536.6, 640.5]


def moved(path: Path, by: float, step: int = 1, transmittance: bool = False) -> Path:
    x, y = np.loadtxt(EXAMPLE, delimiter=",", skiprows=1).T
    rows = zip(x[::step] + by, 100 * 10 ** -y[::step] if transmittance else y[::step], strict=True)
    head = "Wavelength (nm),%T" if transmittance else "Wavelength (nm),Absorbance"
    path.write_text(f"{head}\n" + "".join(f"{a:.2f},{b:.4f}\n" for a, b in rows))
    return path


def test_every_band_is_found_within_its_uncertainty_of_where_it_was_put() -> None:
    answer = METHOD.run([EXAMPLE])
    assert answer.verdict == "pass"
    rows = next(one for one in answer.tables if one.name == "bands").rows
    assert [row["band"] for row in rows] == PUBLISHED
    assert [row["found"] for row in rows] == pytest.approx(np.array(PUBLISHED) + 0.3, abs=0.12)


@pytest.mark.parametrize(("by", "verdict"), [(-0.3, "pass"), (0.6, "pass"), (1.5, "fail"), (-2.5, "fail")])
def test_a_scale_that_is_off_by_more_than_the_limit_fails(by: float, verdict: str, tmp_path: Path) -> None:
    answer = METHOD.run([moved(tmp_path / "a.csv", by)])
    assert answer.verdict == verdict
    mean = next(one for one in answer.findings if one.name == "mean deviation")
    assert mean.value == pytest.approx(0.3 + by, abs=0.1)


def test_transmittance_and_a_step_of_one_nanometre_will_do(tmp_path: Path) -> None:
    answer = METHOD.run([moved(tmp_path / "a.csv", 0.0, 2, transmittance=True)])
    assert answer.verdict == "pass"
    mean = next(one for one in answer.findings if one.name == "mean deviation")
    assert mean.value == pytest.approx(0.3, abs=0.1)


def test_a_spectrum_of_something_else_is_refused(tmp_path: Path) -> None:
    x = np.arange(230, 660, 0.5)
    path = tmp_path / "dna.csv"
    y = np.exp(-0.5 * ((x - 260) / 15) ** 2)
    path.write_text("Wavelength (nm),Absorbance\n" + "".join(f"{a},{b:.4f}\n" for a, b in zip(x, y, strict=True)))
    with pytest.raises(UnreadableFile, match="bands of holmium"):
        METHOD.run([path])


@pytest.mark.parametrize("share", range(1, 20))
def test_a_file_cut_anywhere_gives_an_answer_or_a_sentence(share: int, tmp_path: Path) -> None:
    whole = EXAMPLE.read_bytes()
    path = tmp_path / "cut.csv"
    path.write_bytes(whole[: len(whole) * share // 20])
    if share < 6:  # fewer than five bands are left
        with pytest.raises(UnreadableFile, match="expected"):
            METHOD.run([path])
    else:
        assert len(METHOD.run([path]).findings) >= 7


def test_the_certificate_of_a_cell_counts_before_the_table(tmp_path: Path) -> None:
    certificate = tmp_path / "证书.csv"
    certificate.write_text(
        "band_nm;u_nm\n" + "".join(f"{one + 0.3:.2f};0.05\n".replace(".", ",") for one in PUBLISHED[3:])
    )
    found = {one.name: one for one in METHOD.run([EXAMPLE], {"certificate": str(certificate)}).findings}
    assert found["mean deviation"].value == pytest.approx(0.0, abs=0.05)
    assert found["mean deviation"].uncertainty == pytest.approx(0.05, abs=0.02)
    assert "287.5 nm" in found
    assert "241.1 nm" not in found
    certificate.write_text("band,u\n" + "".join(f"{one},{9}\n" for one in PUBLISHED))
    with pytest.raises(UnreadableFile, match=r"u 9 nm.*position and u"):
        METHOD.run([EXAMPLE], {"certificate": str(certificate)})


@pytest.mark.parametrize("maximum", [241.15, 287.15, 361.5, 536.3])
def test_the_table_lies_at_the_maxima_of_the_european_pharmacopoeia(maximum: float) -> None:
    """Ph. Eur. 2.2.25 gives four maxima of holmium perchlorate, at a bandwidth of its own."""
    table = np.loadtxt(TABLE, delimiter=",", skiprows=1, usecols=0)
    assert np.abs(table - maximum).min() <= 0.31
