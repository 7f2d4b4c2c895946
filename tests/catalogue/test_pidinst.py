"""PIDINST read and written: what comes in goes out again."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liqi.catalogue import importer
from liqi.catalogue.exchange import pidinst, recognise
from liqi.catalogue.models import Instrument
from tests.catalogue.conftest import NOW, Write

SITE = "https://liqi.example.org"
DOCUMENT = {
    "identifier": {"identifier": "10.5442/NI000001", "identifierType": "DOI"},
    "schemaVersion": "1.0",
    "landingPage": "https://www.example.org/instrument/1",
    "name": "Pilatus detector at MX station 14.1",
    "owners": [
        {
            "ownerName": "Helmholtz-Zentrum Berlin für Materialien und Energie",
            "ownerContact": "desk@example.org",
            "ownerIdentifier": {"ownerIdentifier": "02aj13c28", "ownerIdentifierType": "ROR"},
        }
    ],
    "manufacturers": [{"manufacturerName": "DECTRIS"}],
    "model": {"modelName": "PILATUS3 S 6M"},
    "description": "The pixel detector at the station",
    "instrumentTypes": [{"instrumentTypeName": "Raster image pixel detector"}],
    "measuredVariables": ["X-ray"],
    "dates": [{"date": "2010-03-01", "dateType": "Commissioned"}],
    "relatedIdentifiers": [
        {"relatedIdentifier": "1234.1675", "relatedIdentifierType": "Handle", "relationType": "IsComponentOf"}
    ],
    "alternateIdentifiers": [{"alternateIdentifier": "1234567", "alternateIdentifierType": "SerialNumber"}],
}
WITHOUT_CONTACT = DOCUMENT | {"owners": [{k: v for k, v in DOCUMENT["owners"][0].items() if k != "ownerContact"}]}  # type: ignore[index]
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip).filter(bool)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_record_goes_in_and_comes_out_the_same(form: str, write: Write) -> None:
    content = json.dumps(DOCUMENT) if form == "json" else pidinst.as_xml(DOCUMENT).decode()
    found = importer.import_file(write(f"one.{form}", content), now=NOW)
    assert (found["created"], found["rejected"]) == (1, 0)
    one = Instrument.objects.select_related("maker", "institution").get()
    assert one.maker is not None
    assert (one.maker.key, one.serial, str(one.commissioned_on)) == ("dectris", "1234567", "2010-03-01")
    assert (one.doi, one.measured_variables) == ("10.5442/NI000001", ["X-ray"])
    assert pidinst.document(one, SITE) == WITHOUT_CONTACT


@pytest.mark.django_db
def test_both_written_forms_pass_the_schemas_and_hold_the_same(write: Write) -> None:
    importer.import_file(write("one.json", json.dumps(DOCUMENT)), now=NOW)
    one = Instrument.objects.select_related("maker", "institution").get()
    pidinst.validator().validate(json.loads(pidinst.json_files.content(one, SITE)))
    xml = pidinst.xml_files.content(one, SITE)
    pidinst.xsd().assertValid(etree.fromstring(xml))
    assert pidinst.from_xml(xml.decode()) == WITHOUT_CONTACT


@settings(max_examples=40)
@given(name=WORDS, owner=WORDS, maker=WORDS, variables=st.lists(WORDS, max_size=3), text=WORDS)
def test_any_document_is_the_same_after_xml(name: str, owner: str, maker: str, variables: list[str], text: str) -> None:
    document = {
        **{key: DOCUMENT[key] for key in ("identifier", "schemaVersion", "landingPage")},
        "name": name,
        "owners": [{"ownerName": owner}],
        "manufacturers": [{"manufacturerName": maker}],
        "description": text,
    } | ({"measuredVariables": variables} if variables else {})
    assert pidinst.from_xml(pidinst.as_xml(document).decode()) == document


@pytest.mark.django_db
def test_a_record_that_breaks_the_schema_is_given_back(write: Write) -> None:
    broken = {key: value for key, value in DOCUMENT.items() if key != "owners"}
    found = importer.import_file(write("one.json", json.dumps([DOCUMENT, broken])), now=NOW)
    assert (found["read"], found["created"], found["rejected"]) == (2, 0, 1)
    (refused,) = [one for one in found["problems"] if one["code"] == "schema"]
    assert refused["row"] == 2
    assert "'owners' is a required property" in refused["message"]


def test_an_entity_is_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    text = f'<!DOCTYPE instrument [<!ENTITY x SYSTEM "file://{secret}">]><instrument><name>&x;</name></instrument>'
    with pytest.raises(pidinst.UnreadableFile) as caught:
        list(pidinst.read(text.encode()))
    assert "hidden" not in str(caught.value)


HANDLE_RECORD = [
    {"type": "URL", "parsed_data": "https://www.example.org/i/2490"},
    {
        "type": "21.T11148/8eb858ee0b12e8e463a5",
        "parsed_data": '{"identifierValue":"http://hdl.handle.net/21.T1/0000","identifierType":"Handle"}',
    },
    {"type": "21.T11148/aa24da8ba845c23ea75c", "parsed_data": "1.0"},
    {"type": "21.T11148/e0efc41346cda4ba84ca", "parsed_data": "https://www.example.org/i/2490"},
    {"type": "21.T11148/ab8d232261b9b60ba559", "parsed_data": "MicroCAT sensor"},
    {
        "type": "21.T11148/4eaec4bc0f1df68ab2a7",
        "parsed_data": '[{"Owner": {"ownerName":"Oceanography Centre","ownerContact":"someone@example.org"}}]',
    },
    {
        "type": "21.T11148/1f3e82ddf0697a497432",
        "parsed_data": '[{"Manufacturer":{"manufacturerName":"Sea-Bird Scientific"}}]',
    },
    {
        "type": "21.T11148/72928b84e060d491ee41",
        "parsed_data": '[{"MeasuredVariable":"conductivity"},{"MeasuredVariable":"temperature"}]',
    },
    {
        "type": "21.T11148/22c62082a4d2d9ae2602",
        "parsed_data": '[{"date":{"dateValue":"1999-11-01","dateType":"Commissioned"}}]',
    },
    {
        "type": "21.T11148/eb3c713572f681e6c4c3",
        "data": {
            "format": "string",
            "value": '[{"AlternateIdentifier":{"alternateIdentifierValue":"2490",'
            '"alternateIdentifierType":"serialNumber"}}]',
        },
    },
]


SERVED = {"responseCode": 1, "handle": "21.T1/0000", "values": HANDLE_RECORD}


@pytest.mark.parametrize("record", [HANDLE_RECORD, SERVED])
def test_a_handle_record_is_read_like_the_document_it_carries(record: object) -> None:
    content = json.dumps(record).encode()
    assert recognise(content) == "pidinst"
    (draft,) = pidinst.read(content)
    assert not draft.rejected
    fields = draft.fields
    assert (fields["handle"], fields["serial"], str(fields["commissioned_on"])) == ("21.T1/0000", "2490", "1999-11-01")
    assert fields["measured_variables"] == ["conductivity", "temperature"]
    assert "someone@" not in str(draft.raw)


def with_owners(value: str) -> bytes:
    owners = {"type": "21.T11148/4eaec4bc0f1df68ab2a7", "parsed_data": value}
    return json.dumps([*HANDLE_RECORD, owners]).encode()


@pytest.mark.parametrize("value", ["5", "null", "[1]", '[{"a": 1}]'])
def test_a_handle_record_with_wrong_values_is_given_back(value: str) -> None:
    (draft,) = pidinst.read(with_owners(value))
    assert draft.rejected


def test_a_handle_record_with_broken_values_is_refused() -> None:
    with pytest.raises(pidinst.UnreadableFile, match="for owners in the Handle record; expected JSON"):
        list(pidinst.read(with_owners("{")))
