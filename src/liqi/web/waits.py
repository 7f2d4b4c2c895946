"""A wish as people type it, like instruments to wait for as well, and waiting lists as rows of a file."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.access.models import Wish
from liqi.access.waiting import Turn
from liqi.catalogue.models import Instrument

COLUMNS = ("instruments", "earliest", "latest", "minutes", "standby", "automatic", "state", "joined", "closed", "order")
LINE = ("place", "person", "priority", "offers_lately", "hours_lately", "earliest", "latest", "minutes", "joined")
TERMS = (
    ("offer_minutes", gettext_lazy("An offer holds the time for so many minutes")),
    ("lead_minutes", gettext_lazy("Time that starts sooner than so many minutes goes to standby alone")),
    ("standby_minutes", gettext_lazy("An offer at short notice holds for so many minutes")),
    ("fair_days", gettext_lazy("Offers and hours count for the fair share over so many days")),
    ("missed_offers", gettext_lazy("So many unanswered offers end a wish")),
)
LIKE = 8


class NotANumber(ValueError):
    """A field holds no whole number; the message says what was found."""


@dataclass
class Typed:
    """A wish as it was typed; with moments when they can be read, else ``wrong`` says why not."""

    from_day: str
    from_time: str
    to_day: str
    to_time: str
    zone: str
    need: str
    standby: bool
    automatic: bool
    minutes: int | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    wrong: dict[str, str] = field(default_factory=dict)


def read(values: QueryDict, chosen: Sequence[Instrument], *, zone: str, now: datetime) -> Typed:
    """The wish in these form values; a fresh form begins with the next seven days, or with the period of the address.

    ``date``, ``start`` and ``minutes`` are those of a booking that clashed: its day is where the wish begins.
    """
    here = zoneinfo.ZoneInfo(zone)
    today = now.astimezone(here)
    first = values.get("date") or values.get("from_day") or f"{today:%Y-%m-%d}"
    typed = Typed(
        from_day=first, from_time=values.get("from_time") or "00:00",
        to_day=values.get("to_day") or _week_after(first, bool(values.get("date"))),
        to_time=values.get("to_time") or "23:59",
        zone=zone, need=values.get("need", "").strip()[:2000],
        standby=bool(values.get("standby")), automatic=bool(values.get("automatic")),
    )  # fmt: skip
    if not chosen:
        typed.wrong["instrument"] = _("Found no instrument that can be booked here; begin from the page of one.")
    try:
        typed.minutes = int(values.get("minutes") or (chosen[0].min_minutes if chosen else 60))
    except ValueError:
        found = {"found": values.get("minutes")}
        typed.wrong["minutes"] = _("Found a length of “%(found)s”, expected minutes from 1 up.") % found
    for name, day, clock in (
        ("earliest_at", typed.from_day, typed.from_time),
        ("latest_at", typed.to_day, typed.to_time),
    ):
        try:
            moment = datetime.strptime(f"{day} {clock[:5]}", "%Y-%m-%d %H:%M").replace(tzinfo=here)
        except ValueError:
            found = {"found": f"{day} {clock}"}
            words = _("Found “%(found)s”, expected a day and a time such as 2026-11-23 and 09:00.")
            typed.wrong["window"] = words % found
            continue
        if clock[:5] == "23:59":
            moment += timedelta(minutes=1)
        setattr(typed, name, moment.astimezone(UTC))
    return typed


def _week_after(first: str, one_day: bool) -> str:
    try:
        day = datetime.strptime(first, "%Y-%m-%d")
    except ValueError:
        return first
    return f"{day + timedelta(days=0 if one_day else 7):%Y-%m-%d}"


def like(chosen: Sequence[Instrument]) -> list[Instrument]:
    """Other instruments of the same class that can be booked, those of the same facility first."""
    if not chosen or not chosen[0].class_code:
        return []
    first = chosen[0]
    same = Instrument.objects.filter(bookable=True, class_code=first.class_code).exclude(
        pk__in=[one.pk for one in chosen]
    )  # fmt: skip
    rows = list(same.select_related("institution").order_by("name", "pk")[:50])
    rows.sort(key=lambda one: (one.facility_id != first.facility_id, one.institution_id != first.institution_id))
    return rows[:LIKE]


def rows(wishes: Iterable[Wish]) -> Iterator[tuple[Any, ...]]:
    """Each wish as a row of COLUMNS."""
    for wish in wishes:
        keys = " ".join(one.key for one in wish.instruments.all())
        closed = wish.closed_at.isoformat() if wish.closed_at else ""
        times = wish.earliest_at.isoformat(), wish.latest_at.isoformat(), wish.minutes
        yield (
            keys,
            *times,
            wish.standby,
            wish.automatic,
            wish.state,
            wish.created_at.isoformat(),
            closed,
            wish.order.key,
        )


def line_rows(line: Iterable[Turn]) -> Iterator[tuple[Any, ...]]:
    """Each turn as a row of LINE."""
    for place, turn in enumerate(line, 1):
        wish = turn.wish
        times = wish.earliest_at.isoformat(), wish.latest_at.isoformat(), wish.minutes, wish.created_at.isoformat()
        yield place, str(wish.person), wish.priority, turn.offers, turn.hours, *times


def new_key() -> str:
    """What a form names its request, so that sending it twice makes one wish."""
    return uuid.uuid4().hex
