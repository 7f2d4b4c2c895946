"""Recurrence: the moments that a rule of RFC 5545 gives, on the clock of a time zone."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from liqi.access.opening import by_clock, days_after

MOST = 200
"""The most dates of one series."""
FURTHEST = timedelta(days=3 * 366)
"""No date lies further from the first."""
PARTS = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYDAY",
        "BYMONTHDAY",
        "BYMONTH",
        "BYSETPOS",
        "BYYEARDAY",
        "BYWEEKNO",
        "WKST",
    }
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class BadRule(ValueError):
    """The rule cannot be read or has no end; the message says what was expected."""


def parts(rule: str) -> dict[str, str]:
    """The parts of the rule by name; raises BadRule for one that is not of RFC 5545, or not by days or longer."""
    text = rule.strip().upper().removeprefix("RRULE:").strip(";")
    found: dict[str, str] = {}
    for each in text.split(";"):
        name, equals, value = each.partition("=")
        if not equals or not value or name in found:
            raise BadRule(_expected(rule))
        found[name] = value
    if set(found) - PARTS or found.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise BadRule(_expected(rule))
    if ("COUNT" in found) == ("UNTIL" in found):
        words = _("The rule %(rule)s needs an end: either how many times (COUNT) or until when (UNTIL).")
        raise BadRule(words % {"rule": rule})
    return found


def written(found: dict[str, str]) -> str:
    """The rule of these parts."""
    return ";".join(f"{name}={value}" for name, value in found.items())


def moments(rule: str, starts_at: datetime, zone: str, *, except_dates: Iterable[str] = ()) -> list[datetime]:
    """The starts in UTC, first to last, at most MOST.

    The clock of the zone shows the same hour at each of them. An hour that the clock leaps over is read with the
    offset before the leap, one that it shows twice is the first of the two (RFC 5545, section 3.3.5); the first start
    is the one that is given.
    """
    here = ZoneInfo(zone)
    first = starts_at.astimezone(here).replace(tzinfo=None)
    found = parts(rule)
    count = _count(rule, found.pop("COUNT", str(MOST + 1)))
    until = min(_until(rule, found.pop("UNTIL", ""), here) or first + FURTHEST, first + FURTHEST)
    try:
        recurring = rrulestr(f"{written(found)};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=first)
        local = list(islice(recurring, min(count, MOST + 1)))
    except (ValueError, TypeError, OverflowError, KeyError, IndexError):
        raise BadRule(_expected(rule)) from None
    if len(local) > MOST:
        words = _("The rule %(rule)s gives more than %(most)d dates; let it end earlier.")
        raise BadRule(words % {"rule": rule, "most": MOST})
    left_out = {_naive(text) for text in except_dates}
    kept = [moment for moment in local if moment not in left_out]
    if not kept:
        raise BadRule(_("The rule %(rule)s gives no date; let it end later.") % {"rule": rule})
    return [starts_at.astimezone(UTC) if moment == first else at(moment, here) for moment in kept]


def at(local: datetime, here: ZoneInfo, fold: int = 0) -> datetime:
    """The moment at which the clock of the zone shows this; ``fold`` 1 is the second of two."""
    return local.replace(tzinfo=here, fold=fold).astimezone(UTC)


class Length(NamedTuple):
    """How long each booking of a series is: whole days by the clock of its zone, then so long in real time.

    So a day ends when the next begins and a weekend on Monday at the same hour, though the clocks change between (the
    nominal duration of RFC 5545, section 3.3.6); what is shorter than a day is as long every time.
    """

    days: int
    rest: timedelta
    here: ZoneInfo

    @classmethod
    def of(cls, starts_at: datetime, ends_at: datetime, zone: str) -> "Length":
        """The length of this one."""
        here = ZoneInfo(zone)
        return cls(*by_clock(starts_at, ends_at, here), here)

    def after(self, start: datetime) -> datetime:
        """The end of one that starts then, in UTC."""
        return days_after(start, self.days, self.here) + self.rest


def shifted(rule: str, days: int, *, count: int, until: datetime | None, zone: str) -> str:
    """The rule moved by whole days, for the dates that are left: so many, or until then."""
    found = parts(rule)
    if "COUNT" in found:
        found["COUNT"] = str(count)
    elif until is not None:
        found["UNTIL"] = f"{until.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
    if days % 7 and re.fullmatch(r"[A-Z]{2}(,[A-Z]{2})*", found.get("BYDAY", "")):
        found["BYDAY"] = ",".join(DAYS[(DAYS.index(day) + days) % 7] for day in found["BYDAY"].split(","))
    if days:
        found.pop("BYMONTHDAY", None)
    return written(found)


def _count(rule: str, text: str) -> int:
    if not text.isdecimal() or not int(text) > 0:
        raise BadRule(_expected(rule))
    return int(text)


def _until(rule: str, text: str, here: ZoneInfo) -> datetime | None:
    """The last moment on the clock of the zone; a day alone counts whole."""
    if not text:
        return None
    for shape in ("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"):
        try:
            found = datetime.strptime(text, shape)
        except ValueError:
            continue
        if shape.endswith("Z"):
            return found.replace(tzinfo=UTC).astimezone(here).replace(tzinfo=None)
        return found + timedelta(hours=23, minutes=59, seconds=59) if shape == "%Y%m%d" else found
    raise BadRule(_expected(rule))


def _naive(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        words = _("Found the date “%(found)s” to leave out, expected one such as 2026-11-23T09:00.")
        raise BadRule(words % {"found": text}) from None


def _expected(rule: str) -> str:
    words = _("Found the rule “%(found)s”, expected one of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO;COUNT=10.")
    return words % {"found": rule[:200]}
