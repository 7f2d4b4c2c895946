"""The records behind a figure of the evaluation, and one session with everything that speaks for its hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.access.evaluation import rows, scope, tally
from liqi.access.models import Charge, Correction, Session
from liqi.catalogue.models import Institution, Instrument, ServiceRecord
from liqi.web import evaluations
from liqi.web.asked import signed_in
from liqi.web.scripts import name_of

PAGE = 50
TITLES = {
    "sessions": gettext_lazy("Sessions behind the hours"), "charges": gettext_lazy("Charges behind the income"),
    "grades": gettext_lazy("Grades of outside users"), "technicians": gettext_lazy("Technicians"),
    "samples": gettext_lazy("Samples measured"),
}  # fmt: skip
SIDES = {"": gettext_lazy("inside and outside"), "outside": gettext_lazy("outside"), "inside": gettext_lazy("inside")}
COLUMNS: dict[str, tuple[tuple[str, Any], ...]] = {
    "sessions": (
        ("ended_at", gettext_lazy("Ended")), ("instrument", gettext_lazy("Instrument")),
        ("person", gettext_lazy("Person")), ("organisation", gettext_lazy("Organisation of the user")),
        ("effective_h", gettext_lazy("Effective hours")), ("outside", gettext_lazy("Outside use")),
        ("confirmed_by", gettext_lazy("Confirmed by")),
    ),
    "charges": (
        ("used_on", gettext_lazy("Day")), ("title", gettext_lazy("What")),
        ("organisation", gettext_lazy("Organisation of the user")), ("net_cny", gettext_lazy("Without tax, CNY")),
        ("state", gettext_lazy("State")),
    ),
    "grades": (
        ("at", gettext_lazy("Day")), ("order", gettext_lazy("Order")),
        ("organisation", gettext_lazy("Organisation of the user")), ("grade", gettext_lazy("Grade")),
        ("words", gettext_lazy("Words")),
    ),
    "technicians": (
        ("person", gettext_lazy("Person")), ("instrument", gettext_lazy("Instrument")),
        ("facility", gettext_lazy("Facility")),
    ),
    "samples": (
        ("created_at", gettext_lazy("Ordered")), ("order", gettext_lazy("Order")), ("number", gettext_lazy("Number")),
        ("sample", gettext_lazy("Sample")), ("service", gettext_lazy("Service")),
    ),
}  # fmt: skip


@require_safe
@login_required
def index(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The rows of a kind of the instrument or institution in the address, fifty a page, with what they add up to."""
    if kind not in rows.KINDS:
        raise Http404
    person, asked = signed_in(request), evaluations.asked(request, timezone.now())
    tally.bring_up()
    values = request.GET
    host = get_object_or_404(Institution, key=values["institution"]) if values.get("institution") else None
    instrument = get_object_or_404(Instrument, key=values["instrument"]) if values.get("instrument") else None
    if instrument is not None:
        scope.require_instrument(person, instrument)
    side = values.get("side", "") if values.get("side") in SIDES else ""
    basis = "waiting" if values.get("waiting") else asked.basis
    hours = asked.rules["hours"] if values.get("counting") else None
    found = rows.read(kind, rows.Asked(asked.year, basis, host, instrument, side, hours), person)
    cells = CELLS[kind]
    answer = evaluations.given_file(
        request, f"{kind}-{asked.year}", [name for name, _label in COLUMNS[kind]],
        (cells(one) for one in found.query.iterator(chunk_size=1000)), title=str(TITLES[kind]),
        about=[(_("Year"), str(asked.year)), (_("Hours"), str(asked.basis_words))],
        example=bool((host and host.synthetic) or (instrument and instrument.synthetic)),
    )  # fmt: skip
    if answer is not None:
        return answer
    page = Paginator(found.query, PAGE).get_page(values.get("page"))
    facts = {
        "asked": asked, "kind": kind, "title": TITLES[kind], "page": page, "found": found, "host": host,
        "instrument": instrument, "side": side, "sides": list(SIDES.items()), "waiting": basis == "waiting",
        "counting": values.get("counting", ""), "columns": [label for _name, label in COLUMNS[kind]],
        "rows": [_row(kind, one, cells(one)) for one in page], "has_sides": kind in ("sessions", "charges"),
        "example": any(getattr(one, "synthetic", False) for one in page), "crumbs": _crumbs(asked.query, TITLES[kind]),
    }  # fmt: skip
    return render(request, "evaluation/rows.html", facts)


