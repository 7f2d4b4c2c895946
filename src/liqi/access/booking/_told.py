"""What people are told of bookings: all that one act did to theirs stands in one notice."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from liqi.access.models import Booking, Steward
from liqi.accounts import notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument


def tell_owners(bookings: Iterable[Booking], *, actor: Person, kind: str, now: datetime) -> None:
    """Each owner but the actor reads of all their bookings among these in one notice."""
    mine: dict[int, list[Booking]] = {}
    for booking in bookings:
        if booking.person_id != actor.pk:
            mine.setdefault(booking.person_id, []).append(booking)
    for rows in mine.values():
        notices.tell([rows[0].person], kind=kind, now=now, link=f"/bookings/{rows[0].pk}/", person=actor, **named(rows))


def tell_stewards(bookings: Iterable[Booking], *, now: datetime) -> None:
    """Those who look after an instrument read in one notice which of these bookings of a person wait for them."""
    asked: dict[int, list[Booking]] = {}
    for booking in bookings:
        if booking.state == Booking.State.REQUESTED:
            asked.setdefault(booking.instrument_id, []).append(booking)
    read: dict[Person, list[Booking]] = {}
    for rows in asked.values():
        for person in _stewards(rows[0].instrument):
            read.setdefault(person, []).extend(rows)
    alike: dict[tuple[int, ...], list[Person]] = {}
    for person, rows in read.items():
        alike.setdefault(tuple(row.pk for row in rows), []).append(person)
    for people in alike.values():
        rows = read[people[0]]
        notices.tell(
            people, kind="booking.requested", now=now, link="/desk/approvals/", person=rows[0].person,
            **named(rows),
        )  # fmt: skip


def named(bookings: Sequence[Booking]) -> dict[str, Any]:
    """The facts that name the bookings in a sentence: one instrument and start as they are, several as lists."""
    instruments = list(dict.fromkeys(booking.instrument for booking in bookings))
    starts = sorted({booking.starts_at for booking in bookings})
    moments = [start.isoformat() for start in starts]
    return {
        "instrument": instruments if len(instruments) > 1 else instruments[0],
        "start_at": moments if len(moments) > 1 else moments[0],
    }


def _stewards(instrument: Instrument) -> Iterable[Person]:
    place = Steward.objects.filter(instrument=instrument) | Steward.objects.filter(
        facility__isnull=False, facility=instrument.facility_id
    )
    return Person.objects.filter(stewardships__in=place).distinct()
