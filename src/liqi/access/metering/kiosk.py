"""The kiosk beside an instrument: stewards register it, people are known there by a short PIN or a badge."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Booking, Kiosk, KioskPass
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["AHEAD", "NotKnown", "coming", "find", "known_by_badge", "known_by_pin", "register", "revoke", "set_pass"]

TRIES, LOCKED = 5, timedelta(minutes=10)
"""So many wrong PINs in a row lock a person's PIN for so long."""
AHEAD = timedelta(hours=12)
"""Bookings that begin within this time are shown beside the instrument."""
PIN = re.compile(r"\d{4,8}")
BADGE = re.compile(r"[0-9A-Za-z:_-]{4,64}")
SEEN_EVERY = timedelta(minutes=5)


class NotKnown(NotAllowed):
    """Nobody is known by what was shown; the message says what to do."""


def register(*, instrument: Instrument, name: str, person: Person, now: datetime) -> tuple[Kiosk, str]:
    """The tablet is known by the secret that is given back, once; only its hash is kept."""
    require_steward(person, instrument)
    if not 0 < len(name.strip()) <= 80:
        raise NotPossible(_("Found no name, or one of more than 80 characters; say where the tablet hangs."))
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        kiosk = Kiosk.objects.create(
            instrument=instrument, name=name.strip(), token_hash=_hash(token), made_by=person, made_at=now
        )
        journal.write(person=person, verb="registered kiosk", thing=kiosk, at=now, instrument=instrument.key)
    return kiosk, token


def revoke(*, kiosk: Kiosk, person: Person, now: datetime) -> Kiosk:
    """The tablet opens nothing any more; revoking again changes nothing."""
    require_steward(person, kiosk.instrument)
    with transaction.atomic():
        if Kiosk.objects.filter(pk=kiosk.pk, revoked_at=None).update(revoked_at=now):
            journal.write(person=person, verb="revoked kiosk", thing=kiosk, at=now, instrument=kiosk.instrument.key)
    kiosk.refresh_from_db()
    return kiosk


def find(token: str, *, now: datetime) -> Kiosk | None:
    """The kiosk of that secret, None for one that never was or is revoked; that it was seen is on record."""
    near = ("instrument__institution__organisation", "instrument__facility")
    kiosk = Kiosk.objects.select_related(*near).filter(token_hash=_hash(token), revoked_at=None).first()
    if kiosk and (kiosk.seen_at is None or now - kiosk.seen_at > SEEN_EVERY):
        Kiosk.objects.filter(pk=kiosk.pk).update(seen_at=now)
    return kiosk


def set_pass(*, person: Person, now: datetime, pin: str | None = None, badge: str | None = None) -> KioskPass:
    """The person is known at kiosks by this PIN and this badge; an empty one is taken away, None leaves it.

    Raises NotPossible for a PIN that is not 4 to 8 figures and for a badge that is somebody else's.
    """
    changes: dict[str, object] = {}
    if pin is not None:
        if pin and not PIN.fullmatch(pin):
            raise NotPossible(_("Found a PIN that is not 4 to 8 figures; choose figures alone."))
        if pin and len(set(pin)) == 1:
            raise NotPossible(_("Found one figure repeated; choose a PIN that is harder to guess."))
        changes |= {"pin_hash": _pin_hash(person, pin) if pin else "", "failures": 0, "locked_until": None}
    if badge is not None:
        if badge and not BADGE.fullmatch(badge):
            raise NotPossible(_("Found a badge code that is not 4 to 64 letters and figures; hold the badge again."))
        changes["badge_hash"] = _badge_hash(badge) if badge else ""
    try:
        with transaction.atomic():
            row, _made = KioskPass.objects.update_or_create(person=person, defaults=changes)
            journal.write(
                person=person,
                verb="set kiosk pass",
                thing=row,
                at=now,
                pin=bool(row.pin_hash),
                badge=bool(row.badge_hash),
            )
    except IntegrityError:
        raise NotPossible(_("This badge is registered for somebody else; they have to take it away first.")) from None
    return row


def known_by_pin(*, person: Person, pin: str, now: datetime) -> Person:
    """The person, whose PIN this is; raises NotKnown, and locks the PIN after five wrong ones in a row."""
    with transaction.atomic():
        row = KioskPass.objects.select_for_update().filter(person=person).first()
        if row is None or not row.pin_hash or not person.is_active:
            problem = _("%(person)s has no PIN yet; set one on your profile, or use the QR code with your phone.")
        elif row.locked_until and now < row.locked_until:
            problem = _("Too many wrong PINs; wait ten minutes, or use the QR code with your phone.")
        elif constant_time_compare(row.pin_hash, _pin_hash(person, pin)):
            if row.failures:
                row.failures, row.locked_until = 0, None
                row.save(update_fields=["failures", "locked_until"])
            return person
        else:
            row.failures += 1
            row.locked_until = now + LOCKED if row.failures % TRIES == 0 else None
            row.save(update_fields=["failures", "locked_until"])
            problem = _("This is not %(person)s's PIN; try again.")
    raise NotKnown(problem % {"person": person})


def known_by_badge(code: str) -> Person:
    """The person whose badge this is; raises NotKnown."""
    row = KioskPass.objects.select_related("person").filter(badge_hash=_badge_hash(code.strip())).first()
    if not BADGE.fullmatch(code.strip()) or row is None or not row.person.is_active:
        raise NotKnown(_("Nobody has registered this badge; register it on your profile, or use your PIN."))
    return row.person


def coming(instrument: Instrument, *, now: datetime) -> list[Booking]:
    """The confirmed bookings that are on now or begin within half a day, soonest first."""
    rows = Booking.objects.filter(instrument=instrument, state=Booking.State.CONFIRMED)
    near = rows.filter(ends_at__gt=now, starts_at__lt=now + AHEAD).order_by("starts_at", "position")
    return list(near.select_related("person", "organisation", "instrument__institution__organisation"))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _pin_hash(person: Person, pin: str) -> str:
    """Keyed with the platform's secret: a PIN is short, so a hash alone could be turned back."""
    return salted_hmac(f"liqi kiosk pin {person.pk}", pin, algorithm="sha256").hexdigest()


def _badge_hash(code: str) -> str:
    return salted_hmac("liqi kiosk badge", code.lower(), algorithm="sha256").hexdigest()
