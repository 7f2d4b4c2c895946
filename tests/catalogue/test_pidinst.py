"""PIDINST read and written: what comes in goes out again."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liqi.catalogue import importer
from liqi.catalogue.exchange import pidinst
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
