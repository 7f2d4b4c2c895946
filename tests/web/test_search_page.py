"""The search page: ranges become one address, chips take them away, ticks lead to the comparison."""

import pytest
from django.test import Client

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Place:
    made = place()
    made.orbitrap.capabilities = [{"quantity": "resolving power", "value": 240000, "unit": ""}]
    made.orbitrap.save()
    search.rebuild()
    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_fields_of_a_quantity_become_one_address(home: Place, client: Client) -> None:
    answer = client.get("/search/?q=质谱&quantity=mass_resolution&at-least=100000&at-most=&min-value=&page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "?q=%E8%B4%A8%E8%B0%B1&cap=mass_resolution%3A100000.."
    assert client.get("/search/?q=a&quantity=&at-least=&at-most=")["Location"] == "?q=a"


def test_a_range_narrows_and_its_chip_takes_it_away(home: Place, client: Client) -> None:
    client.cookies["django_language"] = "en"
    shown = page(client, "/search/?kind=instrument&cap=mass_resolution:100000..")
    assert "1 record<" in shown or "1 record " in shown
    assert "mass resolution ≥ 100000" in shown
    assert 'href="?kind=instrument"' in shown


@pytest.mark.parametrize("bad", ["cap=big", "near=Nowhere%20at%20all", "min-value=much", "from-year=1", "technique=zz"])
def test_what_cannot_be_read_is_said_above_the_list(bad: str, home: Place, client: Client) -> None:
    client.cookies["django_language"] = "en"
    shown = page(client, f"/search/?{bad}")
    assert 'role="alert"' in shown
    assert "expected" in shown


def test_other_meanings_are_links_with_their_counts(home: Place, client: Client) -> None:
    Instrument.objects.create(
        key="gc",
        name="气相色谱仪",
        source="t",
        created_at=home.orbitrap.created_at,
        updated_at=home.orbitrap.updated_at,
    )
    search.rebuild()
    shown = page(client, "/search/?q=气象色谱")
    assert "?q=%E6%B0%94%E7%9B%B8%E8%89%B2%E8%B0%B1" in shown


def test_instruments_can_be_ticked_for_comparing(home: Place, client: Client) -> None:
    shown = page(client, "/search/?kind=instrument")
    assert f'name="key" value="{home.orbitrap.key}" form="compared"' in shown
    assert 'form id="compared" action="/compare/"' in shown
    assert "compared" not in page(client, "/search/?kind=institution")


def test_export_and_saving_keep_the_question(home: Place, client: Client) -> None:
    shown = page(client, "/search/?kind=instrument&q=质谱&page=1&sort=value")
    assert "/export/?q=%E8%B4%A8%E8%B0%B1&amp;kind=instrument" in shown
    assert 'name="address" value="q=%E8%B4%A8%E8%B0%B1&amp;kind=instrument"' in shown


@pytest.mark.parametrize("sort", ["newest", "value", "name", "nearest", "nonsense"])
def test_every_order_answers(sort: str, home: Place, client: Client) -> None:
    assert home.orbitrap.key in page(client, f"/search/?kind=instrument&sort={sort}")


def test_row_004_01_five_micrometres_or_finer_finds_two_and_not_fifty(home: Place, client: Client) -> None:
    facts = {"source": "t", "created_at": home.orbitrap.created_at, "updated_at": home.orbitrap.updated_at}
    for key, size in (("fine", "2"), ("coarse", "50")):
        ability = {"quantity": "smallest feature", "value": size, "unit": "µm"}
        Instrument.objects.create(key=key, name=f"3D printer {key}", capabilities=[ability], **facts)
    search.rebuild()
    shown = page(client, "/search/?kind=instrument&cap=smallest+feature+%3C%3D+5+%C2%B5m")
    assert "3D printer fine" in shown
    assert "3D printer coarse" not in shown
    assert "3D printer coarse" in page(client, "/search/?kind=instrument&cap=smallest+feature+%3C%3D+50+%C2%B5m")
