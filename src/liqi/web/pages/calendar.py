"""Calendars: one instrument's week, several instruments' timeline, their feed, and one's own iCal address."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from liqi.access import belonging, free, ical, rules, terms
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Instrument
from liqi.web import calendars, conditions, periods, prices
from liqi.web.scripts import name_of

CARRIED = ("order", "project", "need")
"""What an address may carry through the calendar into the booking."""


@require_safe
def instrument(request: HttpRequest, key: str) -> HttpResponse:
    """When is this instrument free? Its week, the next free periods, its rules and the form."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    now, person = timezone.now(), calendars.person_of(request)
    carry = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
    feed = f"{reverse('calendar_feed')}?{periods.query({'instrument': shown.key})}"
    settings = calendars.settings(request, [shown], now=now, feed=feed, timeline=False, carry=carry)
    wish = periods.read({**request.GET.dict(), "zone": settings["zone"]}, shown)
    slots = free.next_slots(shown, 6, now=now, minutes=max(shown.min_minutes, min(60, shown.max_minutes)))
    return render(
        request,
        "calendar/instrument.html",
        {
            "instrument": shown,
            "settings": settings,
            "zones": calendars.zones(settings["zone"], shown.time_zone, person.time_zone if person else "", at=now),
            "wish": wish,
            "lengths": periods.lengths(shown, wish.minutes),
            "slots": [
                (periods.in_words(*slot, settings["zone"]), _book_address(shown, slot, settings["zone"], carry))
                for slot in slots
            ],
            "rules": [*rules.in_words(shown, now=now), *terms.of(shown).in_words()],
            "is_steward": person is not None and belonging.looks_after(person, shown),
            "price": prices.of_instrument(shown),
            "condition": conditions.of(shown, now=now, signed_in=person is not None),
            "carry": carry,
            "today": settings["date"],
            "example": shown.synthetic,
            "crumbs": _crumbs(shown),
        },
    )


def _book_address(shown: Instrument, slot: tuple[datetime, datetime], zone: str, carry: dict[str, str]) -> str:
    return f"{reverse('book', args=[shown.key])}?{periods.query({**periods.fields_of(*slot, zone), **carry})}"


def _crumbs(shown: Instrument) -> list[tuple[str, str]]:
    return [(name_of(shown, translation.get_language()), f"/instruments/{shown.key}/"), (_("Calendar"), "")]


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """Which of these instruments is free when? Those named by `instrument=…` or of one `facility=…`."""
    now, person = timezone.now(), calendars.person_of(request)
    try:
        shown = calendars.chosen(request.GET)
    except calendars.Unreadable:
        return render(request, "calendar/none.html", {"crumbs": [(_("Calendar"), "")]})
    facility = Facility.objects.filter(key=request.GET.get("facility")).first() if request.GET.get("facility") else None
    if not shown and facility is None:
        raise Http404(_("None of these instruments is in the catalogue."))
    carry = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
    named = {"facility": facility.key} if facility else {"instrument": [instrument.key for instrument in shown]}
    feed = f"{reverse('calendar_feed')}?{periods.query_of_lists(named)}"
    settings = calendars.settings(request, shown, now=now, feed=feed, timeline=True, carry=carry)
    first = shown[0].time_zone if shown else ""
    title = (
        name_of(facility, translation.get_language())
        if facility
        else _("%(count)d instruments") % {"count": len(shown)}
    )
    facts: dict[str, Any] = {
        "title": title,
        "facility": facility,
        "instruments": shown,
        "settings": settings,
        "zones": calendars.zones(settings["zone"], first, person.time_zone if person else "", at=now),
        "example": any(instrument.synthetic for instrument in shown),
        "crumbs": [(title, f"/facilities/{facility.key}/"), (_("Calendar"), "")] if facility else [(_("Calendar"), "")],
    }
    return render(request, "calendar/timeline.html", facts)


@require_safe
@never_cache
def feed(request: HttpRequest) -> HttpResponse:
    """Bookings and closed periods as JSON, of `instrument=…` or `facility=…`, `from` and `to` in ISO 8601."""
    now = timezone.now()
    try:
        starts_at = _moment(request.GET.get("from", ""), "from")
        ends_at = _moment(request.GET["to"], "to") if request.GET.get("to") else starts_at + timedelta(days=7)
        facts = calendars.feed(
            calendars.chosen(request.GET, calendars.person_of(request)),
            starts_at=starts_at,
            ends_at=ends_at,
            person=calendars.person_of(request),
            now=now,
        )
    except calendars.Unreadable as problem:
        facts = {"title": _("This request cannot be read"), "status": 400, "detail": str(problem)}
        return JsonResponse(facts, status=400, content_type="application/problem+json")
    return JsonResponse(facts)


def _moment(text: str, field: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None:
        words = _("Found “%(found)s” in %(field)s; expected a moment such as 2026-11-23T00:00:00Z.")
        raise calendars.Unreadable(words % {"found": text, "field": field})
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@require_safe
@login_required
def subscription(request: HttpRequest) -> HttpResponse:
    """The secret address of one's own bookings, how to subscribe to it, and the way to renew it."""
    assert isinstance(request.user, Person)
    address = request.build_absolute_uri(reverse("feed_ics", args=[request.user.feed_token]))
    facts = {"address": address, "webcal": "webcal" + address[address.index(":") :]}
    return render(
        request,
        "calendar/subscription.html",
        {**facts, "crumbs": [(_("My bench"), "/bench/"), (_("Calendar feed"), "")]},
    )


@require_POST
@login_required
def renew(request: HttpRequest) -> HttpResponse:
    """The feed has a new secret address."""
    assert isinstance(request.user, Person)
    ical.renew(person=request.user, now=timezone.now())
    messages.success(request, _("The calendar feed has a new address; the old one answers nothing any more."))
    return redirect("subscription")


@require_safe
@never_cache
def ics(request: HttpRequest, token: str) -> HttpResponse:
    """A person's bookings as iCalendar, at their secret address."""
    person = ical.person_of(token)
    if person is None:
        raise Http404(_("This feed has no such address; look up the present one under My bench."))
    site = f"{request.scheme}://{request.get_host()}"
    body = ical.feed(person=person, now=timezone.now(), site=site)
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="liqi.ics"'},
    )


@require_safe
@never_cache
def free_busy(request: HttpRequest, key: str) -> HttpResponse:
    """When an instrument is held, for everybody, without names."""
    return _ics(request, key, None)


@require_safe
@never_cache
def instrument_ics(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """When an instrument is held, at a person's secret address: stewards read who holds it."""
    person = ical.person_of(token)
    if person is None:
        raise Http404(_("This feed has no such address; look up the present one under My bench."))
    return _ics(request, key, person)


def _ics(request: HttpRequest, key: str, person: Person | None) -> HttpResponse:
    shown = get_object_or_404(Instrument, key=key)
    site = f"{request.scheme}://{request.get_host()}"
    body = ical.feed_of_instrument(shown, person=person, now=timezone.now(), site=site)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
