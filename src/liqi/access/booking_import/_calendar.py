"""Bookings out of an iCalendar file: one row an event, for events that recur one row a date."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar

from liqi.access.booking_import._row import Row, Unreadable
from liqi.access.series import BadRule, moments


def rows_of(text: str) -> Iterator[Row]:
    """A row for each event and date; what is cancelled is left out, and a date that was moved stands where it is now.

    Raises Unreadable.
    """
    try:
        events = list(Calendar.from_ical(text).walk("VEVENT"))
    except (ValueError, KeyError, IndexError) as problem:
        raise Unreadable(_("The calendar cannot be read: %(problem)s.") % {"problem": problem}) from None
    moved: dict[str, list[datetime]] = {}
    for event in events:
        if isinstance(of := _said(event, "RECURRENCE-ID"), datetime):
            moved.setdefault(str(event.get("UID")), []).append(of)
    for number, event in enumerate(events, start=1):
        if str(event.get("STATUS") or "").upper() == "CANCELLED":
            continue
        start, end = _period(event)
        row = Row(
            number=number, instrument=_instrument(event), person=_person(event), start=_typed(start), end=_typed(end),
            title=str(event.get("SUMMARY") or "")[:200],
        )  # fmt: skip
        recurs = event.get("RRULE") is not None or event.get("RDATE") is not None
        if recurs and start and end and event.get("RECURRENCE-ID") is None:
            yield from _recurring(row, event, start, end, moved.get(str(event.get("UID")), []))
        else:
            yield row


def _recurring(row: Row, event: Any, start: datetime, end: datetime, moved: list[datetime]) -> Iterator[Row]:
    """A row for each date of the event's rule and each that it names beside it, but those that were moved.

    What names no zone stays on the clock of the instrument, which nobody knows here: it is counted as if in UTC.
    """
    zone = getattr(start.tzinfo, "key", None) or "UTC"
    here, floating = ZoneInfo(zone), start.tzinfo is None
    found = [_aware(start, here)]
    if event.get("RRULE") is not None:
        rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
        try:
            found = [one for rule in rules for one in moments(rule.to_ical().decode(), found[0], zone)]
        except BadRule as problem:
            yield replace(row, state="unreadable", words=str(problem))
            return
    left_out = [*_dates(event, "EXDATE"), *moved]
    out = {_aware(each, here) for each in left_out if isinstance(each, datetime)}
    days = {each for each in left_out if not isinstance(each, datetime)}
    beside = {_aware(_moment(each), here) for each in _dates(event, "RDATE")}
    for moment in sorted({*found, *beside} - out):
        if moment.astimezone(here).date() not in days:
            shown = moment.astimezone(here).replace(tzinfo=None) if floating else moment
            yield replace(row, start=_typed(shown), end=_typed(shown + (end - start)))


def _period(event: Any) -> tuple[datetime | None, datetime | None]:
    """Start and end; a day begins at midnight, and lasts until the next one where no end is said."""
    start, end, length = (_said(event, name) for name in ("DTSTART", "DTEND", "DURATION"))
    if end is None and start is not None and (length or not isinstance(start, datetime)):
        end = start + (length or timedelta(days=1))
    return _moment(start), _moment(end)


def _instrument(event: Any) -> str:
    """The key of the instrument, where calendars of rooms and resources keep what is booked."""
    return str(event.get("X-LIQI-INSTRUMENT") or event.get("RESOURCES") or event.get("LOCATION") or "").strip()


def _person(event: Any) -> str:
    """The address of the only person who comes, else of who asked them; rooms and resources are nobody."""
    said = event.get("ATTENDEE") or []
    coming = [
        each for each in (said if isinstance(said, list) else [said])
        if each.params.get("CUTYPE", "INDIVIDUAL").upper() not in ("RESOURCE", "ROOM")
    ]  # fmt: skip
    address = str(coming[0] if len(coming) == 1 else event.get("ORGANIZER") or "")
    return address[7:] if address.lower().startswith("mailto:") else address


def _dates(event: Any, name: str) -> list[Any]:
    said = event.get(name) or []
    return [each.dt for block in (said if isinstance(said, list) else [said]) for each in block.dts]


def _moment(said: Any) -> Any:
    return datetime.combine(said, time()) if isinstance(said, date) and not isinstance(said, datetime) else said


def _aware(moment: datetime, here: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=here)


def _said(event: Any, name: str) -> Any:
    return getattr(event.get(name), "dt", None)


def _typed(moment: datetime | None) -> str:
    """As it would be typed; a zone that the file names counts."""
    return moment.isoformat() if moment is not None else ""
