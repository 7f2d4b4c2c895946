"""One's own training: qualifications, courses and their steps, quizzes, safety documents, certificates."""

from __future__ import annotations

from random import SystemRandom
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access.models import (
    Acceptance,
    Course,
    Enrolment,
    Qualification,
    QuizAttempt,
    RuleSetting,
    SafetyDocument,
    TrainingSession,
)
from liqi.access.rules.qualification import level_name
from liqi.access.training import course as courses
from liqi.access.training import documents, progress, quiz, sessions
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web import leaflet, scripts
from liqi.web.asked import signed_in

PAGE = 30
SOON_DAYS = 30
State = Enrolment.State


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """My qualifications, what is to be accepted, where I am enrolled, and the courses to choose from."""
    person, now = signed_in(request), timezone.now()
    found = _courses(request)
    mine = Qualification.objects.filter(person=person).select_related("course").order_by("revoked_at", "-granted_on")
    facts = {
        "qualifications": [(one, _state_of(one), level_name(one.level)) for one in mine[:200]],
        "standings": documents.standing(person, _documents_asked(person), at=now),
        "enrolments": _enrolments(person).filter(session__ends_at__gt=now)[:50],
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "find": request.GET.get("find", "").replace("\x00", "")[:100],
        "instrument": Instrument.objects.filter(key=request.GET.get("instrument", "")).first(),
        "crumbs": [(_("My bench"), reverse("bench")), (_("My training"), "")],
    }
    return render(request, "training/mine.html", facts)


@require_safe
@login_required
def course(request: HttpRequest, key: str) -> HttpResponse:
    """One course: what it gives, its steps and where I am with them, its sessions."""
    shown, person, now = _course(key), signed_in(request), timezone.now()
    mine = {one.session_id: one for one in Enrolment.objects.filter(session__course=shown, person=person)}
    ahead = TrainingSession.objects.filter(course=shown, ends_at__gt=now, cancelled_at=None).order_by("starts_at")
    rows = [_session_row(one, mine.get(one.pk), now) for one in ahead.prefetch_related("enrolments")[:100]]
    last = QuizAttempt.objects.filter(course=shown, person=person).order_by("-number").first()
    holds = Qualification.objects.filter(course=shown, person=person).valid(now.date()).order_by("-granted_on").first()
    facts = {
        "course": shown,
        "level": level_name(shown.level),
        "owner": courses.owner(shown),
        "named": list(shown.instruments.order_by("name")[:50]),
        "open_steps": progress.of(shown, person).open_steps,
        "sessions": rows,
        "tries_left": quiz.left(shown, person) if shown.needs_quiz else 0,
        "last_try": last,
        "holds": holds,
        "may_edit": courses.looks_after(person, courses.owner(shown)),
        "crumbs": [(_("My training"), reverse("training")), (scripts.title_of(shown, translation.get_language()), "")],
    }
    return render(request, "training/course.html", facts)


@require_POST
@login_required
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """I have a seat at the session, or a turn in its line."""
    session = get_object_or_404(TrainingSession.objects.select_related("course"), pk=pk)
    sessions.enrol(session=session, person=signed_in(request), now=timezone.now())
    return redirect("course", key=session.course.key)


@require_POST
@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """I gave my seat or turn back."""
    mine = get_object_or_404(Enrolment.objects.select_related("session__course"), session=pk, person=signed_in(request))
    sessions.leave(enrolment=mine, by=signed_in(request), now=timezone.now())
    return redirect("course", key=mine.session.course.key)


@login_required
def take(request: HttpRequest, key: str) -> HttpResponse:
    """The quiz: my open try, or how the last one ended; posting begins one or hands it in."""
    asked, person, now = _course(key), signed_in(request), timezone.now()
    mine = QuizAttempt.objects.filter(course=asked, person=person).select_related("course").order_by("-number")
    refusal, chosen = "", {}
    if request.method == "POST" and "begin" in request.POST:
        quiz.begin(course=asked, person=person, now=now, random=SystemRandom())
        return redirect("quiz", key=key)
    attempt = mine.first()
    if request.method == "POST" and attempt is not None:
        answers = [_numbers(request, number) for number in range(len(attempt.asked))]
        try:
            quiz.answer(attempt=attempt, person=person, answers=answers, now=now)
            return redirect("quiz", key=key)
        except quiz.NotPossible as problem:
            refusal, chosen = str(problem), dict(enumerate(answers))
    over = attempt is not None and attempt.finished_at is not None
    facts = {
        "course": asked,
        "attempt": attempt,
        "over": over,
        "questions": [(one, chosen.get(one["number"], [])) for one in (quiz.shown(attempt) if attempt else [])],
        "tries_left": quiz.left(asked, person),
        "refusal": refusal,
        "open_steps": progress.of(asked, person).open_steps,
        "crumbs": [
            (scripts.title_of(asked, translation.get_language()), reverse("course", args=[key])),
            (_("Quiz"), ""),
        ],
    }
    return render(request, "training/quiz.html", facts, status=422 if refusal else 200)


