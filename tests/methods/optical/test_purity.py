"""Concentrations and ratios against what the instruments reported and what the law gives."""

import json
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from tests.methods.optical.test_files import OPTICAL, needs_optical

METHOD = find_method("uvvis.purity")
TABLE = METHOD.example[0]


def values(answer: object) -> dict[str, float]:
    return {one.name: one.value for one in answer.findings}  # type: ignore[attr-defined]


def test_a_table_gives_what_the_instrument_reported() -> None:
    answer = METHOD.run([TABLE])
    found = values(answer)
    assert answer.verdict == "pass"
    assert found["Sample 1"] == pytest.approx(715.462, abs=0.02)
    assert found["Sample 4"] == pytest.approx(1173.866, abs=0.05)
    assert found["Sample 2 A260/A280"] == pytest.approx(1.908, abs=1e-3)
    assert found["Sample 1 (2) A260/A280"] == 1.903
    assert "Sample 1 (2)" not in found


@pytest.mark.parametrize(
    ("head", "reported", "result"),
    [
        ("Conc. (mg/mL)", 0.05, "pass"),
        ("Conc. (µg/mL)", 50, "pass"),
        ("Conc. (ng/uL)", 5, "review"),
        ("Conc. (nM)", 5, None),
    ],
)
def test_a_reported_concentration_is_compared_in_its_own_unit(
    head: str, reported: float, result: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "plate.csv"
    path.write_text(f"Sample Name,{head},A260,A280\none,{reported},1.0,0.54\n", encoding="utf-8")
    found = {one["name"]: one["result"] for one in METHOD.run([path]).detail["checks"]}
    assert found.get("reported") == result
    of_law = METHOD.run([path], {"epsilon": 10_000, "wavelength": 260})
    assert "reported" not in {one["name"] for one in of_law.detail["checks"]}


def test_another_analyte_is_judged_by_its_own_ratio() -> None:
    answer = METHOD.run([TABLE], {"analyte": "protein"})
    assert [one["name"] for one in answer.detail["checks"] if one["result"] == "review"] == ["ratio_280", "reported"]


@needs_optical
def test_a_workbook_gives_the_same_as_its_table() -> None:
    assert values(METHOD.run([OPTICAL / "uvvis/example1.xlsx"])) == values(METHOD.run([TABLE]))


@needs_optical
def test_absorbances_are_those_of_the_converted_documents() -> None:
    told = json.loads((OPTICAL / "uvvis/Thermo_VISIONlite_example_scan.json").read_text())
    first = told["spectrophotometry aggregate document"]["spectrophotometry document"][0]
    cube = first["measurement aggregate document"]["measurement document"][0]["absorption spectrum data cube"]["data"]
    answer = METHOD.run([OPTICAL / "uvvis/Thermo_VISIONlite_example_scan.csv"])
    assert answer.findings[0].value == max(cube["measures"][0])
    genesys = METHOD.run([OPTICAL / "uvvis/thermo_fisher_genesys30_example_01.tsv"], {"epsilon": 10_000})
    assert genesys.findings[0].value == pytest.approx(283.7)
    assert genesys.verdict == "review"


def scan(path: Path, top: float = 0.8) -> Path:
    x = np.arange(220.0, 360.0)
    y = top * np.exp(-(((x - 260) / 22) ** 2)) + 0.05
    path.write_text("wavelength (nm),absorbance\n" + "".join(f"{a},{b:.6f}\n" for a, b in zip(x, y, strict=True)))
    return path


def test_a_spectrum_loses_its_baseline_and_is_read_by_its_analyte(tmp_path: Path) -> None:
    answer = METHOD.run([scan(tmp_path / "rna.csv")], {"analyte": "RNA"})
    found = values(answer)
    assert found["rna"] == pytest.approx(32.0, rel=1e-3)
    assert found["rna A260/A280"] == pytest.approx(np.exp((20 / 22) ** 2), rel=1e-3)


def test_a_line_through_standards_gives_the_concentration_with_its_interval(tmp_path: Path) -> None:
    standards = tmp_path / "standards.csv"
    standards.write_text(
        "conc,abs\n"
        + "".join(f"{c},{0.1 * c + 0.01 + e}\n" for c, e in zip(range(1, 7), [0.001, -0.001] * 3, strict=True))
    )
    answer = METHOD.run(
        [scan(tmp_path / "a.csv", 0.45)], {"calibration": str(standards), "wavelength": 260, "baseline": 0}
    )
    first = answer.findings[0]
    assert first.value == pytest.approx(4.9, abs=0.03)
    assert first.extra["low"] < first.value < first.extra["high"]
    standards.write_text("conc,abs\n1,2\n")
    with pytest.raises(UnreadableFile, match="three at least"):
        METHOD.run([scan(tmp_path / "a.csv")], {"calibration": str(standards)})


@needs_optical
def test_a_workbook_cut_anywhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = (OPTICAL / "uvvis/example1.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    for share in range(20):
        path.write_bytes(whole[: len(whole) * share // 20])
        with pytest.raises(UnreadableFile, match="expected"):
            METHOD.run([path])


def test_a_raman_spectrum_is_no_absorbance() -> None:
    with pytest.raises(UnreadableFile, match="expected absorbance over wavelength"):
        METHOD.run([find_method("raman.calibrate").example[1]])
