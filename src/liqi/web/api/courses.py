"""/api/training/desk: courses written, closed and opened; safety documents published; qualifications brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from liqi.access.models import Course, SafetyDocument
from liqi.access.training import course as courses
from liqi.access.training import documents, incoming
from liqi.access.training.incoming import Problem
from liqi.catalogue.models import Facility, Instrument
from liqi.web.api._choices import either
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["training"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=100_000)]
Months = Annotated[int, Field(ge=0, le=240)]


class CourseIn(Sent):
    """What a course says: what it gives, for how long, which steps it asks for, which instruments it is for."""

    title: Title
    title_en: Annotated[str, Field(max_length=200)] = ""
    summary: Annotated[str, Field(max_length=4000)] = ""
    level: Literal["assisted", "self", "out of hours"] = "self"
    valid_months: Months = 24
    needs_session: bool = True
    needs_quiz: bool = False
    needs_practical: bool = False
    pass_percent: Annotated[int, Field(ge=1, le=100)] = 80
    questions_asked: Annotated[int, Field(ge=0, le=1000)] = 0
    attempts: Annotated[int, Field(ge=0, le=100)] = 3
    whole_facility: bool = False
    class_codes: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=200)] = []
    instruments: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=200)] = []


class At(Sent):
    """The place that a thing belongs to: an instrument or a facility, by key."""

    instrument: str = ""
    facility: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> At:
        either(instrument=self.instrument, facility=self.facility)
        return self


class NewCourse(CourseIn, At):
    """A course of an instrument or a facility."""


class CourseOut(CourseIn):
    """A course as it stands; a closed one is begun by nobody."""

    key: str
    instrument: str
    facility: str
    closed_at: datetime | None
    synthetic: bool


class NewDocument(At):
    """A safety document with its first version; it is accepted anew after so many months, with 0 never."""

    title: Title
    text: Text
    valid_months: Months = 12


class NewVersion(Sent):
    """The next version of a document; acceptances of the one before count for the days of grace."""

    text: Text
    changes: Annotated[str, Field(max_length=300)] = ""
    valid_months: Months = 12
    grace_days: Annotated[int, Field(ge=0, le=365)] = 0


class DocumentOfMine(Schema):
    """A safety document and its newest version; a withdrawn one need not be accepted."""

    key: str
    title: str
    instrument: str
    facility: str
    version: int
    text: str
    published_at: datetime | None
    valid_months: int
    withdrawn_at: datetime | None


class QualifiedFile(Sent):
    """A CSV table of qualifications; with `keep` they are on record, without it only looked at."""

    text: Annotated[str, Field(min_length=1, max_length=4_000_000)]
    keep: bool = False


class WrongRow(Schema):
    """What is wrong with a row of the table, and what to do."""

    row: int
    field: str
    message: str


class BroughtIn(Schema):
    """How many rows are new, how many were on record, and each problem; with a problem nothing is kept."""

    new: int
    known: int
    kept: bool
    problems: list[WrongRow]


@router.get("/courses", response=Page[CourseOut], summary="Courses I look after")
def listed(request: HttpRequest, paged: Asked) -> Any:
    """Each with all that its stewards write, closed ones too."""
    rows = courses.looked_after_by(signed_in(request)).select_related("instrument", "facility")
    found, following = page(rows.prefetch_related("instruments").distinct(), paged)
    return {"items": [_course(one) for one in found], "next": following}


@router.post("/courses", response={201: CourseOut}, summary="Write a course")
def write(request: HttpRequest, sent: NewCourse) -> Any:
    """The instrument or facility has the course; for its stewards."""
    fields, named = _fields(sent)
    try:
        made = courses.write(
            of=_place(sent), by=signed_in(request), now=timezone.now(), instruments=named, fields=fields
        )  # fmt: skip
    except ValidationError as problem:
        raise ValueError(" ".join(problem.messages)) from None
    return Status(201, _course(made))


@router.put("/courses/{key}", response=CourseOut, summary="Change a course")
def change(request: HttpRequest, key: str, sent: CourseIn) -> Any:
    """The course is as given; qualifications that it gave before stay as they were."""
    found, (fields, named) = _found(key), _fields(sent)
    try:
        made = courses.change(
            course=found, by=signed_in(request), now=timezone.now(), instruments=named, fields=fields
        )  # fmt: skip
    except ValidationError as problem:
        raise ValueError(" ".join(problem.messages)) from None
    return _course(made)


@router.post("/courses/{key}/close", response=CourseOut, summary="Close a course")
def close(request: HttpRequest, key: str) -> Any:
    """Nobody begins the course any more."""
    return _course(courses.close(course=_found(key), by=signed_in(request), now=timezone.now()))


@router.post("/courses/{key}/open", response=CourseOut, summary="Open a closed course")
def open_again(request: HttpRequest, key: str) -> Any:
    """People can begin the course again."""
    return _course(courses.open_again(course=_found(key), by=signed_in(request), now=timezone.now()))


@router.post("/documents", response={201: DocumentOfMine}, summary="Publish a safety document")
def begin(request: HttpRequest, sent: NewDocument) -> Any:
    """The instrument or facility has the document, with its first version; for its stewards."""
    facts = sent.dict(include={"title", "text", "valid_months"})
    return Status(
        201, _document(documents.begin(of=_place(sent), by=signed_in(request), now=timezone.now(), **facts))
    )  # fmt: skip


@router.post("/documents/{key}/versions", response={201: DocumentOfMine}, summary="Publish the next version")
def publish(request: HttpRequest, key: str, sent: NewVersion) -> Any:
    """The text is the newest version, which people accept from now on."""
    found = _written(key)
    documents.publish(document=found, by=signed_in(request), now=timezone.now(), **sent.dict())
    return Status(201, _document(found))


@router.post("/documents/{key}/withdraw", response=DocumentOfMine, summary="Withdraw a safety document")
def withdraw(request: HttpRequest, key: str) -> Any:
    """Nobody need accept the document any more."""
    return _document(documents.withdraw(document=_written(key), by=signed_in(request), now=timezone.now()))


@router.post("/documents/{key}/restore", response=DocumentOfMine, summary="Restore a withdrawn document")
def restore(request: HttpRequest, key: str) -> Any:
    """People must accept the document again."""
    return _document(documents.withdraw(document=_written(key), by=signed_in(request), now=timezone.now(), back=True))


@router.post("/qualifications", response=BroughtIn, summary="Bring qualifications in")
def bring_in(request: HttpRequest, sent: QualifiedFile) -> Any:
    """Every row of the table is on record, or none and each reason; the same table again changes nothing."""
    person, text = signed_in(request), sent.text.replace("\x00", "")
    found = incoming.bring_in(text, by=person, now=timezone.now()) if sent.keep else incoming.read(text, by=person)
    return {
        "new": len(found.rows), "known": found.known, "kept": sent.keep and not found.problems,
        "problems": [_problem(one) for one in found.problems[:1000]],
    }  # fmt: skip


def _fields(sent: CourseIn) -> tuple[dict[str, Any], list[Instrument]]:
    """What a steward writes, and the instruments that are named; raises ValueError for one that there is not."""
    fields = {name: getattr(sent, name) for name in courses.FIELDS}
    named = list(Instrument.objects.filter(key__in=sent.instruments))
    if missing := sorted(set(sent.instruments) - {one.key for one in named}):
        raise ValueError(_("Found no instrument %(key)s; give keys of the catalogue.") % {"key": missing[0]})
    return fields, named


def _place(sent: At) -> Instrument | Facility:
    if sent.facility:
        return get_object_or_404(Facility, key=sent.facility)
    return get_object_or_404(Instrument, key=sent.instrument)


def _found(key: str) -> Course:
    found: Course = get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)
    return found


def _written(key: str) -> SafetyDocument:
    found: SafetyDocument = get_object_or_404(SafetyDocument.objects.select_related("instrument", "facility"), key=key)
    return found


def _of(one: Course | SafetyDocument) -> dict[str, str]:
    return {
        "instrument": one.instrument.key if one.instrument else "",
        "facility": one.facility.key if one.facility else "",
    }


def _course(one: Course) -> dict[str, Any]:
    names = (*courses.FIELDS, "key", "closed_at", "synthetic")
    facts: dict[str, Any] = {name: getattr(one, name) for name in names}
    return facts | _of(one) | {"instruments": sorted(each.key for each in one.instruments.all())}


def _document(one: SafetyDocument) -> dict[str, Any]:
    newest = one.versions.order_by("-number").first()
    assert newest is not None, "a document begins with a version"
    names = ("text", "published_at", "valid_months")
    facts = {"key": one.key, "title": one.title, "withdrawn_at": one.withdrawn_at, "version": newest.number}
    return facts | _of(one) | {name: getattr(newest, name) for name in names}


def _problem(one: Problem) -> dict[str, Any]:
    return {"row": one.row, "field": one.field, "message": one.message}
