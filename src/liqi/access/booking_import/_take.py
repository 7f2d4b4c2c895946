"""What becomes of each row of a file, and the bookings of all of them or none."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liqi.access.booking import Asking, Refused, Round, SlotTaken, Wanted, exactly, keep, request_of, same
from liqi.access.booking_import._row import Row
from liqi.access.models import Booking
from liqi.access.rules import Objection
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

UNPADDED = re.compile(r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T]+([0-9]{1,2}):)?")


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
        found = datetime.fromisoformat(UNPADDED.sub(_padded, text.strip()))
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(instrument.time_zone or "UTC"))
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _padded(day: re.Match[str]) -> str:
    """A day and an hour as spreadsheets write them (2026/12/9 9:30), as ISO 8601 does."""
    year, month, of_month, hour = day.groups()
    return f"{year}-{int(month):02d}-{int(of_month):02d}" + (f" {int(hour):02d}:" if hour else "")
