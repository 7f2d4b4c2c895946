"""What a race left behind: bookings that meet, and changes that the journal has and the row has lost."""

from collections import defaultdict
from datetime import datetime
from typing import Any

MADE = {"booked", "requested", "held"}
MOVED = {"moved", "swapped", "left"}
STATES = {
    "cancelled": {"cancelled"}, "approved": {"confirmed"}, "refused": {"refused"}, "expired": {"refused"},
    "let go": {"refused"}, "released": {"released"}, "restored": {"confirmed", "requested"},
    "took": {"confirmed", "requested"}, "took back the answer": {"requested"},
}  # fmt: skip
"""The states in which a booking can be after a line with this verb."""


def doubles() -> int:
    """Pairs of bookings that hold one place of an instrument at the same time."""
    from django.db import connection

    holding = "('requested', 'offered', 'confirmed')"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM access_booking a JOIN access_booking b ON a.instrument_id = b.instrument_id "
            f"AND a.position = b.position AND a.id < b.id AND a.state IN {holding} AND b.state IN {holding} "
            "AND a.held_from < b.held_until AND a.held_until > b.held_from"
        )
        return int(cursor.fetchone()[0])


def lost() -> int:
    """Changes that somebody was told of and that another wrote over without having seen them.

    Each line of the journal says from where to where a booking was moved: a line that does not begin where the one
    before it ended, and a row that is not where, or not in the state in which, its last lines left it, count.
    """
    from liqi.access.models import Booking
    from liqi.accounts.models import JournalEntry

    lines: dict[str, list[Any]] = defaultdict(list)
    told = JournalEntry.objects.filter(thing="access.booking").order_by("pk")
    for thing, verb, facts in told.values_list("thing_id", "verb", "facts"):
        lines[thing].append((verb, facts))
    rows = Booking.objects.filter(pk__in=lines) if len(lines) < 500 else Booking.objects.all()
    return sum(_lost(lines[str(row.pk)], row) for row in rows)


def _lost(lines: list[tuple[str, dict[str, Any]]], row: Any) -> int:
    count, place, states = 0, None, None
    for verb, facts in lines:
        if verb in MADE | MOVED:
            if verb in MOVED and place is not None:
                count += place != _period(facts, "from_start", "from_end")
            place = _period(facts, "starts_at", "ends_at")
            states = {"confirmed", "requested", "offered"}
        states = STATES.get(verb, states)
    count += place is not None and place != (row.starts_at, row.ends_at)
    return count + (states is not None and row.state not in states)


def _period(facts: dict[str, Any], start: str, end: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(facts[start]), datetime.fromisoformat(facts[end])
