"""Home, search and the pages of records."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from liqi.accounts.models import Person
from tests.web.world import PASSWORD, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known() -> World:
    return world()


def reader(language: str) -> Client:
    return Client(headers={"Accept-Language": language})


@pytest.mark.parametrize("asked", ["质谱", "質譜", "mass spectrometry", "Orbitrap"])
def test_three_scripts_find_the_same_instrument(known: World, asked: str) -> None:
    page = reader("en").get("/search/", {"q": asked}).content.decode()
    assert f'href="/instruments/orbitrap/?need={quote(asked)}"' in page, "what was asked goes along to the booking"


def test_a_facet_narrows_and_its_chip_takes_it_away(known: World) -> None:
    page = reader("en").get("/search/", {"kind": "facility"}).content.decode()
    assert 'href="/facilities/ms-platform/"' in page
    assert 'href="/instruments/orbitrap/"' not in page
    assert "Take away: Facilities" in page


def test_a_filter_that_nobody_knows_says_what_was_expected(known: World) -> None:
    page = reader("en").get("/search/", {"class": "nonsense"}).content.decode()
    assert "expected a class code" in page


def test_nothing_found_teaches(known: World) -> None:
    page = reader("en").get("/search/", {"q": "qqqqqqqq"}).content.decode()
    assert "Use fewer words" in page


def test_hits_are_exported_as_a_table(known: World) -> None:
    answer = reader("en").get("/search/", {"q": "质谱", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert {"orbitrap", "triple"} <= {row["id"] for row in rows}


def test_the_list_is_exported_whole_and_runs_no_formula(known: World) -> None:
    known.place.triple.name = "=1+1"
    known.place.triple.save()
    answer = reader("en").get("/instruments/", {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row["name"] for row in rows if row["key"] == "triple"] == ["'=1+1"]


def test_an_instrument_is_shown_in_the_script_of_the_reader(known: World) -> None:
    assert "軌道阱" in reader("zh-TW").get("/instruments/orbitrap/").content.decode()
    assert "Orbitrap LC-MS" in reader("en").get("/instruments/orbitrap/").content.decode()


def test_an_instrument_says_that_it_is_synthetic_and_where_its_record_is_from(known: World) -> None:
    page = reader("en").get("/instruments/orbitrap/").content.decode()
    assert "tag-synthetic" in page
    assert "Where this record comes from" in page


def test_what_is_not_on_record_is_never_zero(known: World) -> None:
    page = reader("en").get("/instruments/triple/").content.decode()
    assert "none recorded" in page
    assert "CNY\u00a00" not in page


def test_money_is_read_in_ten_thousands_with_the_exact_value_at_hand(known: World) -> None:
    page = reader("zh-CN").get("/instruments/orbitrap/").content.decode()
    assert '<span title="5\u202f000\u202f000">500 万</span>元' in page


def test_signing_up_makes_an_account_with_a_name() -> None:
    client = reader("en")
    form = {"name": "Ada Chen", "email": "ada@example.org", "password1": "not-a-common-one-7"}
    answer = client.post("/accounts/signup/", form)
    assert answer.status_code == 302
    assert Person.objects.get(email="ada@example.org").name == "Ada Chen"


def test_the_profile_sets_language_and_time_zone(known: World) -> None:
    client = Client()
    assert client.post("/accounts/login/", {"login": "member@example.org", "password": PASSWORD}).status_code == 302
    client.post("/accounts/profile/", {"name": "Lin", "language": "zh-hant", "time_zone": "Asia/Taipei"})
    page = client.get("/accounts/profile/").content.decode()
    assert '<html lang="zh-hant"' in page
    assert Person.objects.get(email="member@example.org").time_zone == "Asia/Taipei"


def test_the_chosen_language_stays(known: World) -> None:
    client = reader("en")
    client.post("/language/", {"language": "zh-hant", "next": "/about/"})
    assert '<html lang="zh-hant"' in client.get("/about/").content.decode()


def test_the_highest_value_comes_first_when_asked(known: World) -> None:
    page = reader("en").get("/search/", {"kind": "instrument", "sort": "value"}).content.decode()
    assert page.index('href="/instruments/orbitrap/"') < page.index('href="/instruments/triple/"')
