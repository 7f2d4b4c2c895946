"""A series is changed: this booking alone, this and those that follow, or all of them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Max

from liqi.access import booking as bookings
from liqi.access.booking import (
    Asking,
    SlotTaken,
    Wanted,
    asking_of,
    drop,
    exactly,
    fresh,
    place_of,
    put,
    request_of,
    require_hand,
    require_in_time,
    require_live,
    require_override,
    require_unchanged,
    require_unused,
    revive,
    tell_cancelled,
    tell_moved,
)
from liqi.access.models import Booking, Series
from liqi.access.opening import utc
from liqi.access.positions import Place
from liqi.access.series._book import round_of
from liqi.access.series._dates import Date, SeriesRefused, plan
from liqi.access.series._recurrence import Length, at, shifted
from liqi.accounts import journal
from liqi.accounts.models import Person

SCOPES = ("this", "following", "all")
MINUTE = timedelta(minutes=1)


class _Shift(NamedTuple):
    """How the clock of the series' zone is moved, and how long each booking is then."""

    by: timedelta
    length: Length
    here: ZoneInfo
    from_start: datetime
    to_start: datetime

    @classmethod
    def between(cls, booking: Booking, starts_at: datetime, ends_at: datetime, zone: str) -> "_Shift":
        """As this booking is moved to [starts_at, ends_at)."""
        here = ZoneInfo(zone)
        by = starts_at.astimezone(here).replace(tzinfo=None) - booking.starts_at.astimezone(here).replace(tzinfo=None)
        return cls(by, Length.of(starts_at, ends_at, zone), here, booking.starts_at, utc(starts_at))

    def of(self, moment: datetime) -> datetime:
        """The moment moved on the clock, across changes of it; this booking's own start is the one that is asked."""
        if moment == self.from_start:
            return self.to_start
        there = moment.astimezone(self.here)
        return at(there.replace(tzinfo=None) + self.by, self.here, there.fold)


def of(booking: Booking, scope: str = "all", *, now: datetime) -> list[Booking]:
    """The bookings of the scope that still lie ahead, unused, by start."""
    if scope not in SCOPES:
        raise ValueError(f"found the scope {scope!r}; expected one of {', '.join(SCOPES)}.")
    if scope == "this" or booking.series_id is None or booking.occurrence_at is None:
        return [booking]
    rows = Booking.objects.filter(series=booking.series_id, ends_at__gt=now, sessions=None)
    if scope == "following":
        rows = rows.filter(occurrence_at__gte=booking.occurrence_at)
    return list(
        rows.select_related("instrument__institution", "order", "person", "organisation").order_by("starts_at", "pk")
    )


def move(
    *,
    booking: Booking,
    scope: str,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    clash: str = Series.Clash.REFUSE,
    tolerance: timedelta = timedelta(0),
    waive: Collection[str] = (),
    reason: str = "",
) -> list[Booking]:
    """The bookings of the scope are moved as this one is, on the clock of the series, and are as long.

    A date that cannot be had is refused, left where it was (skip), or shifted. Raises SeriesRefused, SlotTaken,
    Refused, NotAllowed; after any of them nothing is changed.
    """
    if scope == "this" or booking.series_id is None:
        moved = bookings.move(
            booking=booking, person=person, starts_at=starts_at, ends_at=ends_at, now=now, waive=waive, reason=reason
        )
        return [moved]
    rows = [row for row in of(booking, scope, now=now) if row.is_live]
    if not rows:
        require_unused(booking, now)
        require_live(booking)
    for row in rows:
        require_hand(row, person)
        require_override(person, row.instrument, waive, reason)
    series = booking.series
    assert series is not None
    shift = _Shift.between(booking, starts_at, ends_at, series.time_zone)

    def write() -> list[Booking]:
        require_unchanged(fresh(booking), booking)
        found = [row for row in map(fresh, rows) if row.is_live]
        for row in found:
            require_live(row)
        asking = asking_of(booking, person, now, waive, reason)
        return _moved(found, series, booking, shift, asking, clash, tolerance)

    done = exactly(
        write, instruments=[row.instrument for row in rows], people=[booking.person],
        taken=lambda: SlotTaken(request_of(place_of(booking), asking_of(booking, person, now))),
    )  # fmt: skip
    booking.refresh_from_db()
    return done


def cancel(*, booking: Booking, scope: str, person: Person, now: datetime) -> list[Booking]:
    """The bookings of the scope hold their instruments no longer; what was used or is over stays as it is."""
    rows = [row for row in of(booking, scope, now=now) if row.is_live]
    for row in rows:
        require_hand(row, person)

    def write() -> list[Booking]:
        found = [row for row in map(fresh, rows) if row.is_live]
        for row in found:
            require_unused(row, now)
            require_in_time(row, person, now)
            drop(row, person=person, now=now)
        tell_cancelled(found, person=person, now=now)
        if scope == "following" and booking.series is not None:
            last = booking.series.bookings.live().aggregate(last=Max("occurrence_at"))["last"]
            Series.objects.filter(bookings=booking).update(until=last)
        return found

    done = exactly(write, instruments=[row.instrument for row in rows], people=[booking.person])
    booking.refresh_from_db()
    return done


