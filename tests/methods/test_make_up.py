"""What a candidate is made of, against formulas counted by hand, and that it stands among the evidence."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._make_up import ADDED, CHARGED, LOST, MAKE_UP, MANY, PROTON, ion_kind, make_up
from liqi.methods.readers import Spectrum

LIBRARY = """Name: {name}
Formula: {formula}
InChIKey: {key}-UHFFFAOYSA-N
Precursor_type: {adduct}
PrecursorMZ: {mz}
Ion_mode: P
Num Peaks: 2
110.0713 40
138.0662 100

"""


def library(path: Path, *entries: tuple[str, str, str]) -> SpectralLibrary:
    texts = [
        LIBRARY.format(name=f"compound {key}", key=key * 14, formula=formula, adduct=adduct, mz=195.0877)
        for key, formula, adduct in entries
    ]
    (path / "made.msp").write_text("".join(texts))
    return SpectralLibrary.load(path / "made.msp")


def test_atoms_rings_and_double_bonds_are_those_of_the_formula(tmp_path: Path) -> None:
    made = library(tmp_path, ("A", "C8H10N4O2", "[M+H]+"), ("B", "C14H8Cl4", "[M+H]+"), ("C", "C3H9O6PS", "[M+Na]+"))
    found = make_up(np.array([0, 1, 2]), made.references)
    assert found.shape == (3, len(MAKE_UP))
    caffeine, dde, phosphate = (dict(zip(MAKE_UP, row.tolist(), strict=True)) for row in found)
    assert caffeine == {
        "rings_and_double_bonds": 6.0, "carbons": 8.0, "nitrogens": 4.0, "oxygens": 2.0, "halogens": 0.0,
        "sulfur_and_phosphorus": 0.0, "heavy_atoms": 14.0, "ion_kind": PROTON,
    }  # fmt: skip
    assert (dde["rings_and_double_bonds"], dde["halogens"]) == (9.0, 4.0)
    assert (phosphate["rings_and_double_bonds"], phosphate["sulfur_and_phosphorus"]) == (0.0, 2.0)
    assert phosphate["ion_kind"] == ADDED


@pytest.mark.parametrize(
    ("adduct", "kind"),
    [
        ("[M-H]-", PROTON), ("[M]+*", CHARGED), ("[M+NH4]+", ADDED), ("[M+HCOO]-", ADDED), ("[M+H-H2O]+", LOST),
        ("[M-H2O-H]-", LOST), ("[M-2H]--", MANY), ("[M+CH3COOH-H]-", ADDED), ("[M+2H]2+", MANY), ("[2M-H]-", MANY),
    ],
)  # fmt: skip
def test_every_adduct_is_of_one_kind(adduct: str, kind: int) -> None:
    assert ion_kind(adduct) == kind


def test_what_is_not_understood_is_not_known(tmp_path: Path) -> None:
    made = library(tmp_path, ("A", "", "[M+H]+"), ("B", "C8H10N4O2", ""))
    found = make_up(np.array([0, 1]), made.references)
    assert np.isnan(found[0, :-1]).all()
    assert found[0, -1] == PROTON
    assert found[1, :-1].tolist() == [6.0, 8.0, 4.0, 2.0, 0.0, 0.0, 14.0]
    assert np.isnan([ion_kind("M"), ion_kind("")]).all()


def test_the_make_up_stands_among_the_evidence_of_an_answer(tmp_path: Path) -> None:
    made = library(tmp_path, ("A", "C8H10N4O2", "[M+H]+"))
    query = Spectrum(
        np.array([110.0713, 138.0662]), np.array([40.0, 100.0]), ms_level=2, precursor_mz=195.0877, polarity="positive"
    )
    (feature,) = identify([query], made)["features"]
    told = feature["candidates"][0]["evidence"]
    assert {name: told[name]["value"] for name in ("carbons", "ion_kind")} == {"carbons": 8.0, "ion_kind": 0.0}
