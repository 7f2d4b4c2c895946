"""The calendar feed: who holds which instrument when, ready for JSON, in few queries at any size."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import belonging, opening
from liqi.access.models import Booking, Outage, Session
from liqi.access.opening import Period, utc
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["closed", "events", "out_of_use", "running", "week"]

WEEK = timedelta(days=7)


def week(instruments: Iterable[Instrument], start: datetime, *, person: Person | None = None) -> list[dict[str, Any]]:
    """The events of seven days from ``start``."""
    return events(instruments, start, utc(start) + WEEK, person=person)


def events(
    instruments: Iterable[Instrument], starts_at: datetime, ends_at: datetime, *, person: Person | None = None
) -> list[dict[str, Any]]:
    """The live bookings that meet [starts_at, ends_at), by start; at most three queries.

    Times are ISO 8601 in UTC. Who booked is told to signed-in people, what for to the person
    themselves and the instrument's stewards.
    """
    asked = list(instruments)
    keys = {instrument.pk: instrument.key for instrument in asked}
    rows = (
        Booking.objects.live()
        .filter(instrument__in=keys)
        .meeting(utc(starts_at), utc(ends_at))
        .order_by("starts_at", "pk")
        .values_list(
            "pk", "instrument_id", "starts_at", "ends_at", "person_id", "person__name",
            "order__title", "order__key", "synthetic", "state", "position", "held_from", "held_until",
        )
    )  # fmt: skip
    mine = person.pk if person is not None else None
    if asked and all(hasattr(instrument, "cared") for instrument in asked):  # belonging.marked said so already
        cared_for = frozenset(instrument.pk for instrument in asked if getattr(instrument, "cared", False))
    else:
        cared_for = _cared_for(person, keys)
    found = []
    for key, instrument, start, end, who, name, title, order, synthetic, state, place, early, late in rows.iterator(
        chunk_size=5000
    ):
        seen = who == mine or instrument in cared_for
        starts, ends = _text(start), _text(end)
        found.append(
            {
                "id": key,
                "instrument": keys[instrument],
                "start": starts,
                "end": ends,
                "person": name if mine is not None else "",
                "title": title if seen else "",
                "order": order if seen else "",
                "mine": who == mine,
                "changeable": seen,
                "synthetic": synthetic,
                "state": state,
                "position": place,
                "held_from": starts if early == start else _text(early),
                "held_until": ends if late == end else _text(late),
            }
        )
    return found


def running(instruments: Iterable[Instrument]) -> dict[str, datetime]:
    """The instruments in use at this moment: key to the start of the session; one query."""
    keys = {instrument.pk: instrument.key for instrument in instruments}
    rows = Session.objects.running().filter(instrument__in=keys).values_list("instrument_id", "started_at")
    return {keys[instrument]: started_at for instrument, started_at in rows}


def closed(instrument: Instrument, starts_at: datetime, ends_at: datetime, *, now: datetime) -> list[dict[str, str]]:
    """The periods inside [starts_at, ends_at) that nobody can book, with the reason in words; no query."""
    starts_at, ends_at, now = utc(starts_at), utc(ends_at), utc(now)
    earliest = now + timedelta(minutes=instrument.notice_minutes)
    latest = now + timedelta(days=instrument.horizon_days)
    spans: list[tuple[datetime, datetime, str, str]] = [
        (starts_at, min(now, ends_at), "past", _("over")),
        (max(starts_at, now), min(earliest, ends_at), "notice", _("too soon for the notice")),
        (max(starts_at, latest), ends_at, "horizon", _("not open for booking yet")),
    ]
    spans += [(start, end, "closed", _("closed")) for start, end in _shut(instrument, starts_at, ends_at)]
    return [
        {"instrument": instrument.key, "start": _iso(start), "end": _iso(end), "why": why, "words": words}
        for start, end, why, words in spans
        if start < end
    ]


def out_of_use(
    instruments: Iterable[Instrument], starts_at: datetime, ends_at: datetime
) -> list[dict[str, str]]:  # fmt: skip
    """The outages of the whole instruments inside [starts_at, ends_at), with what is wrong or done; one query."""
    starts_at, ends_at = utc(starts_at), utc(ends_at)
    keys = {instrument.pk: instrument.key for instrument in instruments}
    rows = Outage.objects.standing().filter(instrument__in=keys, position=None).meeting(starts_at, ends_at)
    return [
        {
            "instrument": keys[instrument],
            "start": _iso(max(start, starts_at)),
            "end": _iso(min(end or ends_at, ends_at)),
            "why": "outage",
            "words": words,
        }
        for instrument, start, end, words in rows.order_by("starts_at").values_list(
            "instrument_id", "starts_at", "ends_at", "words"
        )
    ]


def _cared_for(person: Person | None, keys: Collection[int]) -> frozenset[int]:
    if person is None:
        return frozenset()
    if person.is_operator:
        return frozenset(keys)
    return frozenset(belonging.looked_after_by(person).values_list("pk", flat=True))


def _shut(instrument: Instrument, starts_at: datetime, ends_at: datetime) -> Iterable[Period]:
    at = starts_at
    for start, end in opening.periods(instrument, starts_at, ends_at):
        if at < start:
            yield at, start
        at = end
    if at < ends_at:
        yield at, ends_at


def _text(moment: datetime) -> str:
    """A moment that is in UTC already."""
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
