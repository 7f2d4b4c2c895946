"""The queue of instruments without a class: what each may be and why; chosen one by one, or many after a look."""

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
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liqi import taxonomy
from liqi.accounts.naming import called
from liqi.catalogue import class_suggestion, editing
from liqi.catalogue.models import Instrument
from liqi.web import tables
from liqi.web.asked import signed_in

PAGE, EXPORTED = 20, 2000
SURE = (0.95, 0.9, 0.8, 0.7)
"""The confidences from which many can be accepted at once."""


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The records without a class with what each may be; `format=csv` gives them as a file."""
    rows = _asked(request)
    if request.GET.get("format") == "csv":
        return _export(class_suggestion.suggest(rows[:EXPORTED]))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    queue = class_suggestion.suggest(page.object_list)
    facts = {
        "page": page,
        "queue": [_line(one) for one in queue],
        "classes": _all_classes(),
        "sure": SURE,
        "text": request.GET.get("q", ""),
        "institution": request.GET.get("institution", ""),
        "query": _query(request),
        "example": any(one.record.synthetic for one in queue),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Classes to choose"), "")],
    }
    return render(request, "curation/classes.html", facts)


@require_safe
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    """The records whose best suggestion is at least so sure, to be looked at before they are accepted together."""
    at_least = _confidence(request.GET.get("at_least"))
    rows = _asked(request)
    found = class_suggestion.sure(rows, at_least)
    facts = {
        "queue": [_line(one) for one in found],
        "looked_at": min(rows.count(), class_suggestion.MOST),
        "at_least": at_least,
        "query": _query(request),
        "example": any(one.record.synthetic for one in found),
        "crumbs": [(_("Classes to choose"), reverse("class_queue")), (_("Accept together"), "")],
    }
    return render(request, "curation/classes_preview.html", facts)


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """One record is of the chosen class; the queue goes on with the next."""
    record = get_object_or_404(Instrument, key=request.POST.get("key", ""))
    back = f"{reverse('class_queue')}?{request.POST.get('query', '')}"
    given = request.POST.get("other", "").strip() or request.POST.get("code", "")
    code = taxonomy.find_class(given.partition(" ")[0]) or taxonomy.find_class(given)
    if code is None:
        messages.error(
            request, _("Found “%(found)s”; expected a class by its code or name, such as 010201.") % {"found": given}
        )
        return redirect(back)
    try:
        done = class_suggestion.choose(record, code, person=signed_in(request), now=timezone.now())
    except (editing.Conflict, editing.Invalid) as problem:
        messages.error(request, str(problem))
        return redirect(back)
    undo = reverse("change_undo", args=[done.pk]) if done else ""
    words = _("%(record)s is now of the class %(class)s.")
    label = taxonomy.label(code, translation.get_language() or "")
    messages.success(request, words % {"record": called(record), "class": label}, extra_tags=undo)
    return redirect(back)


@login_required
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """The ticked records are of the classes that were shown beside them: all of them, or none."""
    chosen = dict(pair.split("=", 1) for pair in request.POST.getlist("chosen") if "=" in pair)
    edits = class_suggestion.accept(chosen, person=signed_in(request), now=timezone.now())
    count = sum(edit.count for edit in edits)
    undo = f"{reverse('bulk_undo')}?{urlencode({'edit': [edit.pk for edit in edits]}, doseq=True)}" if edits else ""
    words = ngettext("%(count)s record has a class now.", "%(count)s records have a class now.", count)
    messages.success(request, words % {"count": count}, extra_tags=undo)
    return redirect("class_queue")


def _asked(request: HttpRequest) -> QuerySet[Instrument]:
    rows = class_suggestion.unclassified(signed_in(request))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(model__icontains=text))
    if key := request.GET.get("institution"):
        rows = rows.filter(institution__key=key)
    return rows


def _query(request: HttpRequest) -> str:
    """What the address asks, to come back to."""
    return urlencode({name: value for name in ("q", "institution", "page") if (value := request.GET.get(name))})


def _line(one: class_suggestion.Suggested) -> dict[str, Any]:
    """A record with its suggestions as a page shows them: label, way to it, confidence, why."""
    language = translation.get_language() or ""
    return {
        "record": one.record,
        "suggestions": [
            {
                "code": found.code,
                "label": found.label(language),
                "above": taxonomy.label(taxonomy.large_class(found.code), language),
                "confidence": found.confidence,
                "why": [_reason(reason) for reason in found.why][:3],
            }
            for found in one.suggestions
        ],
    }


def _reason(reason: taxonomy.Evidence) -> str:
    words = {
        "term": _("“%(words)s” is a known name"),
        "class": _("“%(words)s” names the class"),
        "word": _("“%(words)s” in the name"),
        "technique": _("“%(words)s” is a technique of it"),
        "model": _("“%(words)s” is a model of it"),
        "line": _("“%(words)s” is a product line of it"),
        "maker": _("most instruments of %(words)s are"),
        "near": _("nearest: %(words)s"),
    }
    return words.get(reason.kind, "%(words)s") % {"words": reason.words}


def _all_classes() -> list[tuple[str, str]]:
    language = translation.get_language() or ""
    return [(code, entry.label(language)) for code, entry in taxonomy.classes().items() if entry.level > 1]


def _confidence(text: str | None) -> float:
    try:
        return min(1.0, max(0.0, float(text or SURE[1])))
    except ValueError:
        return SURE[1]


def _export(queue: list[class_suggestion.Suggested]) -> HttpResponseBase:
    header = ("id", "name", "model", "maker", "institution", "class", "confidence", "class_2", "confidence_2")
    rows = []
    for one in queue:
        record, found = one.record, one.suggestions[:2]
        said = [cell for suggestion in found for cell in (suggestion.code, suggestion.confidence)]
        maker = str(record.maker or record.maker_text)
        rows.append((record.key, record.name, record.model, maker, str(record.institution or ""), *said))
    return tables.as_csv("without-class", header, rows)
