"""The form of a record, new records, removal, undo, history, pictures, private contacts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liqi.access import booking
from liqi.accounts.models import Person
from liqi.catalogue import editing
from liqi.catalogue.models import Contact, Instrument, Picture, RecordChange
from tests.catalogue.test_pictures import png
from tests.web.world import LANGUAGES, World, flat, world

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="seen_at" value="([^"]*)"')


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known() -> World:
    return world()


def as_person(person: Person, language: str = "en") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def operator() -> Person:
    return Person.objects.create_superuser("chief@example.org", "x", name="Chief", language="en")


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    sent: dict[str, Any] = {}
    form = page[page.index('class="record-form"') : page.index("record-save")]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "on")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form):
        sent[name] = [text]
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.findall(r'value="([^"]*)" selected', options)[:1] or re.findall(r'value="([^"]*)"', options)[:1]
    return sent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("instrument_edit", ["orbitrap"]), ("facility_edit", ["ms-platform"]), ("institution_edit", ["host"]),
        ("service_edit", ["unknowns"]), ("maker_edit", ["thermo"]), ("instrument_new", []), ("facility_new", []),
        ("service_new", []),
    ],
)  # fmt: skip
def test_every_form_opens_in_three_languages(
    known: World, operator: Person, language: str, name: str, keys: list[str]
) -> None:
    client = as_person(operator, language)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse(name, args=keys))
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    assert len(queries) <= 16


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("instrument_edit", "orbitrap"), ("facility_edit", "ms-platform"), ("institution_edit", "host"),
        ("service_edit", "unknowns"), ("maker_edit", "thermo"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_sent_as_it_stands_changes_nothing(
    known: World, operator: Person, name: str, key: str, language: str
) -> None:
    client, address = as_person(operator, language), reverse(name, args=[key])
    answer = client.post(address, form_of(client.get(address).content.decode()))
    assert answer.status_code == 302, re.findall(r'class="wrong"[^>]*>([^<]*)<', answer.content.decode())
    assert not RecordChange.objects.exists(), RecordChange.objects.get().fields


def test_a_steward_changes_a_capability_and_takes_it_back(known: World) -> None:
    client, address = as_person(known.place.manager), reverse("instrument_edit", args=["orbitrap"])
    sent = form_of(client.get(address).content.decode())
    sent |= {"capabilities.1.quantity": "Mass range", "capabilities.1.low": "50", "capabilities.1.high": "6000"}
    sent |= {"capabilities.1.unit": "Da", "opening_hours.wed": "9:00-12:00", "shared": "on"}
    answer = client.post(address, sent, follow=True)
    page = answer.content.decode()
    assert "mass range" in page
    assert "6\u202f000" in page
    kept = Instrument.objects.get(key="orbitrap")
    assert kept.capabilities[1] == {"quantity": "mass_range", "low": 50, "high": 6000, "unit": "Da"}
    assert kept.opening_hours["wed"] == [["09:00", "12:00"]]
    undo = reverse("change_undo", args=[RecordChange.objects.get().pk])
    assert f'action="{undo}"' in page
    client.post(undo)
    assert len(Instrument.objects.get(key="orbitrap").capabilities) == 1


def test_what_was_typed_stays_when_it_cannot_be_taken(known: World, operator: Person) -> None:
    client, address = as_person(operator), reverse("instrument_edit", args=["orbitrap"])
    sent = form_of(client.get(address).content.decode()) | {"value_cny": "a lot", "model": "<b>Bold</b>"}
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "expected a number" in page
    assert 'value="a lot"' in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert Instrument.objects.get(key="orbitrap").model == ""


def test_who_was_slower_is_told_and_keeps_what_was_typed(known: World, operator: Person) -> None:
    client, address = as_person(operator), reverse("instrument_edit", args=["orbitrap"])
    sent = form_of(client.get(address).content.decode()) | {"model": "mine"}
    quicker = Instrument.objects.get(key="orbitrap")
    editing.change(quicker, {"serial": "77"}, person=known.place.manager, now=datetime.now(UTC))
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Manager changed serial" in page
    assert 'name="model" value="mine"' in flat(page)
    assert 'name="serial" value="77"' in flat(page), "what only the other changed is taken over"
    again = form_of(page)
    assert client.post(address, again).status_code == 302
    kept = Instrument.objects.get(key="orbitrap")
    assert (kept.model, kept.serial) == ("mine", "77")


def test_a_visitor_signs_in_and_a_stranger_is_refused(known: World) -> None:
    address = reverse("instrument_edit", args=["orbitrap"])
    assert Client().get(address)["Location"].startswith("/accounts/login/")
    stranger = as_person(known.place.member)
    assert stranger.get(address).status_code == 403
    assert stranger.post(address, {"name": "x"}).status_code == 403
    assert stranger.get(reverse("instrument_new")).status_code == 403
    assert stranger.post(reverse("record_remove", args=["instrument", "orbitrap"])).status_code == 403
    assert stranger.post(reverse("record_remove", args=["nonsense", "orbitrap"])).status_code == 404
    done = editing.change(Instrument.objects.get(key="orbitrap"), {"model": "A"}, person=None, now=datetime.now(UTC))
    assert done is not None
    assert stranger.post(reverse("change_undo", args=[done.pk])).status_code == 403
    assert Instrument.objects.get(key="orbitrap").model == "A"


def test_a_new_instrument_needs_only_a_name(known: World, operator: Person) -> None:
    client = as_person(operator)
    sent = form_of(client.get(reverse("instrument_new") + "?institution=host").content.decode())
    assert client.post(reverse("instrument_new"), sent).status_code == 422
    answer = client.post(reverse("instrument_new"), sent | {"name": "原子力显微镜"}, follow=True)
    assert "Added: 原子力显微镜" in answer.content.decode()
    made = Instrument.objects.get(name="原子力显微镜")
    assert (made.source, made.institution and made.institution.key) == ("liqi", "host")


def test_a_removed_instrument_says_what_stood_there_and_comes_back(known: World, operator: Person) -> None:
    client = as_person(operator)
    page = client.get("/instruments/orbitrap/").content.decode()
    assert 'href="/instruments/orbitrap/edit/"' in page
    client.post(reverse("record_remove", args=["instrument", "orbitrap"]))
    gone = Client(headers={"Accept-Language": "en"}).get("/instruments/orbitrap/")
    assert gone.status_code == 410
    assert "Orbitrap LC-MS" in gone.content.decode()
    assert "Put it back" not in gone.content.decode()
    assert "Put it back" in client.get("/instruments/orbitrap/").content.decode()
    client.post(reverse("record_restore", args=["instrument", "orbitrap"]))
    assert client.get("/instruments/orbitrap/").status_code == 200


def test_an_instrument_with_bookings_ahead_is_not_removed(known: World, operator: Person) -> None:
    client = as_person(operator)
    answer = client.post(reverse("record_remove", args=["instrument", "triple"]), follow=True)
    assert "1 booking or session stands on" in answer.content.decode()
    booking.cancel(booking=known.booking, person=operator, now=datetime.now(UTC))
    client.post(reverse("record_remove", args=["instrument", "triple"]))
    assert not Instrument.objects.filter(key="triple").exists()


def test_a_facility_in_use_is_not_removed(known: World, operator: Person) -> None:
    answer = as_person(operator).post(reverse("record_remove", args=["facility", "ms-platform"]), follow=True)
    assert "2 records stand in" in answer.content.decode()


def test_a_merged_record_leads_to_the_one_that_was_kept(known: World) -> None:
    now = datetime.now(UTC)
    Instrument.objects.filter(key="triple").update(merged_into=known.place.orbitrap, removed_at=now)
    answer = Client().get("/instruments/triple/")
    assert (answer.status_code, answer["Location"]) == (301, "/instruments/orbitrap/")


def test_a_private_contact_is_shown_to_nobody_but_those_who_look_after_it(known: World) -> None:
    values = {
        "contacts": [
            {"name": "Wei Private", "phone": "138-0000", "public": False},
            {"name": "Front desk", "email": "desk@example.org", "public": True},
        ]
    }
    editing.change(known.place.orbitrap, values, person=None, now=datetime.now(UTC))
    for address in ("/instruments/orbitrap/", "/records/instrument/orbitrap/history/"):
        for client in (Client(headers={"Accept-Language": "en"}), as_person(known.place.member)):
            page = client.get(address).content.decode()
            assert "Wei Private" not in page
            assert "138-0000" not in page
    csv = b"".join(Client().get("/records/instrument/orbitrap/history/?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"138-0000" not in csv
    page = as_person(known.place.manager).get("/instruments/orbitrap/").content.decode()
    assert "Wei Private" in page
    assert "private</span>" in page
    assert Contact.objects.filter(public=True).count() == 1


def test_the_history_says_what_was_before_and_after(known: World, operator: Person) -> None:
    editing.change(known.place.orbitrap, {"model": "Exploris"}, person=operator, now=datetime.now(UTC))
    address = "/records/instrument/orbitrap/history/"
    page = as_person(operator).get(address).content.decode()
    assert "Exploris" in page
    assert "Chief" in page
    visitor = Client(headers={"Accept-Language": "en"}).get(address).content.decode()
    assert "Exploris" in visitor
    assert "Chief" not in visitor
    assert "change_undo" not in visitor
    assert Client().get("/records/nonsense/orbitrap/history/").status_code == 404


def test_a_picture_is_sent_with_headers_that_keep_it_a_picture(known: World) -> None:
    client = as_person(known.place.manager)
    file = SimpleUploadedFile("photo.svg", png(), content_type="image/svg+xml")
    sent = {"picture": file, "credit": "Wei", "licence": "CC BY 4.0"}
    page = client.post(reverse("picture_add", args=["orbitrap"]), sent, follow=True).content.decode()
    kept = Picture.objects.get()
    address = reverse("picture", args=[kept.sha256])
    assert f'src="{address}"' in page
    assert "© Wei · CC BY 4.0" in flat(page)
    answer = Client().get(address)
    assert b"".join(answer.streaming_content) == png()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    client.post(reverse("picture_remove", args=["orbitrap", kept.sha256]))
    assert Client().get(address).status_code == 404
    client.post(reverse("change_undo", args=[RecordChange.objects.latest("pk").pk]))
    answer = Client().get(address)
    answer.close()
    assert answer.status_code == 200


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(known: World) -> None:
    client = as_person(known.place.manager)
    file = SimpleUploadedFile("photo.png", b"<script>alert(1)</script>", content_type="image/png")
    page = client.post(reverse("picture_add", args=["orbitrap"]), {"picture": file}, follow=True).content.decode()
    assert "no whole PNG, JPEG or WebP" in page
    assert not Picture.objects.exists()
    assert as_person(known.place.member).post(reverse("picture_add", args=["orbitrap"]), {}).status_code == 302


def test_to_confirm_a_record_is_a_change_like_any_other(known: World) -> None:
    client = as_person(known.place.manager)
    assert "would make this record better" in client.get("/instruments/orbitrap/").content.decode()
    client.post(reverse("record_confirm", args=["instrument", "orbitrap"]))
    assert Instrument.objects.get(key="orbitrap").confirmed_on is not None
    assert RecordChange.objects.get().cause == "confirm"
    assert "would make this record better" not in Client().get("/instruments/orbitrap/").content.decode()
