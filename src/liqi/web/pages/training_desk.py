"""The steward's training: the courses looked after, who is qualified, lists brought in, safety documents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access import belonging
from liqi.access.models import Enrolment, Qualification, SafetyDocument, TrainingSession
from liqi.access.rules.qualification import level_name
from liqi.access.training import course as courses
from liqi.access.training import documents, incoming, qualification
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument
from liqi.web import asked, tables

PAGE = 50
COLUMNS = ("person", "name", "course", "course_key", "level", "granted_on", "expires_on", "state", "source", "note")
STATES = ("valid", "soon", "expired", "revoked")


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The courses and safety documents that I look after, with what waits."""
    person, now = asked.signed_in(request), timezone.now()
    mine = courses.looked_after_by(person).select_related("instrument", "facility").order_by("closed_at", "title", "pk")
    counted = mine.annotate(
        qualified=Count("qualifications", Q(qualifications__revoked_at=None), distinct=True),
        ahead=Count("sessions", Q(sessions__starts_at__gt=now, sessions__cancelled_at=None), distinct=True),
    )
    unkept = TrainingSession.objects.filter(
        course__in=mine.values("pk"), ends_at__lt=now, cancelled_at=None, enrolments__state=Enrolment.State.ENROLLED
    ).distinct()
    facts = {
        "page": Paginator(counted, PAGE).get_page(request.GET.get("page")),
        "unkept": unkept.select_related("course").order_by("starts_at")[:20],
        "documents": _documents_of(person).order_by("withdrawn_at", "title")[:100],
        "places": [("facility" if isinstance(one, Facility) else "instrument", one) for one in _places(person)],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Training"), "")],
    }
    return render(request, "training/desk.html", facts)


@require_safe
@login_required
def qualified(request: HttpRequest) -> HttpResponseBase:
    """Who is qualified by the courses that I look after; ``format=csv`` gives all as a file."""
    person, today = asked.signed_in(request), timezone.now().date()
    mine = courses.looked_after_by(person)
    rows: QuerySet[Qualification] = Qualification.objects.filter(course__in=mine.values("pk")).select_related(
        "person", "course"
    )
    if key := request.GET.get("course", ""):
        rows = rows.filter(course__key=key)
    if text := request.GET.get("find", "").replace("\x00", "").strip()[:100]:
        rows = rows.filter(Q(person__name__icontains=text) | Q(person__email__icontains=text))
    state = request.GET.get("state", "")
    rows = _in_state(rows, state, today)
    orders = {"person": "person__name", "course": "course__title", "granted": "-granted_on", "expires": "expires_on"}
    sort = request.GET.get("sort", "person")
    rows = rows.order_by(orders.get(sort, "person__name"), "pk")
    if request.GET.get("format") == "csv":
        return tables.as_csv("qualified", COLUMNS, (_line(one, today) for one in rows.iterator()))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "rows": [(one, _state(one, today), level_name(one.level)) for one in page],
        "courses": mine.order_by("title")[:200],
        "course": key,
        "find": text,
        "state": state,
        "states": [(one, one == state) for one in STATES],
        "sort": sort,
        "query": _query(request),
        "crumbs": [(_("Training"), reverse("desk_training")), (_("Who is qualified"), "")],
    }
    return render(request, "training/qualified.html", facts)


@require_POST
@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """A qualification is renewed, or revoked with a reason."""
    one = get_object_or_404(
        Qualification.objects.select_related("person", "course__instrument", "course__facility"), pk=pk
    )
    person, now = asked.signed_in(request), timezone.now()
    if "renew" in request.POST:
        qualification.renew(qualification=one, by=person, now=now)
    else:
        qualification.revoke(qualification=one, by=person, why=request.POST.get("why", ""), now=now)
    return redirect(f"{reverse('qualified')}?course={one.course.key}")


@login_required
def bring_in(request: HttpRequest) -> HttpResponse:
    """Qualifications kept elsewhere come in from a CSV file: looked at first, then all or none."""
    person, found, text, kept = asked.signed_in(request), None, request.POST.get("text", ""), False
    if request.method == "POST":
        if upload := request.FILES.get("file"):
            text = upload.read(4_000_000).decode("utf-8-sig", errors="replace").replace("\x00", "")
        kept = "keep" in request.POST
        found = incoming.bring_in(text, by=person, now=timezone.now()) if kept else incoming.read(text, by=person)
        kept = kept and not found.problems
    facts = {
        "found": found,
        "rows": [(row, level_name(row.level)) for row in found.rows[:PAGE]] if found else [],
        "problems": found.problems[:200] if found else (),
        "text": text,
        "kept": kept,
        "columns": incoming.COLUMNS,
        "crumbs": [(_("Training"), reverse("desk_training")), (_("Bring in qualifications"), "")],
    }
    status = 422 if found is not None and found.problems else 200
    return render(request, "training/bring_in.html", facts, status=status)


