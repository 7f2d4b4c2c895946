"""People who wait in the example, and one booking that nobody came to; made up, and marked so."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from liqi.access import belonging, waiting
from liqi.access.example.people import MANAGER, MEMBER
from liqi.access.models import Booking, NoShow, Order, Wish
from liqi.access.opening import utc
from liqi.access.rules import Refused
from liqi.accounts.models import Person

__all__ = ["load"]

WISHES = 3


def load(*, now: datetime) -> int:
    """The member and two others wait for booked time of the manager's instruments; how many wishes were made.

    Where there is no manager or no booking ahead nothing is made; doing it again makes nothing new.
    """
    now = utc(now)
    manager = Person.objects.filter(email=MANAGER).first()
    member = Person.objects.filter(email=MEMBER).first()
    if manager is None or member is None or Wish.objects.filter(synthetic=True).exists():
        return 0
    ahead = (
        Booking.objects.live()
        .filter(instrument__in=belonging.looked_after_by(manager), starts_at__gt=now + timedelta(hours=4))
        .exclude(person=member)
        .select_related("instrument__institution", "instrument__facility", "person")
        .order_by("starts_at", "pk")[: WISHES * 4]
    )
    made = 0
    with transaction.atomic():
        for number, held in enumerate(ahead):
            person = held.person if number % 2 else member
            minutes = max(held.instrument.min_minutes, min(60, (held.ends_at - held.starts_at) // timedelta(minutes=1)))
            try:
                wish = waiting.join(
                    person=person, instruments=[held.instrument], earliest_at=held.starts_at,
                    latest_at=max(held.ends_at, held.starts_at + timedelta(minutes=minutes)), minutes=minutes, now=now,
                    standby=number % 3 == 0, title="等一个空档 (示例)",
                )  # fmt: skip
            except Refused:
                continue
            Wish.objects.filter(pk=wish.pk).update(synthetic=True)
            Order.objects.filter(pk=wish.order_id).update(synthetic=True)
            made += 1
            if made == WISHES:
                break
        _one_no_show(manager, now)
    return made


def _one_no_show(manager: Person, now: datetime) -> None:
    """The last booking without a session on an instrument of the manager's was one that nobody came to."""
    missed = (
        Booking.objects.filter(
            instrument__in=belonging.looked_after_by(manager), state=Booking.State.CONFIRMED, ends_at__lt=now,
            sessions=None, synthetic=True,
        )
        .order_by("-ends_at", "pk")
        .first()
    )  # fmt: skip
    if missed is not None:
        Booking.objects.filter(pk=missed.pk).update(state=Booking.State.RELEASED)
        NoShow.objects.create(
            booking=missed, person=missed.person, instrument=missed.instrument,
            at=missed.starts_at + timedelta(minutes=15),
        )  # fmt: skip
