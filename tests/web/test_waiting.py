"""The waiting list, its line for stewards, the whole job and what helps with a clash, as people use them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from liqi.access import booking, waiting
from liqi.access.models import Booking, NoShow, Offer, Wish
from liqi.accounts.models import Person
from tests.web.access import Place, place
from tests.web.world import flat

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def here() -> Place:
    return place()


def client_of(person: Person, language: str = "en") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def tomorrow(hour: int) -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, hours=hour)


def taken(here: Place) -> Booking:
    start = tomorrow(2)
    return booking.book(
        instrument=here.triple, person=here.other, starts_at=start, ends_at=start + 2 * HOUR, now=datetime.now(UTC)
    )


def waits(here: Place, person: Person, **given: Any) -> Wish:
    said: dict[str, Any] = {"earliest_at": tomorrow(2), "latest_at": tomorrow(4), "minutes": 60} | given
    return waiting.join(person=person, instruments=[here.triple], now=datetime.now(UTC), **said)


def test_a_clash_shows_who_may_be_known_what_is_free_and_the_way_to_the_list(here: Place):
    held = taken(here)
    type(here.triple).objects.update(class_code="010201", class_scheme="cn-instr", class_edition="current")
    fields = {
        "date": f"{held.starts_at:%Y-%m-%d}", "start": f"{held.starts_at + HOUR:%H:%M}", "minutes": "120",
        "zone": "UTC",
    }  # fmt: skip
    page = client_of(here.member).get(reverse("book", args=["triple"]), fields).content.decode()
    assert "Free at your time elsewhere" in page
    assert "Orbitrap LC-MS" in page
    assert "same facility" in page
    assert "¥ 240" in page
    assert "somebody else" in page
    assert here.other.name not in page
    assert "/waiting/join/?instrument=triple" in page
    assert "Book around it" in page
    seen = client_of(here.manager).get(reverse("book", args=["triple"]), fields).content.decode()
    assert here.other.name in seen


def test_the_form_joins_once_and_undo_leaves_the_list(here: Place):
    taken(here)
    client = client_of(here.member)
    day = f"{tomorrow(2):%Y-%m-%d}"
    fields = {
        "instrument": "triple", "from_day": day, "to_day": day, "from_time": "02:00", "to_time": "04:00",
        "minutes": "60", "zone": "UTC", "request_key": "k", "standby": "1", "need": "Tea",
    }  # fmt: skip
    for _again in range(2):
        answer = client.post(reverse("waiting_join"), fields, follow=True)
        assert "You are on the list" in answer.content.decode()
    [wish] = Wish.objects.all()
    assert (wish.earliest_at, wish.latest_at, wish.standby, wish.order.title) == (tomorrow(2), tomorrow(4), True, "Tea")
    client.post(reverse("waiting_withdraw", args=[wish.pk]))
    client.post(reverse("waiting_rejoin", args=[wish.pk]))
    wish.refresh_from_db()
    assert wish.state == "waiting"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"from_day": "soon"}, "expected a day and a time"),
        ({"minutes": "long"}, "expected minutes from 1 up"),
        ({"to_time": "02:10"}, "too short"),
        ({"instrument": "nothing"}, "no instrument that can be booked"),
    ],
)
def test_a_wish_that_cannot_be_read_says_what_was_expected(here: Place, wrong: dict[str, str], words: str):
    day = f"{tomorrow(2):%Y-%m-%d}"
    fields = {"instrument": "triple", "from_day": day, "to_day": day, "from_time": "02:00", "to_time": "04:00"}
    answer = client_of(here.member).post(
        reverse("waiting_join"), fields | {"minutes": "60", "zone": "UTC"} | wrong
    )  # fmt: skip
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Wish.objects.exists()


def test_an_offer_is_taken_with_one_press_and_a_late_press_is_told_kindly(here: Place):
    waits(here, here.member)
    waiting.offer_free(now=datetime.now(UTC))
    offer = Offer.objects.get()
    client = client_of(here.member)
    assert "Take this time" in client.get(reverse("waiting")).content.decode()
    assert client_of(here.other).post(reverse("offer_accept", args=[offer.pk])).status_code == 403
    answer = client.post(reverse("offer_accept", args=[offer.pk]))
    assert answer["Location"] == reverse("booking", args=[offer.booking_id])
    late = waits(here, here.member, latest_at=tomorrow(9))
    waiting.offer_free(now=datetime.now(UTC))
    second = Offer.objects.get(wish=late)
    waiting.due(now=second.expires_at)
    answer = client.post(reverse("offer_accept", args=[second.pk]), follow=True)
    assert "This offer ended at" in answer.content.decode()


def test_a_refused_offer_is_gone_from_the_page(here: Place):
    waits(here, here.member, latest_at=tomorrow(3))
    waiting.offer_free(now=datetime.now(UTC))
    client = client_of(here.member)
    client.post(reverse("offer_refuse", args=[Offer.objects.get().pk]))
    assert "Take this time" not in client.get(reverse("waiting")).content.decode()
    assert Wish.objects.get().state == "waiting"


def test_a_steward_orders_the_line_and_sets_the_terms(here: Place):
    taken(here)
    waits(here, here.member)
    second = waits(here, here.other)
    client, address = client_of(here.manager), reverse("instrument_waiting", args=["triple"])
    assert client_of(here.member).get(address).status_code == 403
    assert waiting.line(here.triple, now=datetime.now(UTC))[0].wish.person == here.member
    client.post(address, {"wish": second.pk, "priority": "2"})
    assert waiting.line(here.triple, now=datetime.now(UTC))[0].wish.person == here.other
    client.post(address, {"offer_minutes": "45"})
    assert waiting.terms_of([here.triple])[here.triple.pk].offer_minutes == 45
    answer = client.post(address, {"offer_minutes": "soon"})
    assert (answer.status_code, "expected a whole number" in answer.content.decode()) == (422, True)
    export = b"".join(client.get(address + "?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert export.splitlines()[1].startswith("1,Other,2,0,2,")
    assert "Other" in client.get(address).content.decode()
    desk = client.get(reverse("desk_waiting")).content.decode()
    assert reverse("instrument_waiting", args=["triple"]) in desk


def test_a_steward_forgives_and_takes_it_back(here: Place):
    held = taken(here)
    missed = NoShow.objects.create(
        booking=held, person=here.other, instrument=here.triple, at=datetime.now(UTC)
    )  # fmt: skip
    client, address = client_of(here.manager), reverse("instrument_waiting", args=["triple"])
    assert client.post(address, {"no_show": missed.pk, "why": ""}).status_code == 422
    client.post(address, {"no_show": missed.pk, "why": "ill"})
    missed.refresh_from_db()
    assert (missed.forgiven_by, missed.forgiven_why) == (here.manager, "ill")
    assert "forgiven" in client_of(here.other).get(reverse("waiting")).content.decode()
    client.post(address, {"no_show": missed.pk, "again": "1"})
    missed.refresh_from_db()
    assert missed.forgiven_at is None


def test_the_whole_job_is_found_by_name_and_booked_with_one_press(here: Place):
    client = client_of(here.member)
    query = {"what": ["Orbitrap", "triple"], "minutes": ["60", "30"], "gap_min": ["", "30"], "gap_max": ["", "240"]}
    answer = client.get(reverse("first_slot"), query)
    assert "Done first" in flat(answer.content.decode())
    way, _length, price, key = answer.context["ways"][0]
    assert price == 180
    assert way.steps[1].starts_at >= way.steps[0].ends_at + HOUR / 2
    fields = {
        "request_key": key, "instrument": [each.instrument.key for each in way.steps],
        "starts_at": [each.starts_at.isoformat() for each in way.steps], "minutes": ["60", "30"],
    }  # fmt: skip
    for _again in range(2):
        done = client.post(reverse("first_slot"), fields)
        assert done["Location"].startswith("/orders/")
    assert Booking.objects.count() == 2
    other = client_of(here.other).post(reverse("first_slot"), fields | {"request_key": "b"}, follow=True)
    assert "Nothing was booked" in other.content.decode()
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"what": "unobtainium"}, "no instrument that can be booked for “unobtainium”"),
        ({"what": "triple", "minutes": "many"}, "expected whole minutes"),
        ({"what": "triple", "from_day": "soon"}, "expected one such as"),
        ({"what": "triple", "minutes": "9000"}, "change the length"),
        ({"what": "triple", "from_day": "2026-12-31", "to_day": "2026-12-01"}, "choose another"),
    ],
)
def test_a_job_that_cannot_be_done_says_why_on_the_page(here: Place, query: dict[str, str], words: str):
    answer = client_of(here.member).get(reverse("first_slot"), query)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_plan_that_was_tampered_with_books_nothing(here: Place):
    answer = client_of(here.member).post(
        reverse("first_slot"), {"instrument": "triple", "starts_at": "soon", "minutes": "60"}, follow=True
    )
    assert "cannot be read" in answer.content.decode()
    assert not Booking.objects.exists()


def test_programs_wait_take_and_book_whole_jobs(here: Place):
    client = client_of(here.member)

    def send(address: str, data: dict[str, Any], **more: Any) -> Any:
        return client.post(f"/api/waiting{address}", data, content_type="application/json", **more)

    wish = {
        "instruments": ["triple"], "earliest": tomorrow(2).isoformat(), "latest": tomorrow(4).isoformat(),
        "minutes": 60,
    }  # fmt: skip
    made = send("", wish, headers={"Idempotency-Key": "a"})
    assert (made.status_code, send("", wish, headers={"Idempotency-Key": "a"}).status_code) == (201, 200)
    [offer] = client.get("/api/waiting/offers").json()["items"]
    assert offer["instrument"] == "triple"
    taken_now = send(f"/offers/{offer['id']}/accept", {})
    assert taken_now.json()["state"] == "confirmed"
    assert client.get("/api/waiting").json()["items"][0]["state"] == "met"
    assert client.get("/api/waiting/line?instrument=triple").status_code == 403
    job = {
        "steps": [{"instruments": ["orbitrap"], "minutes": 60}, {"instruments": ["triple"], "minutes": 30}],
        "not_before": tomorrow(0).isoformat(), "not_after": tomorrow(24).isoformat(),
    }  # fmt: skip
    [first, *_more] = send("/whole-job/search", job).json()
    booked = send("/whole-job", {"steps": first["steps"]}, headers={"Idempotency-Key": "b"})
    assert (booked.status_code, len(booked.json())) == (201, 2)
    job["not_after"] = (tomorrow(0) + HOUR).isoformat()
    refused = send("/whole-job/search", job)
    assert (refused.status_code, refused.json()["step"]) == (409, 1)
