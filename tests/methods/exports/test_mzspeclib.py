"""mzSpecLib: what is written is read back the same, by us and by the rules of the format; so are MSP and MGF."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.exports import mzspeclib
from liqi.methods.exports.libraries import FORMATS, write_library
from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.readers import read
from tests.methods.exports.vocabulary import names
from tests.methods.samples import MASSBANK, MSP, RUN

KEPT = ("name", "formula", "inchikey", "smiles", "adduct", "ion_mode", "licence", "authors", "accession")


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return find_method("ms.identify").run([RUN]).as_json()


@pytest.fixture
def library(tmp_path: Path) -> SpectralLibrary:
    (tmp_path / "a.msp").write_text(MSP, encoding="utf-8")
    (tmp_path / "b.txt").write_text(MASSBANK, encoding="utf-8")
    return SpectralLibrary.load(tmp_path / "a.msp", tmp_path / "b.txt")


@pytest.mark.parametrize("form", FORMATS)
def test_a_library_comes_back_as_it_went(form: str, library: SpectralLibrary, tmp_path: Path) -> None:
    out = tmp_path / f"out.{form}"
    assert write_library(library, form, out) == len(library.references)
    assert read(out).format == form
    again = SpectralLibrary.load(out)
    assert again.info() | {"repaired": 0, "rejected": 0} == library.info() | {"repaired": 0, "rejected": 0}
    for row in range(len(library.references)):
        one, other = library.record(row), again.record(row)
        assert {name: other[name] for name in KEPT} == {name: one[name] for name in KEPT}
        assert other["precursor_mz"] == pytest.approx(one["precursor_mz"], rel=1e-8)
        assert other["mz"] == pytest.approx(one["mz"])
        assert other["intensity"] == pytest.approx(one["intensity"])


def test_the_small_library_comes_back_whole(tmp_path: Path) -> None:
    small = SpectralLibrary.load()
    write_library(small, "mzspeclib", tmp_path / "small.mzSpecLib.txt")
    again = SpectralLibrary.load(tmp_path / "small.mzSpecLib.txt")
    assert again.info()["spectra"] == small.info()["spectra"]
    assert again.info()["compounds"] == small.info()["compounds"]
    assert np.allclose(again.references.precursor_mz, small.references.precursor_mz, rtol=1e-8, equal_nan=True)
    assert np.allclose(again.references.mz, small.references.mz)
    for name in ("licence", "authors", "smiles", "collision_energy", "instrument_type", "laboratory"):
        were = [" ".join(words.split()) for words in small.references.words[name].all()]
        assert list(again.references.words[name].all()) == were


def test_the_named_features_of_an_answer_are_a_library(answer: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "found.mzSpecLib.txt"
    path.write_text(mzspeclib.write(answer), encoding="utf-8")
    run = read(path)
    spectra = list(run)
    named = [one for one in answer["detail"]["features"] if one["verdict"] != "unknown"]
    assert (len(spectra), run.problems) == (len(named), [])
    for one, spectrum in zip(named, spectra, strict=True):
        assert spectrum.precursor_mz == pytest.approx(one["precursor_mz"], abs=1e-5)
        assert spectrum.facts is not None
        assert spectrum.facts["inchikey"] == one["candidates"][0]["inchikey"]
        assert spectrum.mz.size > 0
    assert SpectralLibrary.load(path).info()["rejected"] == 0


def test_an_identification_tells_its_reason_and_its_file(answer: dict[str, Any]) -> None:
    text = mzspeclib.write(answer)
    assert text.count("<Interpretation=1>") == text.count("<Spectrum=")
    for words in ("probability", "identification level (Schymanski)", "reference spectrum", "SHA-256 of the file"):
        assert f"other attribute name={words}" in text
    assert "composite" in text.split("<Spectrum=1>")[0]


def test_spectra_that_the_answer_does_not_keep_are_counted_as_left_out(answer: dict[str, Any]) -> None:
    mirrors = [plot for plot in answer["plots"] if plot["kind"] == "mirror"]
    fewer = answer | {"plots": mirrors[:3]}
    named = sum(one["verdict"] != "unknown" for one in answer["detail"]["features"])
    text = mzspeclib.write(fewer)
    assert text.count("<Spectrum=") == 3
    assert f"{named - 3} named features are left out" in text


def test_every_term_has_the_name_that_the_vocabulary_gives_it(answer: dict[str, Any], library: SpectralLibrary) -> None:
    used = set(re.findall(r"((?:MS|UO):\d+)\|([^=\n]+)(?:=|$)", mzspeclib.write(answer), re.MULTILINE))
    assert len(used) >= 15
    assert {accession: names()[accession] for accession, _ in used} == dict(used)


def test_attributes_that_belong_together_bear_one_number(answer: dict[str, Any]) -> None:
    lines = mzspeclib.write(answer).splitlines()
    for first, second in pairwise(lines):
        if "|other attribute name=" in first:
            assert second.partition("]")[0] == first.partition("]")[0]
            assert "|other attribute value=" in second


def test_what_another_program_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text(
        "<mzSpecLib>\nMS:1003186|library format version=1.0\nMS:1003188|library name=x\n"
        "<AttributeSet Spectrum=all>\nMS:1000465|scan polarity=MS:1000129|negative scan\n"
        "<Spectrum=1>\nMS:1003063|universal spectrum identifier=mzspec:X:y:scan:7\n"
        "MS:1003061|library spectrum name=one\nMS:1000894|retention time=2.5\n"
        "MS:1003208|experimental precursor monoisotopic m/z=352.19\n"
        "[1]MS:1000045|collision energy=40.0\n[1]UO:0000000|unit=UO:0000266|electronvolt\n"
        "<Analyte=1>\nMS:1000041|charge state=1\nMS:1000866|molecular formula=C22H25NO2\n"
        "<Analyte=2>\nMS:1000866|molecular formula=C9H9\n<Peaks>\n51.5\t2\n65.0\t3.5\tnote\n\n"
        "<Spectrum=2>\nMS:1003061|library spectrum name=two\n<Peaks>\nno numbers\n",
        encoding="utf-8",
    )
    run = read(path)
    (one,) = list(run)
    assert (one.name, one.polarity, one.charge, one.retention_time_s) == ("one", "negative", 1, 150.0)
    assert (one.precursor_mz, one.collision_energy) == (352.19, "40.0 eV")
    assert one.mz.tolist() == [51.5, 65.0]
    assert one.facts is not None
    assert (one.facts["formula"], one.facts["accession"]) == ("C22H25NO2", "mzspec:X:y:scan:7")
    assert "spectrum 2" in run.problems[0]


def test_a_library_is_written_whole_or_not_at_all(library: SpectralLibrary, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="can be written"):
        write_library(library, "msp", tmp_path / "no" / "out.msp")
    with pytest.raises(BadParameter, match="mzspeclib, msp, mgf"):
        write_library(library, "xls", tmp_path / "out.xls")
    assert not list(tmp_path.glob(".*part"))
