"""The pages of outages: declared by stewards, read by everybody who is signed in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liqi.access import booking, terms
from liqi.access.models import Booking, MaintenanceWindow, Outage, Steward
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Place:
    return place()


@pytest.fixture
def keeper(lab: Place) -> Client:
    Steward.objects.get_or_create(person=lab.member, instrument=lab.triple)
    client = Client()
    client.force_login(lab.member, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies["django_language"] = "en"
    return client


def moment(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(days=1, hours=hours + 8)).strftime("%Y-%m-%dT%H:00")


def test_a_steward_declares_an_outage_that_strikes_a_booking_and_cancels_it(lab: Place, keeper: Client) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    held = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=start, ends_at=start + timedelta(hours=2),
        now=datetime.now(UTC),
    )  # fmt: skip
    address = reverse("instrument_outages", args=[lab.triple.key])
    sent = {"kind": "breakdown", "words": "Turbo pump", "starts": moment(-2), "ends": moment(6), "repeat": ""}
    assert keeper.post(address, sent).status_code == 302
    page = keeper.get(address).content.decode()
    assert "Turbo pump" in page
    assert reverse("booking", args=[held.pk]) in page
    outage = Outage.objects.get()
    assert "Turbo pump" in keeper.get(reverse("desk_outages")).content.decode()
    keeper.post(reverse("outage_act", args=[outage.pk]), {"do": "cancel"})
    assert Booking.objects.get(pk=held.pk).state == "cancelled"
    keeper.post(reverse("outage_act", args=[outage.pk]), {"do": "withdraw"})
    assert not Outage.objects.standing().exists()


def test_one_of_several_places_is_taken_out_of_use_on_the_page(lab: Place, keeper: Client) -> None:
    address = reverse("instrument_outages", args=[lab.triple.key])
    assert 'name="place"' not in keeper.get(address).content.decode()
    terms.change(lab.triple, person=lab.member, now=datetime.now(UTC), positions=2)
    assert 'name="place"' in keeper.get(address).content.decode()
    sent = {"kind": "breakdown", "words": "Left arm", "starts": moment(-2), "ends": moment(6), "repeat": ""}
    for typed, more, said in (
        ("3", {}, "places 1 to 2"), ("x", {}, "“x”"), ("2", {"repeat": "FREQ=WEEKLY"}, "whole instrument"),
    ):  # fmt: skip
        answer = keeper.post(address, sent | more | {"place": typed})
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert '<option value="2" selected>' in answer.content.decode()
    assert keeper.post(address, sent | {"place": "2"}).status_code == 302
    assert Outage.objects.get().position == 1
    assert "place 2" in keeper.get(address).content.decode()
    assert "place 2" in keeper.get(reverse("desk_outages")).content.decode()
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    facts: dict[str, Any] = {"person": lab.member, "starts_at": start, "ends_at": start + timedelta(hours=2)}
    assert booking.book(instrument=lab.triple, now=datetime.now(UTC), **facts).position == 0


def test_an_outage_that_repeats_becomes_a_window_and_ends(lab: Place, keeper: Client) -> None:
    address = reverse("instrument_outages", args=[lab.triple.key])
    sent = {"kind": "calibration", "words": "Tuning", "starts": moment(1), "ends": moment(2), "repeat": "FREQ=WEEKLY"}
    assert keeper.post(address, sent).status_code == 302
    window = MaintenanceWindow.objects.get()
    assert window.outages.count() > 10
    assert keeper.get(address).content.decode().count("Tuning") == 1, "its outages are told by the window"
    keeper.post(reverse("window_finish", args=[window.pk]))
    assert not Outage.objects.standing().exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ends", "2020-01-01T00:00", "later end"),
        ("starts", "soon", "soon"),
        ("words", " ", "words"),
        ("kind", "x", "“x”"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    lab: Place, keeper: Client, field: str, value: str, said: str
) -> None:
    sent = {"kind": "other", "words": "Moving house", "starts": moment(1), "ends": moment(2), "repeat": ""}
    answer = keeper.post(reverse("instrument_outages", args=[lab.triple.key]), sent | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert field == "words" or "Moving house" in page
    assert not Outage.objects.exists()


def test_others_read_but_declare_nothing(lab: Place) -> None:
    client = Client()
    client.force_login(lab.member, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("instrument_outages", args=[lab.orbitrap.key])
    assert '<form method="post"' not in client.get(address).content.decode().split("<main", 1)[1].split("</main", 1)[0]
    sent = {"kind": "other", "words": "x", "starts": moment(1), "ends": moment(2), "repeat": ""}
    assert client.post(address, sent).status_code == 403
    assert not Outage.objects.exists()
