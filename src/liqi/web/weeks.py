"""The week ahead of one instrument at a glance: for each day, when it is free, taken and closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.access import free, opening
from liqi.catalogue.models import Instrument

DAYS = 7
WIDTH = 96
"""The strip of a day in quarter hours."""


@dataclass(frozen=True)
class Bar:
    """A part of a day in quarter hours from its midnight: open and free, or open and taken."""

    start: float
    length: float
    free: bool


@dataclass(frozen=True)
class Day:
    """One day: its date, its bars in order, and in words how long it is free."""

    day: date
    label: str
    bars: list[Bar]
    words: str


def ahead(instrument: Instrument, *, now: datetime) -> list[Day]:
    """The next seven days on the clock of the person, today first; one query. What is past of today is not free."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [_midnight(midnight, days) for days in range(DAYS + 1)]
    is_open = opening.periods(instrument, starts[0], starts[-1])
    is_free = free.periods_of(instrument, max(now, starts[0]), starts[-1])
    return [_day(start, end, is_open, is_free) for start, end in pairwise(starts)]


def _midnight(first: datetime, days: int) -> datetime:
    zone = timezone.get_current_timezone()
    return datetime.combine(first.date() + timedelta(days=days), datetime.min.time(), zone)


def _day(start: datetime, end: datetime, is_open: list[opening.Period], is_free: list[opening.Period]) -> Day:
    taken = [bar for period in is_open if (bar := _bar(period, start, end, free=False))]
    bars = [bar for period in is_free if (bar := _bar(period, start, end, free=True))]
    hours = sum(bar.length for bar in bars) / 4
    # Translators: how a day is written beside its strip, in Django's date format letters
    label = date_format(start, _("D j"))
    if not taken:
        words = pgettext("a day", "closed")
    elif not bars:
        words = _("nothing free")
    else:
        words = _("%(hours)s h free") % {"hours": f"{hours:.1f}".removesuffix(".0")}
    return Day(start.date(), label, [*taken, *bars], words)


def _bar(period: opening.Period, start: datetime, end: datetime, *, free: bool) -> Bar | None:
    first, last = max(period[0], start), min(period[1], end)
    if first >= last:
        return None
    scale = WIDTH / (end - start).total_seconds()
    return Bar(
        round((first - start).total_seconds() * scale, 2), round((last - first).total_seconds() * scale, 2), free
    )
