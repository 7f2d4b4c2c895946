"""An answer goes out with what it came from, and the archive says which is which."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from liqi.methods import find_method
from liqi.methods.crate import write_crate

METHOD = find_method("ms.mixture")
ENDED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def packed() -> zipfile.ZipFile:
    out = io.BytesIO()
    answer = METHOD.run(METHOD.example).as_json()
    write_crate(answer, METHOD.example, out, ended_at=ENDED, reports={"report-en.html": b"<p>"})
    return zipfile.ZipFile(out)


@pytest.fixture(scope="module")
def entities(packed: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    return {one["@id"]: one for one in json.loads(packed.read("ro-crate-metadata.json"))["@graph"]}


def test_every_file_is_in_the_archive_and_described(
    packed: zipfile.ZipFile, entities: dict[str, dict[str, Any]]
) -> None:
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    assert parts | {"ro-crate-metadata.json"} == set(packed.namelist())
    for path in METHOD.example:
        described = entities[f"inputs/{path.name}"]
        assert packed.read(f"inputs/{path.name}") == path.read_bytes()
        assert described["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_whatever_is_named_is_there(entities: dict[str, dict[str, Any]]) -> None:
    outside = {"https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/wfrun/process/0.5"}

    def named(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(named, value))
        return {value["@id"]} if isinstance(value, dict) else set()

    for entity in entities.values():
        for value in entity.values():
            assert named(value) <= set(entities) | outside


def test_the_run_says_what_it_used_and_made(packed: zipfile.ZipFile, entities: dict[str, dict[str, Any]]) -> None:
    (action,) = (one for one in entities.values() if one["@type"] == "CreateAction")
    method = entities[action["instrument"]["@id"]]
    assert (method["identifier"], method["softwareVersion"]) == (METHOD.id, METHOD.version)
    assert {entities[one["@id"]]["name"] for one in method["softwareRequirements"]} >= {"python", "numpy"}
    assert [one["@id"] for one in action["result"]] == ["answer.json", "report-en.html"]
    assert action["endTime"] == "2026-11-22T08:00:00+00:00"
    assert {"@id": "#setting-tolerance"} in action["object"]
    assert json.loads(packed.read("answer.json"))["key"] == action["identifier"]


def test_files_of_one_name_do_not_lie_on_each_other() -> None:
    answer = METHOD.run(METHOD.example).as_json()
    for given in answer["inputs"]:
        given["path"] = "same.csv"
    out = io.BytesIO()
    write_crate(answer, METHOD.example, out)
    inside = [name for name in zipfile.ZipFile(out).namelist() if name.startswith("inputs/")]
    assert inside == ["inputs/1/same.csv", "inputs/2/same.csv", "inputs/3/same.csv"]


def test_the_same_answer_packs_to_the_same_bytes() -> None:
    answer = METHOD.run(METHOD.example).as_json()
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        write_crate(answer, METHOD.example, out, ended_at=ENDED)
    assert first.getvalue() == second.getvalue()


def test_an_answer_of_before_keys_and_software_is_packed_too() -> None:
    answer = METHOD.run(METHOD.example).as_json()
    del answer["key"], answer["software"]
    out = io.BytesIO()
    write_crate(answer, METHOD.example, out)
    graph = json.loads(zipfile.ZipFile(out).read("ro-crate-metadata.json"))["@graph"]
    (action,) = (one for one in graph if one["@type"] == "CreateAction")
    assert "identifier" not in action
