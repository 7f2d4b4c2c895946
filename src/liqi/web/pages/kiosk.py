"""Beside the instrument: who is on it, who comes next, start and end with one tap; on one's phone or on a tablet.

The address ends in the instrument's key, and then whoever is signed in acts; or in the secret of a registered tablet,
and then everybody is known by PIN or badge, and can do what stands there and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from liqi.access import belonging, opening, session
from liqi.access.booking import NotAllowed, Refused, SlotTaken
from liqi.access.metering import kiosk, tap, trouble, walk_up
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Booking, Kiosk, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web import refusals
from liqi.web.asked import number

REFUSED = (SlotTaken, Refused, NotAllowed, NotPossible)


@dataclass(frozen=True)
class Spot:
    """The instrument one stands at; the tablet, where it is one; the person, where they are signed in on a phone."""

    key: str
    instrument: Instrument
    tablet: Kiosk | None
    person: Person | None


@require_safe
@never_cache
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Now and next on the instrument, and what can be done; `?booking=` or `?end=` asks who is at the tablet."""
    spot, now = _spot(request, key), timezone.now()
    with timezone.override(opening.zone(spot.instrument)):
        return render(request, "kiosk/show.html", _facts(request, spot, now))


@require_POST
@never_cache
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Start, end, take over, or report a problem; then back to now and next."""
    spot, now = _spot(request, key), timezone.now()
    try:
        person = _who(request, spot, now)
        words = _do(request, spot, person, now)
    except REFUSED as problem:
        zone = spot.instrument.time_zone or "UTC"
        text = refusals.of(problem, zone).text if not isinstance(problem, NotPossible) else str(problem)
        messages.error(request, text)
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("kiosk", args=[key]) + asked)
    messages.success(request, words)
    return redirect("kiosk", key)


def _do(request: HttpRequest, spot: Spot, person: Person, now: datetime) -> str:
    """What was asked is done; the words that say so."""
    wish, instrument = request.POST.get("do", ""), spot.instrument
    purpose = request.POST.get("purpose", "")
    purpose = purpose if purpose in Session.Purpose.values else ""
    if wish == "problem":
        trouble.report(instrument=instrument, person=person, words=request.POST.get("words", ""), now=now)
        return _("The stewards are told. Thank you.")
    if wish == "end" or (wish == "badge" and tap.running_of(instrument, person)):
        running = _running_named(request, instrument) if wish == "end" else None
        ended = tap.end(instrument=instrument, person=person, now=now, running=running)
        return _("The session is over: %(hours)s effective hours.") % {"hours": f"{ended.effective_hours:.2f}"}
    booked, take_over = _booking_named(request, instrument), request.POST.get("take_over") == "1"
    tap.start(instrument=instrument, person=person, now=now, booked=booked, purpose=purpose, take_over=take_over)
    return _("The session of %(person)s runs; the hours are counted from now.") % {
        "person": booked.person if booked else person
    }


def _facts(request: HttpRequest, spot: Spot, now: datetime) -> dict[str, Any]:
    running = list(
        Session.objects.running().filter(instrument=spot.instrument).select_related("person", "booking", "instrument")
    )
    coming = kiosk.coming(spot.instrument, now=now)
    used = {one.booking_id for one in running}
    knows = spot.tablet is not None or spot.person is not None
    steward = belonging.looks_after(spot.person, spot.instrument)
    waiting = [one for one in coming if one.pk not in used]
    over = any(session.is_over(one, now) for one in running)
    asked = {name: request.GET.get(name, "") for name in ("booking", "end")}
    free_until = walk_up.free_until(spot.instrument, now=now)
    return {
        "spot": spot,
        "key": spot.key,
        "instrument": spot.instrument,
        "running": [(one, _may_end(one, spot, steward), session.is_over(one, now)) for one in running],
        "coming": [(one, _may_start(one, spot, steward, now), one.starts_at <= now) for one in waiting],
        "over": over,
        "knows": knows,
        "steward": steward,
        "free_until": free_until,
        "can_walk_up": free_until is not None and not running and not any(one.starts_at <= now for one in waiting),
        "asked": next((one for one in coming if str(one.pk) == asked["booking"]), None),
        "ending": next((one for one in running if str(one.pk) == asked["end"]), None),
        "purposes": Session.Purpose.choices,
        "doing": request.GET.get("do", ""),
        "now": now,
        "example": spot.instrument.synthetic,
    }


def _may_start(booked: Booking, spot: Spot, steward: bool, now: datetime) -> bool:
    its_time = booked.starts_at - session.EARLY <= now
    return its_time and (spot.tablet is not None or steward or spot.person == booked.person)


def _may_end(running: Session, spot: Spot, steward: bool) -> bool:
    return spot.tablet is not None or steward or spot.person == running.person


def _spot(request: HttpRequest, key: str) -> Spot:
    """What the address leads to: a tablet by its secret, else the instrument of that key."""
    now = timezone.now()
    if tablet := kiosk.find(key, now=now):
        return Spot(key, tablet.instrument, tablet, None)
    near = Instrument.objects.select_related("institution__organisation", "facility")
    instrument = get_object_or_404(near, key=key)
    person = request.user if isinstance(request.user, Person) else None
    return Spot(key, instrument, None, person)


def _who(request: HttpRequest, spot: Spot, now: datetime) -> Person:
    """Who acts: on a phone who is signed in, at a tablet who shows a badge or a PIN."""
    if spot.tablet is None:
        if spot.person is None:
            raise NotAllowed(_("Sign in first, then start or end your session."))
        return spot.person
    given = {name: request.POST.get(name, "") for name in ("badge", "email", "pin")}
    at = _booking_named(request, spot.instrument) or _running_named(request, spot.instrument)
    return tap.known(**given, at=at, now=now)


def _booking_named(request: HttpRequest, instrument: Instrument) -> Booking | None:
    pk = number(request.POST.get("booking", ""))
    rows = Booking.objects.select_related("instrument__institution__organisation", "person", "organisation")
    return rows.filter(instrument=instrument, pk=pk).first() if pk else None


def _running_named(request: HttpRequest, instrument: Instrument) -> Session | None:
    pk = number(request.POST.get("session", ""))
    rows = Session.objects.running().select_related("instrument", "person")
    return rows.filter(instrument=instrument, pk=pk).first() if pk else None
