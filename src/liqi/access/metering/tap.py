"""A tap beside the instrument: who stands there is known by badge or PIN, and a session starts or ends."""

from datetime import datetime

from django.utils.translation import gettext as _

from liqi.access import belonging, session
from liqi.access.metering import kiosk, walk_up
from liqi.access.metering.kiosk import NotKnown
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Booking, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["end", "known", "running_of", "start"]


def known(
    *, badge: str = "", email: str = "", pin: str = "", at: Booking | Session | None = None, now: datetime
) -> Person:  # fmt: skip
    """Who stands at the tablet: of the badge, else of the address or of what they point at, by the PIN.

    Raises kiosk.NotKnown.
    """
    if badge.strip():
        return kiosk.known_by_badge(badge.strip())
    named = email.strip().lower()
    person = Person.objects.filter(email=named, is_active=True).first() if named else None
    if person is None and not named and at is not None:
        person = at.person
    if person is None:
        raise NotKnown(_("Nobody is known by this; type your e-mail address and PIN, or hold your badge."))
    return kiosk.known_by_pin(person=person, pin=pin, now=now)


def running_of(instrument: Instrument, person: Person) -> Session | None:
    """The session of the person that runs on the instrument."""
    return Session.objects.running().filter(instrument=instrument, person=person).first()


def start(
    *, instrument: Instrument, person: Person, now: datetime, booked: Booking | None = None, purpose: str = "",
    take_over: bool = False,
) -> Session:  # fmt: skip
    """The session of the booking runs, started by its person or for them by a steward; without one, walk-up use."""
    if booked is None:
        return walk_up.start(instrument=instrument, person=person, now=now, purpose=purpose)
    staff = person if person.pk != booked.person_id and belonging.looks_after(person, instrument) else None
    user = booked.person if staff else person
    return session.start(booking=booked, person=user, now=now, staff=staff, purpose=purpose, take_over=take_over)


def end(*, instrument: Instrument, person: Person, now: datetime, running: Session | None = None) -> Session:
    """That session is over, or the person's own where none is named; raises NotPossible where nothing runs."""
    found = running or running_of(instrument, person)
    if found is None:
        raise NotPossible(_("Nothing runs here that you could end."))
    return session.end(session=found, person=person, now=now)
