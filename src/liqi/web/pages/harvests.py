"""Sources that are harvested, for operators: what each brought, what could not be taken and why, run now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.federation import sources
from liqi.catalogue.models import Harvest, HarvestProblem, HarvestState
from liqi.web import tables, timetable
from liqi.web.asked import signed_in

PAGE = 50
FORMATS = {
    "liqi": gettext_lazy("Liqi, whole records"),
    "oai_datacite": gettext_lazy("DataCite"),
    "cerif_openaire": gettext_lazy("CERIF (OpenAIRE)"),
    "oai_dc": gettext_lazy("Dublin Core, names and little more"),
}
STATES = {
    HarvestState.IDLE: (gettext_lazy("not yet run"), ""),
    HarvestState.QUEUED: (gettext_lazy("waiting"), ""),
    HarvestState.RUNNING: (gettext_lazy("running"), "good"),
    HarvestState.DONE: (gettext_lazy("done"), "good"),
    HarvestState.FAILED: (gettext_lazy("failed"), "bad"),
    HarvestState.STOPPED: (gettext_lazy("stopped"), "warn"),
}
"""States in words, with their tone."""
ADVICE = {
    "value": gettext_lazy("A field has a value that does not fit. Tell the keeper of the source which one."),
    "unreadable": gettext_lazy("The record is not in the format that it says. Tell the keeper of the source."),
    "name_missing": gettext_lazy("The record has no name. Tell the keeper of the source."),
    "no_metadata": gettext_lazy("The record came empty. Harvest again; if it stays empty, tell its keeper."),
    "identifier": gettext_lazy("The record has no identifier that can be kept. Tell the keeper of the source."),
    "link": gettext_lazy(
        "The record belongs to something that did not come. Harvest without a set, or tell its keeper."
    ),
    "refused": gettext_lazy("It contradicts another record or itself. Compare the two and mend one."),
}
"""The code of a problem, and what to do about it."""
COLUMNS = ("identifier", "datestamp", "code", "message", "found_at")
GOING_ON = (HarvestState.QUEUED, HarvestState.RUNNING)
Page = Callable[..., HttpResponseBase]


def _for_operators(view: Page) -> Page:
    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *words: Any, **more: Any) -> HttpResponseBase:
        if not (isinstance(request.user, Person) and request.user.is_operator):
            raise NotAllowed(_("Only operators of the platform harvest other catalogues; ask one of them."))
        return view(request, *words, **more)

    return guarded


@require_safe
@_for_operators
def index(request: HttpRequest) -> HttpResponse:
    """Every source with its state, its counts and what went wrong."""
    rows = _with_problems(Harvest.objects.all())
    facts = {
        "sources": [_shown(one) for one in rows],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Harvests"), "")],
    }
    return render(request, "harvests/index.html", facts)


@require_safe
@_for_operators
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One source: how far its harvest is, and the records that could not be taken; `format=csv` gives all as a file."""
    source = get_object_or_404(_with_problems(Harvest.objects.all()), pk=pk)
    problems = HarvestProblem.objects.filter(harvest=source)
    codes = list(problems.values("code").annotate(n=Count("pk")).order_by("-n", "code"))
    chosen = request.GET.get("code", "")
    if chosen in [one["code"] for one in codes]:
        problems = problems.filter(code=chosen)
    if text := request.GET.get("find", "").replace("\x00", "").strip():
        problems = problems.filter(identifier__icontains=text[:200])
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"harvest-{pk}-problems", COLUMNS, problems.values_list(*COLUMNS).iterator())
    page = Paginator(problems, PAGE).get_page(request.GET.get("page"))
    facts = {
        **_shown(source),
        "page": page,
        "problems": [(one, ADVICE.get(one.code, "")) for one in page],
        "codes": [(one["code"], one["n"], one["code"] == chosen) for one in codes],
        "chosen": chosen,
        "find": text,
        "crumbs": [(_("Harvests"), reverse("harvests")), (str(source), "")],
    }
    return render(request, "harvests/show.html", facts)


@require_safe
@_for_operators
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the harvest is, for the page that asks again and again."""
    source = get_object_or_404(_with_problems(Harvest.objects.all()), pk=pk)
    if source.state not in GOING_ON:
        return HttpResponseClientRefresh()  # the whole page is another one now
    return render(request, "harvests/_progress.html", _shown(source))


@_for_operators
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of a source, new or known; what was typed stays when it cannot be taken."""
    source = get_object_or_404(Harvest, pk=pk) if pk is not None else None
    values = _typed(request) if request.method == "POST" else _values(source)
    repeated = timetable.typed(request.POST) if request.method == "POST" else timetable.shown(source)
    refusal = ""
    if request.method == "POST":
        try:
            now, person = timezone.now(), signed_in(request)
            repeat = timetable.read(request.POST)
            with transaction.atomic():
                if source is None:
                    kept = sources.add(**values, person=person, now=now)
                else:
                    kept = sources.change(source, values, person=person, now=now)
                sources.repeat(kept, **repeat, person=person, now=now)
            return redirect("harvest", pk=kept.pk)
        except sources.Refused as problem:
            refusal = str(problem)
    facts = {
        "source": source,
        "values": values,
        "refusal": refusal,
        "repeated": repeated,
        "formats": [(name, label, name == values["prefix"]) for name, label in FORMATS.items()],
        "crumbs": [(_("Harvests"), reverse("harvests")), (str(source) if source else _("New source"), "")],
    }
    return render(request, "harvests/edit.html", facts, status=422 if refusal else 200)


@require_POST
@_for_operators
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A worker harvests the source."""
    sources.enqueue(get_object_or_404(Harvest, pk=pk), person=signed_in(request), now=timezone.now())
    return redirect("harvest", pk=pk)


@require_POST
@_for_operators
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """The harvest stops at its next page and keeps its place."""
    sources.stop(get_object_or_404(Harvest, pk=pk), person=signed_in(request), now=timezone.now())
    return redirect("harvest", pk=pk)


@require_POST
@_for_operators
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The source is no longer harvested; its records stay."""
    sources.remove(get_object_or_404(Harvest, pk=pk), person=signed_in(request), now=timezone.now())
    return redirect("harvests")


def _with_problems(rows: QuerySet[Harvest]) -> QuerySet[Any]:
    return rows.annotate(problem_count=Count("problems"))


def _shown(source: Any) -> dict[str, Any]:
    words, tone = STATES[HarvestState(source.state)]
    share = min(100, round(100 * source.seen / source.size)) if source.size else None
    return {
        "source": source,
        "state_words": words,
        "tone": tone,
        "going_on": source.state in GOING_ON,
        "format": FORMATS.get(source.prefix, source.prefix),
        "percent": share,
        "repeats": timetable.sentence(source),
        "cut_off": source.state in (HarvestState.FAILED, HarvestState.STOPPED) and bool(source.token),
    }


def _values(source: Harvest | None) -> dict[str, Any]:
    if source is None:
        return {"url": "", "prefix": "liqi", "set_spec": "", "allow_private": False}
    return {name: getattr(source, name) for name in ("url", "prefix", "set_spec", "allow_private")}


def _typed(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    return {
        "url": given.get("url", "").strip(),
        "prefix": given.get("prefix", ""),
        "set_spec": given.get("set_spec", "").strip(),
        "allow_private": bool(given.get("allow_private")),
    }
