"""What waits for a steward: each queue of the desk with how much is in it and its way there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from liqi.access import approval
from liqi.access.commissions import queue as orders
from liqi.access.commissions.states import turn_of
from liqi.access.models import Charge, Commission, Outage, Session
from liqi.access.money import books
from liqi.accounts.models import Person
from liqi.answers.models import Arrival
from liqi.catalogue.models import Instrument
from liqi.observatory import policies
from liqi.web import doors
from liqi.web.doors import Door

_OUR_TURN = tuple(str(state) for state in Commission.State if turn_of(state) == "facility")


@dataclass(frozen=True)
class Queue:
    """A door of the desk, how many wait behind it, and the address where they stand."""

    door: Door
    count: int
    address: str


def of(person: Person, mine: QuerySet[Instrument], *, now: datetime) -> list[Queue]:
    """The queues that are not empty, in the order of the doors; one query each."""
    hours, month = _hours(mine, now)
    running = Outage.objects.standing().meeting(now, now + timedelta(seconds=1)).filter(instrument__in=mine)
    waiting = Charge.objects.filter(seller__in=books.kept_by(person), state=Charge.State.PROPOSED)
    counted = {
        "approvals": (approval.waiting_for(person).count(), ""),
        "hours_queue": (hours, f"?month={month}" if month else ""),
        "desk_orders": (orders.rows(person).filter(commission__state__in=_OUR_TURN).count(), ""),
        "inbox": (Arrival.objects.filter(instrument__in=mine, state=Arrival.State.INBOX).count(), ""),
        "desk_outages": (running.count(), "?when=now"),
        "charges": (waiting.count(), ""),
        "policy_rules": (len(policies.broken()) if person.is_operator else 0, "#broken"),
    }
    return [
        Queue(door, counted[door.name][0], reverse(door.name) + counted[door.name][1])
        for _label, group in doors.DESK
        for door in group
        if counted.get(door.name, (0, ""))[0]
    ]


def _hours(mine: QuerySet[Instrument], now: datetime) -> tuple[int, str]:
    """Sessions of this month and the last that nobody confirmed, and the month of the first of them."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).replace(day=1)
    open_ones = Session.objects.ended_in(before, now).filter(instrument__in=mine).filter(Q(confirmation=None))
    found = open_ones.aggregate(n=Count("pk"), first=Min("ended_at"))
    return found["n"], f"{timezone.localtime(found['first']):%Y-%m}" if found["first"] else ""
