"""Many records changed at once: chosen by a question, by ticks or by what they lack; looked at, done, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi import taxonomy
from liqi.catalogue import bulk_edit, quality, search
from liqi.catalogue.models import BulkEdit, Institution, Instrument
from liqi.web import choices, fieldnames, histories, questions, sheets
from liqi.web.asked import signed_in

SHOWN = (
    *("class_code", "maker", "facility", "department", "status", "shared", "bookable", "confirmed_on", "confidence"),
    *("made_in", "training_required", "portable", "licence"),
)
WORDS = ("techniques", "keywords")
NAMED = 300
"""Names of records that were left out are listed up to here."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """The form for the records of the address; with `step=preview` what would change, with `step=apply` it is done."""
    person = signed_in(request)
    keys, asked = _keys(request)
    values = _values(request) if request.method == "POST" else {}
    facts = _facts(request, keys, asked)
    if not values:
        if request.method == "POST":
            facts["wrong"] = _("Found nothing to change; tick a field and give its new value.")
        return render(request, "curation/bulk.html", facts, status=422 if request.method == "POST" else 200)
    try:
        if request.POST.get("step") == "apply":
            done = bulk_edit.apply("instrument", keys, values, person=person, now=timezone.now(), question=asked)
            words = ngettext("%(count)s record was changed.", "%(count)s records were changed.", done.count)
            undo = f"{reverse('bulk_undo')}?edit={done.pk}"
            messages.success(request, words % {"count": done.count}, extra_tags=undo)
            return redirect("bulk_done", pk=done.pk)
        facts["preview"] = _preview(bulk_edit.preview("instrument", keys, values, person=person))
    except bulk_edit.NotPossible as problem:
        facts["wrong"] = str(problem)
        return render(request, "curation/bulk.html", facts, status=422)
    return render(request, "curation/bulk.html", facts)


@require_safe
@login_required
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """What one bulk edit did, and the way to take it back."""
    found = get_object_or_404(BulkEdit.objects.select_related("person"), pk=pk)
    person = signed_in(request)
    if not person.is_operator and found.person_id != person.pk:
        raise bulk_edit.NotAllowed(_("Only who made this change, or an operator, sees it; ask them."))
    keys = sorted(found.before)
    facts = {
        "edit": found,
        "values": [(fieldnames.label(name), _said(value)) for name, value in found.values.items()],
        "records": Instrument.everything.filter(key__in=keys[:NAMED]).order_by("name"),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Change of many records"), "")],
    }
    return render(request, "curation/bulk_done.html", facts)


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """The records of these edits have what they had before; those changed since are named."""
    person, now = signed_in(request), timezone.now()
    numbers = [int(number) for number in request.GET.getlist("edit") if number.isdecimal()]
    restored, changed = 0, []
    for found in BulkEdit.objects.filter(pk__in=numbers).order_by("pk"):
        try:
            result = bulk_edit.undo(found, person=person, now=now)
        except bulk_edit.NotPossible as problem:
            messages.error(request, str(problem))
            continue
        restored += result.restored
        changed += sorted(result.changed_since)
    words = ngettext("%(count)s record is as it was.", "%(count)s records are as they were.", restored)
    messages.success(request, words % {"count": restored})
    if changed:
        left = _("Changed since and left as they are: %(records)s.")
        messages.warning(request, left % {"records": ", ".join(changed[:20]) + (" …" if len(changed) > 20 else "")})
    return redirect(request.headers.get("Referer") or reverse("desk"))


def _keys(request: HttpRequest) -> tuple[list[str], str]:
    """The instruments that the address or the ticks name, and the question in words of the address."""
    ticked = request.POST.getlist("key") or request.GET.getlist("key")
    if ticked:
        return list(dict.fromkeys(ticked)), ""
    if issue := request.GET.get("issue"):
        institution = get_object_or_404(Institution, key=request.GET.get("institution", ""))
        rows = quality.rows(institution, issue, today=timezone.localdate())
        return _limited(rows.values_list("key", flat=True)), request.GET.urlencode()
    if not request.GET:
        return [], ""
    question = questions.read(request.GET)
    if question.wrong:
        return [], request.GET.urlencode()
    found = search.keys(question.text, question.filters, any_word=False)
    return _limited(key for kind, key in found if kind == "instrument"), request.GET.urlencode()


def _limited(keys: Iterable[str]) -> list[str]:
    found = []
    for key in keys:
        found.append(key)
        if len(found) > bulk_edit.MOST:
            break
    return found


def _facts(request: HttpRequest, keys: list[str], asked: str) -> dict[str, Any]:
    language = translation.get_language() or ""
    chosen = request.POST.getlist("field") or request.GET.getlist("field")
    return {
        "count": len(keys),
        "too_many": len(keys) > bulk_edit.MOST,
        "most": bulk_edit.MOST,
        "ticked": [] if asked else keys,
        "asked": asked,
        "back": f"{reverse('search')}?{asked}" if asked and "issue" not in request.GET else "",
        "inputs": [(one, one.name in chosen) for one in _inputs(request, language)],
        "words": [
            (name, fieldnames.label(name), request.POST.get(f"{name}.add", ""), request.POST.get(f"{name}.remove", ""))
            for name in WORDS
        ],
        "technique_names": [one.label(language) for one in taxonomy.techniques().values()],
        "lists": choices.lists("instrument", _sample(keys), language),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Change many records"), "")],
    }


def _sample(keys: list[str]) -> Instrument:
    """A record of the chosen ones: what is near it is offered."""
    return Instrument.objects.filter(key__in=keys[:1]).select_related("institution").first() or Instrument()


def _inputs(request: HttpRequest, language: str) -> list[sheets.Input]:
    found = []
    for name in SHOWN:
        one = sheets.shape("instrument", name, Instrument())
        one.kind = "maybe" if one.kind == "check" else one.kind
        one.value = request.POST.get(name, "")
        if name == "confirmed_on" and not one.value:
            one.value = timezone.localdate().isoformat()
        one.choices = choices.of(one.name, one.kind, one.value, language)
        found.append(one)
    return found


def _values(request: HttpRequest) -> dict[str, Any]:
    """The ticked fields with what was typed, and the words to add and remove."""
    values: dict[str, Any] = {}
    for name in request.POST.getlist("field"):
        if name in SHOWN:
            given = request.POST.get(name, "").strip()
            values[name] = (taxonomy.find_class(given.partition(" ")[0]) or given) if name == "class_code" else given
    for name in WORDS:
        parts = {part: _words(name, request.POST.get(f"{name}.{part}", "")) for part in ("add", "remove")}
        if any(parts.values()):
            values[name] = parts
    return values


def _words(name: str, text: str) -> list[str]:
    """Words with semicolons between; a technique may be named in any language."""
    found = [word.strip() for word in text.replace("；", ";").split(";") if word.strip()]
    if name != "techniques":
        return found
    by_name = {
        taxonomy.fold(label): key
        for key, one in taxonomy.techniques().items()
        for label in (key, one.label_en, *one.labels_zh, *one.abbreviations)
    }
    return [by_name.get(taxonomy.fold(word), word) for word in found]


def _preview(seen: bulk_edit.Preview) -> dict[str, Any]:
    return {
        "changed": seen.changed,
        "unchanged": seen.unchanged,
        "refused": list(seen.refused.items())[:NAMED],
        "refused_count": len(seen.refused),
        "before": [
            (fieldnames.label(name), [(_said(value) or _("blank"), count) for value, count in counts.most_common(12)])
            for name, counts in seen.before.items()
            if counts
        ],
        "samples": [
            (key, name, [(fieldnames.label(field), _said(was), _said(now)) for field, (was, now) in change.items()])
            for key, name, change in seen.samples
        ],
    }


def _said(value: Any) -> str:
    if isinstance(value, dict):
        added, removed = value.get("add"), value.get("remove")
        return " ".join([*(f"+ {word}" for word in added or ()), *(f"− {word}" for word in removed or ())])
    if isinstance(value, str) and value in taxonomy.classes():
        return f"{value} {taxonomy.label(value, translation.get_language() or '')}"
    return histories.said(value)
