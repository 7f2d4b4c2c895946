"""Identity of records for people and machines, ResourceSync, and the operator's page of harvests."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from pypdf import PdfReader
from pytest_django import Settings

from liqi.accounts.models import Person
from liqi.catalogue.federation import resource_lists, sources
from liqi.catalogue.models import Facility, Harvest, HarvestProblem, HarvestState, Institution, Instrument

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LANGUAGES = ("zh-hans", "zh-hant", "en")
SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS = "{http://www.openarchives.org/rs/terms/}"


@pytest.fixture(autouse=True)
def site(settings: Settings, tmp_path: Any) -> None:
    settings.LIQI_SITE = "https://liqi.example.org"
    settings.LIQI_DATA = tmp_path


def record(**more: Any) -> dict[str, Any]:
    return {"source": "test", "created_at": NOW, "updated_at": NOW, **more}


@pytest.fixture
def orbitrap() -> Instrument:
    host = Institution.objects.create(key="ustc", name="中国科学技术大学", name_en="USTC", **record())
    centre = Facility.objects.create(
        key="centre", name="理化中心", name_en="Centre", institution=host, facility_class="support",
        kind="service_platform", **record(),
    )  # fmt: skip
    return Instrument.objects.create(
        key="orbitrap", name="轨道阱质谱仪", name_en="Orbitrap", institution=host, facility=centre, model="Exploris",
        maker_text="Thermo", synthetic=True, licence="CC BY 4.0", bookable=True, price_cny_per_hour=200,
        capabilities=[{"quantity": "mass resolution", "value": 140000, "unit": "1"}], **record(),
    )  # fmt: skip


def test_the_permanent_address_leads_to_the_page(orbitrap: Instrument) -> None:
    answer = Client().get("/id/orbitrap")
    assert (answer.status_code, answer["Location"]) == (303, "/instruments/orbitrap/")
    assert Client().get("/id/never").status_code == 404


def test_the_address_of_a_merged_record_leads_to_the_kept_one(orbitrap: Instrument) -> None:
    for key, into in (("first", orbitrap), ("second", None)):
        Instrument.everything.create(
            key=key, name=key, merged_into=into or Instrument.everything.get(key="first"), **record(removed_at=NOW)
        )
    answer = Client().get("/id/second")
    assert (answer.status_code, answer["Location"]) == (301, "/id/orbitrap")


def test_the_address_of_a_removed_record_says_what_stood_there(orbitrap: Instrument) -> None:
    Instrument.objects.filter(pk=orbitrap.pk).update(removed_at=NOW)
    answer = Client().get("/id/orbitrap")
    assert answer.status_code == 410
    assert "轨道阱质谱仪" in answer.content.decode()


def test_one_key_of_two_records_offers_both(orbitrap: Instrument) -> None:
    Facility.objects.create(key="orbitrap", name="轨道", facility_class="research", kind="laboratory", **record())
    answer = Client().get("/id/orbitrap")
    assert answer.status_code == 300
    assert {"/instruments/orbitrap/", "/facilities/orbitrap/"} <= set(
        re.findall(r'href="([^"]+)"', answer.content.decode())
    )


def test_the_landing_page_signs_its_posts(orbitrap: Instrument) -> None:
    link = Client().get("/instruments/orbitrap/")["Link"]
    assert '<https://liqi.example.org/id/orbitrap> ; rel="cite-as"' in link
    assert '<https://creativecommons.org/licenses/by/4.0/> ; rel="license"' in link
    assert '<https://liqi.example.org/facilities/centre/> ; rel="collection"' in link
    for relation in ("describedby", "type", "linkset"):
        assert f'rel="{relation}"' in link


def test_a_doi_is_what_to_cite_and_long_headers_are_cut_to_the_link_set(orbitrap: Instrument) -> None:
    Instrument.objects.update(doi="10.5442/NI000001", key="x" * 110)
    link = Client().get(f"/instruments/{'x' * 110}/")["Link"]
    assert '<https://doi.org/10.5442/NI000001> ; rel="cite-as"' in link
    assert len(link) <= 3000
    assert 'rel="linkset"' in link


def test_the_link_set_says_the_same_in_json_and_text(orbitrap: Instrument) -> None:
    found = json.loads(Client().get("/facilities/centre/linkset.json").content)["linkset"][0]
    assert found["anchor"] == "https://liqi.example.org/facilities/centre/"
    assert found["item"] == [{"href": "https://liqi.example.org/instruments/orbitrap/", "type": "text/html"}]
    text = Client().get("/facilities/centre/linkset.json?format=text")
    assert text["Content-Type"] == "application/linkset"
    assert text.content.decode().count("<https://") == sum(len(v) for k, v in found.items() if k != "anchor")


@pytest.mark.parametrize(
    ("accepted", "target"),
    [
        ("application/ld+json", "/instruments/orbitrap/export/jsonld"),
        ("application/vnd.datacite.datacite+json;q=0.9", "/instruments/orbitrap/export/datacite"),
        ("application/json", "/instruments/orbitrap/export/pidinst-json"),
        ("application/linkset+json", "/instruments/orbitrap/linkset.json"),
    ],
)
def test_a_machine_is_led_to_the_form_that_it_accepts(orbitrap: Instrument, accepted: str, target: str) -> None:
    answer = Client().get("/instruments/orbitrap/", headers={"Accept": accepted})
    assert (answer.status_code, answer["Location"]) == (303, target)
    assert "Accept" in answer["Vary"]
    assert Client().get(target).status_code == 200


@pytest.mark.parametrize("accepted", ["", "*/*", "text/html,application/xml;q=0.9,*/*;q=0.8", "image/png"])
def test_everybody_else_gets_the_page(orbitrap: Instrument, accepted: str) -> None:
    answer = Client().get("/instruments/orbitrap/", headers={"Accept": accepted})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_the_code_is_an_svg_of_the_permanent_address(orbitrap: Instrument) -> None:
    answer = Client().get("/instruments/orbitrap/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert etree.fromstring(answer.content).tag.endswith("svg")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leaflet_is_one_page_with_the_tag_of_synthetic_records(orbitrap: Instrument, language: str) -> None:
    answer = Client().get(f"/instruments/orbitrap/leaflet.pdf?language={language}")
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    tag = {"zh-hans": "合成示例", "zh-hant": "合成範例", "en": "Synthetic example"}[language]
    assert tag in text.replace(" ", "") or tag in text
    assert "liqi.example.org/id/orbitrap" in text


def test_labels_of_a_facility_are_21_a_page(orbitrap: Instrument) -> None:
    Instrument.objects.bulk_create(
        Instrument(key=f"i{n}", name=f"仪器 {n}", facility=orbitrap.facility, **record()) for n in range(21)
    )
    reader = PdfReader(io.BytesIO(Client().get("/facilities/centre/labels.pdf").content))
    assert len(reader.pages) == 2


def test_the_page_has_the_sentence_to_thank_with_in_three_languages(orbitrap: Instrument) -> None:
    text = Client().get("/instruments/orbitrap/").content.decode()
    for tag in ("zh-Hans", "zh-Hant", "en"):
        assert f'id="cite-{tag}"' in text
    assert "We used the Orbitrap, Thermo Exploris (https://liqi.example.org/id/orbitrap) at Centre, USTC." in text


def lists(address: str) -> list[str]:
    answer: Any = Client().get(address.removeprefix("https://liqi.example.org"))
    assert answer.status_code == 200, address
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [str(one.text) for one in etree.fromstring(content).iter(f"{SM}loc")]


def test_resource_sync_leads_from_the_beginning_to_every_record(
    orbitrap: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource_lists, "MOST", 2)
    Instrument.objects.bulk_create(Instrument(key=f"i{n}", name=f"{n}", **record()) for n in range(9))
    Instrument.objects.filter(key__in=["i1", "i2", "i3", "i4"]).delete()
    (capability,) = lists("/.well-known/resourcesync")
    resources, changes = lists(capability)
    found = [page for index in lists(resources) for page in lists(index)]
    wanted = ["ustc", "centre", "orbitrap", "i0", "i5", "i6", "i7", "i8"]
    assert sorted(found) == sorted(f"https://liqi.example.org/id/{key}" for key in wanted)
    assert len(lists(resources)) > 3
    monkeypatch.setattr(resource_lists, "DAYS", 10_000)
    assert sorted(page for index in lists(changes) for page in lists(index)) == sorted(found)


def test_a_change_list_says_what_happened(orbitrap: Instrument) -> None:
    later = NOW + timedelta(hours=1)
    Instrument.objects.update(updated_at=later)
    Instrument.everything.create(key="gone", name="gone", **record(removed_at=later))
    said = "".join(resource_lists.changes("instrument", NOW.date(), 0, "https://liqi.example.org"))
    root = etree.fromstring(said.encode())
    got = {
        str(one.findtext(f"{SM}loc")).rpartition("/")[2]: one.find(f"{RS}md").get("change")  # type: ignore[union-attr]
        for one in root.iter(f"{SM}url")
    }
    assert got == {"orbitrap": "updated", "gone": "deleted"}


@pytest.mark.parametrize(
    "name", ["resourcelist-instrument-99", "resourcelist-person-0", "changelist-instrument-2026-02-30-0", "nonsense"]
)
def test_a_list_that_is_not_there_is_told(name: str) -> None:
    assert Client().get(f"/resourcesync/{name}.xml").status_code == 404


def operator() -> Client:
    client = Client()
    client.force_login(Person.objects.create_user("op@example.org", name="Op", is_operator=True, language="en"))
    return client


def test_only_operators_see_harvests() -> None:
    assert Client().get("/desk/harvests/").status_code == 302
    somebody = Client()
    somebody.force_login(Person.objects.create_user("a@example.org", name="A"))
    for address in ("/desk/harvests/", "/desk/harvests/new/"):
        assert somebody.get(address).status_code == 403


def test_a_source_is_added_changed_run_stopped_and_removed() -> None:
    client = operator()
    assert "No other catalogue is harvested yet" in client.get("/desk/harvests/").content.decode()
    wrong = client.post("/desk/harvests/new/", {"url": "ftp://x", "prefix": "liqi"})
    assert wrong.status_code == 422
    assert 'value="ftp://x"' in wrong.content.decode()
    client.post("/desk/harvests/new/", {"url": "https://one.example.org/oai?verb=Identify", "prefix": "liqi"})
    source = Harvest.objects.get()
    assert source.url == "https://one.example.org/oai"
    client.post(f"/desk/harvests/{source.pk}/edit/", {"url": source.url, "prefix": "oai_dc", "set_spec": "instruments"})
    client.post(f"/desk/harvests/{source.pk}/run/")
    source.refresh_from_db()
    assert (source.prefix, source.set_spec, source.state) == ("oai_dc", "instruments", HarvestState.QUEUED)
    assert "hx-get" in client.get(f"/desk/harvests/{source.pk}/progress/").content.decode()
    client.post(f"/desk/harvests/{source.pk}/stop/")
    source.refresh_from_db()
    assert source.state == HarvestState.STOPPED
    client.post(f"/desk/harvests/{source.pk}/remove/")
    assert not Harvest.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_are_listed_with_what_to_do_and_leave_as_a_table(language: str) -> None:
    client = operator()
    client.cookies["django_language"] = language
    source = sources.add(url="https://one.example.org/oai", person=None, now=NOW)
    HarvestProblem.objects.bulk_create(
        HarvestProblem(harvest=source, identifier=f"oai:one:{n}", code=code, message="found x", found_at=NOW)
        for n, code in enumerate(["value", "refused", "value"])
    )
    text = client.get(f"/desk/harvests/{source.pk}/?code=value").content.decode()
    assert "oai:one:0" in text
    assert "oai:one:1" not in text
    table: Any = client.get(f"/desk/harvests/{source.pk}/?format=csv&find=one:1")
    rows = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("oai:one:1")


def test_a_harvest_whose_worker_died_is_queued_again() -> None:
    source = sources.add(url="https://one.example.org/oai", person=None, now=NOW)
    Harvest.objects.update(state=HarvestState.RUNNING, heartbeat_at=NOW, token="t")
    assert sources.requeue_silent(now=NOW + timedelta(minutes=1)) == 0
    assert sources.requeue_silent(now=NOW + timedelta(minutes=6)) == 1
    source.refresh_from_db()
    assert (source.state, source.token) == (HarvestState.QUEUED, "t")
