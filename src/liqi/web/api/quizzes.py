"""/api/training: my steps of a course, sessions ahead and my places, quizzes taken, safety documents accepted."""

from datetime import datetime
from random import SystemRandom
from typing import Annotated, Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.models import Course, Enrolment, QuizAttempt, SafetyDocument, TrainingSession
from liqi.access.training import documents, progress, quiz
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["training"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]
Place = Annotated[int, Field(ge=0, lt=1000)]
"""Which of the choices of a question, from 0."""


class Steps(Schema):
    """What of a course is still before the person, and how many tries at its quiz are left."""

    course: str
    open_steps: list[str]
    tries_left: int


class SessionAhead(Schema):
    """When a course is held, and how many places are free; who comes later waits in line."""

    id: int
    course: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    places: int
    free: int
    waiting: int
    synthetic: bool


class PlaceHeld(Schema):
    """A place of whoever asks, or their turn in a line."""

    session: int
    course: str
    starts_at: datetime
    state: str
    enrolled_at: datetime


class QuizQuestion(Schema):
    """A question; what is right, what was taken and why are told when the try is over."""

    number: int
    text: str
    choices: list[str]
    several: bool
    right: list[int] | None = None
    taken: list[int] | None = None
    correct: bool | None = None
    explanation: str | None = None


class Try(Schema):
    """A try at a course's quiz; without a score while it is open."""

    id: int
    course: str
    number: int
    started_at: datetime
    finished_at: datetime | None
    score_percent: str | None
    passed: bool


class TryWithQuestions(Try):
    """A try with its questions."""

    questions: list[QuizQuestion]


class AnswersIn(Sent):
    """For each question in turn the numbers of the choices taken, from 0."""

    answers: Annotated[list[Annotated[list[Place], Field(max_length=10)]], Field(max_length=1000)]


class DocumentVersion(Sent):
    """The version of a safety document that was read and is accepted."""

    version: int


class Standing(Schema):
    """Where the person stands with a safety document."""

    document: str
    title: str
    newest: int
    accepted: int | None
    until: datetime | None
    state: str


@router.get("/courses/{key}/steps", response=Steps, summary="My steps of a course")
def steps(request: HttpRequest, key: str) -> Any:
    """What is still before whoever asks, and how many tries at the quiz are left."""
    course, person = _course(key), signed_in(request)
    found = progress.of(course, person)
    left = quiz.left(course, person) if course.needs_quiz else 0
    return {"course": key, "open_steps": list(found.open_steps), "tries_left": left}


@router.get("/sessions", response=Page[SessionAhead], summary="Sessions ahead")
def sessions_ahead(request: HttpRequest, paged: Asked, course: str = "") -> Any:
    """Sessions that have not begun and are not cancelled, by number."""
    rows = TrainingSession.objects.filter(starts_at__gt=timezone.now(), cancelled_at=None).select_related("course")
    rows = rows.filter(course__key=course) if course else rows
    counted = rows.annotate(
        seated=Count("enrolments", Q(enrolments__seat__isnull=False)),
        waiting=Count("enrolments", Q(enrolments__state=Enrolment.State.WAITING)),
    )
    found, following = page(counted, paged)
    names = ("starts_at", "ends_at", "time_zone", "place", "places", "waiting", "synthetic")
    items = [
        {name: getattr(one, name) for name in names}
        | {"id": one.pk, "course": one.course.key, "free": max(one.places - one.seated, 0)}
        for one in found
    ]
    return {"items": items, "next": following}


@router.get("/places", response=Page[PlaceHeld], summary="My places at sessions")
def places(request: HttpRequest, paged: Asked) -> Any:
    """Every place and turn of whoever asks, past ones too."""
    rows = Enrolment.objects.filter(person=signed_in(request)).select_related("session__course")
    found, following = page(rows, paged)
    items = [
        {
            "session": one.session_id, "course": one.session.course.key, "starts_at": one.session.starts_at,
            "state": one.state, "enrolled_at": one.enrolled_at,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get("/quizzes", response=Page[Try], summary="My tries at quizzes")
def tries(request: HttpRequest, paged: Asked, course: str = "") -> Any:
    """Those of whoever asks, by number."""
    rows = QuizAttempt.objects.filter(person=signed_in(request)).select_related("course")
    rows = rows.filter(course__key=course) if course else rows
    found, following = page(rows, paged)
    return {"items": [_try(one) for one in found], "next": following}


@router.post("/courses/{key}/quiz", response={201: TryWithQuestions}, summary="Take a quiz")
def begin(request: HttpRequest, key: str) -> Any:
    """A try is open, with questions and choices in an order of its own: the one begun before, or a new one."""
    made = quiz.begin(course=_course(key), person=signed_in(request), now=timezone.now(), random=SystemRandom())
    return Status(201, _whole(made))


@router.get("/quizzes/{int:id}", response=TryWithQuestions, summary="One try at a quiz")
def show(request: HttpRequest, id: int) -> Any:
    """A try of whoever asks with its questions; the right choices are told when it is over."""
    return _whole(_found(request, id))


@router.post("/quizzes/{int:id}/answers", response=TryWithQuestions, summary="Answer a quiz")
def answer(request: HttpRequest, id: int, sent: AnswersIn) -> Any:
    """The try is over and judged; answering again changes nothing."""
    found = _found(request, id)
    return _whole(quiz.answer(attempt=found, person=signed_in(request), answers=sent.answers, now=timezone.now()))


@router.get("/documents/{key}", response=Standing, summary="Where I stand with a safety document")
def standing(request: HttpRequest, key: str) -> Any:
    """The newest version, the one that whoever asks accepted, and until when that counts."""
    return _standing(request, get_object_or_404(SafetyDocument, key=key))


@router.post("/documents/{key}/acceptance", response={201: Standing}, summary="Accept a safety document")
def accept(request: HttpRequest, key: str, sent: DocumentVersion) -> Any:
    """The person has read this version, the newest one, and accepts it now."""
    document = get_object_or_404(SafetyDocument, key=key)
    version = get_object_or_404(document.versions.select_related("document"), number=sent.version)
    documents.accept(version=version, person=signed_in(request), now=timezone.now())
    return Status(201, _standing(request, document))


def _standing(request: HttpRequest, document: SafetyDocument) -> dict[str, Any]:
    (one,) = documents.standing(signed_in(request), [document.pk], at=timezone.now())
    return {
        "document": document.key, "title": document.title, "newest": one.newest.number,
        "accepted": one.accepted.number if one.accepted else None, "until": one.until, "state": one.state,
    }  # fmt: skip


def _course(key: str) -> Course:
    found: Course = get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)
    return found


def _found(request: HttpRequest, id: int) -> QuizAttempt:
    mine = QuizAttempt.objects.filter(person=signed_in(request)).select_related("course")
    found: QuizAttempt = get_object_or_404(mine, pk=id)
    return found


def _try(one: QuizAttempt) -> dict[str, Any]:
    names = ("number", "started_at", "finished_at", "passed")
    score = None if one.score_percent is None else str(one.score_percent)
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk, "course": one.course.key, "score_percent": score
    }  # fmt: skip


def _whole(one: QuizAttempt) -> dict[str, Any]:
    return _try(one) | {"questions": quiz.shown(one)}
