"""Is it free, when next, and how much was it used? What a visitor asks of one instrument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from liqi.access import opening, rules, terms
from liqi.access.free import next_slots
from liqi.access.models import Booking, Session
from liqi.access.opening import Period
from liqi.catalogue.models import Instrument, InstrumentStatus

__all__ = ["Availability", "Month", "read"]


@dataclass(frozen=True)
class Month:
    """The effective hours of one calendar month where the instrument stands."""

    year: int
    month: int
    sessions: int
    effective_hours: Decimal
    outside_hours: Decimal


@dataclass(frozen=True)
class Availability:
    """The state now, the next free periods, the rules in words, and the use of twelve months."""

    state: str
    """in use, booked, free, closed, out of order, retired, not booked here."""
    until: datetime | None
    """When the first of the bookings that hold all its places now ends."""
    slots: list[Period]
    rules: list[str]
    months: list[Month]
    """Twelve, the current one last; a month without a session has zero hours because none was metered."""

    @property
    def sessions(self) -> int:
        """Metered sessions of the twelve months."""
        return sum(month.sessions for month in self.months)


def read(instrument: Instrument, *, now: datetime, slots: int = 5) -> Availability:
    """What is known of the instrument at this moment: at most four queries, and one for its places if one is taken."""
    state, until = _state(instrument, now)
    length = max(instrument.min_minutes, min(60, instrument.max_minutes))
    return Availability(
        state=state,
        until=until,
        slots=next_slots(instrument, slots, now=now, minutes=length),
        rules=rules.in_words(instrument, now=now),
        months=_months(instrument, now),
    )


def _state(instrument: Instrument, now: datetime) -> tuple[str, datetime | None]:
    if instrument.status == InstrumentStatus.DOWN:
        return "out of order", None
    if instrument.status == InstrumentStatus.RETIRED:
        return "retired", None
    used = set(Session.objects.running().filter(instrument=instrument).values_list("position", flat=True))
    held = Booking.objects.live().filter(instrument=instrument).meeting(now, now + timedelta(seconds=1))
    ends = dict(held.values_list("position", "ends_at"))
    places = terms.of(instrument).positions if used or ends else 1
    if len(used) >= places:
        return "in use", None
    if not instrument.bookable:
        return "not booked here", None
    if ends and len(used | ends.keys()) >= places:
        return "booked", min(ends.values())
    return ("free" if opening.is_open(instrument, now, now + timedelta(minutes=1)) else "closed"), None


def _months(instrument: Instrument, now: datetime) -> list[Month]:
    here = opening.zone(instrument)
    last = now.astimezone(here).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = [_earlier(last, back) for back in range(11, -1, -1)]
    rows = (
        Session.objects.filter(instrument=instrument)
        .ended_in(months[0], now)
        .annotate(month=TruncMonth("ended_at", tzinfo=here))
        .values("month")
        .annotate(
            count=Count("id"),
            hours=Sum("effective_hours"),
            outside_hours=Sum("effective_hours", filter=Q(outside=True)),
        )
        .order_by("month")
    )
    found: dict[tuple[int, int], Any] = {(row["month"].year, row["month"].month): row for row in rows}
    zero: dict[str, Any] = {"count": 0, "hours": None, "outside_hours": None}
    return [
        Month(
            month.year,
            month.month,
            row["count"],
            row["hours"] or Decimal(0),
            row["outside_hours"] or Decimal(0),
        )
        for month in months
        for row in [found.get((month.year, month.month), zero)]
    ]


def _earlier(month: datetime, back: int) -> datetime:
    count = month.year * 12 + month.month - 1 - back
    return month.replace(year=count // 12, month=count % 12 + 1)
