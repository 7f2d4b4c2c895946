"""Files that lie, break off or want to hurt: one clear sentence each, and nothing fetched or expanded."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqi.catalogue.exchange import FORMATS, UnreadableFile

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
PIDINST, CERIF = "instrument", 'Equipment xmlns="https://www.openaire.eu/cerif-profile/1.2/" id="1"'
XML = [("pidinst", PIDINST, "name"), ("cerif", CERIF, "Name")]


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(FORMATS[name].read(content))
    return str(caught.value)


@pytest.mark.parametrize(("name", "root", "child"), XML)
def test_a_billion_laughs_is_refused_at_once(name: str, root: str, child: str) -> None:
    tag = root.split(" ")[0]
    text = f"<?xml version='1.0'?><!-- x --><!DOCTYPE {tag} [{LAUGHS}]><{root}><{child}>&l11;</{child}></{tag}>"
    started = time.perf_counter()
    assert "DOCTYPE" in refusal(name, text.encode())
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(("name", "root", "child"), XML)
def test_an_outside_file_is_never_read(name: str, root: str, child: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    tag = root.split(" ")[0]
    text = f'<!DOCTYPE {tag} [<!ENTITY x SYSTEM "file://{secret}">]><{root}><{child}>&x;</{child}></{tag}>'
    said = refusal(name, text.encode())
    assert "hidden" not in said
    assert "take that line out" in said


@pytest.mark.parametrize(("name", "root", "child"), XML)
def test_an_entity_that_nobody_declared_is_no_crash(name: str, root: str, child: str) -> None:
    tag = root.split(" ")[0]
    assert "cannot be parsed" in refusal(name, f"<{root}><{child}>&x;</{child}></{tag}>".encode())


@pytest.mark.parametrize(("name", "root", "child"), XML)
@pytest.mark.parametrize("depth", [300, 200_000])
def test_endless_nesting_is_refused(name: str, root: str, child: str, depth: int) -> None:
    tag = root.split(" ")[0]
    assert "found" in refusal(name, f"<{root}>{'<a>' * depth}{'</a>' * depth}</{tag}>".encode())


@pytest.mark.parametrize(("name", "root", "child"), XML)
def test_a_truncated_file_is_refused(name: str, root: str, child: str) -> None:
    assert "cannot be parsed" in refusal(name, f"<{root}><{child}>half a na".encode())


@pytest.mark.parametrize("name", ["pidinst", "datacite"])
@pytest.mark.parametrize("text", ['{"landingPage": "x", "titles": [', "[" * 100_000, '{"a": 1}}', "{'a': 1}"])
def test_json_that_breaks_off_is_refused(name: str, text: str) -> None:
    assert "JSON that cannot be parsed" in refusal(name, text.encode())


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DATACITE = st.fixed_dictionaries(
    {"types": ANY, "titles": ANY},
    optional={
        name: ANY | st.lists(st.dictionaries(st.text(max_size=4), ANY, max_size=2), max_size=2)
        for name in (
            *("doi", "url", "creators", "contributors", "publisher", "subjects", "dates", "alternateIdentifiers"),
            *("relatedIdentifiers", "descriptions", "geoLocations"),
        )
    },
)


@settings(max_examples=150, deadline=None)
@given(document=ANY | DATACITE)
def test_datacite_of_any_shape_gives_rows_back_with_reasons(document: Any) -> None:
    for draft in FORMATS["datacite"].read(json.dumps(document).encode()):
        assert draft.rejected or draft.fields["name"]


GOOD = {"titles": [{"title": "X"}], "types": {"resourceTypeGeneral": "Instrument"}}


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["geoLocations", "subjects", "dates", "publisher", "descriptions", "contributors"]),
    entry=ANY,
    text=st.text(max_size=6),
)
def test_one_wrong_part_of_a_good_document_is_no_crash(name: str, entry: Any, text: str) -> None:
    entries = [{"geoLocationPlace": entry, "geoLocationPoint": entry, "name": text, "subject": text, "date": text}]
    entries[0] |= {"dateType": "Available", "description": text, "descriptionType": "TechnicalInfo"}
    entries[0] |= {"subjectScheme": entry, "nameIdentifiers": entry, "contributorType": "HostingInstitution"}
    document = GOOD | {name: entries if name != "publisher" else entry}
    drafts = list(FORMATS["datacite"].read(json.dumps(document).encode()))
    assert len(drafts) == 1


@settings(max_examples=60, deadline=None)
@given(document=ANY)
def test_pidinst_of_any_shape_gives_rows_back_with_reasons(document: Any) -> None:
    for draft in FORMATS["pidinst"].read(json.dumps(document).encode()):
        assert draft.rejected


@pytest.mark.parametrize("wrong", [5, True, "x", {"a": 1}, [None, 3, {"nameIdentifierScheme": ["ROR"]}]])
def test_identifiers_of_an_owner_that_are_none_are_left_alone(wrong: Any) -> None:
    host = {"name": "Institute", "contributorType": "HostingInstitution", "nameIdentifiers": wrong}
    (draft,) = FORMATS["datacite"].read(json.dumps(GOOD | {"contributors": [host]}).encode())
    assert draft.fields["institution"]["name"] == "Institute"


def test_a_dataset_is_no_instrument() -> None:
    document = {"titles": [{"title": "Data"}], "types": {"resourceTypeGeneral": "Dataset"}}
    (draft,) = FORMATS["datacite"].read(json.dumps(document).encode())
    assert [problem.code for problem in draft.problems] == ["not_an_instrument"]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("institutionID,name,type,doi\n1,,equipment,\n", "name_missing"),
        ("institutionID,name,type,doi\n1,Laser,spaceship,\n", "type_unknown"),
        ("institutionID,name,type,doi\n1,Laser,equipment,not a doi\n", "doi_unreadable"),
        ("institutionID,name,type,doi,commissionedDate\n1,Laser,equipment,,someday\n", "date_unreadable"),
        ("institutionID,name,type,doi\n,Laser,equipment,\n", "id_missing"),
    ],
)
def test_rows_of_jisc_say_what_is_wrong(table: str, code: str) -> None:
    (draft,) = FORMATS["jisc"].read(table.encode())
    assert code in [problem.code for problem in draft.problems]
    assert draft.rejected == (code != "id_missing")
