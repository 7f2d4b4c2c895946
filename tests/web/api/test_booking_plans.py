"""Series, several instruments, approval, swap, terms and files over the JSON interface."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liqi.access import terms
from liqi.access.models import Booking
from liqi.accounts.models import Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Place:
    return place()


def start(hours: int = 0) -> datetime:
    day = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=3)
    return day + timedelta(hours=hours)


def period(lab: Place, hours: int = 0) -> dict[str, str]:
    return {
        "instrument": lab.triple.key, "start": start(hours).isoformat(), "end": start(hours + 1).isoformat()
    }  # fmt: skip


class Caller:
    """Somebody who sends JSON."""

    def __init__(self, person: Person) -> None:
        self.client = Client()
        self.client.force_login(person)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        reply = self.client.generic(
            method, f"/api/bookings{path}", json.dumps(body), content_type="application/json", headers=headers or None
        )
        return reply.status_code, json.loads(reply.content) if reply.content else None


@pytest.fixture
def member(lab: Place) -> Caller:
    return Caller(lab.member)


@pytest.fixture
def boss(db: None) -> Caller:
    return Caller(Person.objects.create(email="op@example.org", name="Op", is_operator=True))


def test_a_series_is_previewed_booked_once_moved_and_cancelled(lab: Place, member: Caller) -> None:
    asked = {"periods": [period(lab)], "rule": "FREQ=DAILY;COUNT=3", "time_zone": "Asia/Shanghai"}
    status, dates = member.send("POST", "/series/preview", asked)
    assert (status, [date["state"] for date in dates]) == (200, ["free"] * 3)
    assert not Booking.objects.exists()
    status, made = member.send("POST", "/series", asked, **{"Idempotency-Key": "k"})
    assert (status, len(made["bookings"])) == (201, 3)
    assert member.send("POST", "/series", asked, **{"Idempotency-Key": "k"})[0] == 200
    first = made["bookings"][0]
    change = {"start": start(5).isoformat(), "end": start(6).isoformat(), "scope": "all"}
    assert member.send("PATCH", f"/{first['id']}", change)[0] == 200
    assert {row.starts_at.hour for row in Booking.objects.live()} == {7}
    assert member.send("PATCH", f"/{first['id']}", {"state": "cancelled", "scope": "all"})[1]["state"] == "cancelled"
    assert not Booking.objects.live().exists()
    assert member.send("POST", "/series", asked | {"rule": "whenever"})[0] == 422
    assert member.send("POST", "/series", asked | {"time_zone": "Mars/Base"})[0] == 422


def test_several_periods_are_all_or_none(lab: Place, member: Caller, boss: Caller) -> None:
    assert boss.send("POST", "", period(lab, 2))[0] == 201
    status, problem = member.send("POST", "/together", {"periods": [period(lab), period(lab, 2)]})
    assert (status, problem["title"]) == (409, "This time is taken")
    status, made = member.send("POST", "/together", {"periods": [period(lab), period(lab, 4)]})
    assert (status, len({row["together"] for row in made})) == (201, 1)
    assert member.send("POST", "/together", {"periods": [period(lab), period(lab, 4)]})[0] == 200
    assert member.send("POST", "/together", {"periods": [{**period(lab), "instrument": "nothing"}]})[0] == 422


def test_a_member_neither_books_for_others_nor_waives(lab: Place, member: Caller, boss: Caller) -> None:
    assert member.send("POST", "", period(lab) | {"person": "op@example.org"})[0] == 403
    assert member.send("POST", "", period(lab) | {"waive": ["too_short"], "reason": "so"})[0] == 403
    status, made = boss.send("POST", "", period(lab) | {"person": lab.member.email})
    assert (status, Booking.objects.get(pk=made["id"]).person) == (201, lab.member)


def test_a_request_is_answered_by_stewards_alone(lab: Place, member: Caller, boss: Caller) -> None:
    body = {"approval": "always", "positions": 1}
    assert member.send("PUT", f"/terms/{lab.triple.key}", body)[0] == 403
    assert boss.send("PUT", f"/terms/{lab.triple.key}", body | {"positions": 0})[0] == 422
    assert boss.send("PUT", f"/terms/{lab.triple.key}", body)[0] == 200
    assert member.send("GET", f"/terms/{lab.triple.key}")[1]["approval"] == "always"
    made = member.send("POST", "", period(lab))[1]
    assert made["state"] == "requested"
    assert member.send("POST", f"/requests/{made['id']}/approve", {})[0] == 403
    assert [row["id"] for row in boss.send("GET", "/requests")[1]["items"]] == [made["id"]]
    assert boss.send("POST", f"/requests/{made['id']}/approve", {"words": "yes"})[1]["state"] == "confirmed"
    assert boss.send("POST", f"/requests/{made['id']}/refuse", {})[0] == 422


def test_a_swap_is_proposed_and_accepted(lab: Place, member: Caller, boss: Caller) -> None:
    mine, theirs = member.send("POST", "", period(lab))[1], boss.send("POST", "", period(lab, 3))[1]
    status, made = member.send("POST", "/swaps", {"given": mine["id"], "wanted": theirs["id"]})
    assert (status, made["state"]) == (201, "proposed")
    assert boss.send("POST", f"/swaps/{made['id']}/accept")[1]["state"] == "done"
    assert Booking.objects.get(pk=mine["id"]).starts_at == start(3)


def test_what_was_moved_since_it_was_seen_is_not_moved_over(lab: Place, member: Caller) -> None:
    mine = member.send("POST", "", period(lab))[1]
    asked = {"start": start(3).isoformat(), "end": start(4).isoformat(), "seen_start": start().isoformat()}
    assert member.send("PATCH", f"/{mine['id']}", asked)[0] == 200
    late = asked | {"start": start(6).isoformat(), "end": start(7).isoformat()}
    status, problem = member.send("PATCH", f"/{mine['id']}", late)
    assert (status, problem["objections"][0]["code"]) == (422, "changed")


def test_a_file_is_looked_at_and_taken(lab: Place, member: Caller) -> None:
    text = f"instrument,start,end\n{lab.triple.key},{start().isoformat()},{start(1).isoformat()}\n"

    def send(query: str, body: str) -> Any:
        return member.client.post(f"/api/bookings/import{query}", {"file": SimpleUploadedFile("b.csv", body.encode())})

    assert send("?dry_run=true", text).json()[0]["state"] == "free"
    assert not Booking.objects.exists()
    assert send("", text).status_code == 201
    assert send("", text + ",x,y\n").status_code == 422
    assert Booking.objects.count() == 1
    assert terms.of(lab.triple).positions == 1