@login_required
def document(request: HttpRequest, key: str = "") -> HttpResponse:
    """The form of a safety document's next version; posting publishes it, or withdraws the document."""
    person, now = asked.signed_in(request), timezone.now()
    shown = get_object_or_404(SafetyDocument.objects.select_related("instrument", "facility"), key=key) if key else None
    place = documents.place_of(shown) if shown else asked.place(request)
    courses.require_steward_of(person, place)
    refusal, given = "", request.POST
    if request.method == "POST":
        try:
            return redirect("document", key=_published(given, shown, place, person, now).key)
        except documents.NotPossible as problem:
            refusal = str(problem)
    newest = shown.versions.order_by("-number").first() if shown else None
    facts = {
        "document": shown,
        "place": place,
        "newest": newest,
        "title": given.get("title", ""),
        "text": given.get("text", newest.text if newest else ""),
        "months": given.get("valid_months", newest.valid_months if newest else 12),
        "refusal": refusal,
        "crumbs": [(_("Training"), reverse("desk_training")), (shown.title if shown else _("New document"), "")],
    }
    return render(request, "training/document_edit.html", facts, status=422 if refusal else 200)


def _published(
    given: Any, shown: SafetyDocument | None, place: Instrument | Facility, person: Person, now: datetime
) -> SafetyDocument:
    if shown is None:
        return documents.begin(
            of=place, title=given.get("title", ""), text=given.get("text", ""), by=person, now=now,
            valid_months=asked.number(given.get("valid_months", "")),
        )  # fmt: skip
    if "withdraw" in given or "back" in given:
        return documents.withdraw(document=shown, by=person, now=now, back="back" in given)
    documents.publish(
        document=shown, text=given.get("text", ""), by=person, now=now, changes=given.get("changes", "")[:300],
        valid_months=asked.number(given.get("valid_months", "")), grace_days=asked.number(given.get("grace_days", "")),
    )  # fmt: skip
    return shown


def _in_state(rows: QuerySet[Qualification], state: str, today: Any) -> QuerySet[Qualification]:
    if state == "revoked":
        return rows.filter(revoked_at__isnull=False)
    if state == "expired":
        return rows.filter(revoked_at=None, expires_on__lte=today)
    valid = Q(expires_on=None) | Q(expires_on__gt=today)
    if state == "valid":
        return rows.filter(valid, revoked_at=None)
    if state == "soon":
        return rows.filter(revoked_at=None, expires_on__gt=today, expires_on__lte=today + timedelta(days=30))
    return rows


def _state(one: Qualification, today: Any) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if one.expires_on is None or (one.expires_on - today).days > 30:
        return "valid"
    return "soon" if one.expires_on > today else "expired"


def _line(one: Qualification, today: Any) -> list[Any]:
    days = [one.granted_on.isoformat(), one.expires_on.isoformat() if one.expires_on else ""]
    ends = [_state(one, today), one.source, one.note]
    return [one.person.email, one.person.name, one.course.title, one.course.key, one.level, *days, *ends]


def _places(person: Person) -> list[Instrument | Facility]:
    """Where the person may make a course: facilities first."""
    facilities = Facility.objects.filter(stewards__person=person) if not person.is_operator else Facility.objects.all()
    instruments = belonging.looked_after_by(person).filter(bookable=True)
    return [*facilities.distinct().order_by("name")[:50], *instruments.order_by("name")[:100]]


def _documents_of(person: Person) -> QuerySet[SafetyDocument]:
    found = SafetyDocument.objects.select_related("instrument", "facility").annotate(number=Count("versions"))
    if person.is_operator:
        return found
    mine = Q(instrument__stewards__person=person) | Q(facility__stewards__person=person)
    return found.filter(mine | Q(instrument__facility__stewards__person=person)).distinct()


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in ("page", "format"):
        kept.pop(name, None)
    return kept.urlencode()
