"""The interface of metered hours: agents add, stewards read, settle, correct and confirm."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from liqi.access import agents
from liqi.access.metering import meters
from liqi.access.models import LogOn, Reading, Session
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def home() -> Place:
    return place()


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(client: Client, address: str, body: Any, **headers: str) -> tuple[int, Any]:
    answer = client.post(address, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


@pytest.fixture
def token(home: Place) -> dict[str, str]:
    meters.keep(instrument=home.orbitrap, person=home.manager, now=NOW, name="power")
    issued = agents.issue(instrument=home.orbitrap, name="PC", person=home.manager, now=NOW)
    return {"Authorization": f"Bearer {issued.token}"}


def ago(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat()


def test_an_agent_sends_readings_and_log_ons_as_often_as_it_likes(token: dict[str, str]) -> None:
    sent = {"readings": [{"meter": "power", "at": ago(9 - n), "value": 300} for n in range(5)]}
    for expected in ((5, 0), (0, 5)):
        status, said = post(Client(), "/api/metering/readings", sent, **token)
        assert (status, said["taken"], said["known"]) == (200, *expected)
    on = {"log_ons": [{"id": "pc-1", "account": "member@example.org", "started_at": ago(9), "ended_at": None}]}
    assert post(Client(), "/api/metering/log-ons", on, **token) == (200, {"taken": 1, "known": 0})
    assert (Reading.objects.count(), LogOn.objects.get().person.name) == (5, "Member")  # type: ignore[union-attr]


def test_a_reading_that_cannot_be_taken_is_named_by_its_position(token: dict[str, str]) -> None:
    sent = {
        "readings": [{"meter": "power", "at": ago(2), "value": 1}, {"meter": "steam", "at": ago(1), "state": "off"}]
    }
    status, said = post(Client(), "/api/metering/readings", sent, **token)
    assert (status, [one["position"] for one in said["errors"]]) == (422, [1])
    for wrong in ({"value": 1, "state": "off"}, {}, {"value": "warm"}, {"value": 1, "at": "2026-11-22T08:00:00"}):
        bad = {"readings": [{"meter": "power", "at": ago(1)} | wrong]}
        assert post(Client(), "/api/metering/readings", bad, **token)[0] == 422
    assert not Reading.objects.exists()


def test_nobody_sends_without_a_token_and_a_token_does_nothing_else(home: Place, token: dict[str, str]) -> None:
    sent = {"readings": [{"meter": "power", "at": ago(2), "value": 1}]}
    assert post(Client(), "/api/metering/readings", sent)[0] == 401
    assert post(client_of(home.manager), "/api/metering/readings", sent)[0] == 401
    confirm = {"starts_at": ago(60), "ends_at": ago(0)}
    assert post(Client(), "/api/metering/confirmations", confirm, **token)[0] == 401


@pytest.fixture
def session(home: Place) -> Session:
    return Session.objects.create(
        instrument=home.orbitrap, person=home.other, started_at=NOW - timedelta(hours=3),
        ended_at=NOW - timedelta(hours=1), effective_hours=Decimal(2),
    )  # fmt: skip


def test_a_steward_reads_settles_corrects_and_confirms(home: Place, session: Session) -> None:
    client = client_of(home.manager)
    address = "/api/metering/instruments/orbitrap/hours"
    said = client.get(address, {"from": ago(600), "to": ago(-60)}).json()
    (finding,) = said["findings"]
    assert (finding["kind"], finding["session"], finding["hours"]) == ("unbooked", session.pk, 2.0)
    name = {"instrument": "orbitrap"} | {key: finding[key] for key in ("kind", "starts_at", "ends_at")}
    dismiss = name | {"verdict": "dismiss", "reason": "agreed by phone"}
    assert post(client, "/api/metering/settlements", dismiss)[0] == 201
    assert post(client, "/api/metering/settlements", dismiss)[0] == 422
    status, made = post(
        client, f"/api/metering/sessions/{session.pk}/corrections", {"reason": "pause", "idle_minutes": 30}
    )
    assert (status, made["before"]["effective_hours"], made["after"]["effective_hours"]) == (201, "2.0000", "1.5000")
    assert post(client, f"/api/metering/corrections/{made['id']}/undo", {})[0] == 200
    status, done = post(client, "/api/metering/confirmations", {"starts_at": ago(600), "ends_at": ago(0)})
    assert (status, done["sessions"], done["left"]) == (201, 1, 0)
    assert client.get(address, {"from": ago(600), "to": ago(-60)}).json()["sessions"][0]["confirmed"]
    assert post(client, f"/api/metering/confirmations/{done['id']}/undo", {})[1]["left"] == 1


def test_others_may_do_none_of_it(home: Place, session: Session) -> None:
    client = client_of(home.member)
    assert client.get("/api/metering/instruments/orbitrap/hours", {"from": ago(600), "to": ago(0)}).status_code == 403
    body = {"reason": "mine", "idle_minutes": 0}
    assert post(client, f"/api/metering/sessions/{session.pk}/corrections", body)[0] == 403


@pytest.mark.parametrize(
    "period", [{"from": "yesterday", "to": "today"}, {"from": ago(0), "to": ago(9)}, {"from": ago(99999), "to": ago(0)}]
)
def test_a_period_that_cannot_be_read_is_refused(home: Place, period: dict[str, str]) -> None:
    assert client_of(home.manager).get("/api/metering/instruments/orbitrap/hours", period).status_code == 422


def test_a_walk_up_starts_by_the_rules_and_twice_is_once(home: Place) -> None:
    home.orbitrap.__class__.objects.update(opening_hours={}, notice_minutes=0)
    client = client_of(home.member)
    status, first = post(client, "/api/sessions/walk-up", {"instrument": "orbitrap", "purpose": "research"})
    assert (status, first["purpose"], first["ended_at"]) == (201, "research", None)
    assert post(client, "/api/sessions/walk-up", {"instrument": "orbitrap"})[1]["id"] == first["id"]
    assert post(client_of(home.other), "/api/sessions/walk-up", {"instrument": "orbitrap"})[0] == 422
