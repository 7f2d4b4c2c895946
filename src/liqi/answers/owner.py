"""Whose a file from an instrument is: by what it names, else by who had the instrument when it was written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Q, QuerySet

from liqi.access.models import Booking, Order, Sample, Session
from liqi.answers.models import Arrival
from liqi.catalogue.models import Instrument

__all__ = ["Found", "at_work", "find", "named_in", "of_instrument", "words_of"]

HEAD_BYTES = 256 << 10
"""How much of a file is looked through for the key of an order or the code of a sample."""
SHORTEST_CODE = 5
"""A shorter barcode could stand in any name by chance."""
MOST_WORDS = 4000


@dataclass(frozen=True)
class Found:
    """The order with how it was found, or no order and why not."""

    order: Order | None
    how: str = ""
    why: str = ""


def find(*, instrument: Instrument, path: str, content: Path, at: datetime) -> Found:
    """The one order that the file is of: named in its path, in its head, or at work at that time; never a guess.

    Where two things speak for different people nobody has the file: it waits for a steward.
    """
    for how, words in ((Arrival.How.NAME, words_of(path)), (Arrival.How.CONTENT, None)):
        named = named_in(words if words is not None else _words_in(content), instrument)
        if len(named) > 1:
            return Found(None, why=Arrival.Why.NAMES)
        if named:
            closed = named[0].state == Order.State.CLOSED
            return Found(None, why=Arrival.Why.CLOSED) if closed else Found(named[0], how=how)
    return _at_work(instrument, path, at)


def words_of(text: str) -> set[str]:
    """Everything in the text that could be a key or a code, cut at every mark and at fewer marks.

    >>> sorted(words_of("B-17_x7k2m9pqr.fcs"))
    ['17', 'B', 'B-17', 'B-17_x7k2m9pqr', 'fcs', 'x7k2m9pqr']
    """
    found: set[str] = set()
    for marks in (r"[^0-9A-Za-z]+", r"[^0-9A-Za-z-]+", r"[^0-9A-Za-z_-]+"):
        found.update(re.split(marks, text))
    return found - {""}


def named_in(words: Iterable[str], instrument: Instrument) -> list[Order]:
    """The orders on this instrument that the words name, by their key or by a code of one of their samples."""
    words = set(words)
    keys = {word.lower() for word in words if len(word) == 9}
    codes = {word for word in words if SHORTEST_CODE <= len(word) <= 48}
    if not codes:
        return []
    ours = of_instrument(instrument)
    orders = {order.pk: order for order in ours.filter(key__in=keys)} if keys else {}
    samples = Sample.objects.filter(Q(key__in=keys) | Q(barcode__in=codes), order__in=ours).select_related("order")
    orders |= {sample.order_id: sample.order for sample in samples}
    return list(orders.values())


def of_instrument(instrument: Instrument) -> QuerySet[Order]:
    """The orders that have to do with the instrument: on it, booked on it, or of a service that uses it."""
    return Order.objects.filter(
        Q(instrument=instrument)
        | Q(pk__in=Booking.objects.filter(instrument=instrument).values("order"))
        | Q(service__in=instrument.services.all())
    )


def at_work(instrument: Instrument, at: datetime) -> tuple[list[Session], list[Booking]]:
    """The sessions that ran and the bookings that held the instrument at that moment."""
    sessions = Session.objects.filter(instrument=instrument, started_at__lte=at)
    sessions = sessions.filter(Q(ended_at=None) | Q(ended_at__gt=at)).select_related("booking__order", "person")
    bookings = Booking.objects.filter(
        instrument=instrument, state=Booking.State.CONFIRMED, starts_at__lte=at, ends_at__gt=at
    ).select_related("order", "person")
    return list(sessions), list(bookings)


def _at_work(instrument: Instrument, path: str, at: datetime) -> Found:
    sessions, bookings = at_work(instrument, at)
    people = {session.person_id for session in sessions}
    if people and bookings and not people & {booking.person_id for booking in bookings}:
        return Found(None, why=Arrival.Why.CONFLICT)
    how = Arrival.How.BOOKING
    if people:
        if any(session.booking_id is None for session in sessions):
            bookings = [booking for booking in bookings if booking.person_id in people]
        else:
            bookings = [session.booking for session in sessions if session.booking is not None]
        how = Arrival.How.SESSION
    if len({booking.order_id for booking in bookings}) > 1:
        addresses = {part.lower() for part in path.split("/")}
        bookings = [
            booking for booking in bookings
            if {booking.person.email.lower(), booking.person.email.lower().partition("@")[0]} & addresses
        ]  # fmt: skip
        if len({booking.order_id for booking in bookings}) != 1:
            return Found(None, why=Arrival.Why.SEVERAL)
    return Found(bookings[0].order, how=how) if bookings else Found(None, why=Arrival.Why.NOBODY)


def _words_in(content: Path) -> set[str]:
    """Words of the length of a key or a code at the head of the file, in ASCII or in UTF-16, the first few thousand."""
    with content.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    found: set[str] = set()
    for text in (head, head.replace(b"\0", b"")):
        for piece in re.finditer(rb"(?<![0-9A-Za-z_-])[0-9A-Za-z_-]{5,48}(?![0-9A-Za-z_-])", text):
            word = piece.group().decode()
            if len(word) == 9 or any(letter.isdigit() for letter in word):
                found |= {part for part in words_of(word) if len(part) >= SHORTEST_CODE}
            if len(found) > MOST_WORDS:
                return found
    return found
