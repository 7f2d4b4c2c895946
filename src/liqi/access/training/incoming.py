"""Qualifications that were kept elsewhere are brought in from a CSV file: all of them, or none and the reasons."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Course, Level, Qualification
from liqi.access.training import course as courses
from liqi.access.training import qualification
from liqi.accounts.models import Person

__all__ = ["COLUMNS", "MOST_ROWS", "Problem", "Read", "bring_in", "read"]

COLUMNS = ("person", "course", "level", "granted_on", "expires_on", "note")
"""The address of the person, the key or title of the course; level, expiry and note may be empty."""
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what to do."""

    row: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be kept."""

    person: Person
    course: Course
    level: str
    granted_on: date
    expires_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: the rows that can be kept, those on record already, and the problems."""

    rows: tuple[Row, ...]
    known: int
    problems: tuple[Problem, ...]


def read(text: str, *, by: Person) -> Read:
    """What the file says, nothing written; only courses that ``by`` looks after are known."""
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [name for name in ("person", "course", "granted_on") if name not in (table.fieldnames or ())]
    if missing:
        words = _("Found no column %(missing)s; expected the columns %(columns)s.")
        said = words % {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        return Read((), 0, (Problem(1, missing[0], said),))
    lines = [{key: (value or "").strip() for key, value in line.items() if key} for line in table]
    if len(lines) > MOST_ROWS:
        words = _("Found %(found)d rows; at most %(most)d at a time, so cut the file into parts.")
        return Read((), 0, (Problem(MOST_ROWS + 2, "", words % {"found": len(lines), "most": MOST_ROWS}),))
    people = {one.email: one for one in Person.objects.filter(email__in={line["person"].lower() for line in lines})}
    known: dict[str, Course] = {}
    for course in courses.looked_after_by(by).select_related("instrument", "facility"):
        known.setdefault(course.title.casefold(), course)
        known[course.key] = course
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=2):
        row = _row(number, line, people, known, problems)
        if row is not None and row not in rows:
            rows.append(row)
    there = set(
        Qualification.objects.filter(
            person__in={row.person.pk for row in rows}, course__in={row.course.pk for row in rows}, revoked_at=None
        ).values_list("person", "course", "level", "granted_on")
    )
    new = tuple(row for row in rows if (row.person.pk, row.course.pk, row.level, row.granted_on) not in there)
    return Read(new, len(rows) - len(new), tuple(problems))


def bring_in(text: str, *, by: Person, now: datetime) -> Read:
    """Every row of the file is on record; nothing is where any has a problem. The same file again changes nothing."""
    found = read(text, by=by)
    if found.problems:
        return found
    with transaction.atomic():
        for row in found.rows:
            qualification.grant(
                course=row.course, person=row.person, by=by, now=now, granted_on=row.granted_on, level=row.level,
                expires_on=row.expires_on, note=row.note, source=Qualification.Source.IMPORT,
            )  # fmt: skip
    return found


def _row(
    number: int, line: Mapping[str, str], people: Mapping[str, Person], known: Mapping[str, Course],
    problems: list[Problem],
) -> Row | None:  # fmt: skip
    before = len(problems)

    def wrong(field: str, words: str, **facts: str) -> None:
        problems.append(Problem(number, field, words % ({"found": line.get(field, "")} | facts)))

    person = people.get(line["person"].lower())
    if person is None:
        wrong("person", _("Found no account with the address %(found)s; ask them to sign up first."))
    course = known.get(line["course"]) or known.get(line["course"].casefold())
    if course is None:
        wrong("course", _("Found no course %(found)s that you look after; give its key or its title."))
    level = line.get("level") or (course.level if course else "")
    if level and level not in Level.values:
        wrong("level", _("Found the level %(found)s; expected one of: %(levels)s."), levels=", ".join(Level.values))
    granted_on, expires_on = _day(line.get("granted_on", "")), _day(line.get("expires_on", ""))
    if granted_on is None:
        wrong("granted_on", _("Found the day %(found)s; expected one such as 2026-11-21."))
    if expires_on is None and line.get("expires_on"):
        wrong("expires_on", _("Found the day %(found)s; expected one such as 2026-11-21."))
    if granted_on and expires_on and expires_on <= granted_on:
        wrong("expires_on", _("Found %(found)s as the day of expiry, which is not after the grant; give a later day."))
    if len(problems) > before or person is None or course is None or granted_on is None:
        return None
    return Row(person, course, level, granted_on, expires_on, line.get("note", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
