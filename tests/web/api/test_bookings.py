"""The JSON interface of bookings and sessions."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liqi.access.models import Booking, Steward
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue.models import Institution, Instrument


class World:
    """An instrument and two people, who ask by JSON."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(minute=0, second=0, microsecond=0)
        about: Any = {"source": "test", "created_at": self.now, "updated_at": self.now}
        home = Organisation.objects.create(name="Home")
        institution = Institution.objects.create(key="home", name="Home", organisation=home, **about)
        self.instrument = Instrument.objects.create(
            key="ms1", name="Mass spectrometer", institution=institution, shared=True, bookable=True, **about
        )
        self.member = Person.objects.create_user("lin@example.org", name="Lin")
        self.guest = Person.objects.create_user("mo@example.org", name="Mo")
        Membership.objects.create(person=self.member, organisation=home)

    def ask(self, person: Person | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        client = Client(headers=headers)
        if person:
            client.force_login(person)
        return client.generic(method, path, "" if body is None else json.dumps(body), "application/json")

    def wish(self, hour: int, length: int = 2, **more: Any) -> dict[str, Any]:
        start = self.now + timedelta(days=1, hours=hour)
        return {
            "instrument": "ms1",
            "start": start.isoformat(),
            "end": (start + timedelta(hours=length)).isoformat(),
        } | more


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_books_and_says_where_the_booking_is(world: World) -> None:
    reply = world.ask(world.member, "POST", "/api/bookings", world.wish(0, title="Leaves"))
    assert reply.status_code == 201
    made = Booking.objects.get()
    assert reply["Location"] == f"/api/bookings/{made.pk}"
    start, end = f"{made.starts_at:%Y-%m-%dT%H:%M:%SZ}", f"{made.ends_at:%Y-%m-%dT%H:%M:%SZ}"
    assert reply.json() | {"order": ""} == {
        "id": made.pk, "instrument": "ms1", "order": "", "state": "confirmed", "synthetic": False,
        "start": start, "end": end, "held_from": start, "held_until": end, "position": 0, "family": "",
        "series": None, "together": "", "expires_at": None,
    }  # fmt: skip
    assert world.ask(world.member, "GET", f"/api/bookings/{made.pk}").json() == reply.json()
    assert world.ask(world.member, "GET", "/api/bookings").json() == {"items": [reply.json()], "next": None}
    assert world.ask(world.guest, "GET", f"/api/bookings/{made.pk}").status_code == 404


def test_a_repeated_request_gives_the_same_booking(world: World) -> None:
    replies = [
        world.ask(world.member, "POST", "/api/bookings", world.wish(0), **{"Idempotency-Key": "k"})
        for _each in range(2)
    ]
    assert [reply.status_code for reply in replies] == [201, 200]
    assert replies[0].json() == replies[1].json()
    other = world.ask(world.member, "POST", "/api/bookings", world.wish(5), **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["objections"][0]["code"]) == (422, "request_key")


def test_a_taken_slot_is_a_problem_with_the_nearest_free_periods(world: World) -> None:
    world.ask(world.member, "POST", "/api/bookings", world.wish(0))
    reply = world.ask(world.guest, "POST", "/api/bookings", world.wish(1))
    assert (reply.status_code, reply["Content-Type"]) == (409, "application/problem+json")
    problem = reply.json()
    assert problem["status"] == 409
    assert [period["start"] for period in problem["nearest"]] == [world.wish(-2)["start"], world.wish(2)["start"]]


def test_a_refusal_is_a_problem_with_its_objections(world: World) -> None:
    reply = world.ask(world.member, "POST", "/api/bookings", world.wish(-30))
    assert reply.status_code == 422
    assert [(each["code"], each["waivable"]) for each in reply.json()["objections"]] == [("past", False)]


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"instrument": "ms1"}, 422, "start"),
        ({"start": "2026-11-23T09:00:00", "end": "2026-11-23T10:00:00", "instrument": "ms1"}, 422, "带时区的时刻"),
        ("no object", 422, "带字段名的对象"),
    ],
)
def test_what_cannot_be_read_is_a_problem(world: World, body: Any, status: int, word: str) -> None:
    reply = world.ask(world.member, "POST", "/api/bookings", body)
    assert (reply.status_code, reply["Content-Type"]) == (status, "application/problem+json")
    assert word in reply.json()["detail"]


