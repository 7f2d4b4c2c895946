"""Nobody came: the time is given free, the point counts against whoever did not come, and a steward may forgive it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access import belonging, waiting
from liqi.access import booking as bookings
from liqi.access.models import Booking, NoShow, Outage, RuleSetting, Session
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, Settings, filled, no_shows
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["Standing", "due", "forgive", "of", "remind", "standing"]

RULE = "no_shows"


@dataclass(frozen=True)
class Standing:
    """How a person stands with the no-show rule of an instrument."""

    points: int
    strikes: int
    """How many points bring a ban; 0 where none does."""
    banned_until: datetime | None


def due(*, now: datetime) -> int:
    """Each booking that nobody began in time is released, counted and offered to the next in line; how many.

    One that an outage struck before it could begin is left alone.
    """
    now = utc(now)
    settings = RuleSetting.objects.filter(rule=RULE, active=True)
    places = list(settings.values_list("instrument_id", "facility_id"))
    if not places:
        return 0
    where = Q(instrument__in=[one for one, _facility in places if one])
    where |= Q(instrument__facility__in=[one for _instrument, one in places if one])
    known = Settings()
    running = Session.objects.running().filter(instrument=OuterRef("instrument"))
    late = (
        Booking.objects.filter(where, state=Booking.State.CONFIRMED, starts_at__lt=now, ends_at__gt=now, sessions=None)
        .filter(~Exists(running), ~Exists(_out(now)))
        .select_related("instrument__institution", "instrument__facility", "person", "order")
        .order_by("starts_at", "pk")
    )
    return sum(_release(booking, known, now) for booking in late)


def forgive(*, no_show: NoShow, person: Person, why: str, now: datetime) -> NoShow:
    """The no-show counts no longer; forgiving it again changes nothing. For stewards of its instrument."""
    if not belonging.looks_after(person, no_show.instrument):
        words = _("Only the stewards of %(instrument)s forgive a no-show there; ask one of them.")
        raise NotAllowed(words % {"instrument": called(no_show.instrument)})
    if not why.strip():
        words = _("Found no reason; say in a few words why it is forgiven, for the person reads it.")
        raise Refused([Objection("reason", words, waivable=False)])
    with transaction.atomic():
        counting = NoShow.objects.filter(pk=no_show.pk, forgiven_at=None)
        if counting.update(forgiven_at=now, forgiven_by=person, forgiven_why=why.strip()[:300]):
            journal.write(person=person, verb="forgave", thing=no_show, at=now, why=why.strip()[:300])
            notices.tell(
                [no_show.person], kind="no_show.forgiven", now=now, link=f"/bookings/{no_show.booking_id}/",
                instrument=no_show.instrument, why=why.strip()[:300],
            )  # fmt: skip
    no_show.refresh_from_db()
    return no_show


def remind(*, no_show: NoShow, person: Person, now: datetime) -> NoShow:
    """A no-show that was forgiven counts again: it undoes the forgiving."""
    if not belonging.looks_after(person, no_show.instrument):
        words = _("Only the stewards of %(instrument)s decide what counts there; ask one of them.")
        raise NotAllowed(words % {"instrument": called(no_show.instrument)})
    with transaction.atomic():
        forgiven = NoShow.objects.filter(pk=no_show.pk, forgiven_at__isnull=False)
        if forgiven.update(forgiven_at=None, forgiven_by=None, forgiven_why=""):
            journal.write(person=person, verb="counted again", thing=no_show, at=now)
    no_show.refresh_from_db()
    return no_show


def standing(person: Person, instrument: Instrument, parameters: dict[str, Any], *, now: datetime) -> Standing:
    """The points that count for the person here at ``now``, and until when they may not book."""
    return Standing(*no_shows.counted(person, instrument, parameters, now=now))


def of(person: Person) -> QuerySet[NoShow]:
    """Every no-show of the person, newest first."""
    rows = NoShow.objects.filter(person=person).select_related("booking__order", "instrument", "forgiven_by")
    return rows.order_by("-at", "-pk")


def _out(now: datetime) -> QuerySet[Outage]:
    """Outages until now of the place that the booking holds: nobody has to come to what cannot be used."""
    out = Outage.objects.standing().filter(
        Q(position=None) | Q(position=OuterRef("position")), instrument=OuterRef("instrument"), starts_at__lt=now
    )
    return out.filter(Q(ends_at=None) | Q(ends_at__gt=OuterRef("starts_at")))


def _release(booking: Booking, known: Settings, now: datetime) -> bool:
    """The booking is released if its time to begin is over, with its point and the next offer in one transaction."""
    said = known.holding(booking.instrument, booking.starts_at).get(RULE)
    if said is None:
        return False
    parameters = filled(RULE, said)
    if not parameters["release_after_minutes"]:
        return False
    if now < booking.starts_at + timedelta(minutes=parameters["release_after_minutes"]):
        return False
    with transaction.atomic():
        if not bookings.release(booking=booking, now=now):
            return False
        NoShow.objects.create(booking=booking, person=booking.person, instrument=booking.instrument, at=now)
        found = standing(booking.person, booking.instrument, parameters, now=now)
        banned = found.banned_until is not None
        notices.tell(
            [booking.person], kind="no_show.banned" if banned else "no_show.released", now=now,
            link=f"/bookings/{booking.pk}/", instrument=booking.instrument,
            starts_at=booking.starts_at.isoformat(), minutes=parameters["release_after_minutes"],
            points=found.points, strikes=found.strikes,
            until_at=found.banned_until.isoformat() if found.banned_until else "",
        )  # fmt: skip
        waiting.offer_free(now=now, instruments=[booking.instrument], most=1)
    return True
