"""The wish for a period: confirmed in words, price and rules, and booked."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access import booking, clash, rules
from liqi.access.models import Booking, Order
from liqi.accounts import membership
from liqi.accounts.models import Person, Project
from liqi.catalogue.models import Instrument
from liqi.web import calendars, periods, refusals
from liqi.web.scripts import name_of

TYPED = ("order", "project", "need", "title")
"""What is typed beside the period; an address can carry it, so that nothing is lost at the sign-in."""


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, key: str) -> HttpResponseBase:
    """Confirm a period in words, price and rules; posting it books it. 409 names free periods, 422 the rules."""
    instrument = get_object_or_404(Instrument.objects.select_related("institution__organisation", "facility"), key=key)
    values, now, person = (
        request.POST if request.method == "POST" else request.GET,
        timezone.now(),
        calendars.person_of(request),
    )
    zone = calendars.shown_zone(values, person, instrument)
    wish = periods.read({**values.dict(), "zone": values.get("zone") or zone}, instrument)
    typed = {name: values.get(name, "").strip() for name in TYPED}
    again = f"{reverse('book', args=[key])}?{periods.query({**wish.fields, **typed})}"
    if request.method == "POST" and person is None:
        return redirect_to_login(again)
    refusal = None
    if wish.starts_at and wish.ends_at and person is not None:
        try:
            if request.method == "POST":
                made = _book(instrument, person, wish.starts_at, wish.ends_at, now, typed, values)
                return _booked(request, made, wish.zone)
            booking.check(
                rules.Request(instrument, person, membership.home_of(person), wish.starts_at, wish.ends_at, now)
            )
        except refusals.REFUSALS as problem:
            refusal = refusals.of(problem, wish.zone)
            if request.method == "POST" and not refusals.wants_page(request):
                return refusal.as_json(reverse("book", args=[key]))
    status = (
        422
        if wish.wrong and request.method == "POST"
        else refusal.status
        if refusal and request.method == "POST"
        else 200
    )
    facts = _confirmation(instrument, person, wish, now) | {"refusal": refusal, "typed": typed, "again": again}
    facts["order"] = _order(person, typed["order"]) if person and typed["order"] else None
    if refusal and refusal.status == 409 and person and wish.starts_at and wish.ends_at:
        facts["clash"] = clash.help_with(
            rules.Request(instrument, person, membership.home_of(person), wish.starts_at, wish.ends_at, now)
        )
    facts["nearest"] = [
        (said, f"{reverse('book', args=[key])}?{periods.query({**fields, **typed})}")
        for said, fields in (refusal.nearest if refusal else [])
    ]
    return render(request, "booking/confirm.html", facts, status=status)


def _book(
    instrument: Instrument,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    typed: dict[str, str],
    values: QueryDict,
) -> Booking:
    first_line = typed["need"].partition("\n")[0].strip()
    return booking.book(
        instrument=instrument,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        now=now,
        order=_order(person, typed["order"]) if typed["order"] else None,
        project=_project(person, typed["project"]) if typed["project"] else None,
        title=(typed["title"] or first_line)[:200],
        need=typed["need"],
        request_key=values.get("request_key", "")[:80],
    )


def _order(person: Person, key: str) -> Order:
    return get_object_or_404(Order.objects.select_related("organisation"), key=key, person=person)


def _project(person: Person, pk: str) -> Project:
    mine = Project.objects.select_related("organisation").filter(organisation__memberships__person=person)
    return get_object_or_404(mine, pk=pk if pk.isdecimal() else 0)


def _confirmation(instrument: Instrument, person: Person | None, wish: periods.Wish, now: datetime) -> dict[str, Any]:
    clocks = (
        periods.clocks(wish.starts_at, wish.ends_at, shown=wish.zone, instrument=instrument)
        if wish.starts_at and wish.ends_at
        else []
    )
    return {
        "instrument": instrument,
        "wish": wish,
        "clocks": clocks,
        "length": periods.length_in_words(int(wish.minutes)) if wish.length else "",
        "rules": rules.in_words(instrument, now=timezone.now()),
        "lengths": periods.lengths(instrument, wish.minutes),
        "zones": calendars.zones(wish.zone, instrument.time_zone, at=now),
        "projects": Project.objects.filter(organisation__memberships__person=person, closed_on=None).order_by("code")
        if person
        else [],
        "request_key": uuid.uuid4().hex,
        "example": instrument.synthetic,
        "crumbs": [
            (name_of(instrument, get_language()), f"/instruments/{instrument.key}/"),
            (_("Calendar"), reverse("instrument_calendar", args=[instrument.key])),
            (_("Book"), ""),
        ],
    }


def _booked(request: HttpRequest, made: Booking, zone: str) -> HttpResponse:
    when = periods.in_words(made.starts_at, made.ends_at, zone)
    said = _("Booked: %(instrument)s, %(when)s.") % {
        "instrument": name_of(made.instrument, get_language()),
        "when": when,
    }
    thread, undo = reverse("order", args=[made.order.key]), reverse("booking_cancel", args=[made.pk])
    if refusals.wants_json(request):
        return JsonResponse(
            {"words": said, "url": thread, "open": _("Open the thread"), "undo": {"address": undo, "fields": {}}}
        )
    messages.success(request, said, extra_tags=undo)
    return redirect(thread)