@login_required
def document(request: HttpRequest, key: str) -> HttpResponse:
    """A safety document to read; posting accepts its newest version."""
    shown = get_object_or_404(SafetyDocument.objects.select_related("instrument", "facility"), key=key)
    person, now = signed_in(request), timezone.now()
    versions = list(shown.versions.order_by("-number"))
    if request.method == "POST":
        version = get_object_or_404(shown.versions.select_related("document"), number=_number(request, "version"))
        documents.accept(version=version, person=person, now=now)
        return redirect("document", key=key)
    facts = {
        "document": shown,
        "place": documents.place_of(shown),
        "versions": versions,
        "newest": versions[0],
        "standing": next(iter(documents.standing(person, [shown.pk], at=now)), None),
        "accepted": {one.version_id: one for one in Acceptance.objects.filter(version__in=versions, person=person)},
        "may_edit": courses.looks_after(person, documents.place_of(shown)),
        "crumbs": [(_("My training"), reverse("training")), (shown.title, "")],
    }
    return render(request, "training/document.html", facts)


@require_safe
@login_required
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of a qualification as a PDF, for its person and the stewards of its course."""
    shown = get_object_or_404(
        Qualification.objects.select_related("person", "granted_by", "course__instrument", "course__facility"), pk=pk
    )
    person = signed_in(request)
    if shown.person_id != person.pk and not courses.looks_after(person, courses.owner(shown.course)):
        raise NotAllowed(_("This certificate is somebody else's; they or the stewards of the course may open it."))
    made = leaflet.certificate(shown, language=translation.get_language() or "en", now=timezone.now())
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{pk}.pdf"'
    return response


def _courses(request: HttpRequest) -> Any:
    """The open courses, of one instrument or by words of their title."""
    given = request.GET.get("instrument", "")
    if given:
        return courses.covering(get_object_or_404(Instrument, key=given))
    found = Course.objects.filter(closed_at=None).select_related("instrument", "facility").order_by("title", "pk")
    if text := request.GET.get("find", "").replace("\x00", "").strip()[:100]:
        named = Q(title__icontains=text) | Q(title_en__icontains=text)
        found = found.filter(named | Q(instrument__name__icontains=text) | Q(facility__name__icontains=text))
    return found


def _documents_asked(person: Person) -> set[int]:
    """The documents I accepted once, and those that instruments ask for which I have booked or may use."""
    mine = set(Acceptance.objects.filter(person=person).values_list("version__document", flat=True))
    booked = Instrument.objects.filter(
        Q(bookings__person=person) | Q(own_courses__qualifications__person=person)
    ).distinct()
    places = Q(instrument__in=booked.values("pk")) | Q(facility__in=booked.values("facility"))
    for parameters in RuleSetting.objects.filter(places, rule="safety_documents", active=True).values_list(
        "parameters", flat=True
    ):
        mine.update(parameters.get("documents", ()))
    return mine


def _enrolments(person: Person) -> QuerySet[Enrolment]:
    held = Enrolment.objects.filter(
        person=person, state__in=[State.ENROLLED, State.WAITING], session__cancelled_at=None
    )
    return held.select_related("session__course").order_by("session__starts_at")


def _session_row(session: TrainingSession, mine: Enrolment | None, now: Any) -> dict[str, Any]:
    there = list(session.enrolments.all())
    taken = sum(one.seat is not None for one in there)
    line = sorted((one.enrolled_at, one.pk) for one in there if one.state == State.WAITING)
    waiting = mine is not None and mine.state == State.WAITING
    return {
        "session": session,
        "free": max(session.places - taken, 0),
        "waiting": len(line),
        "mine": mine if mine is not None and mine.state != State.LEFT else None,
        "turn": line.index((mine.enrolled_at, mine.pk)) + 1 if waiting and mine is not None else None,
        "begun": session.starts_at <= now,
    }


def _state_of(one: Qualification) -> str:
    """revoked, expired, soon, later (not begun) or valid."""
    today = timezone.now().date()
    if one.revoked_at is not None:
        return "revoked"
    if one.expires_on is not None and one.expires_on <= today:
        return "expired"
    if one.expires_on is not None and (one.expires_on - today).days <= SOON_DAYS:
        return "soon"
    return "valid" if one.granted_on <= today else "later"


def _numbers(request: HttpRequest, number: int) -> list[int]:
    return [int(one) for one in request.POST.getlist(f"q{number}") if one.isdigit() and len(one) < 3]


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else 0


def _course(key: str) -> Course:
    return get_object_or_404(Course.objects.select_related("instrument", "facility"), key=key)
