"""A course at work: its form, its questions and sessions, who came, practical checks; for its stewards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from liqi.access.models import Course, Enrolment, Level, Question, TrainingSession
from liqi.access.rules.qualification import level_name
from liqi.access.training import course as courses
from liqi.access.training import practical, qualification, quiz, sessions
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument
from liqi.web import asked, scripts

PAGE = 50
CHOICES = 6
"""How many choices the form of a question offers."""


@login_required
def edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """The form of a course, new for a place or known; what was typed stays when it cannot be taken."""
    person, now = asked.signed_in(request), timezone.now()
    course = _course(key) if key else None
    place = courses.owner(course) if course else asked.place(request)
    courses.require_steward_of(person, place)
    values: Any = course
    problems: list[str] = []
    if request.method == "POST":
        values = _typed(request)
        named = list(Instrument.objects.filter(key__in=_lines(request.POST.get("instruments", ""))))
        try:
            if course is None:
                course = courses.write(of=place, by=person, now=now, instruments=named, fields=values)
            else:
                courses.change(course=course, by=person, now=now, instruments=named, fields=values)
            return redirect("desk_course", key=course.key)
        except ValidationError as problem:
            problems = problem.messages
    facts = {
        "course": course,
        "place": place,
        "of_facility": isinstance(place, Facility),
        "values": values or {"level": "self", "valid_months": 24, "needs_session": True, "pass_percent": 80,
                             "attempts": 3, "questions_asked": 0},
        "codes": ", ".join(values["class_codes"] if isinstance(values, dict) else values.class_codes) if values else "",
        "named": request.POST.get("instruments", "") if request.method == "POST"
        else ", ".join(course.instruments.values_list("key", flat=True)) if course else "",
        "levels": [(one, level_name(one)) for one in Level.values],
        "problems": problems,
        "crumbs": [(_("Training"), reverse("desk_training")), (_title(course) if course else _("New course"), "")],
    }  # fmt: skip
    return render(request, "training/course_edit.html", facts, status=422 if problems else 200)


@login_required
def course(request: HttpRequest, key: str) -> HttpResponse:
    """One course at work: questions, sessions, practical checks; posting does what the button says."""
    shown, person, now = _course(key), asked.signed_in(request), timezone.now()
    courses.require_steward(person, shown)
    refusal = ""
    if request.method == "POST":
        try:
            _act(request, shown, person, now)
            return redirect("desk_course", key=key)
        except (
            practical.NotPossible, qualification.NotPossible, quiz.NotPossible, sessions.NotPossible,
            asked.NoSuchPerson,
        ) as problem:  # fmt: skip
            refusal = str(problem)
    rows = shown.sessions.annotate(
        seated=Count("enrolments", Q(enrolments__seat__isnull=False)),
        waiting=Count("enrolments", Q(enrolments__state=Enrolment.State.WAITING)),
    )
    edited = shown.questions.filter(pk=asked.number(request.GET.get("question", ""))).first()
    facts = {
        "course": shown,
        "level": level_name(shown.level),
        "levels": [(one, level_name(one), one == shown.level) for one in Level.values],
        "sessions": rows.order_by("-starts_at")[:PAGE],
        "questions": shown.questions.order_by("removed_at", "pk"),
        "edited": edited,
        "choices": _choices(request, edited),
        "attempts": shown.quiz_attempts.filter(finished_at__isnull=False).select_related("person").order_by(
            "-finished_at")[:20],
        "checks": shown.practical_checks.select_related("person", "checked_by").order_by("-checked_at")[:20],
        "zone": _zone(shown),
        "typed": request.POST,
        "refusal": refusal,
        "crumbs": [(_("Training"), reverse("desk_training")), (_title(shown), "")],
    }  # fmt: skip
    return render(request, "training/course_desk.html", facts, status=422 if refusal else 200)


@login_required
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has a seat at a session and who waits; posting keeps who came, or cancels it."""
    shown = get_object_or_404(
        TrainingSession.objects.select_related("course__instrument", "course__facility", "trainer"), pk=pk
    )
    person, now = asked.signed_in(request), timezone.now()
    courses.require_steward(person, shown.course)
    if request.method == "POST":
        if "cancel" in request.POST:
            sessions.cancel(session=shown, by=person, now=now, why=request.POST.get("why", "").strip()[:500])
        elif "enrol" in request.POST:
            sessions.enrol(session=shown, person=asked.somebody(request.POST.get("email", "")), by=person, now=now)
        else:
            present = {int(one) for one in request.POST.getlist("present") if one.isdigit()}
            sessions.attendance(session=shown, present=present, by=person, now=now)
        return redirect("desk_session", pk=pk)
    there = shown.enrolments.select_related("person").order_by("seat", "enrolled_at")
    facts = {
        "session": shown,
        "seated": [one for one in there if one.seat is not None],
        "waiting": [one for one in there if one.state == Enrolment.State.WAITING],
        "begun": shown.starts_at <= now,
        "crumbs": [
            (_title(shown.course), reverse("desk_course", args=[shown.course.key])),
            (pgettext("of a course", "Session"), ""),
        ],
    }
    return render(request, "training/session.html", facts)


