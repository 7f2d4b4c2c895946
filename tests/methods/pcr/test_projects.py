"""Projects of PCR machines and ASM documents hold the plate they were made of, in every layout."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.pcr._reading import read_plates
from liqi.methods.readers import sniff
from tests.methods.pcr import made, projects

METHOD, MELT = find_method("qpcr.quantify"), find_method("qpcr.melt")


def raw(path: Path) -> Path:
    return projects.with_xml(path, analysed=False, backslash=True)


def raw_json(path: Path) -> Path:
    return projects.with_json(path, analysed=False)


def refusal(path: Path) -> str | None:
    try:
        METHOD.run([path])
    except UnreadableFile as problem:
        return str(problem)
    return None


LAYOUTS = (projects.with_xml, raw, projects.with_text, projects.with_json, raw_json)
every_layout = pytest.mark.parametrize("write", LAYOUTS, ids=lambda one: one.__name__)


@every_layout
def test_a_project_gives_what_the_export_of_the_same_plate_gives(write: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "样品.eds")
    assert sniff(path) == "eds"
    answer, export = METHOD.run([path]), METHOD.run([made.quantstudio(tmp_path / "run.txt")])
    assert answer.verdict == export.verdict == "pass"
    assert [one.name for one in answer.findings] == [one.name for one in export.findings]
    assert [one.value for one in answer.findings] == pytest.approx([one.value for one in export.findings], rel=1e-5)


def test_a_cycle_that_is_the_last_counts_for_none(tmp_path: Path) -> None:
    run = read_plates(projects.with_xml(tmp_path / "a.eds")).runs[0]
    by_kind = {one.kind: one for one in run.reactions}
    assert by_kind["ntc"].machine_cq is None
    assert by_kind["unkn"].machine_cq == pytest.approx(20.61)
    assert run.facts["software"] == "QuantStudio 3 and 5 Software 1.5"
    assert run.name == "made 样品"
    assert read_plates(projects.with_json(tmp_path / "b.eds")).runs[0].facts["instrument"] == "QuantStudio 7 Pro"


@pytest.mark.parametrize("write", [projects.with_xml, projects.with_json], ids=lambda one: one.__name__)
def test_the_melting_of_a_project_takes_off_where_it_was_made_to(write: Any, tmp_path: Path) -> None:
    found = {one.name: one.value for one in MELT.run([write(tmp_path / "a.eds")]).findings}
    assert found["melting temperature TP53"] == pytest.approx(82.0, abs=0.1)


def test_an_asm_document_gives_what_the_export_gives(tmp_path: Path) -> None:
    answer = METHOD.run([projects.asm(tmp_path / "a.json")])
    export = METHOD.run([made.quantstudio(tmp_path / "run.txt")])
    assert [one.value for one in answer.findings] == pytest.approx([one.value for one in export.findings], rel=1e-5)
    assert answer.verdict == "pass"


def test_the_project_of_a_lightcycler_is_its_rdml_with_the_concentrations_beside_it(tmp_path: Path) -> None:
    react = (
        '<react id="{id}"><sample id="s"/><data><tar id="t"/><adp><cyc>1</cyc><fluor>1</fluor></adp>'
        "<adp><cyc>2</cyc><fluor>1</fluor></adp></data></react>"
    )
    rdml = (
        '<rdml version="1.1" xmlns="http://www.rdml.org"><sample id="s"><type>unkn</type></sample><dye id="FAM"/>'
        '<target id="t"><type>toi</type><dyeId id="FAM"/></target><experiment id="e"><run id="r">'
        "<pcrFormat><rows>8</rows><columns>12</columns></pcrFormat>"
        f"{''.join(react.format(id=n) for n in (1, 2, 3))}</run></experiment></rdml>"
    )
    path = projects.lightcycler(tmp_path / "a.lc96p", rdml.encode())
    assert sniff(path) == "rdml"
    found = [(one.well, one.kind, one.quantity) for one in read_plates(path).runs[0].reactions]
    assert found == [("A1", "std", 1000.0), ("A2", "std", 10000.0), ("A3", "unkn", None)]


@every_layout
def test_a_project_cut_or_spoiled_is_refused_in_a_sentence(write: Any, tmp_path: Path) -> None:
    whole = write(tmp_path / "a.eds").read_bytes()
    path = tmp_path / "cut.eds"
    for cut in range(20):
        path.write_bytes(whole[: len(whole) * cut // 20])
        with pytest.raises(UnreadableFile, match="expected") as told:
            METHOD.run([path])
        assert "\n" not in str(told.value)
    with zipfile.ZipFile(tmp_path / "a.eds") as good:
        members = {one: good.read(one) for one in good.namelist()}
    for spoiled in members:
        for cut in range(5):
            with zipfile.ZipFile(path, "w") as bad:
                for name, content in members.items():
                    bad.writestr(name, content[: len(content) * cut // 5] if name == spoiled else content)
            told = refusal(path)
            assert told is None or ("expected" in told and "\n" not in told)


def test_a_project_that_was_not_run_says_so(tmp_path: Path) -> None:
    path = projects.with_xml(tmp_path / "a.eds")
    with zipfile.ZipFile(path) as whole:
        plate = whole.read("apldbio/sds/plate_setup.xml")
    with zipfile.ZipFile(path, "w") as empty:
        empty.writestr("apldbio/sds/plate_setup.xml", plate)
    with pytest.raises(UnreadableFile, match="whose run was not made"):
        METHOD.run([path])
