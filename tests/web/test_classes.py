"""The class browser, and the pages of institution, facility and maker with their counts."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from liqi.catalogue import holdings
from liqi.catalogue.models import Institution, Instrument, Maker
from tests.web.world import World, flat, world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known() -> World:
    return world()


def read(address: str, language: str = "en") -> str:
    return Client(headers={"Accept-Language": language}).get(address).content.decode()


@pytest.fixture
def mixed() -> Institution:
    """An institution with instruments of two classes, of makers from two countries, some of it not recorded."""
    host = Institution.objects.create(key="big", name="大单位", name_en="Big", **RECORD)
    cn = Maker.objects.create(key="cn", name="国产", name_en="Home", brand_country="CN", **RECORD)
    us = Maker.objects.create(key="us", name="美国", name_en="Away", brand_country="US", **RECORD)
    rows: list[dict[str, Any]] = [
        {"maker": cn, "class_code": "010201", "made_in": "CN", "value_cny": Decimal(400_000)},
        {"maker": us, "class_code": "010202", "made_in": "CN", "value_cny": Decimal(500_000)},
        {"maker": us, "class_code": "010202", "made_in": "US", "value_cny": Decimal(30_000_000)},
        {"maker": None, "class_code": "020101", "made_in": "", "value_cny": None},
        {"maker": None, "class_code": "", "made_in": "", "value_cny": None},
    ]
    for number, row in enumerate(rows):
        scheme = {"class_scheme": "cn-instr", "class_edition": "current"} if row["class_code"] else {}
        Instrument.objects.create(key=f"m{number}", name=f"仪器 {number}", institution=host, country="CN",
                                  province="340000", **row, **scheme, **RECORD)  # fmt: skip
    return host


def test_counts_say_what_is_missing_and_never_call_it_zero(mixed: Institution) -> None:
    found = holdings.read(Instrument.objects.filter(institution=mixed))
    assert (found.total, found.unclassed, found.without_maker, found.without_brand) == (5, 1, 2, 2)
    assert found.classes == [("010200", 3), ("020100", 1)]
    assert found.brands == [("US", 2), ("CN", 1)], "brand and made-in are two lenses"
    assert found.made_in == [("CN", 2), ("US", 1)]
    assert [count for _name, count in found.bands] == [1, 1, 0, 1]
    assert (found.without_value, found.regions) == (2, [("340000", 5)])


def test_a_removed_instrument_is_counted_nowhere(mixed: Institution) -> None:
    before = holdings.version()
    Instrument.objects.filter(key="m0").update(removed_at=NOW, updated_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert holdings.version() != before, "what was counted before is stale"
    assert holdings.read(Instrument.objects.filter(institution=mixed)).total == 4


def test_the_tree_counts_every_level(mixed: Institution) -> None:
    rows = {
        row["code"]: row for row in csv.DictReader(io.StringIO(_file("/classes/?format=csv").removeprefix("\ufeff")))
    }
    assert len(rows) == 15 + 93 + 631
    assert [rows[code]["instruments"] for code in ("010000", "010200", "010201", "010202")] == ["3", "3", "1", "2"]


def _file(address: str) -> str:
    return b"".join(Client().get(address).streaming_content).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("asked", ["质谱", "質譜", "mass spec", "0102", "MS"])
def test_a_class_is_found_by_any_name_in_any_script(asked: str) -> None:
    page = read(f"/classes/?q={asked}")
    assert 'href="/classes/010201/"' in page
    assert 'href="/classes/080101/"' not in page


def test_only_classes_with_instruments_are_left_when_asked(mixed: Institution) -> None:
    page = read("/classes/?with=1")
    assert 'href="/classes/010202/"' in page
    assert 'href="/classes/010203/"' not in page


def test_the_draft_of_2006_leads_to_the_classes_of_today() -> None:
    page = read("/classes/?edition=2006")
    assert "Draft of 2006" in page
    assert page.count('href="/classes/') > 50


def test_a_class_shows_makers_origins_and_codes_elsewhere(mixed: Institution) -> None:
    page = read("/classes/010200/")
    assert 'href="/makers/us/"' in page
    assert "Brand from" in page
    assert "Made in" in page
    assert "902781" in page, "its code in the Harmonized System"
    assert 'href="/instruments/m1/"' in page
    assert 'href="/instruments/m3/"' not in page
    assert Client().get("/classes/nothing-like-this/").status_code == 404
    assert Client().get("/classes/0102/")["Location"] == "/classes/010200/"


def test_an_institution_is_narrowed_to_a_class_and_exported(mixed: Institution) -> None:
    page = read("/institutions/big/?class=010200")
    assert 'href="/instruments/m1/"' in page
    assert 'href="/instruments/m3/"' not in page
    assert "3 / 5" in flat(page)
    rows = list(csv.DictReader(io.StringIO(_file("/institutions/big/?class=010200&format=csv").removeprefix("\ufeff"))))
    assert {row["key"] for row in rows} == {"m0", "m1", "m2"}


def test_a_maker_keeps_brand_and_made_in_apart(mixed: Institution, known: World) -> None:
    page = read("/makers/us/")
    assert "They are counted apart" in page
    assert read("/makers/thermo/").count('class="owners"') == 1


def test_an_empty_facility_teaches(known: World) -> None:
    Instrument.objects.all().update(facility=None)
    page = read("/facilities/ms-platform/")
    assert "Its institution brings its list in by an import" in page


def test_an_institution_of_ten_thousand_instruments_opens_quickly(django_assert_max_num_queries: Any) -> None:
    host = Institution.objects.create(key="host", name="中国科学技术大学", name_en="USTC", **RECORD)
    makers = [Maker.objects.create(key=f"k{n}", name=f"厂商 {n}", brand_country="CN", **RECORD) for n in range(40)]
    Instrument.objects.bulk_create(
        Instrument(
            key=f"i{n}", name=f"质谱仪 {n}", institution=host, class_code="010201", class_scheme="cn-instr",
            class_edition="current", maker=makers[n % 40], model=f"M{n % 200}", country="CN", province="340000",
            value_cny=n * 500, **RECORD,
        )
        for n in range(10_000)
    )  # fmt: skip
    client = Client()
    client.get("/institutions/host/")
    with django_assert_max_num_queries(14):
        answer = client.get("/institutions/host/?page=200")
    assert len(answer.content) < 100_000
    seconds = []
    for _ in range(5):
        start = time.thread_time()
        client.get("/institutions/host/?page=200")
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.1
    cache.clear()
    start = time.thread_time()
    client.get("/institutions/host/")
    assert time.thread_time() - start < 1, "counted anew after a change"
