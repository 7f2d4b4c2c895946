"""The catalogue over JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from liqi.catalogue import search
from liqi.catalogue.models import Facility, Institution, Instrument, Maker

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def world(db: None, settings: Settings, tmp_path: Path) -> None:
    """Three instruments of one maker in one institution, and a facility."""
    settings.LIQI_DATA = tmp_path
    institution = Institution.objects.create(key="u", name="合肥测试大学", country="CN", province="340000", **RECORD)
    maker = Maker.objects.create(key="bruker", name="布鲁克", name_en="Bruker", brand_country="DE", **RECORD)
    Facility.objects.create(
        key="f", name="中试基地", facility_class="transformation", kind="pilot_base", industrialisation=True, **RECORD
    )
    for number in range(3):
        Instrument.objects.create(
            key=f"i{number}",
            name=f"核磁共振波谱仪 {number}",
            institution=institution,
            maker=maker,
            country="CN",
            province="340000",
            class_code="010601",
            class_scheme="cn-instr",
            class_edition="current",
            synthetic=True,
            **RECORD,
        )
    search.rebuild()


def got(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_pages_follow_each_other_by_cursor(client: Client) -> None:
    first = got(client, "/api/instruments?limit=2")
    assert [one["key"] for one in first["items"]] == ["i0", "i1"]
    second = got(client, f"/api/instruments?limit=2&cursor={first['next']}")
    assert [one["key"] for one in second["items"]] == ["i2"]
    assert second["next"] is None


def test_a_page_needs_one_query(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(1):
        got(client, "/api/instruments")


def test_a_record_says_brand_place_and_provenance(client: Client) -> None:
    one = got(client, "/api/instruments/i0")
    assert one["maker"] == {"key": "bruker", "name": "布鲁克", "name_en": "Bruker", "brand_country": "DE"}
    assert one["made_in"] == ""
    assert one["provenance"]["synthetic"] is True
    assert one["place"]["province"] == "340000"


def test_search_answers_with_facets_and_reasons(client: Client) -> None:
    found = got(client, "/api/search?q=核磁&place=安徽&language=en")
    assert found["total"] == 3
    assert found["hits"][0]["why"][0]["field"] == "name"
    assert found["facets"]["origin"] == [{"code": "DE", "label": "Germany", "count": 3}]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        *(("class=0106", 3), ("class=0102", 0), ("made-in=DE", 0), ("status=unknown", 3), ("status=down", 0)),
        *(("maker=布鲁克&maker=agilent", 3), ("min_value_cny=1e12", 0), ("cap=mass_resolution>=1", 0)),
        *(("shared=false", 3), ("shared=true", 0), ("near=合肥&km=50", 0), ("from_year=2020", 0)),
    ],
)
def test_search_takes_every_filter(query: str, total: int, client: Client) -> None:
    assert got(client, f"/api/search?q=核磁&{query}")["total"] == total


def test_search_describes_its_parameters(client: Client) -> None:
    parameters = got(client, "/api/openapi.json")["paths"]["/api/search"]["get"]["parameters"]
    names = {one["name"] for one in parameters}
    assert {"q", "class", "made-in", "cap", "near", "km", "sort", "min_value_cny", "limit"} <= names


def test_lists_are_filtered(client: Client) -> None:
    assert got(client, "/api/instruments?class=0106")["items"]
    assert not got(client, "/api/instruments?class=0102")["items"]
    assert got(client, "/api/facilities?class=transformation&stage=industrialisation")["items"][0]["key"] == "f"
    assert got(client, "/api/institutions?country=cn")["items"][0]["key"] == "u"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/instruments/none", 404),
        ("/api/instruments?cursor=no", 422),
        ("/api/instruments?limit=0", 422),
        ("/api/facilities?stage=sales", 422),
        ("/api/search?place=Atlantis", 422),
        ("/api/search?class=zzz", 422),
        ("/api/search?cap=big", 422),
        ("/api/search?near=Nowhere%20at%20all", 422),
        ("/api/search?from_year=20", 422),
        ("/api/search?sort=odd", 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert problem["status"] == status
    assert problem["detail"]


def test_the_interface_describes_itself_and_asks_nobody_outside(client: Client) -> None:
    described = got(client, "/api/openapi.json")
    assert described["openapi"] == "3.1.0"
    assert {"/api/search", "/api/instruments/{key}"} <= set(described["paths"])
    page = client.get("/api/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
