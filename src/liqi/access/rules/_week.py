"""Weekly hours in a rule: as a manager fills them in, as they are counted, as they are said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from liqi.access import opening
from liqi.access.opening import DAYS, Period
from liqi.catalogue.models import Instrument

WINDOWS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "days": {
                "title": lazy("Days"),
                "type": "array",
                "items": {"enum": list(DAYS)},
                "uniqueItems": True,
                "minItems": 1,
                "format": "days",
            },
            "from": {
                "title": lazy("From"),
                "type": "string",
                "pattern": r"^([01]\d|2[0-3]):[0-5]\d$",
                "format": "clock",
            },
            "to": {
                "title": lazy("To"),
                "type": "string",
                "pattern": r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$",
                "format": "clock",
            },
        },
        "required": ["days", "from", "to"],
        "additionalProperties": False,
    },
    "maxItems": 14,
    "default": [],
}
"""The schema of weekly hours: rows of days with a start and an end on the clock; give it a title."""


def hours(windows: Iterable[Mapping[str, Any]]) -> dict[str, list[list[str]]]:
    """The rows as {day: [[from, to], ...]}; hours that end before they begin go on until midnight and from it."""
    found: dict[str, list[list[str]]] = {}
    for row in windows:
        for day in row["days"]:
            if row["from"] < row["to"]:
                found.setdefault(day, []).append([row["from"], row["to"]])
            else:
                found.setdefault(day, []).append([row["from"], "24:00"])
                found.setdefault(DAYS[(DAYS.index(day) + 1) % 7], []).append(["00:00", row["to"]])
    return found


def inside(
    windows: Iterable[Mapping[str, Any]], instrument: Instrument, starts_at: datetime, ends_at: datetime
) -> list[Period]:
    """The parts of [starts_at, ends_at) that lie in these hours where the instrument stands."""
    return opening.weekly(hours(windows), opening.zone(instrument), starts_at, ends_at)


def lasting(periods: Iterable[Period]) -> timedelta:
    """How long the periods are together."""
    return sum((end - start for start, end in periods), timedelta(0))


def week(hours: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Weekly hours in words, days with the same hours together; empty when there are none."""
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    said, first = [], 0
    table = [", ".join(f"{opens}-{closes}" for opens, closes in sorted(map(tuple, hours.get(day, ())))) for day in DAYS]
    for day in range(1, 8):
        if day < 7 and table[day] == table[first]:
            continue
        if table[first]:
            days = names[first] if day - first == 1 else f"{names[first]}-{names[day - 1]}"
            said.append(f"{days} {table[first]}")
        first = day
    return "; ".join(said)
