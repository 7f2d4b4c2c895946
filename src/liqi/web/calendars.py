"""What the calendar island is given: its settings, and the feed of bookings and closed periods."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.access import belonging, calendar, rules, terms
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument, InstrumentStatus
from liqi.web import belongings, periods, scripts

LOCALES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en-GB"}
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=62)
"""The longest range that one feed answers."""
MOST = 120
"""The most instruments that one timeline shows."""
ZONES = (
    "Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai",
    "Europe/Berlin", "Europe/Paris", "Europe/London", "UTC", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "Australia/Sydney",
)  # fmt: skip


class Unreadable(ValueError):
    """The request for a feed or a calendar cannot be read; the message says what was expected."""


def person_of(request: HttpRequest) -> Person | None:
    """The person who is signed in, None for a visitor; a visitor without a cookie costs no query."""
    if django_settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, Person) else None


def chosen(values: QueryDict, person: Person | None = None) -> list[Instrument]:
    """The instruments that `instrument=…` (several) or `facility=…` name, in one query, at most MOST."""
    keys, facility = values.getlist("instrument"), values.get("facility")
    if not keys and not facility:
        raise Unreadable(_("Found no instrument in the address; expected instrument=… (several) or facility=…."))
    rows = Instrument.objects.defer("source_row", "capabilities", "identifiers", "description")
    rows = rows.filter(key__in=keys) if keys else rows.filter(facility__key=facility)
    return list(belonging.marked(rows, person).order_by("-bookable", "name", "pk")[:MOST])


def shown_zone(values: Mapping[str, Any], person: Person | None, instrument: Instrument | None) -> str:
    """The zone asked for, else the person's, else the instrument's."""
    asked = str(values.get("zone") or "")
    try:
        zoneinfo.ZoneInfo(asked)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        asked = ""
    return asked or (person.time_zone if person else "") or (instrument.time_zone if instrument else "") or "UTC"


def zones(*first: str, at: datetime) -> list[tuple[str, str]]:
    """The zones to choose from, those named first, each with how far it is ahead of UTC."""
    names = dict.fromkeys([*filter(None, first), *ZONES])
    return [(name, periods.zone_label(name, at)) for name in names]


def settings(
    request: HttpRequest,
    instruments: Sequence[Instrument],
    *,
    now: datetime,
    feed: str,
    timeline: bool,
    carry: Mapping[str, str],
) -> dict[str, Any]:
    """What the island starts with: instruments, addresses, words, zone and the state that the address holds."""
    person, language = person_of(request), translation.get_language()
    known = terms.of_many(instruments)
    names = _told_apart(instruments, language)
    zone = shown_zone(request.GET, person, instruments[0] if instruments else None)
    day = request.GET.get("date", "")
    return {
        "instruments": [
            {
                "key": instrument.key, "name": names[instrument.pk],
                "min": instrument.min_minutes, "max": instrument.max_minutes,
                "positions": known[instrument.pk].positions,
                "before": known[instrument.pk].before // MINUTE, "after": known[instrument.pk].after // MINUTE,
                "url": reverse("instrument_calendar", args=[instrument.key]),
            }
            for instrument in instruments
        ],
        "timeline": timeline,
        "feed": feed,
        "book": reverse("book", args=["KEY"]),
        "move": "/bookings/ID/move/",
        "cancel": "/bookings/ID/cancel/",
        "carry": dict(carry),
        "csrf": get_token(request),
        "locale": LOCALES.get(language or "", "en-GB"),
        "zone": zone,
        "view": request.GET.get("view", ""),
        "date": day if _is_day(day) else timezone.localtime(now, zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d"),
        "words": _words(),
    }  # fmt: skip


def _told_apart(instruments: Sequence[Instrument], language: str | None) -> dict[int, str]:
    """The name of each by its number; those of one name with their model or, where that too is the same, their key."""
    named = {one.pk: scripts.name_of(one, language) for one in instruments}
    often = Counter(named.values())
    models = Counter((named[one.pk], one.model) for one in instruments)
    for one in instruments:
        if often[name := named[one.pk]] > 1:
            named[one.pk] = f"{name} {one.model if one.model and models[name, one.model] == 1 else one.key}"
    return named


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        return False
    return True


def _words() -> dict[str, str]:
    """What the island says."""
    return {
        "taken": _("Taken"),
        "buffer": _("Kept free before and after a booking"),
        "place": pgettext("of several on an instrument", "Place"),
        "free": _("Free"),
        "chosen": _("Chosen"),
        "undo": _("Undo"),
        "offline": _("Liqi does not answer; nothing was changed. Look at the connection and try again."),
        "nothingFree": _("Nothing is free in these days; turn to the next ones."),
        "enterBooks": _("Enter books this time; with Shift, the arrows make it longer or shorter."),
        "bookingKeys": _("Arrow keys move it, Delete cancels it, Enter opens it."),
        "moving": _("Moving: the arrows choose another time, Enter keeps it, Escape leaves it where it was."),
        "longest": _("This is the longest time that one booking may take here."),
        "prev": _("Earlier"),
        "next": _("Later"),
        "tooShort": _("The free time here is shorter than the shortest booking."),
    }


def feed(
    instruments: list[Instrument], *, starts_at: datetime, ends_at: datetime, person: Person | None, now: datetime
) -> dict[str, Any]:
    """The bookings and closed periods of the instruments in [starts_at, ends_at), at most three queries.

    Bookings of others carry no name unless the person looks after the instrument: only that the time is taken.
    """
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise Unreadable(_("Found a range that is empty or longer than 62 days; ask for fewer days."))
    return {
        "bookings": [
            _booking(row, f"{now:%Y-%m-%dT%H:%M:%SZ}")
            for row in calendar.events(instruments, starts_at, ends_at, person=person)
        ],
        "blocks": [
            *(block for instrument in instruments for block in _blocks(instrument, starts_at, ends_at, now)),
            *_outages(instruments, starts_at, ends_at),
        ],
    }


def _booking(row: dict[str, Any], now: str) -> dict[str, Any]:
    booking = {"instrument": row["instrument"], "start": row["start"], "end": row["end"], "place": row["position"]}
    if row["state"] != "confirmed":
        booking |= {"state": row["state"], "stateWord": belongings.state(row["state"])[0]}
    if (row["held_from"], row["held_until"]) != (row["start"], row["end"]):
        booking |= {"from": row["held_from"], "until": row["held_until"]}
    if row["changeable"]:
        title = row["title"] if row["mine"] else f"{row['person']}: {row['title']}"
        booking |= {
            "id": str(row["id"]),
            "mine": row["mine"],
            "title": title,
            "movable": row["end"] > now,
            "url": f"/bookings/{row['id']}/",
        }
    return booking


def _outages(instruments: list[Instrument], starts_at: datetime, ends_at: datetime) -> Iterator[dict[str, str]]:
    """The periods in which an instrument is out of use, each with why."""
    for block in calendar.out_of_use(instruments, starts_at, ends_at):
        words = _("Out of use: %(words)s") % {"words": block["words"]}
        yield {"kind": "outage", "reason": words, **{name: block[name] for name in ("instrument", "start", "end")}}


def _blocks(instrument: Instrument, starts_at: datetime, ends_at: datetime, now: datetime) -> Iterator[dict[str, str]]:
    """The periods that the rules leave no room in, each with its rule in words."""
    if not instrument.bookable or instrument.status in {InstrumentStatus.DOWN, InstrumentStatus.RETIRED}:
        said = _("Out of order.") if instrument.bookable else rules.reach.words(instrument)
        yield {
            "instrument": instrument.key,
            "kind": "closed",
            "start": starts_at.isoformat(),
            "end": ends_at.isoformat(),
            "reason": said,
        }
        return
    words = {
        "past": _("This time is over."),
        "notice": rules.notice.words(instrument),
        "horizon": rules.horizon.words(instrument),
        "closed": rules.opening_hours.words(instrument),
    }
    over = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for block in calendar.closed(instrument, starts_at, ends_at, now=now):
        why = block["why"]
        start = block["start"] if why == "past" else max(block["start"], over)
        if start < block["end"]:
            yield {
                "instrument": instrument.key,
                "kind": why,
                "start": start,
                "end": block["end"],
                "reason": words.get(why) or block["words"],
            }
