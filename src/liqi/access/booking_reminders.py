"""Reminders: a person hears of a booking a while before it begins, as long before as they wish."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from liqi.access.models import Booking, Reminded
from liqi.accounts import notices
from liqi.accounts.models import NoticeWishes
from liqi.accounts.notice_wishes import LONGEST_REMINDER

__all__ = ["due"]

LONGEST_BOOKING = timedelta(days=31)
"""Bookings that end later than this after the longest reminder are reminded of when they come nearer."""
MOST = 500


def due(*, now: datetime) -> int:
    """Who has a booking soon is reminded once; a booking that moved is reminded of again."""
    until = now + LONGEST_REMINDER
    reminded = Reminded.objects.filter(booking=OuterRef("pk"), starts_at=OuterRef("starts_at"))
    soon = (
        Booking.objects.filter(state=Booking.State.CONFIRMED, ends_at__gt=now, ends_at__lt=until + LONGEST_BOOKING)
        .filter(~Exists(reminded), starts_at__gt=now, starts_at__lte=until)
        .select_related("person__notice_wishes", "instrument")
        .order_by("starts_at", "pk")
    )
    told = 0
    for booking in soon.iterator(chunk_size=MOST):
        wishes = getattr(booking.person, "notice_wishes", None) or NoticeWishes(person=booking.person)
        before = timedelta(minutes=wishes.remind_minutes)
        if booking.starts_at - before > now:
            continue
        told += _remind(booking, before, now)
        if told >= MOST:
            break
    return told


def _remind(booking: Booking, before: timedelta, now: datetime) -> int:
    """The person is told, unless they booked it within the time of the reminder or want none."""
    with transaction.atomic():
        _mark, made = Reminded.objects.get_or_create(booking=booking, starts_at=booking.starts_at)
        if not made or not before or booking.created_at > booking.starts_at - before:
            return 0
        link = f"/bookings/{booking.pk}/"
        instrument, start_at = str(booking.instrument), booking.starts_at.isoformat()
        notices.tell(
            [booking.person], kind="booking.soon", now=now, link=link, instrument=instrument, start_at=start_at
        )
    return 1
