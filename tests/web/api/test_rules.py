"""The interface of rules and training: the same verbs, the same refusals, as problem details."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from liqi.access.models import Booking, Order, RuleSetting, TrainingSession
from liqi.accounts.models import Person
from tests.web import trained
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
QUOTA = {"parameters": {"limits": [{"whose": "person", "most": 1, "what": "hours", "per": "day"}]}}


@pytest.fixture
def home() -> Place:
    return place()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def put(client: Client, address: str, body: Any) -> Any:
    return client.put(address, body, content_type="application/json")


def test_rules_are_set_read_and_taken_away(home: Place) -> None:
    steward = browser(home.manager)
    address = f"/api/rules/instruments/{home.orbitrap.key}"
    assert "quota" in [rule["name"] for rule in Client().get("/api/rules").json()["items"]]
    first = put(steward, f"{address}/quota", QUOTA)
    assert first.json()["words"] == "At most 1 h a day for each person."
    assert put(steward, f"{address}/quota", QUOTA).json()["updated_at"] == first.json()["updated_at"]
    assert [row["rule"] for row in steward.get(address).json()["items"]] == ["quota"]
    assert steward.delete(f"{address}/quota").status_code == 204
    assert not RuleSetting.objects.exists()


def test_what_does_not_fit_is_a_problem(home: Place) -> None:
    steward = browser(home.manager)
    address = f"/api/rules/facilities/{home.facility.key}"
    for rule, body in (("quota", {}), ("guess", {}), ("grid", {"parameters": {"minutes": 7}})):
        answer = put(steward, f"{address}/{rule}", body)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert put(browser(home.member), f"{address}/quota", QUOTA).status_code == 403
    assert put(Client(), f"{address}/quota", QUOTA).status_code == 401


def test_rules_are_tried_on_the_past_and_nothing_is_written(home: Place) -> None:
    start = datetime(2026, 5, 4, 1, tzinfo=UTC)
    order = Order.objects.create(title="x", person=home.member, created_at=start)
    made = Booking.objects.create(
        order=order, instrument=home.orbitrap, person=home.member, starts_at=start, ends_at=start + timedelta(hours=2),
        created_at=start - timedelta(days=1),
    )  # fmt: skip
    body = {
        "starts_at": "2026-05-01T00:00:00+08:00", "ends_at": "2026-06-01T00:00:00+08:00",
        "rules": {"quota": QUOTA["parameters"]},
    }  # fmt: skip
    address = f"/api/rules/instruments/{home.orbitrap.key}/trial"
    said = browser(home.manager).post(address, body, content_type="application/json").json()
    assert (said["asked"], said["refused"], said["by_rule"]) == (1, 1, {"quota": 1})
    assert [(row["booking"], row["codes"]) for row in said["bookings"]] == [(made.pk, ["quota_person"])]
    assert not RuleSetting.objects.exists()


def test_courses_qualifications_and_places(home: Place) -> None:
    trained.make(home, datetime.now(UTC))
    member, steward = browser(home.member), browser(home.manager)
    (course,) = Client().get("/api/training/courses").json()["items"]
    assert [row["course"] for row in member.get("/api/training/qualifications").json()["items"]] == [course["key"]]
    address = f"/api/training/courses/{course['key']}/qualifications"
    assert len(steward.get(address).json()["items"]) == 1
    assert member.get(address).status_code == 403
    session = TrainingSession.objects.get()
    taken = member.post(f"/api/training/sessions/{session.pk}/place")
    assert (taken.status_code, taken.json()["state"]) == (201, "enrolled")
    assert member.delete(f"/api/training/sessions/{session.pk}/place").json()["state"] == "left"
