"""Tables of elemental and isotope-ratio analysers under the heads that their programs write."""

from pathlib import Path

import pytest

from liqi.methods import find_method
from liqi.methods.elemental import mass_percent
from liqi.methods.readers import sniff

PURE = mass_percent("C6H8N2O2S")
"""Sulfanilamide, measured 1 % too low by an analyser that drifted off its last calibration."""


def vario() -> str:
    head = "No.;Weight [mg];Name;Method;N [%];C [%];H [%];S [%]\n1;2,100;Blank;5mg;;;;\n"
    cells = ";".join(f"{0.99 * PURE[one]:.4f}".replace(".", ",") for one in "NCHS")
    same = "".join(f"{n};2,{n}00;Sulfanilamide;5mg;{cells}\n" for n in (2, 3, 4))
    return head + same + "5;2,000;A;5mg;9,90;49,50;4,95;0,00\n6;2,000;A;5mg;9,90;49,50;4,95;0,00\n"


def eager() -> str:
    head = "Sample name,Filename,Type,Weight (mg),Nitrogen %,Carbon %,Hydrogen %,Sulphur %\n"
    cells = ",".join(f"{0.99 * PURE[one]:.4f}" for one in "NCHS")
    same = "".join(f"Sulfanilamide,{n},STD,2.{n},{cells}\n" for n in (1, 2, 3))
    return head + same + "A,4,UNK,2.0,9.90,49.50,4.95,0.00\n"


@pytest.mark.parametrize("text", [vario(), eager()], ids=["vario", "Eager"])
def test_percentages_are_set_right_by_the_standards_of_the_day(text: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert sniff(path) == "table"
    answer = find_method("ea.chns").run([path])
    found = {one.name: one.value for one in answer.findings}
    assert [found[f"{one}, A"] for one in "CHNS"] == pytest.approx([50, 5, 10, 0], abs=1e-3)
    assert [one.code for one in answer.warnings] == ["percent"]


ISODAT = "Row,Identifier 1,Peak Nr,Ampl  44,d 13C/12C,d 18O/16O,Is Ref _\n"
MEASURED = [("USGS40", -25.39), ("USGS41a", 37.55), ("A", -19.0), ("USGS40", -25.39), ("USGS41a", 37.55)]
"""Everything 1 permil too high."""
RUNS = {
    "Isodat": ISODAT
    + "".join(f"{n},{name},1,3000,0.01,0,1\n{n},{name},3,3000,{d},-5,0\n" for n, (name, d) in enumerate(MEASURED, 1)),
    "Qtegra": "Label,Sample Type,d13C/12C VPDB\n"
    + "".join(f"{name},{'Unknown' if name == 'A' else 'Reference'},{d}\n" for name, d in MEASURED),
    "by hand": "样品;δ13C (‰)\n" + "".join(f"{name};{d}\n".replace(".", ",") for name, d in MEASURED),
}


@pytest.mark.parametrize("maker", RUNS)
def test_materials_of_the_scales_are_standards_where_no_column_says_so(maker: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(RUNS[maker])
    answer = find_method("irms.normalise").run([path])
    found = {one.name: one.value for one in answer.findings}
    assert found["d13C, A"] == pytest.approx(-20.0, abs=1e-3)
