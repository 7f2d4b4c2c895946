"""Sessions that run over their booking: those concerned are told, and what was forgotten is ended by rule."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from liqi.access import session as sessions
from liqi.access.metering import terms
from liqi.access.models import Booking, LogOn, MeteredStretch, MeteringTerms, Session
from liqi.access.rules import Refused
from liqi.accounts import notices

__all__ = ["NEAR", "due"]

NEAR = timedelta(minutes=15)
"""So long before its start the next booking is told that somebody is still there."""
WITHOUT_BOOKING = timedelta(days=1)
"""A session without a booking that runs longer is taken for forgotten."""


def due(*, now: datetime) -> int:
    """Who runs over and who comes next were told once, and forgotten sessions are ended; how many of both."""
    over = Q(booking__ends_at__lte=now) | Q(booking=None, started_at__lte=now - WITHOUT_BOOKING)
    running = list(
        Session.objects.running().filter(over).select_related("instrument", "person", "booking__order").order_by("pk")
    )
    if not running:
        return 0
    known = terms.of_many({session.instrument_id for session in running})
    done = 0
    for session in running:
        its = known.get(session.instrument_id) or MeteringTerms(instrument=session.instrument)
        done += _end(session, its, now) or _warn(session, now)
    return done


def _end(session: Session, its: MeteringTerms, now: datetime) -> bool:
    """End it where it is forgotten: too long over, or the machine has long stopped working."""
    over_since = session.booking.ends_at if session.booking else session.started_at + WITHOUT_BOOKING
    worked = _last_work(session, now)
    stopped = worked is not None and _stopped(session, worked, its, now)
    still_works = worked is not None and now - worked < its.idle_after
    if not stopped and (still_works or now - over_since < its.forgotten_after):
        return False
    # the machine says how long; without it the booking does, and a steward sees it among the hours to confirm
    at = over_since if worked is None else max(worked, min(worked + its.post, over_since))
    try:
        with transaction.atomic():
            ended = sessions.close(session=session, at=max(at, session.started_at + timedelta(minutes=1)), now=now)
            notices.tell(
                [session.person], kind="session.ended_by_rule", now=now, link=_link(session),
                instrument=session.instrument, end_at=ended.ended_at.isoformat() if ended.ended_at else "",
            )  # fmt: skip
    except Refused:  # started less than a minute ago
        return False
    return True


def _last_work(session: Session, now: datetime) -> datetime | None:
    """When the machine last worked in the session; None where no meter saw it."""
    seen = MeteredStretch.objects.filter(
        meter__instrument=session.instrument_id, ends_at__gt=session.started_at, starts_at__lt=now
    )
    last = seen.filter(level=MeteredStretch.Level.WORKING).order_by("-ends_at").values_list("ends_at", flat=True)
    return last[0] if last else None


def _stopped(session: Session, worked: datetime, its: MeteringTerms, now: datetime) -> bool:
    """Whether a meter has since seen it not working for long enough, and nobody is at the PC."""
    quiet = MeteredStretch.objects.filter(
        meter__instrument=session.instrument_id, starts_at__gte=worked, ends_at__gte=worked + its.idle_after
    ).exclude(level=MeteredStretch.Level.WORKING)
    somebody = LogOn.objects.filter(instrument=session.instrument_id, ended_at=None, started_at__lte=now)
    return quiet.exists() and not somebody.exists()


def _warn(session: Session, now: datetime) -> bool:
    """Tell the person once, and whoever comes next when their time is near."""
    following = (
        Booking.objects.live()
        .filter(instrument=session.instrument_id, position=session.position, starts_at__gt=session.started_at)
        .exclude(person=session.person_id)
        .filter(ends_at__gt=now, starts_at__lte=now + NEAR)
        .select_related("person", "order")
        .order_by("starts_at")
        .first()
    )
    told: Iterable[Booking] = ()
    if following and (session.warned_at is None or session.warned_at < following.starts_at - NEAR):
        told = [following]
    if session.warned_at is not None and not told:
        return False
    with transaction.atomic():
        stale = Session.objects.running().filter(pk=session.pk, warned_at=session.warned_at)
        if not stale.update(warned_at=now):
            return False
        facts: dict[str, Any] = {"instrument": session.instrument, "person": session.person}
        notices.tell([session.person], kind="session.over", now=now, link=_link(session), **facts)
        for booking in told:
            notices.tell(
                [booking.person], kind="session.in_the_way", now=now, link=f"/bookings/{booking.pk}/",
                start_at=booking.starts_at.isoformat(), **facts,
            )  # fmt: skip
    return True


def _link(session: Session) -> str:
    return f"/orders/{session.booking.order.key}/" if session.booking else f"/instruments/{session.instrument.key}/"
