"""What a booking belongs to, as its page shows it: its series, what was made with it, swaps, its answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import belonging, series, together
from liqi.access.models import Booking, Swap
from liqi.accounts.models import Person
from liqi.web import periods

AROUND = timedelta(days=14)
MOST = 60


def of(booked: Booking, person: Person, zone: str, *, now: datetime) -> dict[str, Any]:
    """Facts for the template; few queries, and none for what the booking has not."""
    mine = booked.person_id == person.pk
    return {
        "state": state(booked.state),
        "scopes": _scopes(booked, now),
        "with_it": [each for each in together.of(booked) if each.pk != booked.pk] if booked.together else [],
        "incoming": _proposals(Swap.objects.open().filter(wanted=booked), "given", zone) if mine else [],
        "outgoing": _proposals(Swap.objects.open().filter(given=booked), "wanted", zone) if mine else [],
        "others": _others(booked, zone, now) if booked.is_live else [],
        "steward": belonging.looks_after(person, booked.instrument),
        "mine": mine,
    }


def state(name: str) -> tuple[str, str]:
    """The word of a booking's state, and its tone."""
    return {
        "requested": (_("requested"), "warn"),
        "offered": (_("offered"), "warn"),
        "confirmed": (_("booked"), "good"),
        "cancelled": (_("cancelled"), ""),
        "refused": (_("refused"), "bad"),
        "released": (_("given free"), ""),
    }.get(name, (name, ""))


def _scopes(booked: Booking, now: datetime) -> list[tuple[str, str, int]]:
    """Scope, its words, how many bookings it has ahead."""
    if booked.series_id is None and not booked.together:
        return []
    found = [("this", _("this booking alone"), 1)]
    if booked.series_id is not None:
        rows = [row for row in series.of(booked, "all", now=now) if row.is_live == booked.is_live]
        first = booked.occurrence_at
        later = [row for row in rows if first and row.occurrence_at and row.occurrence_at >= first]
        found += [
            ("following", _("this and those that follow"), len(later)),
            ("all", _("all of the series"), len(rows)),
        ]
    if booked.together:
        found.append(("together", _("all that was booked with it"), len(together.of(booked))))
    return found


def _proposals(rows: Any, other: str, zone: str) -> list[tuple[Swap, str, str]]:
    found = []
    for proposal in rows.select_related("given__instrument", "wanted__instrument", "given__person", "wanted__person"):
        its = getattr(proposal, other)
        found.append((proposal, str(its.instrument), periods.in_words(its.starts_at, its.ends_at, zone)))
    return found


def _others(booked: Booking, zone: str, now: datetime) -> list[tuple[int, str]]:
    """The bookings of others on the instrument in the two weeks around, by their time alone."""
    start, end = max(now, booked.starts_at - AROUND), booked.ends_at + AROUND
    rows = Booking.objects.filter(instrument=booked.instrument, state=Booking.State.CONFIRMED, starts_at__gt=start)
    rows = rows.filter(starts_at__lt=end).exclude(person=booked.person_id).order_by("starts_at")
    return [
        (pk, periods.in_words(starts_at, ends_at, zone))
        for pk, starts_at, ends_at in rows.values_list("pk", "starts_at", "ends_at")[:MOST]
    ]
