"""The OAI-PMH provider keeps the protocol: six verbs, every error, tokens that live through changes, deletions kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from lxml import etree
from pytest_django import Settings

from liqi.catalogue.federation import _selection, provider
from liqi.catalogue.federation._formats import FORMATS
from liqi.catalogue.models import Institution, Instrument
from tests.catalogue.federation.conftest import BASE, NOW, NS, ask, error, identifiers, record

ALL = ["OrgUnits/ustc", "Facilities/centre", "Equipments/orbitrap", "Equipments/gone", "Services/unknowns"]


def test_it_identifies_itself(small: Instrument) -> None:
    said = {etree.QName(one).localname: one.text for one in ask(verb="Identify").find("o:Identify", NS)}
    assert said["protocolVersion"] == "2.0"
    assert said["baseURL"] == BASE
    assert said["earliestDatestamp"] == "2026-11-21T01:00:01Z"
    assert (said["deletedRecord"], said["granularity"]) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert "@" in str(said["adminEmail"])


def test_it_lists_its_formats_and_those_of_one_record(small: Instrument) -> None:
    everything = [one.text for one in ask(verb="ListMetadataFormats").iterfind(".//o:metadataPrefix", NS)]
    assert everything == list(FORMATS)
    of_service = ask(verb="ListMetadataFormats", identifier="oai:one.example.org:Services/unknowns")
    assert [one.text for one in of_service.iterfind(".//o:metadataPrefix", NS)] == ["oai_dc", "liqi"]
    schema = ask(verb="ListMetadataFormats").findall(".//o:schema", NS)[-1].text
    assert schema == "https://one.example.org/oai/liqi-record-1.xsd"


def test_it_lists_its_sets_page_by_page(small: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        owner = Institution.objects.create(key=f"owner-{n}", name=f"Owner {n}", **record())
        Instrument.objects.create(key=f"of-{n}", name="x", institution=owner, **record())
    Institution.objects.create(key="owns-nothing", name="Owns nothing", **record())
    monkeypatch.setattr(provider, "SETS_A_PAGE", 2)
    found: list[Any] = []
    root = ask(verb="ListSets")
    while True:
        found += [one.text for one in root.iterfind(".//o:setSpec", NS)]
        token = root.findtext(".//o:resumptionToken", namespaces=NS)
        if not token:
            break
        root = ask(verb="ListSets", resumptionToken=token)
    owners = [f"institution:{key}" for key in ("ustc", "owner-0", "owner-1", "owner-2", "owner-3")]
    assert found == [*_selection.SETS, *owners]


def test_it_lists_headers_with_sets_and_deletions(small: Instrument) -> None:
    root = ask(verb="ListIdentifiers", metadataPrefix="liqi")
    assert identifiers(root) == ALL
    gone = root.findall(".//o:header", NS)[3]
    assert gone.get("status") == "deleted"
    assert gone.findtext("o:datestamp", namespaces=NS) == "2026-11-21T01:00:04Z"
    assert [one.text for one in gone.iterfind("o:setSpec", NS)] == [
        "instruments", "openaire_cris_equipments", "institution:ustc",
    ]  # fmt: skip


@pytest.mark.parametrize("prefix", FORMATS)
def test_it_gives_a_record_in_every_format(small: Instrument, prefix: str) -> None:
    root = ask(verb="GetRecord", metadataPrefix=prefix, identifier="oai:one.example.org:Equipments/orbitrap")
    metadata = root.find(".//o:metadata", NS)[0]
    assert etree.QName(metadata).namespace == FORMATS[prefix].namespace
    text = etree.tostring(metadata, encoding="unicode")
    assert "Exploris 480" in text or prefix in ("oai_dc", "cerif_openaire")
    assert "139" not in text, "a private contact went out"
    assert "Private Person" not in text


def test_a_deleted_record_is_a_header_alone(small: Instrument) -> None:
    root = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:one.example.org:Equipments/gone")
    assert root.find(".//o:header", NS).get("status") == "deleted"
    assert root.find(".//o:metadata", NS) is None


def test_our_own_format_says_the_whole_record_and_fits_its_schema(small: Instrument) -> None:
    root = ask(verb="GetRecord", metadataPrefix="liqi", identifier="oai:one.example.org:Equipments/orbitrap")
    metadata = root.find(".//o:metadata", NS)[0]
    schema = etree.XMLSchema(etree.fromstring(provider.schema("liqi-record-1.xsd") or b""))
    schema.assertValid(metadata)
    document = json.loads(metadata.text)
    assert document["description"] == "A line\nand \u0007 a bell"
    assert document["value_cny"] == "4999999.90"
    assert document["institution"]["identifier"] == "oai:one.example.org:OrgUnits/ustc"
    assert document["contacts"] == [{"name": "Front desk", "email": "desk@example.org"}]
    assert "source_row" not in document


def test_sets_and_times_narrow_the_list(small: Instrument) -> None:
    def listed(**more: str) -> list[str]:
        return identifiers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", **more))

    assert listed(set="instruments") == ["Equipments/orbitrap", "Equipments/gone"]
    assert listed(set="institution:ustc") == ALL
    assert listed(set="openaire_cris_orgunits") == ["OrgUnits/ustc"]
    assert listed(from_="2026-11-21T01:00:03Z", until="2026-11-21T01:00:04Z") == [
        "Equipments/orbitrap",
        "Equipments/gone",
    ]
    assert listed(from_="2026-11-21", until="2026-11-21") == ALL
    assert listed(until="2026-11-21T01:00:01Z") == ["OrgUnits/ustc"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Nonsense"}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "liqi", "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "liqi", "from_": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "liqi", "from_": "2026-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "liqi", "from_": "2026-01-01", "until": "2026-01-02T00:00:00Z"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "liqi", "from_": "2026-02-01", "until": "2026-01-01"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "liqi", "set": "no:such"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "liqi", "from_": "2030-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "cerif_openaire", "set": "services"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "made-up"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "liqi"}, "badArgument"),
        (
            {"verb": "GetRecord", "metadataPrefix": "liqi", "identifier": "oai:other:Equipments/orbitrap"},
            "idDoesNotExist",
        ),
        (
            {
                "verb": "GetRecord",
                "metadataPrefix": "liqi",
                "identifier": "oai:one.example.org:Equipments/\u0000\u0008",
            },
            "idDoesNotExist",
        ),
        (
            {
                "verb": "GetRecord",
                "metadataPrefix": "oai_datacite",
                "identifier": "oai:one.example.org:Services/unknowns",
            },
            "cannotDisseminateFormat",
        ),
    ],
)
def test_every_error_has_its_code(small: Instrument, arguments: dict[str, str], code: str) -> None:
    root = ask(**arguments)
    assert error(root) == code
    if code in ("badVerb", "badArgument"):
        assert not root.find("o:request", NS).attrib, "the protocol wants no attributes then"


def test_an_argument_said_twice_is_a_bad_argument(small: Instrument) -> None:
    pairs = [("verb", "ListRecords"), ("metadataPrefix", "liqi"), ("metadataPrefix", "oai_dc")]
    root = etree.fromstring(provider.answer(pairs, base_url=BASE, site=BASE, now=NOW))
    assert error(root) == "badArgument"


def test_a_token_belongs_to_its_verb_and_to_this_catalogue(
    small: Instrument, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(provider, "HEADERS_A_PAGE", 2)
    token = ask(verb="ListIdentifiers", metadataPrefix="liqi").findtext(".//o:resumptionToken", namespaces=NS)
    assert error(ask(verb="ListRecords", resumptionToken=token)) == "badResumptionToken"
    settings.SECRET_KEY = "another"
    assert error(ask(verb="ListIdentifiers", resumptionToken=token)) == "badResumptionToken"


def test_the_token_says_size_and_place_and_the_last_page_has_an_empty_one(
    small: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "HEADERS_A_PAGE", 2)
    found, cursors, token = [], [], ""
    while True:
        more = {"resumptionToken": token} if token else {"metadataPrefix": "liqi"}
        root = ask(verb="ListIdentifiers", **more)
        found += identifiers(root)
        given = root.find(".//o:resumptionToken", NS)
        cursors.append((given.get("cursor"), given.get("completeListSize")))
        if not given.text:
            break
        token = given.text
    assert found == ALL
    assert cursors == [("0", "5"), ("2", "5"), ("4", "5")]


def walk(limit: int, between: Any) -> list[str]:
    """All identifiers of a whole harvest with `limit` records a page, something happening between the pages."""
    found: list[str] = []
    position: Any = _selection.Position("ListRecords", "liqi", "", None, None)
    while position is not None:
        page, position = _selection.page(position, FORMATS["liqi"].kinds, limit)
        found += [f"{kind}/{one.key}" for kind, one in page]
        assert len(page) <= limit
        between()
    return found


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stamps=some.lists(some.integers(0, 3), min_size=1, max_size=14),
    limit=some.integers(1, 6),
    touched=some.lists(some.tuples(some.integers(0, 13), some.booleans()), max_size=6),
)
def test_a_harvest_gives_every_record_at_least_once_whatever_changes_meanwhile(
    repository: None, stamps: list[int], limit: int, touched: list[tuple[int, bool]]
) -> None:
    Instrument.everything.all().delete()
    Institution.everything.all().delete()
    host = Institution.objects.create(key="host", name="Host", **record(1))
    keys = [f"i{n}" for n in range(len(stamps))]
    for key, at in zip(keys, stamps, strict=True):
        Instrument.objects.create(key=key, name=key, institution=host, **record(at))
    changes = iter(touched)
    later = iter(range(10, 1000))

    def change_one() -> None:
        number, also_remove = next(changes, (None, False))
        if number is not None and number < len(keys):
            at = NOW + timedelta(seconds=next(later))
            values = {"updated_at": at, "removed_at": at if also_remove else None}
            Instrument.everything.filter(key=keys[number]).update(**values)

    found = walk(limit, change_one)
    assert set(found) == {"institution/host", *(f"instrument/{key}" for key in keys)}


def test_each_page_is_a_bounded_number_of_queries(small: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(verb="ListRecords", metadataPrefix="oai_datacite", set="instruments")
        return len(queries)

    few = counted()
    host = Institution.objects.get(key="ustc")
    Instrument.objects.bulk_create(
        Instrument(key=f"more-{n}", name=f"More {n}", institution=host, **record(n)) for n in range(300)
    )
    assert counted() <= few + 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_it_answers_get_and_post_alike_and_packs_where_that_is_wanted(small: Instrument, verb: str) -> None:
    client = Client(headers={"Accept-Encoding": "gzip"}, enforce_csrf_checks=True)
    arguments = {"verb": "ListRecords", "metadataPrefix": "liqi"}
    answer = client.get("/oai", arguments) if verb == "GET" else client.post("/oai", arguments)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer["Content-Encoding"] == "gzip"


def test_the_schema_is_served_where_the_answers_say(small: Instrument) -> None:
    assert b"urn:liqi:record:1" in Client().get("/oai/liqi-record-1.xsd").content
    assert Client().get("/oai/other.xsd").status_code == 404
