"""The national report: what the check finds, what waits and what the platform answered, for those who report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from liqi.access import reporting, service_record
from liqi.accounts.models import Person
from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.exchange.national.records import CLOCK
from liqi.catalogue.models import Institution, Push, PushRun, PushState
from liqi.catalogue.national import client, queue, run
from liqi.web import national, tables
from liqi.web.asked import signed_in

PAGE = 50
SORTS = {"place": ("place", "id"), "answered": ("-answered_at", "id"), "state": ("state", "place", "id")}
YEARS = 4


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The check or the queue of one institution and year; `format=csv` gives the list as a file."""
    person = signed_in(request)
    mine = list(reporting.institutions_of(person)[:500])
    if not mine:
        return render(request, "national/none.html", {"crumbs": _crumbs()})
    institution = _chosen(request, mine)
    now = timezone.now()
    year = _year(request, now)
    tab = "queue" if request.GET.get("tab") == "queue" else "check"
    facts: dict[str, Any] = {
        "institutions": mine,
        "institution": institution,
        "year": year,
        "years": range(now.astimezone(CLOCK).year, now.astimezone(CLOCK).year - YEARS, -1),
        "tab": tab,
        "policy": "report" if request.GET.get("empty") == "report" else "fill",
        "kinds": [(name, words, name == request.GET.get("kind")) for name, words in national.RECORDS.items()],
        "example": institution.synthetic,
        "crumbs": _crumbs(),
        **_run_facts(institution),
    }
    if tab == "queue":
        rows = _queue(request, institution)
        if request.GET.get("format") == "csv":
            return tables.as_csv("national-queue", QUEUE_COLUMNS, map(_queue_row, rows.iterator(chunk_size=2000)))
        facts |= _queue_facts(request, institution, rows)
    else:
        checked = national.checked(institution, year, now=now, policy=facts["policy"])
        lines = _lines(request, checked)
        if request.GET.get("format") == "csv":
            return tables.as_csv("national-check", CHECK_COLUMNS, _check_rows(lines))
        facts |= {
            "counts": checked.counts,
            "figures": checked.figures.values(),
            "fields": [(*one, one[0] == request.GET.get("field")) for one in checked.fields],
            "held_only": bool(request.GET.get("held")),
            "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
            "kind_words": national.RECORDS,
        }
    return render(request, "national/show.html", facts)


@require_safe
@login_required
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """How far the push is, for the page that asks again and again; the page is loaded anew once it has ended."""
    institution = get_object_or_404(Institution, key=key)
    reporting.require(signed_in(request), institution)
    facts = _run_facts(institution)
    if request.headers.get("HX-Request") and not facts["going_on"]:
        return HttpResponseClientRefresh()
    return render(request, "national/_progress.html", {"institution": institution, **facts})


@require_POST
@login_required
def act(request: HttpRequest, key: str) -> HttpResponse:
    """One of: records, queue, push, cancel, ask, hold, again; the page then says what came of it."""
    person, now = signed_in(request), timezone.now()
    institution = get_object_or_404(Institution, key=key)
    reporting.require(person, institution)
    year = _year(request, now)
    try:
        words = _do(request, request.POST.get("do", ""), institution, year, person, now)
    except (queue.NoCode, run.UnderWay, client.NotConfigured) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, words)
    back = request.POST.get("back", "")
    query = back if back.startswith("institution=") else urlencode([("institution", institution.key), ("year", year)])
    return redirect(f"{reverse('national')}?{query}")


def _do(request: HttpRequest, what: str, institution: Institution, year: int, person: Person, now: datetime) -> str:
    if what == "records":
        counts = service_record.record_year(institution, year, now=now, person=person)
        return _("Service records: %(created)s made, %(updated)s changed, %(unchanged)s as before.") % counts
    if what == "queue":
        policy = "report" if request.POST.get("empty") == "report" else "fill"
        submit = bool(request.POST.get("submit"))
        counts = queue.enqueue(institution, year, now=now, person=person, policy=policy, submit=submit)
        said = {name: counts.get(name, 0) for name in ("waiting", "held", "unchanged")}
        return _("In the queue: %(waiting)s wait, %(held)s are held back, %(unchanged)s as before.") % said
    if what == "push":
        client.configured()
        run.start(institution, now=now, person=person)
        return _("The push has begun; it goes on when you close this page.")
    if what == "cancel":
        for one in PushRun.objects.filter(institution=institution, state__in=("queued", "running")):
            run.cancel(one, now=now, person=person)
        return _("The push ends before its next record; what was sent stays sent.")
    if what == "ask":
        client.configured()
        run.ask(institution)
        return _("The platform is asked what it rejected; such records stand here as rejected in a moment.")
    rows = Push.objects.filter(institution=institution, pk__in=filter(str.isdigit, request.POST.getlist("row")))
    verb = queue.hold if what == "hold" else queue.send_again
    moved = verb(rows, now=now, person=person)
    if what == "hold":
        return ngettext("%(n)s record is held back.", "%(n)s records are held back.", moved) % {"n": moved}
    return ngettext("%(n)s record waits to be sent.", "%(n)s records wait to be sent.", moved) % {"n": moved}


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Manager's desk"), reverse("desk")), (_("National report"), "")]


