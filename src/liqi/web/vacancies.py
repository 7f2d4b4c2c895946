"""The wish to see only what is free: a day, a time and a length in the address of a list."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

LENGTHS = (30, 60, 120, 240, 480)


@dataclass(frozen=True)
class FreeWish:
    """What was typed, with the period where it can be read; ``wrong`` says why it cannot."""

    day: str
    start: str
    minutes: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    wrong: str = ""


def read(values: QueryDict, *, zone: str) -> FreeWish:
    """The wish in these values, on the clock of the zone; without a day there is none."""
    day, start = values.get("free_day", ""), values.get("free_start", "") or "09:00"
    minutes = values.get("free_minutes", "") or "60"
    if not day:
        return FreeWish("", start, minutes)
    try:
        begins = datetime.strptime(f"{day} {start[:5]}", "%Y-%m-%d %H:%M").replace(tzinfo=zoneinfo.ZoneInfo(zone))
        length = timedelta(minutes=int(minutes))
        if not timedelta(0) < length <= timedelta(days=31):
            raise ValueError(minutes)
    except (ValueError, OverflowError):
        words = _("Found “%(found)s”, expected a day, a time and minutes such as 2026-11-23, 09:00 and 60.")
        return FreeWish(day, start, minutes, wrong=words % {"found": f"{day} {start} {minutes}"})
    return FreeWish(day, start, minutes, begins.astimezone(UTC), begins.astimezone(UTC) + length)
