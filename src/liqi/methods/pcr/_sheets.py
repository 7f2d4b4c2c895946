"""Exports of real-time PCR machines as text or workbook: named sections of tables, and words before them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._streams import open_bytes

_SECTION = re.compile(r"^\[([^\]]+)\]\s*$")
_FACT = re.compile(r"^[*#]\s*(.+?)\s*[=:]\s*(.*?)\s*$")
_MOST_TEXT = 1 << 28
_MOST_ROWS = 2_000_000
_HEAD_ROWS = 60
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Tables of an export by their name in lower case, and what stands before them as name and value."""

    tables: Mapping[str, Sequence[Row]]
    facts: Mapping[str, str]

    def table(self, *names: str) -> Sequence[Row]:
        """Return the first table that has one of these names, an empty one where none has."""
        return next((self.tables[name] for name in names if name in self.tables), ())


def plain(text: str) -> str:
    """Return a heading as it is compared: lower case, Cyrillic letters that look Latin made Latin, signs left out.

    >>> plain("C\\u0442 Mean"), plain("Well Position"), plain("Conc. [copies/\\u00b5L]")
    ('ct mean', 'well position', 'conc copies/ul')
    """
    words = (
        text.strip()
        .lower()
        .replace("\u0442", "t")
        .replace("\u0441", "c")
        .replace("\u03b4", "delta ")
        .replace("\u0394", "delta ")
    )
    words = words.replace("\u00b5", "u").replace("\u03bc", "u").replace("\u00c2", "").replace("\u00e2", "")
    return " ".join(re.sub(r"[^\w/%+-]+", " ", words).split())


def read_sheets(path: Path, expected: str) -> Sheets:
    """Return the tables of a workbook (xlsx) or of a text with sections in brackets."""
    try:
        with path.open("rb") as stream:
            is_workbook = stream.read(2) == b"PK"
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, expected, "check path and rights") from None
    return _workbook(path, expected) if is_workbook else _sections(read_text(path, expected))


def read_text(path: Path, expected: str) -> str:
    """Return the whole of a text file, whatever letters it is written in."""
    try:
        with open_bytes(path) as stream:
            content = stream.read(_MOST_TEXT)
    except (OSError, EOFError, ValueError) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        raise UnreadableFile(path, f"a damaged file ({problem})", expected, "copy the file again") from None
    for letters in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(letters)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def rows_of(text: str, mark: str | None = None) -> list[list[str]]:
    """Return the cells of a table that is written with one of the usual separators."""
    lines = text.splitlines()
    while lines and (not lines[0].strip() or lines[0].lower().startswith("sep=")):
        lines = lines[1:]
    mark = mark or max("\t,;", key=lambda one: sum(line.count(one) for line in lines[:5]))
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)]
    except csv.Error:
        return [[cell.strip().strip('"') for cell in line.split(mark)] for line in lines]


def records(rows: Sequence[Sequence[str]]) -> list[Row]:
    """Return the rows below the first as name and value; columns of one name keep the first."""
    if not rows:
        return []
    heads = [plain(one) for one in rows[0]]
    found: list[Row] = []
    for row in rows[1 : _MOST_ROWS + 1]:
        if not any(row):
            continue
        one: dict[str, str] = {}
        for name, cell in zip(heads, row, strict=False):
            one.setdefault(name, cell)
        found.append(one)
    return found


def _sections(text: str) -> Sheets:
    tables: dict[str, list[list[str]]] = {}
    facts: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        section = _SECTION.match(line.strip())
        fact = _FACT.match(line) if not section else None
        if section:
            name = plain(section[1])
        elif fact:
            facts.setdefault(plain(fact[1]), fact[2])
        elif name and line.strip():
            tables.setdefault(name, []).append([cell.strip().strip('"') for cell in line.split("\t")])
    return Sheets({key: records(rows) for key, rows in tables.items()}, facts)


def _workbook(path: Path, expected: str) -> Sheets:
    from python_calamine import CalamineError, CalamineWorkbook

    tables: dict[str, Sequence[Row]] = {}
    facts: dict[str, str] = {}
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names[:40]}
    except (CalamineError, OSError) as problem:
        found = f"a damaged workbook ({problem})".replace("\n", " ")[:160]
        raise UnreadableFile(path, found, expected, "export it again") from None
    for name, cells in sheets.items():
        rows = [[_cell(one) for one in row] for row in cells]
        head = next((i for i, row in enumerate(rows[:_HEAD_ROWS]) if plain(row[0] if row else "") == "well"), None)
        for row in rows[: head if head is not None else _HEAD_ROWS]:
            if len(row) > 1 and row[0] and row[1]:
                facts.setdefault(plain(row[0]), row[1])
        if head is not None:
            tables[plain(name)] = records(rows[head:])
    return Sheets(tables, facts)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
