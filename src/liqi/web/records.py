"""The record behind an address: here, moved into another one, or gone with a word about what stood there."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.accounts.models import Person
from liqi.catalogue import editing
from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service
from liqi.web import landing, scripts

MODELS: dict[str, Any] = {
    "instrument": Instrument,
    "facility": Facility,
    "institution": Institution,
    "service": Service,
    "maker": Maker,
}
"""The kinds of records that have a page, a history and a form."""
STEPS = 10
"""Merged into what was merged into what ...: so many steps are followed."""


def find(request: HttpRequest, kind: str, key: str, rows: QuerySet[Any] | None = None) -> Any | HttpResponse:
    """The record; else the answer of its address: 301 to the one it was merged into, 410 where it was removed.

    `rows` says what is read along with it. An address that never had a record is 404.
    """
    model = MODELS[kind]
    record = (rows if rows is not None else model.everything).filter(key=key).first()
    if record is None:
        raise Http404(_("No record has the identifier %(key)s.") % {"key": key})
    if record.removed_at is None:
        landing.found(request, record)
        return record
    if kept := _kept(record):
        return HttpResponsePermanentRedirect(address_of(kept))
    facts = {
        "record": record,
        "kind": kind,
        "may_edit": editing.may_edit(person_of(request), record),
        "example": record.synthetic,
        "crumbs": [(scripts.name_of(record, translation.get_language()), "")],
    }
    return render(request, "record/gone.html", facts, status=410)


def _kept(record: Any) -> Any:
    """The record that stands where this one was merged into; None for one that was just taken out."""
    for _step in range(STEPS):
        if getattr(record, "merged_into_id", None) is None:
            break
        record = type(record).everything.get(pk=record.merged_into_id)
    return record if record.removed_at is None else None


def address_of(record: Any) -> str:
    """The address of the page that shows the record."""
    return reverse(str(record._meta.model_name), args=[record.key])


def person_of(request: HttpRequest) -> Person | None:
    """The person who is signed in, None for a visitor."""
    return request.user if isinstance(request.user, Person) else None
