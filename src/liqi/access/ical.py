"""The iCal feed: a person's bookings in their own calendar program, at a secret address."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from liqi.access import belonging
from liqi.access.models import Booking
from liqi.access.opening import utc
from liqi.accounts import journal
from liqi.accounts.models import Person, new_token
from liqi.accounts.sentences import listed
from liqi.catalogue.models import Instrument

__all__ = ["feed", "feed_of_instrument", "person_of", "renew"]

KEPT = timedelta(days=90)
"""How long bookings stay in the feed after they end."""
MOST = 2000
"""How many periods the calendar of an instrument shows."""


def feed(*, person: Person, now: datetime, site: str = "") -> bytes:
    """The person's bookings as iCalendar (RFC 5545), cancelled ones marked so that calendars drop them.

    ``site`` is the address before the first slash, for links back.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Liqi//bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Liqi bookings"))
    rows = Booking.objects.of(person).filter(ends_at__gt=utc(now) - KEPT)
    bookings = list(rows.select_related("instrument", "order").order_by("starts_at", "pk"))
    together: dict[str, list[str]] = {}
    for booking in bookings:
        if booking.together and booking.is_live:
            together.setdefault(booking.together, []).append(booking.instrument.name)
    for booking in bookings:
        others = dict.fromkeys(together.get(booking.together, []))
        others.pop(booking.instrument.name, None)
        calendar.add_component(_event(booking, list(others), utc(now), site))
    return bytes(calendar.to_ical())


def feed_of_instrument(instrument: Instrument, *, person: Person | None, now: datetime, site: str = "") -> bytes:
    """When the instrument is held, as iCalendar: a steward reads who holds it, a person their own, others "busy"."""
    calendar = Calendar()
    calendar.add("prodid", "-//Liqi//instrument//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", instrument.name)
    cares = belonging.looks_after(person, instrument)
    held = Booking.objects.live().filter(instrument=instrument, ends_at__gt=utc(now) - timedelta(days=7))
    for booking in held.select_related("order", "person").order_by("starts_at", "pk")[:MOST]:
        event = Event()
        event.add("uid", f"busy-{booking.pk}@liqi")
        event.add("dtstamp", utc(now))
        event.add("dtstart", booking.starts_at.astimezone(UTC))
        event.add("dtend", booking.ends_at.astimezone(UTC))
        event.add("status", "CONFIRMED")
        mine = person is not None and booking.person_id == person.pk
        event.add("summary", f"{booking.person}: {booking.order.title}" if cares or mine else _("busy"))
        if site and (cares or mine):
            event.add("url", f"{site}/bookings/{booking.pk}/")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def person_of(token: str) -> Person | None:
    """The person whose feed has this secret address."""
    return Person.objects.filter(feed_token=token, is_active=True).first() if token else None


def renew(*, person: Person, now: datetime) -> str:
    """The feed has a new secret address and the old one is dead."""
    with transaction.atomic():
        person.feed_token = new_token()
        person.save(update_fields=["feed_token"])
        journal.write(person=person, verb="renewed feed", thing=person, at=now)
    return person.feed_token


def _event(booking: Booking, others: list[str], now: datetime, site: str) -> Event:
    """The booking; ``others`` are the instruments that were booked with it."""
    event = Event()
    event.add("uid", f"booking-{booking.pk}@liqi")
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("summary", booking.instrument.name)
    event.add("status", "CONFIRMED" if booking.is_live else "CANCELLED")
    if booking.instrument.address:
        event.add("location", booking.instrument.address)
    about = [booking.order.title] if booking.order.title != booking.instrument.name else []
    if others:
        about.append(_("Booked together with %(instruments)s.") % {"instruments": listed(others)})
    if about:
        event.add("description", "\n".join(about))
    if site:
        event.add("url", f"{site}/orders/{booking.order.key}/")
    return event
