"""/api/training/desk: sessions planned and kept, questions, practical checks, qualifications given and revoked."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access.models import Course, Enrolment, Qualification, Question, TrainingSession
from liqi.access.training import course as courses
from liqi.access.training import practical, qualification, quiz, sessions
from liqi.accounts.models import Person
from liqi.web import asked
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.api.training import QualificationRow, qualification_shown
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["training"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]


class NewSession(Sent):
    """When the course is held, in which time zone, for how many people."""

    course: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: Annotated[str, Field(max_length=60)]
    places: Annotated[int, Field(ge=1, le=500)]
    place: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""


class SessionOut(Schema):
    """A session as it is planned."""

    id: int
    course: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    places: int
    cancelled_at: datetime | None
    synthetic: bool


class Participant(Schema):
    """Somebody with a seat at a session, or in its line: number and name of the person."""

    person: int
    name: str
    state: str
    seat: int | None
    enrolled_at: datetime


class Why(Sent):
    """The reason in words."""

    why: Annotated[str, Field(max_length=500)] = ""


class Somebody(Sent):
    """A person by e-mail address."""

    email: str


class Present(Sent):
    """Who came, by the numbers of the people; the others with a seat did not."""

    present: Annotated[list[Number], Field(max_length=500)]


class Choice(Sent):
    """A choice of a question, and whether it is right."""

    text: Annotated[str, Field(max_length=500)]
    right: bool = False


class QuestionIn(Sent):
    """A question with 2 to 10 choices, at least one of them right; the explanation is told afterwards."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    choices: Annotated[list[Choice], Field(min_length=2, max_length=10)]
    explanation: Annotated[str, Field(max_length=2000)] = ""


class QuestionOut(QuestionIn):
    """A question as it is asked; `removed` ones are asked no more."""

    id: int
    removed: bool


class CheckIn(Somebody):
    """What a steward saw at the instrument; a check that failed says why."""

    passed: bool
    notes: Annotated[str, Field(max_length=2000)] = ""


class CheckOut(Schema):
    """A practical check that is on record."""

    id: int
    person: str
    passed: bool
    notes: str


class GrantIn(Somebody):
    """Who is qualified from which day, at which level; what is not said is as the course gives it."""

    level: Literal["", "assisted", "self", "out of hours"] = ""
    granted_on: date | None = None
    expires_on: date | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class Opened(Schema):
    """How many tries count no longer."""

    tries: int


@router.post("/sessions", response={201: SessionOut}, summary="Plan a session")
def plan(request: HttpRequest, sent: NewSession) -> Any:
    """The course is held then, for so many people; for its stewards."""
    person, facts = signed_in(request), sent.dict(exclude={"course"})
    made = sessions.plan(course=_course(sent.course), trainer=person, by=person, now=timezone.now(), **facts)
    return Status(201, _session(made))


@router.post("/sessions/{int:id}/cancel", response=SessionOut, summary="Cancel a session")
def cancel(request: HttpRequest, id: int, sent: Why) -> Any:
    """It is not held; everybody who had a place or waited is told."""
    return _session(
        sessions.cancel(session=_found(request, id), by=signed_in(request), now=timezone.now(), why=sent.why.strip())
    )


@router.get("/sessions/{int:id}/people", response=Page[Participant], summary="Who has a place")
def people(request: HttpRequest, id: int, paged: Asked) -> Any:
    """Everybody with a seat or a turn, and whether they came; for the stewards of the course."""
    rows = Enrolment.objects.filter(session=_found(request, id)).select_related("person")
    found, following = page(rows, paged)
    return {"items": [_participant(one) for one in found], "next": following}


@router.post("/sessions/{int:id}/people", response={201: Participant}, summary="Give somebody a place")
def enrol(request: HttpRequest, id: int, sent: Somebody) -> Any:
    """The person has a seat, or a turn where all are taken; again changes nothing."""
    found, by = _found(request, id), signed_in(request)
    made = sessions.enrol(session=found, person=asked.somebody(sent.email), by=by, now=timezone.now())
    return Status(201, _participant(made))


@router.put("/sessions/{int:id}/attendance", response=list[Participant], summary="Keep who came")
def attendance(request: HttpRequest, id: int, sent: Present) -> Any:
    """These came, the others with a seat did not; whoever has passed every step of the course is qualified."""
    found = _found(request, id)
    kept = sessions.attendance(session=found, present=set(sent.present), by=signed_in(request), now=timezone.now())
    return [_participant(one) for one in kept]


@router.get("/courses/{key}/questions", response=Page[QuestionOut], summary="Questions of a quiz")
def questions(request: HttpRequest, key: str, paged: Asked) -> Any:
    """Every question with what is right; for the stewards of the course."""
    found, following = page(Question.objects.filter(course=_mine(request, key)), paged)
    return {"items": [_question(one) for one in found], "next": following}


