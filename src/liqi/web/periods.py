"""Periods as people type them: a date, a time, a length and whose clock it is; and back into words."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi.catalogue.models import Instrument
from liqi.web.frame import zone as zone_named

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320)
"""The lengths that a form offers, in minutes, as far as the instrument takes them."""


@dataclass
class Wish:
    """What was typed, kept as typed; `starts_at` and `ends_at` when it can be read, else `wrong` says why not."""

    date: str
    start: str
    minutes: str
    zone: str
    fold: str = ""
    """Which of two, "0" or "1", where the clock shows the start twice; else empty."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """The typed values by field, as a form or an address carries them."""
        named = {"date": self.date, "start": self.start, "minutes": self.minutes, "zone": self.zone}
        return named | ({"fold": self.fold} if self.fold else {})

    @property
    def length(self) -> timedelta | None:
        """The length, when the wish can be read."""
        return self.ends_at - self.starts_at if self.starts_at and self.ends_at else None


def read(values: Mapping[str, Any], instrument: Instrument) -> Wish:
    """The wish in these form values; an empty field takes the shortest length and the person's own zone.

    Of an hour that the clock shows twice it is the first, unless ``fold`` says the second.
    """
    wish = Wish(
        date=str(values.get("date") or ""),
        start=str(values.get("start") or ""),
        minutes=str(values.get("minutes") or max(instrument.min_minutes, min(60, instrument.max_minutes))),
        zone=str(values.get("zone") or timezone.get_current_timezone_name()),
    )
    try:
        here = zoneinfo.ZoneInfo(wish.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        wish.wrong["zone"] = _(
            "Found %(zone)s, expected a time zone such as Asia/Shanghai; choose one from the list."
        ) % {"zone": wish.zone}
        return wish
    try:
        start = datetime.strptime(f"{wish.date} {wish.start[:5]}", "%Y-%m-%d %H:%M").replace(tzinfo=here)
        if _comes_twice(start):
            start = start.replace(fold=values.get("fold") == "1")
            wish.fold = str(start.fold)
    except ValueError:
        if not wish.date or not wish.start:
            wish.wrong["date"] = _("Choose a day and a time to start.")
        else:
            found = f"{wish.date} {wish.start}"
            wish.wrong["date"] = _("Found “%(found)s”, expected a day and a time such as 2026-11-23 and 09:00.") % {
                "found": found
            }
        return wish
    try:
        length = timedelta(minutes=int(wish.minutes))
        if length <= timedelta(0):
            raise ValueError
        wish.starts_at, wish.ends_at = start.astimezone(UTC), start.astimezone(UTC) + length
    except (ValueError, OverflowError):
        wish.wrong["minutes"] = _("Found a length of “%(found)s”, expected minutes from 1 up.") % {
            "found": wish.minutes
        }
    return wish


def fields_of(starts_at: datetime, ends_at: datetime, zone: str) -> dict[str, str]:
    """The form values that say this period on the clock of the zone."""
    here = starts_at.astimezone(zone_named(zone))
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    named = {"date": f"{here:%Y-%m-%d}", "start": f"{here:%H:%M}", "minutes": str(minutes), "zone": zone}
    return named | ({"fold": str(here.fold)} if _comes_twice(here) else {})


def _comes_twice(here: datetime) -> bool:
    """Whether the clock of its zone shows this hour twice, because clocks go back then."""
    first, second = (here.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def query(fields: Mapping[str, Any]) -> str:
    """The fields as the query of an address, empty ones left out."""
    return urlencode({name: value for name, value in fields.items() if value not in ("", None)})


def query_of_lists(fields: Mapping[str, Any]) -> str:
    """The fields as the query of an address, a list as one field a value."""
    return urlencode(fields, doseq=True)


def in_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """The period as people write it, on the clock of the zone: Mon 23 Nov 09:00–11:00.

    A time that the clock shows twice carries the name of its clock: 01:30 EDT–01:30 EST.
    """
    here = zone_named(zone)
    start, end = starts_at.astimezone(here), ends_at.astimezone(here)
    # Translators: how a day is written in a list of periods, in Django's date format letters
    letters = _("D j M")
    begins, over = (f"{each:%H:%M} {each:%Z}" if _comes_twice(each) else f"{each:%H:%M}" for each in (start, end))
    tail = over if start.date() == end.date() else f"{date_format(end, letters)} {over}"
    return f"{date_format(start, letters)} {begins}–{tail}"


def clocks(starts_at: datetime, ends_at: datetime, *, shown: str, instrument: Instrument) -> list[tuple[str, str]]:
    """The period on the shown clock and, where it shows another time, on the instrument's: (zone, words)."""
    said = [(zone_label(shown, starts_at), in_words(starts_at, ends_at, shown))]
    other = instrument.time_zone or "UTC"
    if starts_at.astimezone(zone_named(other)).utcoffset() != starts_at.astimezone(zone_named(shown)).utcoffset():
        said.append((zone_label(other, starts_at), in_words(starts_at, ends_at, other)))
    return said


def zone_label(name: str, at: datetime) -> str:
    """The zone with how far it is ahead of UTC then: Asia/Shanghai (UTC+8)."""
    offset = at.astimezone(zone_named(name)).utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"{name} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})" if minutes else f"{name} (UTC)"


def length_in_words(minutes: int) -> str:
    """A length as people say it: 45 min, 2 h, 1 h 30 min, 3 days."""
    days, rest = divmod(minutes, 1440)
    if days and not rest:
        return translation.ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    hours, left = divmod(minutes, 60)
    parts = [
        _("%(hours)d h") % {"hours": hours} if hours else "",
        _("%(minutes)d min") % {"minutes": left} if left else "",
    ]
    return " ".join(part for part in parts if part)


def lengths(instrument: Instrument, chosen: str) -> list[tuple[str, str]]:
    """The lengths to choose from, (minutes, words), the chosen one always among them."""
    fit = {minutes for minutes in LENGTHS if instrument.min_minutes <= minutes <= instrument.max_minutes}
    fit |= {instrument.min_minutes}
    if chosen.isdecimal() and 0 < int(chosen) < 1_000_000:
        fit.add(int(chosen))
    return [(str(minutes), length_in_words(minutes)) for minutes in sorted(fit)]