def _chosen(request: HttpRequest, mine: list[Institution]) -> Institution:
    """The institution asked for, else the first that has a code."""
    key = request.GET.get("institution")
    coded = next((one for one in mine if one.national_code), mine[0])
    return next((one for one in mine if one.key == key), coded)


def _year(request: HttpRequest, now: datetime) -> int:
    text = request.POST.get("year") or request.GET.get("year", "")
    return int(text) if text.isdecimal() and 1990 <= int(text) <= 2100 else now.astimezone(CLOCK).year


def _run_facts(institution: Institution) -> dict[str, Any]:
    last = PushRun.objects.filter(institution=institution).first()
    return {"run": last, "going_on": last is not None and last.state in ("queued", "running")}


def _lines(request: HttpRequest, checked: national.Checked) -> list[national.Line]:
    kind, key, held = request.GET.get("kind"), request.GET.get("field"), request.GET.get("held")
    text = request.GET.get("q", "").strip().casefold()
    return [
        line for line in checked.lines
        if (not kind or line.kind == kind)
        and (not key or any(problem.field == key for problem in line.problems))
        and (not held or line.held)
        and (not text or text in f"{line.number} {line.name}".casefold())
    ]  # fmt: skip


CHECK_COLUMNS = ("record", "id", "name", "field", "label", "code", "holds", "found", "expected", "do")
QUEUE_COLUMNS = ("record", "id", "state", "code", "message", "attempts", "queued_at", "answered_at", "sha256")


def _check_rows(lines: list[national.Line]) -> Iterator[list[Any]]:
    for line in lines:
        for problem in line.problems:
            said = problem.as_json()
            yield [said[name] for name in CHECK_COLUMNS]


def _queue_row(row: Push) -> list[Any]:
    times = [moment.isoformat() if moment else "" for moment in (row.queued_at, row.answered_at)]
    kind = dictionary.record_of(row.record_type)
    return [kind, row.record, row.state, row.code, row.message, row.attempts, *times, row.sha256]


def _queue(request: HttpRequest, institution: Institution) -> QuerySet[Push]:
    rows = Push.objects.filter(institution=institution)
    if (kind := request.GET.get("kind", "")) in dictionary.RECORDS:
        rows = rows.filter(record_type=dictionary.RECORDS[kind])
    if (state := request.GET.get("state", "")) in PushState.values:
        rows = rows.filter(state=state)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(record__icontains=text) | Q(message__icontains=text))
    return rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["place"]))


def _queue_facts(request: HttpRequest, institution: Institution, rows: QuerySet[Push]) -> dict[str, Any]:
    counted = Push.objects.filter(institution=institution).order_by().values_list("state").annotate(n=Count("pk"))
    counts = dict(counted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        words, tone = national.STATES[row.state]
        kind = dictionary.record_of(row.record_type)
        about = {"kind_words": national.RECORDS[kind], "state_words": words, "tone": tone}
        about |= {"name": row.payload.get("cname") or row.payload.get("formname") or row.payload.get("subjectName", "")}
        row.__dict__ |= about | {"why": national.why_held(row) if row.state == "held" else []}
    return {
        "page": page,
        "states": [
            (state, words, counts.get(state, 0), state == request.GET.get("state"))
            for state, (words, _tone) in national.STATES.items()
        ],
        "in_queue": sum(counts.values()),
        "waiting": counts.get("waiting", 0),
        "sorts": [
            ("place", _("In the order of sending"), request.GET.get("sort") in (None, "", "place")),
            ("answered", _("Last answered first"), request.GET.get("sort") == "answered"),
            ("state", _("By state"), request.GET.get("sort") == "state"),
        ],
    }
