"""The customs ledger: instruments imported free of duty, how long they are supervised, every use and event."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access import belonging
from liqi.access.models import CustomsEvent
from liqi.access.money import books, customs
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import CustomsRecord
from liqi.observatory import policies
from liqi.web import tables
from liqi.web.asked import signed_in

COLUMNS = ("day", "kind", "text", "organisation", "effective_hours", "outside", "allowed")


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The duty-free instruments one looks after, those whose supervision ends first in front."""
    person, today = signed_in(request), books.day_of(timezone.now())
    rows = CustomsRecord.objects.filter(instrument__in=belonging.looked_after_by(person))
    rows = rows.select_related("instrument", "terms").order_by("terms__supervised_until", "pk")[:500]
    found = [(record, getattr(record, "terms", None)) for record in rows]
    if request.GET.get("format") == "csv":
        header = (
            "instrument",
            "declaration",
            "released_on",
            "supervised_from",
            "supervised_until",
            "sharing",
            "permit",
        )
        lines = (
            (
                record.instrument.key,
                record.declaration_number,
                record.released_on,
                *((terms.supervised_from, terms.supervised_until, terms.sharing, terms.permit) if terms else ("",) * 4),
            )
            for record, terms in found
        )
        return tables.as_csv("liqi-customs", header, lines)
    facts = {
        "records": [(record, terms, _state(terms, today)) for record, terms in found],
        "today": today,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Customs ledger"), "")],
    }
    return render(request, "money/customs_index.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ledger of one instrument; a POST sets its terms or adds a line."""
    person, now = signed_in(request), timezone.now()
    record = get_object_or_404(CustomsRecord.objects.select_related("instrument__facility", "terms"), pk=pk)
    if not customs.may_keep(record, person):
        raise NotAllowed(
            _("Only a steward of %(instrument)s keeps its customs ledger; ask one.")
            % {"instrument": called(record.instrument)}
        )
    if request.method == "POST":
        return _change(request, person, record)
    rules = policies.in_use()
    lines = list(customs.lines(record, now=now, rules=rules))
    if request.GET.get("format") == "csv":
        rows = ((one.on, one.kind, one.text, one.organisation, one.hours, one.outside, one.allowed) for one in lines)
        return tables.as_csv(f"customs-{record.instrument.key}", COLUMNS, rows)
    terms = getattr(record, "terms", None)
    facts = {
        "record": record,
        "terms": terms,
        "lines": lines[:500],
        "count": len(lines),
        "state": _state(terms, books.day_of(now)),
        "verdict": customs.judge(terms, on=books.day_of(now), rules=rules) if terms else None,
        "kinds": CustomsEvent.Kind.values,
        "today": books.day_of(now),
        "breaches": sum(one.allowed is False for one in lines),
        "example": record.instrument.synthetic,
        "crumbs": [(_("Customs ledger"), reverse("customs")), (record.instrument.name, "")],
    }
    return render(request, "money/customs.html", facts)


def _change(request: HttpRequest, person: Person, record: CustomsRecord) -> HttpResponseBase:
    given, now = request.POST, timezone.now()
    try:
        if given.get("do") == "terms":
            until = _day(given["until"]) if given.get("until") else None
            customs.set_terms(
                record,
                supervised_from=_day(given.get("from", "")),
                supervised_until=until,
                sharing="sharing" in given,
                permit=given.get("permit", ""),
                person=person,
                now=now,
            )
        else:
            customs.note(
                record,
                kind=given.get("kind", ""),
                on=_day(given.get("on", "")),
                text=given.get("text", ""),
                person=person,
                now=now,
            )
        messages.success(request, _("It is in the ledger."))
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect("customs_record", record.pk)


def _state(terms: Any, today: date) -> str:
    if terms is None:
        return "unknown"
    if terms.supervised_until <= today:
        return "over"
    return "ending" if terms.supervised_until <= today + customs.BEFORE else "supervised"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unable(_("Found a day that cannot be read, expected one such as 2026-12-01.")) from None
