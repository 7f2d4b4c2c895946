"""Saved searches: kept once, new hits counted, renamed, muted, forgotten and taken back; other people's stay theirs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from liqi.accounts.models import JournalEntry, Person
from liqi.catalogue import search
from liqi.catalogue.models import IndexChange, Instrument, Miss, SavedSearch
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


def signed_in(person: Person, **headers: str) -> Client:
    client = Client(**headers)
    client.force_login(person)
    return client


@pytest.fixture
def home() -> Place:
    made = place()
    search.rebuild()
    return made


def saved(client: Client, address: str = "q=质谱&kind=instrument") -> SavedSearch:
    answer = client.post("/searches/save/", {"address": address})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/search/?q=")
    return SavedSearch.objects.get()


def test_a_search_is_saved_once_however_its_parts_are_ordered(home: Place) -> None:
    client = signed_in(home.member)
    first = saved(client, "kind=instrument&q=质谱&page=3")
    assert saved(client, "q=质谱&sort=value&kind=instrument").pk == first.pk
    assert "质谱" in first.title
    assert JournalEntry.objects.filter(verb="saved a search").count() == 1


def test_what_came_since_the_last_look_is_new(home: Place) -> None:
    client = signed_in(home.member)
    one = saved(client, "q=拉曼")
    later = timezone.now() + timedelta(seconds=5)
    Instrument.objects.create(key="new", name="拉曼光谱仪", source="test", created_at=later, updated_at=later)
    search.note("instrument", ["new"])
    search.apply_changes()
    assert not IndexChange.objects.exists()
    assert "1 new" in client.get("/searches/").content.decode()
    assert "1 new" in client.get("/bench/").content.decode()
    looked = client.get(f"/searches/{one.pk}/")
    assert looked["Location"].startswith("/search/?q=")
    SavedSearch.objects.update(seen_at=later)
    assert "1 new" not in client.get("/searches/").content.decode()


def test_a_muted_search_leaves_the_bench(home: Place) -> None:
    client = signed_in(home.member)
    one = saved(client)
    assert one.title in client.get("/bench/").content.decode()
    client.post(f"/searches/{one.pk}/notify/", {"notify": "0"})
    assert one.title not in client.get("/bench/").content.decode()
    assert one.title in client.get("/searches/").content.decode()


def test_a_search_is_renamed_but_not_to_nothing(home: Place) -> None:
    client = signed_in(home.member)
    one = saved(client)
    client.post(f"/searches/{one.pk}/rename/", {"title": " 我的 质谱 "})
    client.post(f"/searches/{one.pk}/rename/", {"title": "  "})
    one.refresh_from_db()
    assert one.title == "我的 质谱"


def test_a_forgotten_search_is_taken_back_as_it_was(home: Place) -> None:
    client = signed_in(home.member)
    one = saved(client)
    page = client.post(f"/searches/{one.pk}/forget/", follow=True).content.decode()
    assert not SavedSearch.objects.exists()
    undo = page.split('action="/searches/back/')[1].split('"')[0].replace("&amp;", "&")
    client.post(f"/searches/back/{undo}")
    back = SavedSearch.objects.get()
    assert (back.title, back.address, back.seen_at) == (one.title, one.address, one.seen_at)
    assert client.post("/searches/back/?facts=nonsense").status_code == 404


def test_the_searches_of_others_are_not_there(home: Place) -> None:
    one = saved(signed_in(home.member))
    other = signed_in(home.manager)
    assert other.get(f"/searches/{one.pk}/").status_code == 404
    assert other.post(f"/searches/{one.pk}/forget/").status_code == 404
    assert Client().get("/searches/").status_code == 302


def test_an_address_that_is_too_long_is_refused_in_a_sentence(home: Place) -> None:
    client = signed_in(home.member)
    page = client.post("/searches/save/", {"address": f"q={'质' * 300}"}, follow=True).content.decode()
    assert "expected at most 1000" in page
    assert not SavedSearch.objects.exists()


def test_a_question_without_an_answer_is_counted_without_the_person(home: Place) -> None:
    person = signed_in(home.member, HTTP_USER_AGENT="Mozilla/5.0")
    for text in ("时光机器", "時光機器"):
        person.get("/search/", {"q": text})
    assert [(miss.text, miss.count) for miss in Miss.objects.all()] == [("时光机器", 2)]


def test_robots_parts_of_pages_and_found_things_are_not_counted(home: Place) -> None:
    Client(HTTP_USER_AGENT="SomeBot/1.0").get("/search/", {"q": "时光机器"})
    person = Client(HTTP_USER_AGENT="Mozilla/5.0")
    person.get("/search/", {"q": "时光机器"}, headers={"HX-Request": "true"})
    person.get("/search/", {"q": "质谱"})
    person.get("/search/", {"q": "时光机器", "class": "nonsense"})
    assert not Miss.objects.exists()