def _act(request: HttpRequest, course: Course, person: Person, now: datetime) -> None:
    """What the button of the course's page says."""
    given = request.POST
    do = given.get("do", "")
    if do == "question":
        edited = course.questions.filter(pk=asked.number(given.get("question", ""))).first()
        choices = [
            {"text": given.get(f"choice{number}", ""), "right": f"right{number}" in given} for number in range(CHOICES)
        ]
        quiz.ask(
            course=course, text=given.get("text", ""), choices=choices, explanation=given.get("explanation", ""),
            by=person, now=now, question=edited,
        )  # fmt: skip
    elif do in {"remove", "restore"}:
        question = get_object_or_404(Question.objects.select_related("course"), course=course,
                                     pk=asked.number(given.get("question", "")))  # fmt: skip
        (quiz.remove if do == "remove" else quiz.restore)(question=question, by=person, now=now)
    elif do == "session":
        zone = given.get("time_zone", "")
        sessions.plan(
            course=course, starts_at=_moment(given.get("starts_at", ""), zone),
            ends_at=_moment(given.get("ends_at", ""), zone), time_zone=zone,
            places=asked.number(given.get("places", "")), place=given.get("place", "").strip()[:200],
            trainer=person, by=person, now=now,
        )  # fmt: skip
    elif do == "check":
        practical.sign(
            course=course, person=asked.somebody(given.get("email", "")), by=person, passed="passed" in given, now=now,
            notes=given.get("notes", ""),
        )  # fmt: skip
    elif do == "grant":
        qualification.grant(
            course=course, person=asked.somebody(given.get("email", "")), by=person, now=now,
            level=given.get("level", ""), note=given.get("note", ""),
        )  # fmt: skip
    elif do == "forgive":
        quiz.forgive(course=course, person=asked.somebody(given.get("email", "")), by=person, now=now)
    elif do == "close":
        courses.close(course=course, by=person, now=now)
    elif do == "open":
        courses.open_again(course=course, by=person, now=now)


def _typed(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    words = {name: given.get(name, "").strip() for name in ("title", "title_en", "summary", "level")}
    flags = {name: name in given for name in ("whole_facility", "needs_session", "needs_quiz", "needs_practical")}
    numbers = {
        name: asked.number(given.get(name, ""))
        for name in ("valid_months", "pass_percent", "questions_asked", "attempts")
    }
    return words | flags | numbers | {"class_codes": _lines(given.get("class_codes", ""))}


def _choices(request: HttpRequest, edited: Question | None) -> list[tuple[int, str, bool]]:
    if request.method == "POST" and request.POST.get("do") == "question":
        return [(n, request.POST.get(f"choice{n}", ""), f"right{n}" in request.POST) for n in range(CHOICES)]
    there = edited.choices if edited else []
    return [
        (number, there[number]["text"], there[number]["right"]) if number < len(there) else (number, "", False)
        for number in range(CHOICES)
    ]


def _zone(course: Course) -> str:
    place = courses.owner(course)
    return place.time_zone if isinstance(place, Instrument) else timezone.get_current_timezone_name()


def _moment(text: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError):
        words = _("Found the moment %(found)s; expected a day and a time such as 2026-11-23 09:00.")
        raise sessions.NotPossible(words % {"found": text or "–"}) from None


def _lines(text: str) -> list[str]:
    return [one for part in text.replace(",", " ").replace("，", " ").split() if (one := part.strip())][:200]


def _course(key: str) -> Course:
    return get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)


def _title(course: Course) -> str:
    """What the course is called in the language of the page."""
    return scripts.title_of(course, get_language())
