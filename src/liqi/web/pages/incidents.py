"""Incidents: what went wrong, reported with pictures; what is done about it, and what was learnt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access import belonging
from liqi.access.agents import stewards_of
from liqi.access.care import chores, incidents
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Chore, Incident, IncidentPicture
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import pictures
from liqi.catalogue.models import Instrument
from liqi.web import asked, tables, typed
from liqi.web.scripts import name_of

PAGE = 50
STATES = (("open", gettext_lazy("open")), ("closed", gettext_lazy("closed")), ("all", gettext_lazy("all")))
WORST = ("dangerous", "blocking", "major", "minor")
COLUMNS = ("instrument", "reported_at", "happened_at", "severity", "words", "person", "closed_at", "lesson")
WRONG = (NotPossible, NotAllowed, pictures.UnusablePicture)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: HttpRequest, key: str) -> HttpResponse:
    """What is wrong, how bad, with pictures; open problems stand above, so that nobody reports them again."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    person, now, given, wrong = asked.signed_in(request), timezone.now(), request.POST.dict(), ""
    if request.method == "POST":
        try:
            happened = typed.moment(given.get("happened", ""), person.time_zone or shown.time_zone)
            made = incidents.report(
                instrument=shown, person=person, words=given.get("words", ""), now=now, happened_at=happened,
                severity=given.get("severity", ""), contents=_contents(request),
            )  # fmt: skip
        except WRONG as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("The stewards are told. Thank you."))
            return redirect("incident", made.pk)
    facts = {
        "instrument": shown,
        "known": Incident.objects.open().filter(instrument=shown).order_by("-reported_at")[:10],
        "severities": Incident.Severity.choices,
        "typed": given or {"severity": "minor"},
        "wrong": wrong,
        "example": shown.synthetic,
        "crumbs": _crumbs(shown, _("Report a problem")),
    }
    return render(request, "incidents/report.html", facts, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident: words, pictures, tasks, the time out of use, the lesson."""
    rows = Incident.objects.select_related("instrument__facility", "instrument__institution", "person", "closed_by")
    incident = get_object_or_404(rows.select_related("outage", "session"), pk=pk)
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    if not incidents.may_read(person, incident):
        words = _("This incident is for who reported it and the stewards of %(instrument)s; ask one of them.")
        raise NotAllowed(words % {"instrument": called(incident.instrument)})
    if request.method == "POST":
        try:
            messages.success(request, _act(request, incident, person, now))
        except WRONG as problem:
            wrong = str(problem)
        else:
            return redirect("incident", pk)
    care = belonging.looks_after(person, incident.instrument)
    facts = {
        "incident": incident,
        "instrument": incident.instrument,
        "pictures": list(incident.pictures.all()),
        "chores": list(incident.chores.select_related("assignee").order_by("created_at")),
        "care": care,
        "people": stewards_of(incident.instrument) if care else [],
        "priorities": Chore.Priority.choices,
        "typed": request.POST.dict(),
        "wrong": wrong,
        "tone": "bad" if incident.severity in WORST[:2] else "warn",
        "example": incident.synthetic,
        "crumbs": _crumbs(incident.instrument, _("Incident")),
    }
    return render(request, "incidents/show.html", facts, status=422 if wrong else 200)


def _act(request: HttpRequest, incident: Incident, person: Person, now: datetime) -> str:
    given, do = request.POST, request.POST.get("do", "")
    if do == "close":
        incidents.close(incident=incident, person=person, lesson=given.get("lesson", ""), now=now)
        return _("The incident is closed; who reported it hears so.")
    if do == "reopen":
        incidents.reopen(incident=incident, person=person, now=now)
        return _("The incident is open again.")
    if do == "out":
        incidents.take_out(incident=incident, person=person, now=now)
        return _("The instrument is out of use; everybody whose booking is struck is told.")
    if do == "pictures":
        count = incidents.add_pictures(incident=incident, person=person, contents=_contents(request), now=now)
        return _("%(n)d pictures are added.") % {"n": count}
    if do == "task":
        assignee = Person.objects.filter(pk=asked.number(given.get("assignee", ""))).first()
        chores.write(
            instrument=incident.instrument, person=person, title=given.get("title", ""), incident=incident, now=now,
            assignee=assignee, due_on=typed.day(given.get("due_on", "")),
            priority=asked.number(given.get("priority", "2")),
        )  # fmt: skip
        return _("The task is written down.")
    raise NotPossible(_("This is not one of the things that can be done here."))


@require_safe
@login_required
def picture(request: HttpRequest, pk: int, sha256: str) -> HttpResponseBase:
    """The bytes of a picture, for who reported it and the stewards."""
    rows = IncidentPicture.objects.select_related("incident__instrument")
    kept = get_object_or_404(rows, incident=pk, sha256=sha256)
    if not incidents.may_read(asked.signed_in(request), kept.incident):
        raise NotAllowed(_("The pictures of an incident are for who reported it and the stewards; ask one of them."))
    path = pictures.path_of(kept.sha256)
    if not path.exists():
        raise Http404(_("The picture is on record, but its file is missing."))
    answer = FileResponse(path.open("rb"), content_type=kept.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """The incidents of the instruments in one's care: open ones, the worst first."""
    person = asked.signed_in(request)
    state = request.GET.get("state", "open")
    state = state if state in dict(STATES) else "open"
    worst = Case(
        *(When(severity=name, then=Value(place)) for place, name in enumerate(WORST)), output_field=IntegerField()
    )
    rows: Any = Incident.objects.filter(instrument__in=belonging.looked_after_by(person)).annotate(worst=worst)
    rows = rows.open() if state == "open" else rows.exclude(closed_at=None) if state == "closed" else rows
    rows = rows.order_by("worst", "-reported_at") if state == "open" else rows.order_by("-reported_at", "-pk")
    if severity := request.GET.get("severity", ""):
        rows = rows.filter(severity=severity)
    if request.GET.get("format") == "csv":
        fields = ("instrument__key", *COLUMNS[1:5], "person__name", *COLUMNS[6:])
        return tables.as_csv("liqi-incidents", COLUMNS, rows.values_list(*fields))
    counted = rows.select_related("instrument", "person").annotate(seen=Count("pictures"))
    page = Paginator(counted, PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "states": [(name, label, name == state) for name, label in STATES],
        "severities": [(name, label, name == severity) for name, label in Incident.Severity.choices],
        "bad": WORST[:2],
        "example": any(one.synthetic for one in page),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Incidents"), "")],
    }
    return render(request, "incidents/desk.html", facts)


def _contents(request: HttpRequest) -> list[bytes]:
    """The pictures that were sent, each read as far as a picture may be long, and one byte more."""
    sent = request.FILES.getlist("pictures")[: incidents.MOST_PICTURES + 1]
    return [one.read(pictures.MOST_BYTES + 1) for one in sent]


def _crumbs(shown: Instrument, last: str) -> list[tuple[str, str]]:
    return [(name_of(shown, translation.get_language()), reverse("instrument", args=[shown.key])), (last, "")]
