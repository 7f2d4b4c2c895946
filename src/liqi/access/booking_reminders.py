"""Reminders: a person hears of a booking a while before it begins, as long before as they wish."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef

from liqi.access.booking import named
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
        .order_by("starts_at", "person", "together", "pk")
    )
    told = 0
    for _same, group in groupby(list(soon), key=_at_once):  # read to its end: SQLite writes at no half-read rows
        bookings = list(group)
        person = bookings[0].person
        wishes = getattr(person, "notice_wishes", None) or NoticeWishes(person=person)
        before = timedelta(minutes=wishes.remind_minutes)
        if bookings[0].starts_at - before > now:
            continue
        told += _remind(bookings, before, now)
        if told >= MOST:
            break
    return told


def _at_once(booking: Booking) -> tuple[datetime, int, str]:
    """The same for bookings that were made together and begin together: one reminder is of them all."""
    return booking.starts_at, booking.person_id, booking.together or str(booking.pk)


def _remind(bookings: Sequence[Booking], before: timedelta, now: datetime) -> int:
    """The person is told, unless they booked it within the time of the reminder or want none."""
    with transaction.atomic():
        marks = [Reminded.objects.get_or_create(booking=one, starts_at=one.starts_at) for one in bookings]
        fresh = [one for one, (_mark, made) in zip(bookings, marks, strict=True) if made]
        early = [one for one in fresh if before and one.created_at <= one.starts_at - before]
        if not early:
            return 0
        notices.tell([early[0].person], kind="booking.soon", now=now, link=f"/bookings/{early[0].pk}/", **named(early))
    return 1
