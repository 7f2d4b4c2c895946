"""Training in the browser: a course from its first question to the certificate, documents, who is qualified."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from liqi.access.models import Course, Enrolment, Qualification, QuizAttempt, SafetyDocument, TrainingSession
from liqi.accounts.models import Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Place:
    return place()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def steward(home: Place) -> Client:
    return browser(home.manager)


@pytest.fixture
def member(home: Place) -> Client:
    return browser(home.member)


FORM = {"title": "Orbitrap", "level": "self", "valid_months": "24", "pass_percent": "80", "attempts": "2",
        "questions_asked": "0"}  # fmt: skip


def make(steward: Client, home: Place, **fields: str) -> Course:
    address = f"/desk/training/courses/new/?place=instrument:{home.orbitrap.key}"
    assert steward.post(address, FORM | fields).status_code == 302
    return Course.objects.get()


def test_a_course_is_written_taken_and_certified(home: Place, steward: Client, member: Client) -> None:
    course = make(steward, home, needs_quiz="1", needs_practical="1")
    desk = f"/desk/training/courses/{course.key}/"
    question = {"do": "question", "text": "Vent how?", "choice0": "slowly", "right0": "1", "choice1": "fast"}
    assert steward.post(desk, question).status_code == 302
    quiz = f"/training/courses/{course.key}/quiz/"
    member.post(quiz, {"begin": "1"})
    asked = member.get(quiz).content.decode()
    assert "slowly" in asked
    attempt = QuizAttempt.objects.get()
    assert member.post(quiz, {}).status_code == 422
    member.post(quiz, {"q0": str(attempt.asked[0]["right"][0])})
    assert "Passed" in member.get(quiz).content.decode()
    assert not Qualification.objects.exists()
    steward.post(desk, {"do": "check", "email": "member@example.org", "passed": "1"})
    made = Qualification.objects.get()
    certificate = f"/training/qualifications/{made.pk}/certificate.pdf"
    assert member.get(certificate).content.startswith(b"%PDF")
    assert steward.get(certificate).status_code == 200
    assert browser(home.other).get(certificate).status_code == 403
    assert "You are qualified" in member.get(f"/training/courses/{course.key}/").content.decode()
    assert "Orbitrap" in member.get("/training/").content.decode()


def test_places_of_a_session_are_taken_given_back_and_kept(home: Place, steward: Client, member: Client) -> None:
    course = make(steward, home, needs_session="1")
    start = datetime.now(UTC) + timedelta(days=3)
    end = start + timedelta(hours=1)
    plan = {
        "do": "session", "starts_at": f"{start:%Y-%m-%dT%H:%M}", "ends_at": f"{end:%Y-%m-%dT%H:%M}",
        "time_zone": "UTC", "places": "1",
    }  # fmt: skip
    desk = f"/desk/training/courses/{course.key}/"
    assert steward.post(desk, plan).status_code == 302
    assert steward.post(desk, plan | {"time_zone": "Mars/Base"}).status_code == 422
    session = TrainingSession.objects.get()
    member.post(f"/training/sessions/{session.pk}/enrol/")
    other = browser(home.other)
    other.post(f"/training/sessions/{session.pk}/enrol/")
    shown = other.get(f"/training/courses/{course.key}/").content.decode()
    assert "number 1 in line" in shown
    member.post(f"/training/sessions/{session.pk}/leave/")
    assert Enrolment.objects.get(person=home.other).state == "enrolled"
    TrainingSession.objects.update(starts_at=start - timedelta(days=4), ends_at=start - timedelta(days=4, hours=-1))
    assert "Who came?" in steward.get("/desk/training/").content.decode()
    steward.post(f"/desk/training/sessions/{session.pk}/", {"present": str(home.other.pk)})
    assert Qualification.objects.get().person == home.other


def test_a_document_is_published_accepted_and_replaced(home: Place, steward: Client, member: Client) -> None:
    new = f"/desk/training/documents/new/?place=facility:{home.facility.key}"
    assert steward.post(new, {"title": "Cryogens", "text": "Gloves.", "valid_months": "12"}).status_code == 302
    document = SafetyDocument.objects.get()
    address = f"/training/documents/{document.key}/"
    assert "Gloves." in member.get(address).content.decode()
    assert member.post(address, {"version": "1"}).status_code == 302
    steward.post(f"/desk/training/documents/{document.key}/", {"text": "Goggles too.", "valid_months": "12"})
    assert "a newer version is in force" in member.get("/training/").content.decode()
    assert member.post(address, {"version": "1"}).status_code == 422
    assert member.post(address, {"version": "2"}).status_code == 302


def test_who_is_qualified_is_filtered_exported_renewed_and_revoked(home: Place, steward: Client) -> None:
    course = make(steward, home, needs_session="1")
    text = "person,course,granted_on,expires_on\nmember@example.org,Orbitrap,2024-01-01,2025-01-01\n"
    address = "/desk/training/import/"
    assert "1 new, 0 known already, 0 problems." in steward.post(address, {"text": text}).content.decode()
    assert not Qualification.objects.exists()
    assert steward.post(address, {"text": text, "keep": "1"}).status_code == 200
    assert steward.post(address, {"text": "name\nx\n"}).status_code == 422
    qualified = "/desk/training/qualified/"
    assert "member@example.org" in steward.get(f"{qualified}?state=expired&course={course.key}").content.decode()
    assert "member@example.org" not in steward.get(f"{qualified}?state=valid").content.decode()
    rows = b"".join(steward.get(f"{qualified}?format=csv")).decode().splitlines()
    assert len(rows) == 2
    assert "expired" in rows[1]
    old = Qualification.objects.get()
    steward.post(f"{qualified}{old.pk}/", {"renew": "1"})
    new = Qualification.objects.latest("pk")
    assert new.pk != old.pk
    assert steward.post(f"{qualified}{new.pk}/", {"why": ""}).status_code == 422
    steward.post(f"{qualified}{new.pk}/", {"why": "Left."})
    new.refresh_from_db()
    assert new.revoked_why == "Left."


def test_a_course_without_a_step_or_with_a_strange_level_is_refused(home: Place, steward: Client) -> None:
    address = f"/desk/training/courses/new/?place=instrument:{home.orbitrap.key}"
    assert steward.post(address, FORM).status_code == 422
    assert steward.post(address, FORM | {"needs_session": "1", "level": "guru"}).status_code == 422
    assert not Course.objects.exists()


def test_the_desk_is_for_stewards(home: Place, steward: Client, member: Client) -> None:
    course = make(steward, home, needs_session="1")
    assert member.get(f"/desk/training/courses/{course.key}/").status_code == 403
    assert member.get(f"/desk/training/courses/new/?place=instrument:{home.orbitrap.key}").status_code == 403
    assert member.post(f"/desk/training/courses/{course.key}/edit/", FORM).status_code == 403
    assert "Orbitrap" not in member.get("/desk/training/").content.decode()