@require_safe
@login_required
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: who, when, how it was metered, who confirmed it, what was corrected, charged, reported."""
    near = Session.objects.select_related(
        "instrument__institution", "instrument__facility", "person", "organisation", "staff", "confirmation__person",
        "booking__order__project",
    )  # fmt: skip
    one = get_object_or_404(near, pk=pk)
    scope.require_instrument(signed_in(request), one.instrument)
    facts = {
        "session": one,
        "corrections": Correction.objects.filter(session=one).select_related("person").order_by("-at"),
        "charges": Charge.objects.filter(session=one).order_by("pk"),
        "records": ServiceRecord.objects.filter(source="sessions", source_ref=f"session-{one.pk}"),
        "length_h": None if one.ended_at is None else (one.ended_at - one.started_at).total_seconds() / 3600,
        "idle_h": one.idle.total_seconds() / 3600,
        "example": one.synthetic,
        "crumbs": [*_crumbs("", TITLES["sessions"])[:1], (_named(one.instrument), reverse(
            "evaluation_instrument", args=[one.instrument.key])), (_("Session"), "")],
    }  # fmt: skip
    return render(request, "evaluation/session.html", facts)


def _row(kind: str, one: Any, cells: list[Any]) -> dict[str, Any]:
    address = ""
    if kind == "sessions":
        address = reverse("evaluation_session", args=[one.pk])
    elif kind == "charges" and one.session_id:
        address = reverse("evaluation_session", args=[one.session_id])
    elif kind in ("grades", "samples") or (kind == "charges" and one.order_id):
        address = reverse("order", args=[one.order.key])
    elif kind == "technicians" and one.instrument_id:
        address = reverse("instrument", args=[one.instrument.key])
    elif kind == "technicians" and one.facility_id:
        address = reverse("facility", args=[one.facility.key])
    return {"address": address, "cells": list(zip(cells, COLUMNS[kind], strict=True)), "of": one}


def _named(record: Any) -> str:
    return name_of(record, get_language()) if record else ""


def _of_session(one: Session) -> list[Any]:
    by = one.confirmation.person.name if one.confirmation else ""
    ended = timezone.localtime(one.ended_at).strftime("%Y-%m-%d %H:%M") if one.ended_at else ""
    return [ended, _named(one.instrument), one.person.name, one.organisation.name if one.organisation else "",
            one.effective_hours, one.outside, by]  # fmt: skip


def _of_charge(one: Charge) -> list[Any]:
    return [str(one.used_on), one.title, one.organisation.name if one.organisation else str(one.person or ""), one.net,
            one.state]  # fmt: skip


def _of_grade(one: Any) -> list[Any]:
    organisation = one.order.organisation
    return [timezone.localtime(one.at).strftime("%Y-%m-%d"), one.order.title, organisation.name if organisation else "",
            one.grade, one.words]  # fmt: skip


def _of_steward(one: Any) -> list[Any]:
    return [one.person.name, _named(one.instrument), _named(one.facility)]


def _of_sample(one: Any) -> list[Any]:
    made = timezone.localtime(one.order.created_at).strftime("%Y-%m-%d")
    return [made, one.order.title, one.number, one.name, _named(one.order.service)]


CELLS: dict[str, Callable[[Any], list[Any]]] = {
    "sessions": _of_session, "charges": _of_charge, "grades": _of_grade, "technicians": _of_steward,
    "samples": _of_sample,
}  # fmt: skip


def _crumbs(query: str, title: Any) -> list[tuple[str, str]]:
    home = reverse("evaluation")
    return [(_("Evaluation"), f"{home}?{query}" if query else home), (str(title), "")]
