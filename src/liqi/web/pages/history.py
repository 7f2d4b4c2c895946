"""The history of one record: who changed what, when, before and after; each change can be undone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue import editing
from liqi.catalogue.models import RecordChange
from liqi.web import histories, records, scripts, tables

PAGE = 30


@require_safe
def show(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """Every change of the record, newest first; `format=csv` gives them as a file."""
    if kind not in records.MODELS:
        raise Http404(_("No record has the identifier %(key)s.") % {"key": key})
    record = records.MODELS[kind].everything.filter(key=key).first()
    if record is None:
        raise Http404(_("No record has the identifier %(key)s.") % {"key": key})
    may_edit = editing.may_edit(records.person_of(request), record)
    changes = RecordChange.objects.filter(kind=kind, key=key).select_related("person")
    if request.GET.get("format") == "csv":
        lines = histories.lines(changes[:5000], may_edit=may_edit)
        rows = [row for line in lines for row in _cells(line, may_edit)]
        return tables.as_csv(f"history-{key}", ("at", "person", "what", "field", "before", "after"), rows)
    page = Paginator(changes, PAGE).get_page(request.GET.get("page"))
    language = translation.get_language() or ""
    facts = {
        "record": record,
        "kind": kind,
        "page": page,
        "lines": histories.lines(page.object_list, may_edit=may_edit),
        "may_edit": may_edit,
        "address": records.address_of(record) if record.removed_at is None else "",
        "example": record.synthetic,
        "crumbs": [(scripts.name_of(record, language), records.address_of(record)), (_("History"), "")],
    }
    return render(request, "record/history.html", facts)


def _cells(line: histories.Line, may_edit: bool) -> list[tuple[str, ...]]:
    """The fields of a change as rows of a table; a visitor is not told who made it."""
    head = (line.change.at.isoformat(), str(line.change.person or "") if may_edit else "", line.cause)
    return [(*head, step.label, step.before, step.after) for step in line.steps]