def test_an_unknown_instrument_is_404_and_a_stranger_is_401(world: World) -> None:
    assert world.ask(world.member, "POST", "/api/bookings", world.wish(0, instrument="x")).status_code == 404
    assert world.ask(None, "POST", "/api/bookings", world.wish(0)).status_code == 401


def test_a_form_of_another_site_is_turned_away(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.member)
    reply = client.post("/api/bookings", world.wish(0), content_type="application/json")
    assert (reply.status_code, Booking.objects.count()) == (403, 0)


def test_moves_cancels_and_takes_back(world: World) -> None:
    path = f"/api/bookings/{world.ask(world.member, 'POST', '/api/bookings', world.wish(0)).json()['id']}"
    later = {name: world.wish(5)[name] for name in ("start", "end")}
    moved = world.ask(world.member, "PATCH", path, later)
    assert (moved.status_code, moved.json()["state"]) == (200, "confirmed")
    assert Booking.objects.get().starts_at == world.now + timedelta(days=1, hours=5)
    assert world.ask(world.guest, "PATCH", path, later).status_code == 403
    assert world.ask(world.member, "DELETE", path).status_code == 204
    assert Booking.objects.get().state == "cancelled"
    assert world.ask(world.member, "PATCH", path, {"state": "confirmed"}).json()["state"] == "confirmed"
    assert world.ask(world.member, "PATCH", path, {"state": "cancelled"}).json()["state"] == "cancelled"


def test_the_feed_tells_visitors_when_and_members_who(world: World) -> None:
    world.ask(world.member, "POST", "/api/bookings", world.wish(0, title="Secret leaves"))
    query = {"instrument": "ms1", "start": world.now.isoformat(), "end": (world.now + timedelta(days=7)).isoformat()}
    anonymous, client = Client(), Client()
    client.force_login(world.guest)
    (seen,), (known,) = (caller.get("/api/bookings/feed", query).json() for caller in (anonymous, client))
    assert (seen["person"], seen["title"], seen["mine"]) == ("", "", False)
    assert (known["person"], known["title"], known["changeable"]) == ("Lin", "", False)
    Steward.objects.create(person=world.guest, instrument=world.instrument)
    assert client.get("/api/bookings/feed", query).json()[0]["title"] == "Secret leaves"
    wide = query | {"end": (world.now + timedelta(days=94)).isoformat()}
    assert anonymous.get("/api/bookings/feed", wide).status_code == 422


def test_offers_free_periods(world: World) -> None:
    reply = Client().get("/api/bookings/free", {"instrument": "ms1", "minutes": 60, "count": 1})
    assert len(reply.json()) == 1


def test_meters_a_session(world: World) -> None:
    soon = timezone.now() + timedelta(minutes=5)
    wish = {"instrument": "ms1", "start": soon.isoformat(), "end": (soon + timedelta(hours=1)).isoformat()}
    made = world.ask(world.member, "POST", "/api/bookings", wish).json()
    begun = world.ask(world.member, "POST", "/api/sessions", {"booking": made["id"]})
    assert (begun.status_code, begun.json()["ended_at"]) == (201, None)
    assert world.ask(world.guest, "POST", "/api/sessions", {"booking": made["id"]}).status_code == 403
    ended = world.ask(world.member, "POST", f"/api/sessions/{begun.json()['id']}/end", {}).json()
    assert Decimal(ended["effective_hours"]) < 1
    assert ended["outside"] is False
