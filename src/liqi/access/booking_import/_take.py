"""Bookings from a table or a calendar file: looked at row by row, then taken all or none."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar

from liqi.access.booking import Asking, Refused, Round, SlotTaken, Wanted, exactly, keep, request_of, same
from liqi.access.models import Booking
from liqi.access.rules import Objection
from liqi.access.series import BadRule, moments
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["MOST", "ImportRefused", "Row", "Unreadable", "preview", "read", "take"]

MOST = 1000
"""The most rows of one file."""
LARGEST_BYTES = 2_000_000
COLUMNS = {
    "instrument": ("instrument", "instrument_id", "仪器", "仪器编号", "儀器"),
    "person": ("person", "email", "e-mail", "user", "人员", "邮箱", "使用人", "人員"),
    "start": ("start", "starts_at", "from", "开始", "开始时间", "開始"),
    "end": ("end", "ends_at", "to", "结束", "结束时间", "結束"),
    "title": ("title", "summary", "what for", "标题", "用途", "標題"),
    "family": ("family", "set-up", "setup", "装夹"),
}


class Unreadable(ValueError):
    """The file cannot be read at all; the message says what was expected."""


@dataclass(frozen=True)
class Row:
    """One booking of the file: as it was typed, as it was understood, and what becomes of it."""

    number: int
    """Its line in a table, its place in a calendar file, from 1."""
    instrument: str
    person: str
    start: str
    end: str
    title: str = ""
    family: str = ""
    state: str = ""
    """free, booked (it is there already), taken, refused, unreadable."""
    words: str = ""
    wanted: Wanted | None = None
    owner: Person | None = None


class ImportRefused(Refused):
    """Some of the rows cannot be booked, so none is; ``rows`` says of each what stands against it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        against = [row for row in rows if row.state not in ("free", "booked")]
        super().__init__([Objection(f"row_{row.state}", f"{row.number}: {row.words}", False) for row in against])
        self.rows = list(rows)

    def __str__(self) -> str:
        count = len(self.objections)
        words = ngettext(
            "%(count)d row cannot be booked, so none is; correct row %(first)s",
            "%(count)d rows cannot be booked, so none is; correct them, the first is row %(first)s",
            count,
        )
        return words % {"count": count, "first": self.objections[0].words if self.objections else ""}


def read(data: bytes, *, instrument: str = "") -> list[Row]:
    """The rows of a CSV or iCalendar file as typed; ``instrument`` serves rows that name none. Raises Unreadable."""
    if len(data) > LARGEST_BYTES:
        raise Unreadable(_("Found a file of more than 2 MB, expected a list of bookings; send fewer rows at once."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("Found a file that is not text; expected CSV or iCalendar in UTF-8 or GB 18030."))
    rows = list(_calendar_rows(text) if "BEGIN:VCALENDAR" in text[:2000].upper() else _table_rows(text))
    if not 0 < len(rows) <= MOST:
        words = _("Found %(count)d bookings in the file, expected 1 to %(most)d.")
        raise Unreadable(words % {"count": len(rows), "most": MOST})
    return [replace(row, instrument=row.instrument or instrument) for row in rows]


def preview(rows: Sequence[Row], *, person: Person, now: datetime) -> list[Row]:
    """Each row with what would become of it now; nothing is held."""
    return [row for row, _each in _placed(_understood(rows, person), person, now)]


def take(rows: Sequence[Row], *, person: Person, now: datetime) -> list[Booking]:
    """Every row is booked, or none: raises ImportRefused. Taken again, the same file gives the same bookings."""
    known = _understood(rows, person)
    if any(row.wanted is None for row in known):
        raise ImportRefused(preview(rows, person=person, now=now))
    wanted = [row.wanted for row in known if row.wanted is not None]
    people = {row.owner.pk: row.owner for row in known if row.owner is not None}

    def write() -> list[Booking]:
        placed = _placed(known, person, now, keep_them=True)
        if any(row.state not in ("free", "booked") for row, _made in placed):
            raise ImportRefused([row for row, _made in placed])
        return [made for _row, made in placed if made is not None]

    return exactly(
        write, instruments=[each.instrument for each in wanted], people=[person, *people.values()],
        taken=lambda: SlotTaken(request_of(wanted[0], Asking(person, now))),
    )  # fmt: skip


def _placed(
    rows: Sequence[Row], person: Person, now: datetime, *, keep_them: bool = False
) -> list[tuple[Row, Booking | None]]:  # fmt: skip
    """Each row with its state; where they are kept, each is on record before the next is asked."""
    done: list[tuple[Row, Booking | None]] = []
    so_far: dict[int, list[Row]] = {}
    for row in rows:
        if row.wanted is None or row.owner is None:
            done.append((row, None))
            continue
        before = so_far.setdefault(row.wanted.instrument.pk, [])
        state, words, made = _one(row.wanted, row, person, now, keep_them, before)
        done.append((replace(row, state=state, words=words), made))
    return done


def _one(
    wanted: Wanted, row: Row, person: Person, now: datetime, keep_it: bool, before: list[Row]
) -> tuple[str, str, Booking | None]:  # fmt: skip
    assert row.owner is not None
    asking = Asking(row.owner, now, title=row.title, made_by=person)
    try:
        asking.require(wanted.instrument)
        asked = Round(asking, [wanted])
        if found := same(wanted, row.owner, asked):
            return "booked", _("This is booked already."), found
        for earlier in before if not keep_it else ():
            assert earlier.wanted is not None
            if place := asked.free(earlier.wanted):
                asked.keep(earlier.wanted, place)
        place = asked.find(wanted)
    except SlotTaken as problem:
        return "taken", str(problem), None
    except (Refused, NotAllowed) as problem:
        return "refused", str(problem), None
    if not keep_it:
        before.append(row)
        return "free", "", None
    return "free", "", keep([(wanted, place)], asking, asked)[0]


def _understood(rows: Sequence[Row], person: Person) -> list[Row]:
    """The rows with instrument, owner and period found; what cannot be is unreadable with the reason."""
    instruments = {
        each.key: each
        for each in Instrument.objects.select_related("institution").filter(key__in={row.instrument for row in rows})
    }
    emails = {row.person.lower() for row in rows if row.person}
    people = {each.email.lower(): each for each in Person.objects.filter(email__in=emails)}
    return [_understand(row, instruments, people, person) for row in rows]


def _understand(row: Row, instruments: dict[str, Instrument], people: dict[str, Person], person: Person) -> Row:
    def wrong(words: str, found: str) -> Row:
        return replace(row, state="unreadable", words=words % {"found": found})

    if row.state:
        return row
    instrument = instruments.get(row.instrument)
    if instrument is None:
        return wrong(_("Found no instrument “%(found)s”; expected its key, as in its address."), row.instrument)
    owner = people.get(row.person.lower()) if row.person else person
    if owner is None:
        return wrong(_("Found no account with the address %(found)s; correct it, or leave it empty."), row.person)
    starts_at, ends_at = _moment(row.start, instrument), _moment(row.end, instrument)
    if starts_at is None or ends_at is None:
        found = row.start if starts_at is None else row.end
        return wrong(_("Found “%(found)s”, expected a day and a time such as 2026-11-23 09:00."), found)
    if ends_at <= starts_at:
        return wrong(_("The end %(found)s is not after the start; correct one of them."), row.end)
    return replace(row, owner=owner, wanted=Wanted(instrument, starts_at, ends_at, row.family[:40]))


def _moment(text: str, instrument: Instrument) -> datetime | None:
    """The moment; without an offset it is read on the clock where the instrument stands."""
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-"))
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(instrument.time_zone or "UTC"))
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _table_rows(text: str) -> Iterator[Row]:
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    lines = csv.reader(io.StringIO(text), dialect)
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        where = {name: header.index(alias) for name, aliases in COLUMNS.items() for alias in aliases if alias in header}
        if missing := {"start", "end"} - where.keys():
            words = _("Found the columns %(found)s; expected %(missing)s too, beside instrument, person and title.")
            raise Unreadable(words % {"found": ", ".join(header)[:200], "missing": ", ".join(sorted(missing))})
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            said = {name: cells[at].strip() if at < len(cells) else "" for name, at in where.items()}
            facts: Any = {"instrument": "", "person": ""} | said
            yield Row(number=lines.line_num, **facts)
    except csv.Error as problem:
        raise Unreadable(_("The table cannot be read: %(problem)s.") % {"problem": problem}) from None


