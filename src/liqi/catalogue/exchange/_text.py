"""Bytes to text and text to rows, in the encodings and shapes that such files really have."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _lines, _sheet
from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._encoding import STRAY, encoding_of
from liqi.catalogue.exchange._header import TOP, find_header
from liqi.catalogue.exchange._incoming import Incoming, incoming

__all__ = ["STRAY", "Table", "decode", "header_of", "rows", "table_of"]

MOST_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Table:
    """The header, the rows below it as they are read, and the row that the first of them has in a spreadsheet."""

    header: list[str]
    rows: Iterator[list[str]]
    first: int


def decode(content: bytes | Incoming) -> str:
    """The whole text of a file, for JSON and XML; raises UnreadableFile where it is too large or not text."""
    file = incoming(content)
    _not_empty(file)
    if _sheet.is_workbook(file.head):
        raise UnreadableFile(_("found a workbook; expected text such as JSON or XML."))
    encoding = encoding_of(file)
    try:
        return file.whole().decode(encoding, errors="replace" if encoding == "utf-8-sig" else "strict")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(
            _("found text in %(encoding)s that breaks off at byte %(start)s; save it as UTF-8 again.")
            % {"encoding": encoding.upper(), "start": problem.start}
        ) from None


def rows(content: bytes | Incoming, known: Collection[str] = ()) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the rows below it of a CSV file or workbook; see `table_of`."""
    table = table_of(content, known)
    return table.header, table.rows


def table_of(content: bytes | Incoming, known: Collection[str] = ()) -> Table:
    """The table in a CSV file (streamed) or the first sheet with one of a workbook; cells are stripped texts.

    Titles above the header are skipped: the header is the row that names most of the `known` fields (folded names),
    or else the first with more than one text. Rows without text are given as such, so that rows can be counted.
    """
    file = incoming(content)
    _not_empty(file)
    merges: list[tuple[int, int, int, int]] = []
    if _sheet.is_workbook(file.head):
        lines, merges = _sheet.lines(file, known)
    else:
        lines = _lines.rows_of(file)
    top = list(islice(lines, TOP))
    if not any(any(row) for row in top):
        raise UnreadableFile(_("found no row with text; expected a header and rows below it."))
    header, below = find_header(top, known, merges)
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(
            _("found %(found)s columns; expected at most %(most_columns)s: is this a table?")
            % {"found": f"{len(header):,}", "most_columns": MOST_COLUMNS}
        )
    if any(any(row) for row in top[: below - 1]):
        skipped = next(row for row in top if any(row))
        file.note(
            "repaired_header",
            _("found the header in row %(below)s, below %(title)r.") % {"below": below, "title": skipped[0][:60]},
        )
    return Table(header, chain(top[below:], lines), below + 1)


def header_of(text: str) -> list[str]:
    """The first line's cells, for recognising a format; nothing when there are none."""
    try:
        return table_of(text.encode()).header
    except UnreadableFile:
        return []


def _not_empty(file: Incoming) -> None:
    if not file.head.strip():
        raise UnreadableFile(_("found an empty file; expected a table with a header, or a record; export it again."))
