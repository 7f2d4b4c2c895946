"""My bench: what is next for me?"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from liqi.access.commissions import states
from liqi.access.models import Booking, Commission, Order, Session, Wish
from liqi.access.session import EARLY
from liqi.accounts.models import Person
from liqi.answers.models import Run
from liqi.web import doors, turns
from liqi.web.frame import zone as zone_named

RECENT, SOON = 5, 8


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Today, waiting for me, running now with true progress, recent answers, next bookings."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    here = now.astimezone(zone_named(person.time_zone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    bookings = list(
        Booking.objects.live()
        .of(person)
        .ahead(now)
        .select_related("instrument__facility", "order")
        .prefetch_related("sessions")[:SOON]
    )
    runs = Run.objects.filter(person=person).select_related("order")
    facts: dict[str, Any] = {
        "today": here,
        "todays": [_at_bench(booking, now) for booking in bookings if booking.starts_at < midnight],
        "later": [booking for booking in bookings if booking.starts_at >= midnight],
        "sessions": Session.objects.running().filter(person=person).select_related("instrument", "booking__order"),
        "running": [_run(run, now) for run in runs.going_on().order_by("queued_at")[:RECENT]],
        "answers": [
            (run, run.sentence(get_language() or "en"))
            for run in runs.filter(state=Run.State.DONE).order_by("-ended_at")[:RECENT]
        ],
        "waiting": _waiting(person, now),
        "doors": doors.BENCH,
        "now": now,
        "example": person.synthetic,
    }
    return render(request, "bench/bench.html", facts)


def _at_bench(booking: Booking, now: datetime) -> dict[str, Any]:
    sessions = list(booking.sessions.all())
    may_start = not sessions and booking.starts_at - EARLY <= now
    return {
        "booking": booking,
        "may_start": may_start,
        "session": next((one for one in sessions if one.is_running), None),
    }


def _run(run: Run, now: datetime) -> dict[str, Any]:
    return {"run": run, "seconds": int(run.took(now).total_seconds())}


def _waiting(person: Person, now: datetime) -> list[dict[str, Any]]:
    """The open orders of the person that wait for something they themselves can do, newest first."""
    open_orders = Order.objects.of(person).open().select_related("instrument", "service", "commission")
    booked = Booking.objects.live().filter(ends_at__gt=now, sessions=None).values("order")
    mine = [state for state in Commission.State.values if states.turn_of(state) == states.CUSTOMER]
    found = []
    for order in (
        open_orders.exclude(pk__in=booked)
        .exclude(pk__in=Wish.objects.waiting(now).values("order"))
        .filter(Q(commission=None) | Q(commission__state__in=mine))
        .prefetch_related("files__runs", "runs", "bookings__sessions")
        .order_by("-created_at")[:RECENT]
    ):
        found.append({"order": order, "step": turns.step(order)})
    return found
