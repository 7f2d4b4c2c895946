"""Spans of days as an address carries them, moments as a form does, and lengths in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

VIEWS = {"day": 1, "week": 7, "month": 31}


@dataclass(frozen=True)
class Span:
    """Whole days by the clock of one place."""

    view: str
    first: date
    after: date
    """The day after the last."""
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        """The days in order."""
        return [self.first + timedelta(days=n) for n in range((self.after - self.first).days)]

    @property
    def starts_at(self) -> datetime:
        """The first midnight."""
        return midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The midnight after the last day."""
        return midnight(self.after, self.zone)

    @property
    def before(self) -> date:
        """A day of the span before this one."""
        return self.first - timedelta(days=1)

    @property
    def month(self) -> str:
        """The month of the first day, as 2026-11."""
        return f"{self.first:%Y-%m}"


def read(view: str, day: str, *, zone: ZoneInfo, now: datetime, usual: str = "week") -> Span:
    """The span of that view around that day; today's where the day cannot be read."""
    view = view if view in VIEWS else usual
    return of(view, as_day(day) or now.astimezone(zone).date(), zone)


def of(view: str, day: date, zone: ZoneInfo) -> Span:
    """The day, the week from Monday on, or the month around that day."""
    if view == "day":
        return Span(view, day, day + timedelta(days=1), zone)
    if view == "week":
        first = day - timedelta(days=day.weekday())
        return Span(view, first, first + timedelta(days=7), zone)
    first = day.replace(day=1)
    return Span(view, first, (first + timedelta(days=31)).replace(day=1), zone)


def as_day(text: str) -> date | None:
    """The day in 2026-11-22, or the first of 2026-11; None for anything else and for years out of reach."""
    for form in ("%Y-%m-%d", "%Y-%m"):
        try:
            found = datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
        return found if 2000 <= found.year <= 2200 else None
    return None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def as_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment in 2026-11-22T08:30 on the clock of the zone, None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 <= found.year <= 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def as_field(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as a field of date and time takes it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def hours_words(length: timedelta) -> str:
    """A length in hours and minutes as people say it."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
