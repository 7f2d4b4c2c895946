"""Vacancy: the free time of many instruments at once, and which of them are free in a wished period."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from liqi.access import free, opening, positions, terms
from liqi.access.models import Booking, BookingTerms
from liqi.access.opening import Period, utc
from liqi.catalogue.models import Instrument, InstrumentStatus

__all__ = ["free_then", "of_many"]

OUT = (InstrumentStatus.DOWN, InstrumentStatus.RETIRED)


def of_many(
    instruments: Collection[Instrument], starts_at: datetime, ends_at: datetime, *, but: Collection[int] = ()
) -> dict[int, list[Period]]:
    """For each instrument the periods inside [starts_at, ends_at) of which any part can be booked; two queries in all.

    Each is free on one place throughout, buffers and the longest set-up counted. Bookings ``but`` are not counted.
    """
    if not instruments:
        return {}
    starts_at, ends_at = utc(starts_at), utc(ends_at)
    known = terms.of_many(instruments)
    held = positions.busy(instruments, starts_at, ends_at, known)
    return {
        one.pk: free.free_of(
            one, [hold for hold in held[one.pk] if hold.booking not in but], known[one.pk], starts_at, ends_at
        )
        for one in instruments
    }


def free_then(
    instruments: QuerySet[Instrument], starts_at: datetime, ends_at: datetime, *, now: datetime
) -> QuerySet[Instrument]:
    """Those of the instruments that can be booked for [starts_at, ends_at): open, in order and free; four queries.

    Length, notice and horizon of each instrument are kept; rules about the person are asked when booking.
    """
    starts_at, ends_at, now = utc(starts_at), utc(ends_at), utc(now)
    minutes = (ends_at - starts_at) // timedelta(minutes=1)
    if ends_at <= starts_at or starts_at < now:
        return instruments.none()
    ahead = starts_at - now
    asked = (
        instruments.filter(bookable=True, min_minutes__lte=minutes, max_minutes__gte=minutes)
        .filter(notice_minutes__lte=ahead // timedelta(minutes=1), horizon_days__gte=-(-ahead // timedelta(days=1)))
        .exclude(status__in=OUT)
        .order_by()
        .select_related(None)
        .only("pk", "facility_id", "opening_hours", "time_zone")
    )
    open_then = [one for one in asked.iterator(chunk_size=2000) if opening.is_open(one, starts_at, ends_at)]
    return instruments.filter(pk__in=_with_room(open_then, starts_at, ends_at))


def _with_room(instruments: list[Instrument], starts_at: datetime, ends_at: datetime) -> set[int]:
    """The instruments that have a place on which nothing lies in [starts_at, ends_at), buffers counted."""
    busy: dict[int, set[int]] = defaultdict(set)
    known = terms.of_many(instruments) if BookingTerms.objects.exists() else {}
    usual = terms.Terms()
    reach = max((max(each.before, each.after, each.longest_setup) for each in known.values()), default=timedelta(0))
    wanted = {one.pk for one in instruments}
    rows = Booking.objects.holding(starts_at - reach, ends_at + reach).values_list(
        "instrument_id", "pk", "person_id", "position", "starts_at", "ends_at", "held_from", "held_until", "family"
    )
    for instrument, pk, person, place, starts, ends, since, until, family in rows.iterator(chunk_size=5000):
        if instrument in wanted:
            hold = positions.Hold(pk, person, place, starts, ends, since, until, family)
            start, end = positions.shut(hold, known.get(instrument, usual))
            if start < ends_at and end > starts_at:
                busy[instrument].add(hold.position)
    return {pk for pk in wanted if len(busy[pk]) < known.get(pk, usual).positions}
