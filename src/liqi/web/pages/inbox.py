"""The inbox: files from instruments whose owner is not known; a steward says whose each is, and may take it back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liqi.access import belonging
from liqi.access.models import Agent
from liqi.answers import arrivals, inbox
from liqi.answers.models import Arrival
from liqi.catalogue.models import Instrument
from liqi.web import tables
from liqi.web.asked import signed_in

PAGE = 50
COLUMNS = ("instrument", "path", "size", "modified_at", "arrived_at", "sha256", "state", "why", "how", "order")
LISTED = 300
"""So many instruments can be chosen from; those that send files first."""
SORTS = {"newest": "-modified_at", "oldest": "modified_at", "path": "path", "largest": "-size"}


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The files that wait, were filed or put aside, with bookings near their time; `format=csv` gives a file."""
    mine = belonging.looked_after_by(signed_in(request))
    rows, chosen = _asked(request, mine)
    if request.GET.get("format") == "csv":
        found = rows.values_list(*(f"{name}__key" if name in ("instrument", "order") else name for name in COLUMNS))
        return tables.as_csv("files", COLUMNS, found.iterator(chunk_size=2000))
    page = Paginator(rows.select_related("instrument", "order", "decided_by"), PAGE).get_page(request.GET.get("page"))
    waiting = [one for one in page if one.state == Arrival.State.INBOX]
    offered = arrivals.suggest(waiting)
    counts = dict(Arrival.objects.filter(instrument__in=mine).values_list("state").annotate(n=Count("pk")).order_by())
    sends = Exists(Agent.objects.filter(instrument=OuterRef("pk")))
    facts = {
        "page": page,
        "lines": [(one, offered.get(one.pk, [])) for one in page],
        "states": [(state, state.label, counts.get(state, 0)) for state in Arrival.State],
        "instruments": mine.annotate(sends=sends).order_by("-sends", "name")[:LISTED],
        "silent": Agent.objects.silent(timezone.now()).filter(instrument__in=mine).select_related("instrument"),
        "example": any(one.synthetic for one in page),
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "sorts": [("newest", _("newest first")), ("oldest", _("oldest first")), ("path", _("by path")),
                  ("largest", _("largest first"))],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Files from instruments"), "")],
        **chosen,
    }  # fmt: skip
    return render(request, "agents/inbox.html", facts)


@require_POST
@login_required
def file(request: HttpRequest) -> HttpResponse:
    """The ticked files are in the order that was named, or put aside: all of them, or none."""
    person, now = signed_in(request), timezone.now()
    back = f"{reverse('inbox')}?{request.POST.get('query', '')}"
    one, _sign, key = request.POST.get("to", "").partition("=")
    chosen = inbox.chosen([one] if one else request.POST.getlist("arrival"), person)
    if not chosen:
        messages.error(request, _("No file is ticked; tick those that you mean."))
        return redirect(back)
    try:
        if request.POST.get("aside"):
            inbox.put_aside(chosen, person=person, now=now)
        else:
            inbox.file(chosen, to=key or request.POST.get("order", ""), person=person, now=now)
    except arrivals.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(back)
    undo = f"{reverse('inbox_back')}?{urlencode({'arrival': [arrival.key for arrival in chosen]}, doseq=True)}"
    words = ngettext("%(count)s file is out of the inbox.", "%(count)s files are out of the inbox.", len(chosen))
    messages.success(request, words % {"count": len(chosen)}, extra_tags=undo)
    return redirect(back)


@require_POST
@login_required
def back(request: HttpRequest) -> HttpResponse:
    """The files wait in the inbox again: all of them, or none."""
    person, now = signed_in(request), timezone.now()
    try:
        inbox.take_back(inbox.chosen(request.GET.getlist("arrival"), person), person=person, now=now)
    except arrivals.NotPossible as problem:
        messages.error(request, str(problem))
    return redirect("inbox")


def _asked(request: HttpRequest, mine: QuerySet[Instrument]) -> tuple[QuerySet[Arrival], dict[str, str]]:
    given = request.GET
    state = given.get("state", "")
    chosen = {
        "state": state if state in Arrival.State.values else str(Arrival.State.INBOX),
        "instrument": given.get("instrument", "")[:200].replace("\0", ""),
        "find": given.get("find", "").strip()[:200].replace("\0", ""),
        "sort": given.get("sort", "") if given.get("sort", "") in SORTS else "newest",
    }
    rows = Arrival.objects.filter(instrument__in=mine, state=chosen["state"])
    if chosen["instrument"]:
        rows = rows.filter(instrument__key=chosen["instrument"])
    if chosen["find"]:
        rows = rows.filter(path__icontains=chosen["find"])
    return rows.order_by(SORTS[chosen["sort"]], "pk"), chosen


@require_safe
def one(request: HttpRequest, key: str) -> HttpResponse:
    """The inbox of one instrument."""
    instrument = get_object_or_404(Instrument, key=key)
    return redirect(f"{reverse('inbox')}?{urlencode({'instrument': instrument.key})}")
