"""When an instrument is open, by the wall clock where it stands."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from liqi.catalogue.models import Instrument

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Period = tuple[datetime, datetime]
"""A half-open period [start, end) of aware moments."""


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, where lengths add up even when clocks change; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"found {moment.isoformat()} without a time zone; give the offset, as in 09:00+08:00.")
    return moment.astimezone(UTC)


def zone(instrument: Instrument) -> ZoneInfo:
    """The time zone in which the instrument stands."""
    return ZoneInfo(instrument.time_zone or "UTC")


def periods(instrument: Instrument, starts_at: datetime, ends_at: datetime) -> list[Period]:
    """The open periods inside [starts_at, ends_at) in UTC, in order, none touching the next.

    Wall-clock hours follow the zone through a change of the clocks: a day from 00:00 to 24:00 then
    has 23 or 25 hours.
    """
    if ends_at <= starts_at:
        return []
    if not instrument.opening_hours:
        return [(starts_at.astimezone(UTC), ends_at.astimezone(UTC))]
    return weekly(instrument.opening_hours, zone(instrument), starts_at, ends_at)


def weekly(
    hours: Mapping[str, Sequence[Sequence[str]]], here: ZoneInfo, starts_at: datetime, ends_at: datetime
) -> list[Period]:
    """The parts of [starts_at, ends_at) in UTC inside weekly hours by the clock of the zone, in order, none touching.

    ``hours`` maps "mon".."sun" to [["09:00", "17:30"], ...]; a missing day has none.
    """
    day, last = starts_at.astimezone(here).date(), ends_at.astimezone(here).date()
    found: list[Period] = []
    while day <= last:
        for opens, closes in sorted(map(tuple, hours.get(DAYS[day.weekday()], ()))):
            start = max(_moment(day, opens, here), starts_at)
            end = min(_moment(day, closes, here), ends_at)
            if start >= end:
                continue
            if found and found[-1][1] >= start:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        day += timedelta(days=1)
    return [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in found]


def is_open(instrument: Instrument, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the instrument is open for the whole of [starts_at, ends_at)."""
    return periods(instrument, starts_at, ends_at) == [(starts_at.astimezone(UTC), ends_at.astimezone(UTC))]


def by_clock(starts_at: datetime, ends_at: datetime, here: ZoneInfo) -> tuple[int, timedelta]:
    """The whole days of [starts_at, ends_at) by the clock of the zone, and what is left in real time.

    From midnight to midnight is one day, though it has 23 or 25 hours where the clocks change.
    """
    start, end = (utc(moment).astimezone(here).replace(tzinfo=None) for moment in (starts_at, ends_at))
    days = max((end - start).days, 0)
    return days, utc(ends_at) - days_after(starts_at, days, here)


def days_after(start: datetime, days: int, here: ZoneInfo) -> datetime:
    """The moment in UTC, so many days later, at which the clock of the zone shows the same hour."""
    if not days:
        return utc(start)
    wall = utc(start).astimezone(here).replace(tzinfo=None) + timedelta(days=days)
    return utc(wall.replace(tzinfo=here))


def _moment(day: date, clock: str, here: ZoneInfo) -> datetime:
    """The moment at which the wall clock shows ``HH:MM`` on that day; 24:00 is the midnight after it."""
    hour, minute = (int(part) for part in clock.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour, minute), here).astimezone(UTC)
