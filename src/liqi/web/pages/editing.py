"""Records changed by those who look after them: the form, a new record, removal, undo, confirmation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access import removal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import editing
from liqi.catalogue.models import RecordChange
from liqi.web import choices, histories, records, scripts, sheets
from liqi.web.asked import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The whole record as a form; what was typed is kept when it cannot be taken, or when somebody was quicker."""
    record = records.find(request, kind, key)
    if isinstance(record, HttpResponse):
        return record
    person = signed_in(request)
    _require(person, record)
    if request.method != "POST":
        return _form(request, kind, record)
    seen_at = parse_datetime(request.POST.get("seen_at", "")) or record.updated_at
    values = sheets.read(kind, request.POST, record)
    try:
        done = editing.change(record, values, person=person, now=timezone.now(), seen_at=seen_at)
    except editing.Invalid as problem:
        return _form(request, kind, record, typed=request.POST, problems=problem.problems, seen_at=seen_at)
    except editing.Conflict as problem:
        return _clash(request, kind, problem, values, seen_at)
    if done is None:
        messages.info(request, _("Nothing was different; nothing was changed."))
    else:
        _tell(request, _("Saved: %(record)s.") % {"record": called(record)}, done)
    return redirect(records.address_of(record))


def _clash(
    request: HttpRequest, kind: str, problem: editing.Conflict, values: dict[str, Any], seen_at: datetime
) -> HttpResponse:
    """The form again, over the record as it is now: what only the others changed is taken from them."""
    record = problem.record
    since = list(
        RecordChange.objects.filter(kind=kind, key=record.key, at__gte=seen_at).select_related("person").order_by("at")
    )
    first: dict[str, Any] = {}
    for change in since:
        for name, (before, _after) in change.fields.items():
            first.setdefault(name, before)
    fresh = {name for name, before in first.items() if editing.means(record, name, values.get(name), before)}
    lines = histories.lines(since, may_edit=True)
    return _form(request, kind, record, typed=request.POST, clash=str(problem), since=lines, fresh=fresh)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty form; a record that stands in the catalogue when it is sent. `institution` may be in the address."""
    person = signed_in(request)
    record = records.MODELS[kind]()
    led = editing.institutions_of(person)
    if not person.is_operator and not led.exists():
        raise editing.NotAllowed(_("Only leads of an institution and operators add records; ask one of them."))
    institution = led.filter(key=request.GET.get("institution", "")).first()
    if institution is None and not person.is_operator:
        institution = led.first()
    if institution is not None and hasattr(record, "institution_id"):
        record.institution = institution
    if institution is not None and kind == "instrument":
        record.time_zone = "Asia/Shanghai" if institution.country in ("CN", "") else "UTC"
    if request.method != "POST":
        return _form(request, kind, record)
    values = sheets.read(kind, request.POST, record)
    try:
        made = editing.create(kind, values, person=person, now=timezone.now())
    except editing.Invalid as problem:
        return _form(request, kind, record, typed=request.POST, problems=problem.problems)
    done = RecordChange.objects.filter(kind=kind, key=made.key).first()
    _tell(request, _("Added: %(record)s.") % {"record": called(made)}, done)
    return redirect(records.address_of(made))


def _form(
    request: HttpRequest,
    kind: str,
    record: Any,
    *,
    typed: QueryDict | None = None,
    problems: dict[str, str] | None = None,
    seen_at: datetime | None = None,
    clash: str = "",
    since: list[histories.Line] | None = None,
    fresh: set[str] | None = None,
) -> HttpResponse:
    language = translation.get_language() or ""
    problems = problems or {}
    sections = sheets.build(kind, record, typed=typed, problems=problems, language=language, fresh=fresh or set())
    shown = {one.name: one for section in sections for one in section.inputs}
    title = scripts.name_of(record, language) if record.pk else ""
    crumbs = [(title, records.address_of(record)), (_("Edit"), "")] if record.pk else [(_("New record"), "")]
    facts = {
        "record": record,
        "kind": kind,
        "sections": sections,
        "problems": [
            (shown[field].label if field in shown else field, field, said) for field, said in problems.items()
        ],
        "lists": choices.lists(kind, record, language),
        "seen_at": (seen_at or record.updated_at).isoformat() if record.pk else "",
        "clash": clash,
        "since": since or [],
        "example": record.synthetic,
        "back": records.address_of(record) if record.pk else reverse("instruments"),
        "crumbs": crumbs,
    }
    return render(request, "record/edit.html", facts, status=409 if clash else 422 if problems else 200)


@login_required
@require_POST
def remove(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The record is out of the catalogue, or the page says what stands on it."""

    def take_out(record: Any, person: Person, now: datetime) -> RecordChange | None:
        if kind == "instrument":
            return removal.remove_instrument(record, person=person, now=now)
        return editing.remove(record, person=person, now=now)

    return _done(request, kind, key, take_out, _("Removed: %(record)s."))


@login_required
@require_POST
def restore(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The record is in the catalogue again."""
    return _done(
        request, kind, key, lambda record, person, now: editing.restore(record, person=person, now=now),
        _("Put back: %(record)s."),
    )  # fmt: skip


@login_required
@require_POST
def confirm(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The person has looked at the record and found it right today."""

    def sign(record: Any, person: Person, now: datetime) -> RecordChange | None:
        values = {"confirmed_on": timezone.localdate(now), "confidence": "high"}
        return editing.change(record, values, person=person, now=now, cause="confirm")

    return _done(request, kind, key, sign, _("Confirmed today: %(record)s."))


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """A change is undone, from its message or from the history."""
    done = get_object_or_404(RecordChange, pk=pk, kind__in=records.MODELS)
    return _done(
        request, done.kind, done.key,
        lambda _record, person, now: editing.undo(done, person=person, now=now), _("Undone: %(record)s."),
    )  # fmt: skip


Verb = Callable[[Any, Person, datetime], RecordChange | None]


def _done(request: HttpRequest, kind: str, key: str, verb: Verb, words: str) -> HttpResponse:
    """The verb was done and its message offers undo; or the message says what stood in the way."""
    if kind not in records.MODELS:
        kind = ""
    record = get_object_or_404(records.MODELS[kind].everything if kind else RecordChange.objects.none(), key=key)
    person = signed_in(request)
    _require(person, record)
    try:
        done = verb(record, person, timezone.now())
    except (editing.Conflict, editing.Invalid, editing.InUse) as problem:
        sentences = problem.problems.values() if isinstance(problem, editing.Invalid) else [str(problem)]
        messages.error(request, " ".join(sentences))
    else:
        _tell(request, words % {"record": called(record)}, done)
    return redirect(records.address_of(record))


def _tell(request: HttpRequest, text: str, done: RecordChange | None) -> None:
    """A message that can be undone for ten seconds; the history undoes it later."""
    undo_at = reverse("change_undo", args=[done.pk]) if done is not None and done.cause != "undo" else ""
    messages.success(request, text, extra_tags=undo_at)


def _require(person: Person, record: Any) -> None:
    if not editing.may_edit(person, record):
        raise editing.NotAllowed(
            _("Only leads of the institution, stewards and operators edit “%(record)s”; ask one of them.")
            % {"record": called(record)}
        )
