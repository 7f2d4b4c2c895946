"""An offer holds its time by a booking, and lets it go again."""

from datetime import datetime

from django.db import IntegrityError, transaction

from liqi.access import booking as bookings
from liqi.access.booking import NotAllowed, Refused, SlotTaken
from liqi.access.models import Offer, Wish
from liqi.access.opening import Period
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

PAGE = "/waiting/"
WAIVED = frozenset({"short_notice"})
"""The lead that the manager set for offers stands in the place of the notice."""


def hold(
    wish: Wish, instrument: Instrument, period: Period, *, now: datetime, expires_at: datetime | None
) -> Offer | None:
    """The period is held for the wish and its person is told; without an end of the offer it is booked at once.

    None where the rules are against it, somebody else has the time, or the wish no longer waits for one.
    """
    try:
        with transaction.atomic():
            bookings.queue(instrument)  # before the wish, as everybody does, so that none waits in a ring
            if not _still_waits(wish):
                return None
            held = bookings.hold(
                instrument=instrument, person=wish.person, organisation=wish.organisation, order=wish.order,
                starts_at=period[0], ends_at=period[1], now=now, expires_at=expires_at, waive=WAIVED,
            )  # fmt: skip
            offer = Offer.objects.create(
                wish=wish, booking=held, made_at=now, expires_at=expires_at or now,
                state=Offer.State.OPEN if expires_at else Offer.State.ACCEPTED,
                answered_at=None if expires_at else now,
            )  # fmt: skip
            if expires_at is None:
                Wish.objects.filter(pk=wish.pk).update(state=Wish.State.MET, closed_at=now)
            _tell(offer, wish, instrument, period, now)
    except (Refused, NotAllowed, SlotTaken, IntegrityError):
        return None
    return offer


def let_go(offer: Offer, state: str, *, person: Person | None, now: datetime) -> bool:
    """The open offer has this state and its time is free; whether it was open until now."""
    with transaction.atomic():
        if not Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN).update(state=state, answered_at=now):
            return False
        bookings.lapse(booking=offer.booking, person=person, now=now)
        journal.write(person=person, verb=f"offer {state}", thing=offer, at=now, wish=offer.wish_id)
    return True


def lock(wish_id: int) -> None:
    """Nobody else changes the wish or its offers until the transaction ends."""
    list(Wish.objects.select_for_update().filter(pk=wish_id).values_list("pk"))


def _still_waits(wish: Wish) -> bool:
    """Whether the wish waits, has no offer, and nobody is about to change that; it stays so until the end."""
    rows = Wish.objects.select_for_update(skip_locked=True).filter(pk=wish.pk, state=Wish.State.WAITING)
    return bool(list(rows)) and not Offer.objects.filter(wish=wish, state=Offer.State.OPEN).exists()


def _tell(offer: Offer, wish: Wish, instrument: Instrument, period: Period, now: datetime) -> None:
    journal.write(
        person=None, verb="offered" if offer.is_open else "given", thing=offer, at=now, wish=wish.pk,
        booking=offer.booking_id, instrument=instrument.key, starts_at=period[0].isoformat(),
        ends_at=period[1].isoformat(),
    )  # fmt: skip
    notices.tell(
        [wish.person], kind="waiting.offered" if offer.is_open else "waiting.booked", now=now,
        link=PAGE if offer.is_open else f"/bookings/{offer.booking_id}/", instrument=instrument,
        starts_at=period[0].isoformat(), ends_at=period[1].isoformat(), expires_at=offer.expires_at.isoformat(),
    )  # fmt: skip
