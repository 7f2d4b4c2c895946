"""Pairs of records that may be one instrument, side by side: merge with a choice for each field, or call different."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from liqi import taxonomy
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import duplicates, editing, merging
from liqi.catalogue.models import Instrument, Merge, Twins
from liqi.web import fieldnames, histories, scripts, tables
from liqi.web.asked import signed_in

DECIDED = 10
REASONS = {
    "serial": gettext_lazy("same maker and serial number"),
    "name": gettext_lazy("same institution, name and model, acquired within a year"),
    "doi": gettext_lazy("same DOI"),
    "handle": gettext_lazy("same Handle"),
    "asset": gettext_lazy("same institution and asset number"),
}
ALWAYS = ("name", "name_en", "institution", "maker", "model", "serial", "class_code", "acquired_on", "value_cny")
"""Fields that are shown of every pair, also where they agree."""


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """One pair after the other, the surest first; `format=csv` gives all that wait as a file."""
    person = signed_in(request)
    rows = _asked(request, person)
    if request.GET.get("format") == "csv":
        return _export(rows)
    page = Paginator(rows, 1).get_page(request.GET.get("page"))
    pair = page.object_list[0] if page.object_list else None
    reason = request.GET.get("reason", "")
    facts = {
        "page": page,
        "pair": pair,
        "fields": _fields(pair.first, pair.second) if pair else [],
        "reason": REASONS.get(pair.reason, pair.reason) if pair else "",
        "reasons": [(code, words, code == reason) for code, words in REASONS.items()],
        "decided": _decided(person),
        "institution": request.GET.get("institution", ""),
        "query": _query(request),
        "may_find": person.is_operator,
        "example": bool(pair and pair.first.synthetic),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Duplicates"), "")],
    }
    return render(request, "curation/duplicates.html", facts)


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """All instruments are looked through again."""
    if not signed_in(request).is_operator:
        raise duplicates.NotAllowed(_("Only an operator looks through the whole catalogue; ask one of them."))
    found = duplicates.propose(now=timezone.now())
    words = _("%(new)s new pairs, %(waiting)s wait for a decision, %(withdrawn)s no longer hold.")
    messages.success(request, words % {"new": found.new, "waiting": found.waiting, "withdrawn": found.withdrawn})
    return redirect("duplicates")


@login_required
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The pair is one record: the one to keep, with the values that were chosen."""
    pair = get_object_or_404(Twins.objects.select_related("first", "second"), pk=pk)
    keeps_second = request.POST.get("keep") == "second"
    kept, other = (pair.second, pair.first) if keeps_second else (pair.first, pair.second)
    side = "first" if keeps_second else "second"
    take = [name for name in merging.fields_to_take() if request.POST.get(f"field-{name}") == side]
    try:
        done = merging.merge(kept, other, person=signed_in(request), now=timezone.now(), take=take)
    except (merging.Clash, merging.NotAsItWas) as problem:
        messages.error(request, str(problem))
        return redirect(_back(request))
    words = _("Merged: %(other)s is now part of %(kept)s.") % {"other": other, "kept": kept}
    messages.success(request, words, extra_tags=reverse("unmerge", args=[done.pk]))
    return redirect(_back(request))


@login_required
@require_POST
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """The two records are as they were before the merge."""
    done = get_object_or_404(Merge.objects.select_related("kept", "merged"), pk=pk)
    try:
        merging.unmerge(done, person=signed_in(request), now=timezone.now())
        messages.success(request, _("Undone: %(record)s stands by itself again.") % {"record": called(done.merged)})
    except merging.NotAsItWas as problem:
        messages.error(request, str(problem))
    return redirect("duplicates")


@login_required
@require_POST
def different(request: HttpRequest, pk: int) -> HttpResponse:
    """The two are different instruments."""
    pair = get_object_or_404(Twins.objects.select_related("first", "second"), pk=pk)
    duplicates.call_different(pair, person=signed_in(request), now=timezone.now())
    messages.success(
        request,
        _("Kept apart: they are not shown again."),
        extra_tags=reverse("twins_reconsider", args=[pair.pk]),
    )
    return redirect(_back(request))


@login_required
@require_POST
def reconsider(request: HttpRequest, pk: int) -> HttpResponse:
    """The pair waits for a decision again."""
    pair = get_object_or_404(Twins.objects.select_related("first", "second"), pk=pk)
    duplicates.reconsider(pair, person=signed_in(request), now=timezone.now())
    return redirect("duplicates")


def _asked(request: HttpRequest, person: Person) -> QuerySet[Twins]:
    rows = duplicates.of_person(person)
    if key := request.GET.get("institution"):
        rows = rows.filter(Q(first__institution__key=key) | Q(second__institution__key=key))
    if request.GET.get("reason") in REASONS:
        rows = rows.filter(reason=request.GET["reason"])
    return rows


def _query(request: HttpRequest) -> str:
    return urlencode({name: value for name in ("institution", "reason", "page") if (value := request.GET.get(name))})


def _back(request: HttpRequest) -> str:
    return f"{reverse('duplicates')}?{request.POST.get('query', '')}"


def _fields(first: Instrument, second: Instrument) -> list[dict[str, Any]]:
    """What the two records say, field by field: those that differ, and those that tell what they are."""
    found = []
    for name in merging.fields_to_take():
        one, two = getattr(first, name), getattr(second, name)
        differs = one != two
        if differs or (name in ALWAYS and one):
            empty = [histories.said(_plain(value)) == "" for value in (one, two)]
            found.append(
                {
                    "name": name,
                    "label": fieldnames.label(name),
                    "first": _words(name, one),
                    "second": _words(name, two),
                    "differs": differs,
                    "fuller": "second" if empty[0] and not empty[1] else "first",
                }
            )
    return found


def _plain(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, bool | list | dict) else value


def _words(name: str, value: Any) -> str:
    if name == "class_code" and value:
        return f"{value} {taxonomy.label(value, translation.get_language() or '')}"
    if hasattr(value, "key"):
        return scripts.name_of(value, translation.get_language())
    return histories.said(_plain(value))


def _decided(person: Person) -> list[Merge]:
    """The newest merges that this person may undo."""
    rows = Merge.objects.filter(undone_at=None).select_related("kept", "merged", "person")
    if not person.is_operator:
        mine = editing.editable(person, Instrument).values("pk")
        rows = rows.filter(kept__in=mine, merged__in=mine)
    return list(rows[:DECIDED])


def _export(rows: QuerySet[Twins]) -> HttpResponseBase:
    header = ("reason", "score", "first", "first_name", "second", "second_name", "maker", "serial", "institution")
    lines = (
        (
            pair.reason, pair.score, pair.first.key, pair.first.name, pair.second.key, pair.second.name,
            str(pair.first.maker or pair.first.maker_text), pair.first.serial, str(pair.first.institution or ""),
        )
        for pair in rows
    )  # fmt: skip
    return tables.as_csv("duplicates", header, lines)
