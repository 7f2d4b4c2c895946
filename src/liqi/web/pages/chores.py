"""Tasks: what is to be done at instruments, by whom and by when; one task with its list and what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access import belonging
from liqi.access.agents import stewards_of
from liqi.access.care import chores
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Chore, ChoreItem
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument
from liqi.web import asked, tables, typed
from liqi.web.scripts import name_of

PAGE = 50
WHOSE = (("mine", gettext_lazy("given to me")), ("", gettext_lazy("all in my care")))
STATES = (("open", gettext_lazy("to be done")), ("done", gettext_lazy("done")), ("dropped", gettext_lazy("dropped")))
COLUMNS = ("instrument", "title", "assignee", "due_on", "priority", "state", "created_at", "settled_at")
WRONG = (NotPossible, NotAllowed)


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The tasks given to one and those of the instruments in one's care, what is overdue and urgent first."""
    person, now = asked.signed_in(request), timezone.now()
    state = request.GET.get("state", "open")
    state = state if state in dict(STATES) else "open"
    seen = Q(assignee=person)
    if request.GET.get("whose") != "mine":
        seen |= Q(instrument__in=belonging.looked_after_by(person))
    rows = Chore.objects.filter(seen, state=state)
    rows = (
        rows.order_by(F("due_on").asc(nulls_last=True), "priority", "pk")
        if state == "open"
        else rows.order_by("-settled_at")
    )
    if request.GET.get("format") == "csv":
        fields = ("instrument__key", "title", "assignee__name", *COLUMNS[3:])
        return tables.as_csv("liqi-tasks", COLUMNS, rows.values_list(*fields))
    counted = rows.select_related("instrument", "assignee").annotate(
        lines=Count("items"), ticked=Count("items", filter=Q(items__done_at__isnull=False))
    )
    page = Paginator(counted, PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "states": [(name, label, name == state) for name, label in STATES],
        "whose": [(name, label, name == request.GET.get("whose", "")) for name, label in WHOSE],
        "today": timezone.localdate(now),
        "example": any(one.synthetic for one in page),
        "crumbs": [(_("My bench"), reverse("bench")), (_("Tasks"), "")],
    }
    return render(request, "chores/index.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instrument(request: HttpRequest, key: str) -> HttpResponse:
    """The tasks of one instrument, and the form for another one."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    person, now, given, wrong = asked.signed_in(request), timezone.now(), request.POST.dict(), ""
    if not belonging.looks_after(person, shown):
        words = _("The tasks of %(instrument)s are for its stewards; ask one of them, or report a problem.")
        raise NotAllowed(words % {"instrument": shown})
    if request.method == "POST":
        try:
            assignee = Person.objects.filter(pk=asked.number(given.get("assignee", ""))).first()
            made = chores.write(
                instrument=shown, person=person, title=given.get("title", ""), words=given.get("words", ""),
                assignee=assignee, due_on=typed.day(given.get("due_on", "")), now=now,
                priority=asked.number(given.get("priority", "2")), items=given.get("items", "").splitlines(),
            )  # fmt: skip
        except WRONG as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("The task is written down."))
            return redirect("task", made.pk)
    rows = Chore.objects.filter(instrument=shown).select_related("assignee", "instrument")
    counted = rows.annotate(lines=Count("items"), ticked=Count("items", filter=Q(items__done_at__isnull=False)))
    facts = {
        "instrument": shown,
        "open": counted.open().order_by(F("due_on").asc(nulls_last=True), "priority", "pk"),
        "settled": counted.exclude(state="open").order_by("-settled_at")[:PAGE],
        "people": stewards_of(shown),
        "priorities": Chore.Priority.choices,
        "typed": given or {"priority": "2"},
        "wrong": wrong,
        "today": timezone.localdate(now),
        "example": shown.synthetic,
        "crumbs": _crumbs(shown, _("Tasks")),
    }
    return render(request, "chores/instrument.html", facts, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: tick its lines, say something, give it to somebody, be done with it."""
    rows = Chore.objects.select_related("instrument__facility", "assignee", "person", "incident", "settled_by")
    chore = get_object_or_404(rows, pk=pk)
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    if not chores.may_work(person, chore):
        words = _("This task is for who is to do it and the stewards of %(instrument)s; ask one of them.")
        raise NotAllowed(words % {"instrument": called(chore.instrument)})
    if request.method == "POST":
        try:
            _act(request, chore, person, now)
        except WRONG as problem:
            wrong = str(problem)
        else:
            return redirect("task", pk)
    facts: dict[str, Any] = {
        "chore": chore,
        "instrument": chore.instrument,
        "items": list(chore.items.select_related("done_by")),
        "comments": list(chore.comments.select_related("person")),
        "care": belonging.looks_after(person, chore.instrument),
        "people": stewards_of(chore.instrument),
        "priorities": Chore.Priority.choices,
        "wrong": wrong,
        "typed": request.POST.dict(),
        "today": timezone.localdate(now),
        "example": chore.synthetic,
        "crumbs": [(_("Tasks"), reverse("tasks")), (chore.title, "")],
    }
    return render(request, "chores/show.html", facts, status=422 if wrong else 200)


def _act(request: HttpRequest, chore: Chore, person: Person, now: datetime) -> None:
    given, do = request.POST, request.POST.get("do", "")
    if do in ("tick", "untick"):
        item = get_object_or_404(
            ChoreItem.objects.select_related("chore__instrument"), pk=asked.number(given.get("item", "")), chore=chore
        )
        chores.tick(item=item, person=person, done=do == "tick", now=now)
    elif do == "say":
        chores.comment(chore=chore, person=person, words=given.get("words", ""), now=now)
    elif do in ("done", "dropped"):
        chores.settle(chore=chore, person=person, now=now, dropped=do == "dropped")
    elif do == "reopen":
        chores.reopen(chore=chore, person=person, now=now)
    elif do == "change":
        assignee = Person.objects.filter(pk=asked.number(given.get("assignee", ""))).first()
        chores.change(
            chore=chore, person=person, now=now, assignee=assignee, due_on=typed.day(given.get("due_on", "")),
            priority=asked.number(given.get("priority", "2")),
        )  # fmt: skip
    else:
        raise NotPossible(_("This is not one of the things that can be done here."))


def _crumbs(shown: Instrument, last: str) -> list[tuple[str, str]]:
    return [(name_of(shown, translation.get_language()), reverse("instrument", args=[shown.key])), (last, "")]
