"""mzTab-M: the rules of the specification hold, another reader reads it, and the values are those of the answer."""

import re
from pathlib import Path
from typing import Any

import pytest
from pyteomics import mztab as other_reader

from liqi.methods import find_method
from liqi.methods.exports import lists, mzspeclib, mztab
from tests.methods.exports.mztab_rules import broken, parse
from tests.methods.exports.vocabulary import names
from tests.methods.samples import MGF, RUN


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return find_method("ms.identify").run([RUN]).as_json()


@pytest.fixture(scope="module")
def text(answer: dict[str, Any]) -> str:
    return mztab.write(answer)


def test_the_rules_of_the_specification_hold(text: str) -> None:
    assert broken(text) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("MTD\tmzTab-ID", "MTD\tmzTab-IDS"),
        ("\tlib:", "\tother:"),
        ("\nSMF\t1\t", "\nSMF\t99999\t"),
        ("derivatized_form\tadduct_ion", "adduct_ion\tderivatized_form"),
        ("[M+H]+", "M+H"),
    ],
)
def test_the_rules_find_what_is_wrong(text: str, right: str, wrong: str) -> None:
    assert right in text
    assert broken(text.replace(right, wrong)) != []


def test_another_reader_finds_the_same_tables(text: str, answer: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "out.mztab"
    path.write_text(text, encoding="utf-8")
    with path.open(encoding="utf-8") as stream:
        read = other_reader.MzTab(stream, table_format="dict")
    assert (read.version, read.variant) == ("2.0.0-M", "M")
    assert read.metadata["mzTab-ID"] == answer["key"][:16]
    found = read.small_molecule_table["rows"]
    assert len(found) == len(parse(text)[2]["SML"])
    assert len(read.small_molecule_feature_table["rows"]) == len(answer["detail"]["features"])


def test_every_term_has_the_name_that_the_vocabulary_gives_it(text: str) -> None:
    used = set(re.findall(r'\[MS, (MS:\d+), "?([^,"\]]*)"?, ', text))
    assert len(used) >= 10
    assert {accession: names()[accession] for accession, _ in used} == dict(used)


def test_a_compound_stands_once_with_all_its_ions(text: str, answer: dict[str, Any]) -> None:
    rows = parse(text)[2]
    named = [one for one in answer["detail"]["features"] if one["verdict"] != "unknown"]
    molecules = [row for row in rows["SML"] if row["database_identifier"] != "null"]
    keys = {tuple(c["inchikey"] for c in one["candidates"][:1]) for one in named if one["verdict"] == "identified"}
    assert len([row for row in molecules if "|" not in row["database_identifier"]]) == len(keys)
    assert sum(row["SMF_ID_REFS"].count("|") + 1 for row in molecules) == len(named)


def test_isomers_stand_side_by_side_and_are_called_ambiguous(answer: dict[str, Any]) -> None:
    told = [dict(one) for one in answer["detail"]["features"]]
    measured = [dict(one) for one in answer["detail"]["measured"]]
    place = next(i for i, one in enumerate(told) if one["verdict"] == "identified")
    first = told[place]["candidates"][0]
    told[place] |= {"verdict": "isomers", "level": "3", "candidates": [first, first | {"inchikey": "B", "name": "a|b"}]}
    measured[place] = measured[place] | {"formulas": measured[place]["formulas"] * 2}
    changed = answer | {"detail": answer["detail"] | {"features": told, "measured": measured}}
    text = mztab.write(changed)
    assert broken(text) == []
    row = next(row for row in parse(text)[2]["SML"] if "|" in row["database_identifier"])
    assert row["chemical_name"] == f"{first['name']}|a/b"
    assert row["reliability"] == "3"
    feature = next(one for one in parse(text)[2]["SMF"] if one["SMF_ID"] == row["SMF_ID_REFS"])
    assert feature["SME_ID_REF_ambiguity_code"] == "1"


def test_masses_are_theory_and_measurement_within_the_tolerance(text: str) -> None:
    evidence = parse(text)[2]["SME"]
    assert len(evidence) >= 20
    for row in evidence:
        theory, measured = float(row["theoretical_mass_to_charge"]), float(row["exp_mass_to_charge"])
        assert abs(measured / theory - 1) < 10.5e-6
        assert all(re.fullmatch(r"ms_run\[1\]:controllerType=.*scan=\d+", ref) for ref in row["spectra_ref"].split("|"))


def test_two_files_are_two_assays_and_each_feature_is_in_its_own() -> None:
    text = mztab.write(find_method("ms.identify").run([RUN, RUN]).as_json())
    assert broken(text) == []
    rows = parse(text)[2]
    ends = {(one["abundance_assay[1]"] != "null", one["abundance_assay[2]"] != "null") for one in rows["SMF"]}
    assert ends <= {(True, False), (False, True), (False, False)}
    refs = {ref.partition(":")[0] for one in rows["SME"] for ref in one["spectra_ref"].split("|")}
    assert refs == {"ms_run[1]", "ms_run[2]"}
    both = [one for one in rows["SML"] if one["abundance_variation_study_variable[1]"] != "null"]
    assert all(float(one["abundance_variation_study_variable[1]"]) == 0 for one in both)


def test_a_list_of_spectra_is_told_by_its_places(tmp_path: Path) -> None:
    path = tmp_path / "some.mgf"
    path.write_text(MGF, encoding="utf-8")
    answer = find_method("ms.identify").run([path]).as_json()
    text = mztab.write(answer)
    assert broken(text) == []
    assert "[MS, MS:1000774, multiple peak list nativeID format, ]" in text


def test_what_people_said_stands_beside_what_was_computed(answer: dict[str, Any]) -> None:
    index = next(one["index"] for one in answer["detail"]["features"] if one["verdict"] == "identified")
    said = {
        "feature": index,
        "kind": "reject",
        "name": "",
        "person": "Lin",
        "at": "2026-03-01T08:00:00",
        "reason": "no",
    }
    signed = {"author": "Lin", "signed_at": "2026-03-02T08:00:00", "countersigner": "Mo"}
    people = {"amendments": [said], "signature": signed}
    text = mztab.write(answer | {"people": people})
    assert broken(text) == []
    reviews = [row["opt_global_review"] for row in parse(text)[2]["SMF"]]
    assert reviews.count("rejected by Lin on 2026-03-01: no") == 1
    assert reviews.count("null") == len(reviews) - 1
    assert "Signed by Lin on 2026-03-02, countersigned by Mo." in text
    sheet = lists.write(answer | {"people": people}, "en").splitlines()
    assert sheet[0].endswith(",review")
    assert sum("rejected by Lin" in line for line in sheet) == 1
    assert "other attribute value=rejected by Lin" in mzspeclib.write(answer | {"people": people})


def test_every_named_compound_tells_its_structure(text: str, answer: dict[str, Any]) -> None:
    known = {one["smiles"] for one in answer["detail"]["features"] for one in one["candidates"][:1]}
    told = {row["smiles"] for row in parse(text)[2]["SML"] if row["chemical_name"] != "null"}
    assert told
    assert told <= known - {""}
