"""/api/boards: the records of the observatory, read by anybody, written with the scope and by who keeps them."""

import json
from datetime import UTC, datetime

import pytest

from liqi.accounts import tokens
from liqi.accounts.models import Person
from liqi.observatory.models import Firm, Scenario

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def operator():
    return Person.objects.create_superuser("operator@example.org", "secret")


def key_of(person, *scopes):
    made = tokens.issue(person=person, name="x", scopes=["read", *scopes], now=datetime.now(UTC), days=30)
    return {
        "headers": {"Authorization": f"Bearer {made.secret}", "Accept-Language": "en"},
        "content_type": "application/json",
    }


def firm(name, **more):
    return Firm.objects.create(name=name, created_at=NOW, updated_at=NOW, **more)


def test_anybody_reads_a_board_page_by_page(client):
    for number in range(5):
        firm(f"Firm {number}", country="CN", staff=number)
    first = client.get("/api/boards/firms/records?limit=3").json()
    rest = client.get(f"/api/boards/firms/records?limit=3&cursor={first['next']}").json()
    names = [one["values"]["name"] for one in (*first["items"], *rest["items"])]
    assert (names, rest["next"]) == ([f"Firm {number}" for number in range(5)], None)
    assert client.get("/api/boards/firms/records?q=firm+4").json()["items"][0]["values"]["staff"] == "4"
    told = {one["name"]: one for one in client.get("/api/boards").json()["items"]}
    assert (told["firms"]["records"], told["firms"]["key"]) == (5, ["name"])


def test_a_record_is_added_changed_and_taken_away_with_the_scope(client, operator):
    key = key_of(operator, "manage")
    made = client.post("/api/boards/firms/records", json.dumps({"values": {"name": "A", "staff": "30"}}), **key)
    assert made.status_code == 201
    address = f"/api/boards/firms/records/{made.json()['id']}"
    changed = client.patch(address, json.dumps({"values": {"staff": "40"}}), **key).json()
    assert (changed["values"]["name"], changed["values"]["staff"]) == ("A", "40")
    assert client.delete(address, **key).status_code == 204
    assert client.get(address).status_code == 404
    assert Firm.objects.get().withdrawn_at is not None


def test_an_idempotency_key_adds_once(client, operator):
    key = key_of(operator, "manage")
    key["headers"]["Idempotency-Key"] = "one"
    for _again in range(2):
        assert client.post("/api/boards/firms/records", json.dumps({"values": {"name": "A"}}), **key).status_code == 201
    assert Firm.objects.count() == 1


@pytest.mark.parametrize(
    ("scopes", "path", "values", "status", "words"),
    [
        ((), "firms", {"name": "A"}, 403, "needs manage"),
        (("manage",), "firms", {"name": ""}, 422, "found nothing"),
        (("manage",), "firms", {"name": "A", "staff": "many"}, 422, "expected a whole number"),
        (("manage",), "firms", {"name": "A", "moons": "2"}, 422, "“moons”"),
        (("manage",), "moons", {"name": "A"}, 404, "expected one of projects"),
    ],
)
def test_what_cannot_be_kept_is_a_problem_in_a_sentence(client, operator, scopes, path, values, status, words):
    answer = client.post(f"/api/boards/{path}/records", json.dumps({"values": values}), **key_of(operator, *scopes))
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    assert not Firm.objects.exists()


def test_who_runs_nothing_adds_to_open_boards_alone(client):
    guest = Person.objects.create_user("guest@example.org", "secret")
    key = key_of(guest, "manage")
    assert client.post("/api/boards/firms/records", json.dumps({"values": {"name": "A"}}), **key).status_code == 403
    need = {"values": {"title": "Cold stage", "kind": "idea", "who": "Group A"}}
    assert client.post("/api/boards/needs/records", json.dumps(need), **key).status_code == 201


def test_a_scenario_that_is_not_published_is_not_shown_to_others(client, operator):
    hidden = Scenario.objects.create(title="Draft", created_at=NOW, updated_at=NOW, kept_by=operator)
    assert client.get("/api/boards/scenarios/records").json()["items"] == []
    assert client.get(f"/api/boards/scenarios/records/{hidden.pk}").status_code == 404
    shown = client.get("/api/boards/scenarios/records", **key_of(operator)).json()["items"]
    assert [one["values"]["title"] for one in shown] == ["Draft"]
