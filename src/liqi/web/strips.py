"""The strip chart of metered hours: a day a strip, the sources as lanes, on the instrument's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liqi.access.metering.reconciliation import Seen
from liqi.insight.metering import Interval, Level, intersect, length, union
from liqi.web.spans import Span, hours_words, midnight

LANE, BAR = 14, 10
"""Heights in units of the drawing."""
LANES = (
    ("booked", gettext_lazy("booked")),
    ("session", gettext_lazy("session")),
    ("pc", gettext_lazy("at the PC")),
    ("machine", gettext_lazy("machine")),
    ("files", gettext_lazy("data files")),
)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """A bar of a lane."""

    kind: str
    x: float
    y: int
    width: float
    words: str


@dataclass(frozen=True)
class Strip:
    """One day."""

    day: date
    minutes: int
    """23, 24 or 25 hours' worth."""
    marks: list[Mark]
    hours: list[float]
    """Where the full third hours stand."""
    amiss: int
    words: str
    """The day in one sentence, for who cannot see it."""

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return LANE * len(LANES) + 4


def of(seen: Seen, span: Span) -> list[Strip]:
    """The strips of the days of the span; days ahead of all data are drawn empty."""
    lanes = _lanes(seen)
    amiss = [(period, finding) for finding in seen.open for period in finding.periods]
    return [_strip(day, span, lanes, amiss) for day in span.days]


def _lanes(seen: Seen) -> dict[str, list[Interval]]:
    sources = seen.sources
    by_level = {
        level: [(one.starts_at, one.ends_at) for one in sources.stretches if one.level is level] for level in Level
    }
    return {
        "booked": union((one.starts_at, one.ends_at) for one in sources.bookings),
        "session": union((one.starts_at, one.ends_at) for one in sources.claims),
        "pc": union((one.starts_at, one.ends_at) for one in sources.log_ons),
        "off": union(by_level[Level.OFF]),
        "idle": union(by_level[Level.IDLE]),
        "working": union(by_level[Level.WORKING]),
        "files": [(at, at + 4 * MINUTE) for at in sources.files],
    }


ROWS = {"booked": 0, "session": 1, "pc": 2, "off": 3, "idle": 3, "working": 3, "files": 4}


def _strip(day: date, span: Span, lanes: dict[str, list[Interval]], amiss: list[Any]) -> Strip:
    start, end = midnight(day, span.zone), midnight(day + timedelta(days=1), span.zone)
    minutes = round((end - start) / MINUTE)
    marks, said = [], []
    for kind, periods in lanes.items():
        inside = _inside(periods, start, end)
        marks += [_mark(kind, ROWS[kind] * LANE + 2, BAR, start, one, span) for one in inside]
        if inside and kind != "off":
            count = len(inside) if kind == "files" else hours_words(length(inside))
            said.append(f"{_words(kind)} {count}")
    struck = 0
    for period, finding in amiss:
        for one in _inside([period], start, end):
            marks.append(_mark("amiss", 0, LANE * len(LANES), start, one, span))
        struck += start <= finding.starts_at < end and period == finding.periods[0]
    words = pgettext("list", ", ").join(said) or _("nothing recorded")
    hours = [minutes * n / 8 for n in range(1, 8)]
    return Strip(day, minutes, marks, hours, struck, words)


def _inside(periods: Iterable[Interval], start: datetime, end: datetime) -> list[Interval]:
    return intersect(union(periods), [(start, end)])


def _mark(kind: str, y: int, height: int, start: datetime, period: Interval, span: Span) -> Mark:
    here = [moment.astimezone(span.zone).strftime("%H:%M") for moment in period]
    x, width = (period[0] - start) / MINUTE, (period[1] - period[0]) / MINUTE
    return Mark(kind, round(x, 1), y, round(max(width, 1.5), 1), f"{_words(kind)} {here[0]}–{here[1]}")


def _words(kind: str) -> str:
    words = {
        "booked": _("booked"),
        "session": _("session"),
        "pc": _("at the PC"),
        "off": _("off"),
        "idle": _("idle"),
        "working": _("working"),
        "files": _("data files"),
        "amiss": _("amiss"),
    }
    return words[kind]
