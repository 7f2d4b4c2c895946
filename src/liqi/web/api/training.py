"""/api/training: courses, one's own qualifications and those that a steward looks after, places at sessions."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from liqi.access.models import Course, Enrolment, Qualification, TrainingSession
from liqi.access.training import course as courses
from liqi.access.training import sessions
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["training"], auth=SIGNED_IN)


class CourseRow(Schema):
    """A course and what it gives."""

    key: str
    title: str
    title_en: str
    level: str
    valid_months: int
    needs_session: bool
    needs_quiz: bool
    needs_practical: bool


class QualificationRow(Schema):
    """A qualification; the day of expiry is the first on which it holds no longer."""

    id: int
    person: str
    course: str
    level: str
    source: str
    granted_on: date
    expires_on: date | None
    revoked_at: datetime | None


class Seat(Schema):
    """A person's place at a session, or their turn in its line."""

    session: int
    state: str
    enrolled_at: datetime


@router.get("/courses", response=Page[CourseRow], auth=None, summary="Courses that are held")
def index(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Every course that is not closed."""
    rows, following = page(Course.objects.filter(closed_at=None), paged)
    return {"items": rows, "next": following}


@router.get("/qualifications", response=Page[QualificationRow], summary="My qualifications")
def mine(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Those of whoever asks, past ones too."""
    return _page(Qualification.objects.filter(person=signed_in(request)), paged)


@router.get("/courses/{key}/qualifications", response=Page[QualificationRow], summary="Who is qualified")
def of_course(request: HttpRequest, key: str, paged: Annotated[Paged, Query()]) -> Any:
    """Those of a course, for its stewards."""
    course = get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)
    courses.require_steward(signed_in(request), course)
    return _page(Qualification.objects.filter(course=course), paged)


@router.post("/sessions/{int:id}/place", response={201: Seat}, summary="Take a place")
def enrol(request: HttpRequest, id: int) -> Any:
    """The person has a place at the session or waits for one; asking again changes nothing."""
    session = get_object_or_404(TrainingSession.objects.select_related("course"), pk=id)
    return Status(201, _place(sessions.enrol(session=session, person=signed_in(request), now=timezone.now())))


@router.delete("/sessions/{int:id}/place", response=Seat, summary="Give a place back")
def leave(request: HttpRequest, id: int) -> Any:
    """The person's place or turn is given back; the first in line has it."""
    held = get_object_or_404(Enrolment.objects.select_related("session__course"), session=id, person=signed_in(request))
    return _place(sessions.leave(enrolment=held, by=signed_in(request), now=timezone.now()))


def _page(rows: QuerySet[Qualification], paged: Paged) -> dict[str, Any]:
    found, following = page(rows.select_related("person", "course"), paged)
    return {"items": [qualification_shown(one) for one in found], "next": following}


def qualification_shown(one: Qualification) -> dict[str, Any]:
    """The qualification as the interface shows it."""
    names = ("level", "source", "granted_on", "expires_on", "revoked_at")
    said = {name: getattr(one, name) for name in names}
    return {"id": one.pk, "person": one.person.name, "course": one.course.key} | said


def _place(held: Enrolment) -> dict[str, Any]:
    return {"session": held.session_id, "state": held.state, "enrolled_at": held.enrolled_at}