def _calendar_rows(text: str) -> Iterator[Row]:
    try:
        events = list(Calendar.from_ical(text).walk("VEVENT"))
    except (ValueError, KeyError, IndexError) as problem:
        raise Unreadable(_("The calendar cannot be read: %(problem)s.") % {"problem": problem}) from None
    for number, event in enumerate(events, start=1):
        start, end = _said(event, "DTSTART"), _said(event, "DTEND")
        if end is None and isinstance(start, datetime) and (length := _said(event, "DURATION")) is not None:
            end = start + length
        person = str(event.get("ATTENDEE") or event.get("ORGANIZER") or "")
        row = Row(
            number=number,
            instrument=str(event.get("X-LIQI-INSTRUMENT") or event.get("RESOURCES") or ""),
            person=person[7:] if person.lower().startswith("mailto:") else person,
            start=_typed(start), end=_typed(end), title=str(event.get("SUMMARY") or "")[:200],
        )  # fmt: skip
        if event.get("RRULE") is None or not isinstance(start, datetime) or not isinstance(end, datetime):
            yield row
        else:
            yield from _recurring(row, event, start, end)


def _recurring(row: Row, event: Any, start: datetime, end: datetime) -> Iterator[Row]:
    """A row for each date of the event's rule."""
    zone = getattr(start.tzinfo, "key", None) or "UTC"
    rule = event["RRULE"].to_ical().decode()
    left_out = event.get("EXDATE") or []
    dates = [each.dt for block in (left_out if isinstance(left_out, list) else [left_out]) for each in block.dts]
    here = ZoneInfo(zone)
    local = [each.astimezone(here).replace(tzinfo=None).isoformat() for each in dates if isinstance(each, datetime)]
    try:
        found = moments(rule, start if start.tzinfo else start.replace(tzinfo=UTC), zone, except_dates=local)
    except BadRule as problem:
        yield replace(row, state="unreadable", words=str(problem))
        return
    for moment in found:
        yield replace(row, start=moment.isoformat(), end=(moment + (end - start)).isoformat())


def _said(event: Any, name: str) -> Any:
    return getattr(event.get(name), "dt", None)


def _typed(moment: date | datetime | timedelta | None) -> str:
    """As it would be typed; a zone that the file names counts."""
    return moment.isoformat() if isinstance(moment, datetime) else ""
