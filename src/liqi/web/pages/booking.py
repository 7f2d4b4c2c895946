"""A booking: opened, moved, cancelled, taken back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.access import belonging, booking, orders, session
from liqi.access.models import Booking
from liqi.accounts.models import Person
from liqi.web import belongings, calendars, periods, refusals
from liqi.web.scripts import in_script


def _seen(request: HttpRequest, pk: int) -> tuple[Booking, Person]:
    """The booking, for those who may see its order; others get 403."""
    assert isinstance(request.user, Person)
    found = get_object_or_404(
        Booking.objects.select_related(
            "instrument__institution__organisation",
            "order__instrument",
            "order__organisation",
            "series",
            "decided_by",
            "made_by",
            "person",
            "organisation",
        ),
        pk=pk,
    )
    orders.require_sight(found.order, request.user)
    return found, request.user


def _mine(booked: Booking, person: Person) -> bool:
    return booked.person_id == person.pk or belonging.looks_after(person, booked.instrument)


@require_GET
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking: when, what for, and the ways to move it, to cancel it, to start its session."""
    return _page(request, *_seen(request, pk))


def _page(
    request: HttpRequest,
    booked: Booking,
    person: Person,
    refusal: refusals.Refusal | None = None,
    wish: periods.Wish | None = None,
) -> HttpResponse:
    now, instrument = timezone.now(), booked.instrument
    zone = wish.zone if wish and not wish.wrong else calendars.shown_zone(request.GET, person, instrument)
    fields = wish.fields if wish else periods.fields_of(booked.starts_at, booked.ends_at, zone)
    running = booked.sessions.running().first()
    used = booked.sessions.exists()
    may_change = _mine(booked, person) and booked.ends_at > now and not used
    facts: dict[str, Any] = {
        "booking": booked,
        "instrument": instrument,
        "clocks": periods.clocks(booked.starts_at, booked.ends_at, shown=zone, instrument=instrument),
        "fields": fields,
        "wrong": wish.wrong if wish else {},
        "lengths": periods.lengths(instrument, fields["minutes"]),
        "zones": calendars.zones(zone, instrument.time_zone, at=now),
        "refusal": refusal,
        "may_move": may_change and booked.is_live,
        "may_restore": may_change and booked.state == Booking.State.CANCELLED,
        "running": running,
        "may_start": booked.person_id == person.pk
        and booked.is_live
        and not used
        and booked.starts_at - session.EARLY <= now < booked.ends_at,
        "example": booked.synthetic,
        "crumbs": [
            (_("My bench"), "/bench/"),
            (in_script(booked.order.title, get_language()), reverse("order", args=[booked.order.key])),
            (_("Booking"), ""),
        ],
    }
    facts |= belongings.of(booked, person, zone, now=now)
    return render(
        request,
        "booking/booking.html",
        facts,
        status=refusal.status if refusal else 422 if wish and wish.wrong else 200,
    )


@require_POST
@login_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The booking holds another period; undo puts it back. 409 and 422 as when booking."""
    booked, person = _seen(request, pk)
    values = {**request.GET.dict(), **request.POST.dict()}
    wish = periods.read(
        {**values, "zone": values.get("zone") or calendars.shown_zone(values, person, booked.instrument)},
        booked.instrument,
    )
    before = periods.fields_of(booked.starts_at, booked.ends_at, wish.zone if not wish.wrong else "UTC")
    if not wish.starts_at or not wish.ends_at:
        return _wrong(request, booked, person, wish)
    try:
        booking.move(booking=booked, person=person, starts_at=wish.starts_at, ends_at=wish.ends_at, now=timezone.now())
    except refusals.REFUSALS as problem:
        return _refused(request, booked, person, problem, wish, reverse("booking_move", args=[pk]))
    said = _("Moved to %(when)s.") % {"when": periods.in_words(wish.starts_at, wish.ends_at, wish.zone)}
    return _done(request, booked, said, reverse("booking_move", args=[pk]), before)


def _wrong(request: HttpRequest, booked: Booking, person: Person, wish: periods.Wish) -> HttpResponse:
    if refusals.wants_page(request):
        return _page(request, booked, person, wish=wish)
    words = " ".join(wish.wrong.values())
    return JsonResponse(
        {"title": words, "status": 422, "detail": words}, status=422, content_type="application/problem+json"
    )


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The booking holds its instrument no longer; undo takes it back."""
    booked, person = _seen(request, pk)
    try:
        booking.cancel(booking=booked, person=person, now=timezone.now())
    except refusals.REFUSALS as problem:
        return _refused(request, booked, person, problem, None, "")
    return _done(
        request,
        booked,
        _("The booking is cancelled; the time is free again."),
        reverse("booking_restore", args=[pk]),
        {},
    )


@require_POST
@login_required
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """A cancelled booking holds its instrument again, if nobody took the time."""
    booked, person = _seen(request, pk)
    try:
        booking.restore(booking=booked, person=person, now=timezone.now())
    except refusals.REFUSALS as problem:
        return _refused(request, booked, person, problem, None, reverse("booking_move", args=[pk]))
    when = periods.in_words(booked.starts_at, booked.ends_at, calendars.shown_zone({}, person, booked.instrument))
    return _done(request, booked, _("The booking is back: %(when)s.") % {"when": when}, "", {})


def _done(request: HttpRequest, booked: Booking, said: str, undo: str, fields: dict[str, str]) -> HttpResponse:
    if refusals.wants_json(request):
        answer: dict[str, Any] = {"words": said}
        if undo:
            answer["undo"] = {"address": undo, "fields": fields}
        return JsonResponse(answer)
    undo_address = f"{undo}?{periods.query(fields)}" if fields else undo
    messages.success(request, said, extra_tags=undo_address)
    return redirect("booking", pk=booked.pk)


def _refused(
    request: HttpRequest, booked: Booking, person: Person, problem: Exception, wish: periods.Wish | None, address: str
) -> HttpResponse:
    zone = wish.zone if wish else calendars.shown_zone({}, person, booked.instrument)
    refusal = refusals.of(problem, zone)
    booked.refresh_from_db()
    return _page(request, booked, person, refusal, wish) if refusals.wants_page(request) else refusal.as_json(address)
