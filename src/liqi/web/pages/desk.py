"""The manager's desk: what needs me? For stewards of instruments; an operator sees every instrument."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, DecimalField, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.access import belonging
from liqi.access.models import Booking, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import InstrumentStatus
from liqi.web import calendars, curation, doors, periods, queues
from liqi.web.frame import zone as zone_named

ROWS = 10
LONG = timedelta(hours=1)
"""A session that runs this long after its booking ended has probably been forgotten."""
LINES = 12
"""The instruments that the timeline on the desk shows: those with the most bookings ahead."""


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Sessions to look at, bookings ahead, instruments out of order, the timelines and the month's figures."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    mine = belonging.looked_after_by(person)
    count = mine.count()
    facts: dict[str, Any] = {"count": count, "crumbs": [(_("Manager's desk"), "")], "now": now}
    if not count:
        return render(request, "desk/desk.html", facts)
    sessions = Session.objects.select_related("instrument", "person", "booking__order").filter(instrument__in=mine)
    running = list(sessions.running().order_by("started_at")[:ROWS])
    week = now + timedelta(days=7)
    ahead = Booking.objects.live().filter(instrument__in=mine, starts_at__lt=week).ahead(now)
    busy = (
        mine.filter(bookable=True)
        .annotate(
            ahead=Count(
                "bookings",
                filter=Q(
                    bookings__state=Booking.State.CONFIRMED, bookings__ends_at__gt=now, bookings__starts_at__lt=week
                ),
            )
        )
        .order_by("-ahead", "name")[:LINES]
    )
    lines = sorted(busy, key=lambda instrument: instrument.name)
    keys = [instrument.key for instrument in lines]
    facts |= {
        "running": [(session, _overdue(session, now)) for session in running],
        "overdue": [session for session in running if _overdue(session, now)],
        "down": mine.filter(status=InstrumentStatus.DOWN).order_by("name")[:ROWS],
        "ahead": ahead.select_related("instrument", "person", "organisation", "order")[:ROWS],
        "ahead_count": ahead.count(),
        "idle": sessions.filter(ended_at__gte=now - timedelta(days=31), effective_hours=0).order_by("-ended_at")[:ROWS],
        "month": _month(person, mine, now),
        "doors": doors.desk(person),
        "queues": queues.of(person, mine, now=now),
        "curation": curation.card(person, today=timezone.localdate(now)),
        "lines": lines,
        "example": any(instrument.synthetic for instrument in lines),
    }
    if lines:
        feed = f"{reverse('calendar_feed')}?{periods.query_of_lists({'instrument': keys})}"
        facts["settings"] = calendars.settings(request, lines, now=now, feed=feed, timeline=True, carry={})
        facts["zones"] = calendars.zones(facts["settings"]["zone"], lines[0].time_zone, at=now)
    return render(request, "desk/desk.html", facts)


def _overdue(session: Session, now: datetime) -> bool:
    return session.booking is not None and session.booking.ends_at + LONG < now


def _month(person: Person, mine: Any, now: datetime) -> dict[str, Any]:
    """The figures of the running month on the person's clock: sessions, hours, outside hours, bookings."""
    here = now.astimezone(zone_named(person.time_zone))
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    hours = DecimalField(max_digits=14, decimal_places=4)
    ended = Session.objects.filter(instrument__in=mine).ended_in(first, now)
    found = ended.aggregate(
        sessions=Count("pk"),
        effective=Sum("effective_hours", output_field=hours),
        outside=Sum("effective_hours", filter=Q(outside=True), output_field=hours),
        people=Count("person", distinct=True),
    )
    found["bookings"] = (
        Booking.objects.live().filter(instrument__in=mine, starts_at__gte=first, starts_at__lt=now).count()
    )
    share = found["outside"] / found["effective"] if found["effective"] and found["outside"] is not None else None
    return {**found, "first": first, "outside_percent": round(share * 100, 1) if share is not None else None}
