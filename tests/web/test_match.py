"""The page of a need in words, the one box of the home page, and unmet demand."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from liqi.accounts.models import Person
from liqi.catalogue import technique_words
from liqi.catalogue.models import Instrument, Miss
from tests.web.access import PASSWORD
from tests.web.world import World, flat, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIQI_DATA = tmp_path


@pytest.fixture
def made() -> World:
    return world()


def page(question: str, **more: Any) -> str:
    client = Client(headers={"accept-language": "en"})
    answer = client.get(reverse("match"), {"q": question, **more})
    assert answer.status_code == 200
    return flat(answer.content.decode())


def test_a_need_shows_techniques_with_why_and_offers_with_verdicts(made: World) -> None:
    text = page("pesticide residues in tea under 500 CNY")
    assert "liquid chromatography-tandem mass spectrometry" in text
    assert "Orbitrap LC-MS" in text
    assert "price: fits" in text
    assert "from “under 500 CNY”" in text
    assert 'value="500"' in text
    assert reverse("instrument_calendar", args=["orbitrap"]) in text
    assert "<span>Hefei</span>" in text


def test_the_fields_correct_what_the_words_said(made: World) -> None:
    question = "pesticide residues in tea under 50 CNY"
    assert "Orbitrap LC-MS" not in page(question)
    assert "Orbitrap LC-MS" in page(question, set="1", budget="500")
    assert "Orbitrap LC-MS" in page(question, set="1", budget="")
    assert "Orbitrap LC-MS" not in page(question, set="1", budget="60")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("budget", "much", "an amount in CNY"),
        ("km", "-3", "kilometres"),
        ("from", "Nowhere-at-all", "a city or province"),
        ("before", "soon", "a day such as"),
        ("x-part_size", "big", "a value with its unit"),
        ("x-part_size", "5 kV", "a value with its unit"),
    ],
)
def test_a_limit_that_cannot_be_read_is_said_beside_its_field_and_kept(
    made: World, name: str, value: str, expected: str
) -> None:
    text = page("pesticide residues in tea", set="1", **{name: value})
    assert f"expected {expected}" in text
    assert f'value="{value}"' in text


def test_a_quantity_is_corrected_and_emptied(made: World) -> None:
    text = page("print a 5 mm part", set="1", **{"x-part_size": "7 mm"})
    assert 'name="x-part_size" value="7 mm"' in text
    assert 'name="x-part_size"' not in page("print a 5 mm part", set="1", **{"x-part_size": ""})


def test_the_one_box_sends_a_name_to_the_search_and_a_need_to_the_match(made: World) -> None:
    client = Client()
    answer = client.get(reverse("match"), {"by": "any", "q": "Orbitrap"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('search')}?q=Orbitrap"
    assert client.get(reverse("match"), {"by": "any", "q": "农药残留检测"}).status_code == 200
    home = client.get("/").content.decode()
    assert f'action="{reverse("match")}"' in home


def test_what_is_not_understood_is_said_and_counted(made: World) -> None:
    assert "No technique comes near enough" in page("buy red shoes")
    miss = Miss.objects.get()
    assert (miss.where, miss.text, miss.count) == ("match", "buy red shoes", 1)
    page("pesticide residues in tea")
    assert Miss.objects.count() == 1


def test_an_empty_page_asks(made: World) -> None:
    text = page("")
    assert "Say what you need" in text
    assert not Miss.objects.exists()


def test_the_offers_leave_as_a_table_and_in_another_order(made: World) -> None:
    answer = Client().get(reverse("match"), {"q": "pesticide residues in tea", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].lstrip("\ufeff").startswith("id,kind,name")
    assert any(line.startswith("orbitrap,instrument") for line in lines)
    for order in ("price", "distance", "earliest", "nonsense"):
        assert "Orbitrap LC-MS" in page("pesticide residues in tea", sort=order)


def test_the_interface_answers_a_need(made: World) -> None:
    answer = Client().get("/api/match", {"q": "茶叶中农药残留，500元以内"})
    document = json.loads(answer.content)
    assert answer.status_code == 200
    assert document["techniques"][0]["id"] == "lcms"
    assert document["offers"][0]["id"] == "orbitrap"
    assert document["understood"] == [{"limit": "price", "value": "500 CNY", "words": "500元以内"}]


@pytest.mark.parametrize(
    "asked",
    [{"q": ""}, {"q": "x", "budget": "-1"}, {"q": "铅", "from": "Nowhere-at-all"}, {"q": "x", "before": "soon"}],
)
def test_the_interface_refuses_bad_input_as_a_problem(made: World, asked: dict[str, str]) -> None:
    answer = Client().get("/api/match", asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def operator() -> Client:
    Person.objects.create_user("op@example.org", PASSWORD, name="Op", language="en", is_operator=True)
    client = Client()
    assert client.login(username="op@example.org", password=PASSWORD)
    return client


def test_unmet_demand_is_for_operators(made: World) -> None:
    address = reverse("misses")
    assert Client().get(address).status_code == 302
    client = Client()
    assert client.login(username="member@example.org", password=PASSWORD)
    assert client.get(address).status_code == 403


def test_an_operator_reads_what_was_missed_and_gives_its_words_to_a_technique(made: World) -> None:
    page("zwirbelprobe of tea")
    Instrument.objects.filter(key="orbitrap").update(techniques=["lcms"])
    client, address = operator(), reverse("misses")
    text = client.get(address).content.decode()
    assert "zwirbelprobe of tea" in text
    assert "zwirbelprobe" not in client.get(address, {"where": "search"}).content.decode()
    assert b"zwirbelprobe" in b"".join(client.get(address, {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert "cannot be read" in client.get(address, {"since": "x"}).content.decode()
    assert client.post(address, {"technique": "lcms", "words": "zwirbelprobe of tea"}).status_code == 302
    assert technique_words.added() == {"lcms": ["zwirbelprobe of tea"]}
    assert "Orbitrap LC-MS" in page("zwirbelprobe of tea")
    assert client.post(address, {"technique": "lcms", "take-back": "zwirbelprobe of tea"}).status_code == 302
    assert technique_words.added() == {"lcms": []}


def test_words_that_cannot_be_taken_are_said_on_the_page(made: World) -> None:
    client, address = operator(), reverse("misses")
    answer = client.post(address, {"technique": "magic", "words": "wand"}, follow=True)
    assert "expected a key of the taxonomy" in answer.content.decode()
