"""Tables taken into a board: all of it or nothing, each fault with its row; and the whole of it taken back."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import JournalEntry, Person
from liqi.insight import workbook
from liqi.observatory.boards._board import Board, check_moves
from liqi.observatory.boards._cells import NotPossible, label, said, value_of
from liqi.observatory.boards._records import require_keeper, whole
from liqi.observatory.models import Intake
from liqi.taxonomy import swaps_in

MOST_ROWS = 200_000
MOST_BYTES = 64 * 1024 * 1024
MOST_PROBLEMS = 200
BATCH = 1_000
PACKED = b"PK\x03\x04"
LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the table: the row as a spreadsheet numbers it, the field, what is wrong."""

    row: int
    field: str
    code: str
    message: str


@dataclass(slots=True)
class Taken:
    """What came of a table; with problems nothing of it was kept."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    """What a person should look at: phrases that look spun. They are kept as written."""
    passed_over: tuple[str, ...] = ()
    """The columns that are no field of the board."""
    intake: Intake | None = None


def take_in(
    board: Board,
    content: bytes,
    file_name: str,
    *,
    person: Person | None,
    now: datetime,
    dry_run: bool = False,
    synthetic: bool = False,
    mapping: Mapping[str, str] | None = None,
) -> Taken:
    """The rows of a CSV, TSV or XLSX table are on the board: new ones added, those known by the board's key brought up.

    The header names our fields or says what pages call them, in any of the three languages; `mapping` says of other
    headers which field they are. `person` is None for who works at the machine itself. Raises NotPossible for what is
    no table.
    """
    if person is not None:
        require_keeper(person, board)
    done = Taken()
    rows = _rows(board, content, mapping or {}, done)
    there = {_key(board, one): one for one in board.model.objects.there().select_related(*board.links)}
    new, changed, seen = [], [], set()
    known: dict[str, dict[str, Any]] = {}
    for number, given in rows:
        done.read += 1
        try:
            values = _values(board, given, known)
            key = tuple(str(values[name]) for name in board.key)
            if key in seen:
                raise NotPossible(_("Found %(key)s a second time; expected each once.") % {"key": ", ".join(key)[:80]})
            old = there.get(key)
            before = {name: said(old, name) for name in given if getattr(old, name) != values[name]} if old else {}
            check_moves(board, old, before)
        except NotPossible as problem:
            done.rejected += 1
            if len(done.problems) < MOST_PROBLEMS:
                done.problems.append(Problem(number, str(problem).partition(":")[0], "not_possible", str(problem)))
            continue
        _remark(done, number, given)
        seen.add(key)
        if old is None:
            record = board.model(created_at=now, updated_at=now, kept_by=person, synthetic=synthetic, **values)
            new.append(record)
        elif before:
            for name in given:
                setattr(old, name, values[name])
            changed.append((old, before))
        else:
            done.unchanged += 1
    done.created, done.updated = len(new), len(changed)
    if not done.read:
        raise NotPossible(_("Found a header and no rows; expected at least one row below it."))
    if not done.problems and not dry_run and (new or changed):
        done.intake = _keep(board, new, changed, content, file_name, person, now)
    return done


def _remark(done: Taken, row: int, given: Mapping[str, str]) -> None:
    """The likely swapped words of the row are told; nothing of it is changed."""
    words = _("found %(found)r, which looks like a swapped word for %(usual)r; kept as written; mend it?")
    for name, text in given.items():
        for found, usual in swaps_in(text):
            if len(done.remarks) < MOST_PROBLEMS:
                said = words % {"found": found, "usual": usual}
                done.remarks.append(Problem(row, name, "swap_suspected", said))


def undo_intake(board: Board, intake: Intake, *, person: Person, now: datetime) -> int:
    """What the table added is taken away and what it changed says again what it said; answers how many records."""
    require_keeper(person, board)
    with whole(board), transaction.atomic():
        held = Intake.objects.select_for_update().get(pk=intake.pk)
        if held.withdrawn_at is not None:
            raise NotPossible(_("This table was taken back already."))
        held.withdrawn_at = now
        held.save(update_fields=["withdrawn_at"])
        rows = board.model.objects.filter(intake=held, withdrawn_at=None)
        count: int = rows.update(withdrawn_at=now, updated_at=now)
        kind = board.model._meta.label_lower
        lines = list(JournalEntry.objects.filter(thing=kind, verb="changed", facts__intake=held.pk))
        records = board.model.objects.in_bulk([int(line.thing_id) for line in lines])
        known: dict[str, dict[str, Any]] = {}
        for line in lines:
            record = records[int(line.thing_id)]
            for name, text in line.facts["before"].items():
                setattr(record, name, value_of(board.model, name, text, known))
            record.updated_at = now
            record.save()
            count += 1
        journal.write(person=person, verb="took back", thing=held, at=now, board=board.name, records=count)
    return count


def _keep(
    board: Board,
    new: list[Any],
    changed: list[tuple[Any, dict[str, str]]],
    content: bytes,
    file_name: str,
    person: Person | None,
    now: datetime,
) -> Intake:
    with whole(board), transaction.atomic():
        intake = Intake.objects.create(
            board=board.name,
            file_name=file_name[-200:] or "table.csv",
            sha256=hashlib.sha256(content).hexdigest(),
            records=len(new) + len(changed),
            person=person,
            at=now,
        )
        for record in new:
            record.intake = intake
        board.model.objects.bulk_create(new, batch_size=BATCH)
        for record, before in changed:
            record.updated_at = now
            record.save()
            journal.write(
                person=person, verb="changed", thing=record, at=now, board=board.name, before=before, intake=intake.pk
            )
        journal.write(
            person=person, verb="took in", thing=intake, at=now, board=board.name, file=intake.file_name,
            created=len(new), updated=len(changed),
        )  # fmt: skip
    return intake


def _values(board: Board, given: dict[str, str], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    values = {name: value_of(board.model, name, given.get(name, ""), known) for name in board.fields}
    board.check(values)
    return values


def _key(board: Board, record: Any) -> tuple[str, ...]:
    return tuple(str(getattr(record, name)) for name in board.key)


def read_mapping(text: str, board: Board) -> dict[str, str]:
    """Lines such as 企业名称 = name as their header and our field; a line that begins with # is passed over.

    Raises NotPossible for a line that is none, or a field that the board does not have.
    """
    found: dict[str, str] = {}
    for line in text.replace("＝", "=").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        theirs, equals, ours = (part.strip().strip("\"'") for part in line.rpartition("="))
        theirs, ours = theirs.strip(), ours.strip()
        if not equals or not theirs or ours not in board.fields:
            words = _("Found the line “%(line)s”; expected their header = our field, one of %(fields)s; mend it.")
            raise NotPossible(words % {"line": line.strip()[:60], "fields": ", ".join(board.fields)})
        found[theirs.lower()] = ours
    return found


def _rows(
    board: Board, content: bytes, mapping: Mapping[str, str], done: Taken
) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        words = _("Found a file of %(mb)d MB, expected at most %(most)d; split it.")
        raise NotPossible(words % {"mb": len(content) // 1_048_576, "most": MOST_BYTES // 1_048_576})
    reader = _sheet(content) if content.startswith(PACKED) else _lines(_text(content))
    try:
        first = next(reader, [])
    except csv.Error as problem:
        raise NotPossible(_("Found no table (%(why)s); save it as CSV in UTF-8.") % {"why": problem}) from None
    header = _header(board, first, mapping)
    done.passed_over = tuple(
        cell.strip() for cell, name in zip(first, header, strict=True) if cell.strip() and not name
    )
    return _body(reader, header)


def _lines(text: str) -> Iterator[list[str]]:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter="\t" if "\t" in first else ",")


def _sheet(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet that has some."""
    try:
        found = workbook.sheets(content)
    except workbook.UnusableWorkbook as problem:
        raise NotPossible(_("Found no table (%(why)s); save it as CSV in UTF-8.") % {"why": problem}) from None
    return iter(found[0][1] if found else [])


