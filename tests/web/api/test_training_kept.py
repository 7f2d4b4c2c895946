"""/api/training: sessions, quizzes, checks and qualifications, by the same rules as the pages."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from liqi.access.models import Course, Qualification, Question, QuizAttempt, SafetyDocument, TrainingSession
from liqi.accounts.models import Person
from tests.web import trained
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def home() -> Place:
    made = place()
    trained.make(made, NOW)
    return made


def ask(person: Person, method: str, path: str, body: Any = None, key: str = "") -> Any:
    client = Client(headers={"Idempotency-Key": key} if key else {})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.generic(method, f"/api/training/{path}", json.dumps(body or {}), "application/json")


def test_a_quiz_is_taken_and_tells_what_is_right_when_it_is_over(home: Place) -> None:
    course = Course.objects.get().key
    begun = ask(home.member, "POST", f"courses/{course}/quiz").json()
    assert begun["questions"][0]["right"] is None
    assert ask(home.member, "GET", f"courses/{course}/steps").json()["open_steps"]
    path = f"quizzes/{begun['id']}"
    assert ask(home.other, "GET", path).status_code == 404
    assert ask(home.other, "POST", f"{path}/answers", {"answers": [[0]]}).status_code == 404
    assert ask(home.member, "POST", f"{path}/answers", {"answers": []}).status_code == 422
    right = QuizAttempt.objects.get(pk=begun["id"]).asked[0]["right"]
    over = ask(home.member, "POST", f"{path}/answers", {"answers": [right]}).json()
    assert (over["passed"], over["score_percent"], over["questions"][0]["right"]) == (True, "100.00", right)
    assert [one["id"] for one in ask(home.member, "GET", "quizzes").json()["items"]] == [begun["id"]]


def test_a_session_is_planned_filled_and_cancelled_by_stewards(home: Place) -> None:
    start = NOW + timedelta(days=9)
    body = {
        "course": Course.objects.get().key, "starts_at": start.isoformat(), "time_zone": "Asia/Shanghai", "places": 1,
        "ends_at": (start + timedelta(hours=2)).isoformat(),
    }  # fmt: skip
    assert ask(home.member, "POST", "desk/sessions", body).status_code == 403
    made = ask(home.manager, "POST", "desk/sessions", body, key="s").json()
    assert ask(home.manager, "POST", "desk/sessions", body, key="s").json() == made
    assert TrainingSession.objects.count() == 2
    assert ask(home.manager, "POST", "desk/sessions", body | {"time_zone": "Moon/Base"}).status_code == 422
    path = f"desk/sessions/{made['id']}"
    first = ask(home.manager, "POST", f"{path}/people", {"email": home.member.email}).json()
    second = ask(home.manager, "POST", f"{path}/people", {"email": home.other.email}).json()
    assert (first["state"], second["state"]) == ("enrolled", "waiting")
    (ahead,) = [one for one in ask(home.other, "GET", "sessions").json()["items"] if one["id"] == made["id"]]
    assert (ahead["free"], ahead["waiting"]) == (0, 1)
    assert [one["state"] for one in ask(home.other, "GET", "places").json()["items"]] == ["waiting"]
    assert ask(home.member, "GET", f"{path}/people").status_code == 403
    early = ask(home.manager, "PUT", f"{path}/attendance", {"present": [first["person"]]})
    assert (early.status_code, "not begun" in early.json()["detail"]) == (422, True)
    TrainingSession.objects.filter(pk=made["id"]).update(starts_at=NOW - timedelta(hours=1))
    kept = ask(home.manager, "PUT", f"{path}/attendance", {"present": [first["person"]]}).json()
    assert [(one["name"], one["state"]) for one in kept] == [(str(home.member), "attended")]
    assert ask(home.manager, "POST", f"{path}/cancel", {"why": "flood"}).json()["cancelled_at"]


def test_questions_are_the_stewards(home: Place) -> None:
    course, body = Course.objects.get().key, {"text": "Open?", "choices": [{"text": "a", "right": True}, {"text": "b"}]}
    assert ask(home.member, "GET", f"desk/courses/{course}/questions").status_code == 403
    made = ask(home.manager, "POST", f"desk/courses/{course}/questions", body).json()
    wrong = {"text": "Open?", "choices": [{"text": "a"}, {"text": "b"}]}
    assert ask(home.manager, "PUT", f"desk/questions/{made['id']}", wrong).status_code == 422
    assert ask(home.member, "PUT", f"desk/questions/{made['id']}", body).status_code == 403
    assert ask(home.manager, "POST", f"desk/questions/{made['id']}/remove").json()["removed"] is True
    assert Question.objects.filter(removed_at=None).count() == 1


def test_qualifications_are_given_and_revoked_by_stewards(home: Place) -> None:
    course, email = Course.objects.get().key, home.other.email
    path = f"desk/courses/{course}/qualifications"
    assert ask(home.member, "POST", path, {"email": email}).status_code == 403
    assert ask(home.member, "POST", path, {"email": "nobody@example.org"}).status_code == 403
    made = ask(home.manager, "POST", path, {"email": email}).json()
    assert ask(home.manager, "POST", path, {"email": email}).json()["id"] == made["id"]
    assert ask(home.manager, "POST", f"desk/qualifications/{made['id']}/revoke", {}).status_code == 422, "no reason"
    assert ask(home.other, "POST", f"desk/qualifications/{made['id']}/revoke", {"why": "x"}).status_code == 403
    gone = ask(home.manager, "POST", f"desk/qualifications/{made['id']}/revoke", {"why": "crashed it"}).json()
    assert gone["revoked_at"]
    assert Qualification.objects.get(pk=made["id"]).revoked_why == "crashed it"
    checks = f"desk/courses/{course}/checks"
    assert ask(home.manager, "POST", checks, {"email": email, "passed": False}).status_code == 422, "no notes"
    assert ask(home.manager, "POST", checks, {"email": email, "passed": True}).status_code == 201


def test_a_safety_document_is_accepted_in_its_newest_version(home: Place) -> None:
    path = f"documents/{SafetyDocument.objects.get().key}"
    assert ask(home.member, "GET", path).json()["accepted"] is None
    assert ask(home.member, "POST", f"{path}/acceptance", {"version": 7}).status_code == 404
    assert ask(home.member, "POST", f"{path}/acceptance", {"version": 1}).json()["accepted"] == 1