@router.post("/courses/{key}/questions", response={201: QuestionOut}, summary="Write a question")
def ask(request: HttpRequest, key: str, sent: QuestionIn) -> Any:
    """The question is asked in later quizzes."""
    made = quiz.ask(course=_course(key), by=signed_in(request), now=timezone.now(), **sent.dict())
    return Status(201, _question(made))


@router.put("/questions/{int:id}", response=QuestionOut, summary="Change a question")
def change(request: HttpRequest, id: int, sent: QuestionIn) -> Any:
    """It is asked so from now on; tries made before keep how it stood."""
    found = _asked(request, id)
    return _question(
        quiz.ask(course=found.course, question=found, by=signed_in(request), now=timezone.now(), **sent.dict())
    )


@router.post("/questions/{int:id}/{step}", response=QuestionOut, summary="Ask a question no more")
def remove(request: HttpRequest, id: int, step: Literal["remove", "restore"]) -> Any:
    """It is asked no more, or again."""
    verb = quiz.remove if step == "remove" else quiz.restore
    return _question(verb(question=_asked(request, id), by=signed_in(request), now=timezone.now()))


@router.post("/courses/{key}/checks", response={201: CheckOut}, summary="Sign a practical check")
def sign(request: HttpRequest, key: str, sent: CheckIn) -> Any:
    """The check of the person is on record; whoever has passed every step of the course is qualified."""
    course = _mine(request, key)
    made = practical.sign(
        course=course, person=asked.somebody(sent.email), by=signed_in(request), passed=sent.passed, notes=sent.notes,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"id": made.pk, "person": str(made.person), "passed": made.passed, "notes": made.notes})


@router.post("/courses/{key}/open-quiz", response=Opened, summary="Open the quiz to somebody again")
def forgive(request: HttpRequest, key: str, sent: Somebody) -> Any:
    """The tries of the person so far count no longer."""
    course = _mine(request, key)
    person = asked.somebody(sent.email)
    return {"tries": quiz.forgive(course=course, person=person, by=signed_in(request), now=timezone.now())}


@router.post("/courses/{key}/qualifications", response={201: QualificationRow}, summary="Qualify somebody")
def grant(request: HttpRequest, key: str, sent: GrantIn) -> Any:
    """The person is qualified from that day on; the same grant again gives the first."""
    course, facts = _mine(request, key), sent.dict(exclude={"email"})
    person = asked.somebody(sent.email)
    made = qualification.grant(course=course, person=person, by=signed_in(request), now=timezone.now(), **facts)
    return Status(201, qualification_shown(made))


@router.post("/qualifications/{int:id}/renew", response={201: QualificationRow}, summary="Renew a qualification")
def renew(request: HttpRequest, id: int) -> Any:
    """The person is qualified anew from today, for as long as the course gives."""
    found = _held(request, id)
    return Status(
        201, qualification_shown(qualification.renew(qualification=found, by=signed_in(request), now=timezone.now()))
    )


@router.post("/qualifications/{int:id}/revoke", response=QualificationRow, summary="Revoke a qualification")
def revoke(request: HttpRequest, id: int, sent: Why) -> Any:
    """It holds no longer, and the person is told the reason."""
    found = _held(request, id)
    return qualification_shown(
        qualification.revoke(qualification=found, by=signed_in(request), why=sent.why, now=timezone.now())
    )


def _course(key: str) -> Course:
    found: Course = get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)
    return found


def _mine(request: HttpRequest, key: str) -> Course:
    """The course, for its stewards; they alone look up people by address here."""
    found = _course(key)
    courses.require_steward(signed_in(request), found)
    return found


def _found(request: HttpRequest, id: int) -> TrainingSession:
    rows = TrainingSession.objects.select_related("course__instrument", "course__facility")
    found: TrainingSession = get_object_or_404(rows, pk=id)
    courses.require_steward(signed_in(request), found.course)
    return found


def _asked(request: HttpRequest, id: int) -> Question:
    rows = Question.objects.select_related("course__instrument", "course__facility")
    found: Question = get_object_or_404(rows, pk=id)
    courses.require_steward(signed_in(request), found.course)
    return found


def _held(request: HttpRequest, id: int) -> Qualification:
    rows = Qualification.objects.select_related("person", "course__instrument", "course__facility")
    found: Qualification = get_object_or_404(rows, pk=id)
    courses.require_steward(signed_in(request), found.course)
    return found


def _session(one: TrainingSession) -> dict[str, Any]:
    names = [name for name in SessionOut.model_fields if name not in ("id", "course")]
    return {name: getattr(one, name) for name in names} | {"id": one.pk, "course": one.course.key}


def _participant(one: Enrolment) -> dict[str, Any]:
    who: Person = one.person
    facts = {"state": one.state, "seat": one.seat, "enrolled_at": one.enrolled_at}
    return facts | {"person": who.pk, "name": str(who)}


def _question(one: Question) -> dict[str, Any]:
    return {
        "id": one.pk, "text": one.text, "choices": one.choices, "explanation": one.explanation,
        "removed": one.removed_at is not None,
    }  # fmt: skip