def _body(reader: Any, header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for number, cells in enumerate(reader, 2):
            if number - 1 > MOST_ROWS:
                raise NotPossible(_("Found more than %(most)d rows; split the table.") % {"most": MOST_ROWS})
            if any(cell.strip() for cell in cells):
                yield number, {name: cell for name, cell in zip(header, cells, strict=False) if name}
    except csv.Error as problem:
        raise NotPossible(_("Found no table (%(why)s); save it as CSV in UTF-8.") % {"why": problem}) from None


def _text(content: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotPossible(_("Found something that is no text; expected a table; save it as CSV in UTF-8."))


def _header(board: Board, cells: list[str], mapping: Mapping[str, str]) -> list[str]:
    names = {name.lower(): name for name in board.fields}
    for language in LANGUAGES:
        with translation.override(language):
            names.update({label(board.model, name).lower(): name for name in reversed(board.fields)})
    names.update(mapping)
    header = [names.get(cell.strip().lower(), "") for cell in cells]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        words = _("Found two columns for %(field)s; expected one; take one out or change the mapping.")
        raise NotPossible(words % {"field": twice[0]})
    lost = [name for name in board.key if name not in header]
    if lost:
        words = _("Found the columns %(found)s; expected %(lost)s too; add the column to the first row.")
        found = ", ".join(cell.strip() for cell in cells)[:200] or _("none")
        raise NotPossible(words % {"found": found, "lost": ", ".join(lost)})
    return header