def restore(*, booking: Booking, scope: str, person: Person, now: datetime) -> list[Booking]:
    """What was cancelled in one go with this one, within the scope, holds its instruments again, all or none."""
    rows = [row for row in of(booking, scope, now=now) if row.cancelled_at == booking.cancelled_at]
    for row in rows:
        require_hand(row, person)

    def write() -> list[Booking]:
        found = list(map(fresh, rows))
        for row in found:
            require_unused(row, now)
            if row.state != Booking.State.CANCELLED and not row.is_live:
                require_live(row)
        Series.objects.filter(bookings=booking).update(until=None)
        return [row if row.is_live else revive(row, person=person, now=now) for row in found]

    done = exactly(write, instruments=[row.instrument for row in rows], people=[booking.person])
    booking.refresh_from_db()
    return done


def _moved(
    found: list[Booking], series: Series, booking: Booking, shift: _Shift, asking: Asking, clash: str,
    tolerance: timedelta,
) -> list[Booking]:  # fmt: skip
    """All rows let go of their places, then each takes its new one; the transaction shows nobody the time between."""
    target = _split(found, series, booking, shift, asking)
    Booking.objects.filter(pk__in=[row.pk for row in found]).update(
        state=Booking.State.CANCELLED, occurrence_at=None
    )  # fmt: skip
    wishes = {row.pk: _wish(row, shift) for row in found}
    asked = round_of(asking, list(wishes.values()), [wish.starts_at for wish in wishes.values()], tolerance)
    dates: list[tuple[Booking, Date]] = []
    for row in found:
        wish = wishes[row.pk]
        [date] = plan(asked, [wish], [wish.starts_at], zone=series.time_zone, clash=clash, tolerance=tolerance)
        if date.state == "skipped":
            date = _left(asked.stays(place_of(row), row.position), row, date)
            for each, place in date.placed:
                asked.keep(each, place)
        dates.append((row, date))
    if not all(date.is_booked for _row, date in dates):
        raise SeriesRefused([date for _row, date in dates])
    for row, date in dates:
        (wish, place), verb = date.placed[0], "left" if date.state == "left" else "moved"
        kept = Wanted(wish.instrument, wish.starts_at, wish.ends_at, wish.family, wishes[row.pk].occurrence_at)
        put(row, kept, asking, asked=asked, chosen=place, series=target, verb=verb)
    tell_moved([row for row, date in dates if date.state != "left"], asking)
    return found


def _wish(row: Booking, shift: _Shift) -> Wanted:
    start = shift.of(row.starts_at)
    return Wanted(
        row.instrument, start, shift.length.after(start), row.family, shift.of(row.occurrence_at or row.starts_at)
    )  # fmt: skip


def _left(place: Place | None, row: Booking, date: Date) -> Date:
    """The booking keeps its time, unless those moved before it have taken every position there."""
    if place is None:
        return date
    return Date(date.occurrence_at, "left", row.starts_at, row.ends_at, date.words, ((place_of(row), place),))


def _split(
    found: list[Booking], series: Series, booking: Booking, shift: _Shift, asking: Asking
) -> Series:  # fmt: skip
    """The series that the moved bookings belong to: a new one where others stay behind in the old."""
    days = shift.of(booking.starts_at).astimezone(shift.here).date() - booking.starts_at.astimezone(shift.here).date()
    moments = sorted({row.occurrence_at for row in found if row.occurrence_at})
    rule = shifted(
        series.rule, days.days, count=len(moments), until=shift.of(moments[-1]), zone=series.time_zone
    )  # fmt: skip
    first = shift.of(moments[0])
    minutes = (shift.length.after(shift.to_start) - shift.to_start) // MINUTE
    if series.bookings.exclude(pk__in=[row.pk for row in found]).exists():
        last = series.bookings.exclude(pk__in=[row.pk for row in found]).aggregate(last=Max("occurrence_at"))["last"]
        Series.objects.filter(pk=series.pk).update(until=last)
        target = Series.objects.create(
            person=series.person, rule=rule, time_zone=series.time_zone, starts_at=first, minutes=minutes,
            clash=series.clash, tolerance_minutes=series.tolerance_minutes, created_at=asking.now,
        )  # fmt: skip
        journal.write(person=asking.actor, verb="split series", thing=series, at=asking.now, into=target.pk)
        return target
    series.rule, series.starts_at, series.minutes = rule, first, minutes
    series.save(update_fields=["rule", "starts_at", "minutes"])
    return series
