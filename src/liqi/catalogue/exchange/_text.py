"""Bytes to text and text to rows, in the encodings and shapes that such files really have."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from liqi.catalogue.exchange import _sheet
from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._encoding import STRAY, encoding_of
from liqi.catalogue.exchange._header import TOP, find_header
from liqi.catalogue.exchange._incoming import Incoming, incoming

__all__ = ["STRAY", "Table", "decode", "header_of", "rows", "table_of"]

MOST_COLUMNS = 500
MOST_CELL = 1_000_000
_MOST_LINE = 20_000_000
_END = "\x00end of the file\x00"


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
        raise UnreadableFile("found a workbook; expected text such as JSON or XML.")
    encoding = encoding_of(file)
    try:
        return file.whole().decode(encoding, errors="replace" if encoding == "utf-8-sig" else "strict")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(
            f"found text in {encoding.upper()} that breaks off at byte {problem.start}; save it as UTF-8 again."
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
        lines = _lines(file)
    top = list(islice(lines, TOP))
    if not any(any(row) for row in top):
        raise UnreadableFile("found no row with text; expected a header and rows below it.")
    header, below = find_header(top, known, merges)
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"found {len(header):,} columns; expected at most {MOST_COLUMNS}: is this a table?")
    if any(any(row) for row in top[: below - 1]):
        skipped = next(row for row in top if any(row))
        file.note("repaired_header", f"found the header in row {below}, below {skipped[0][:60]!r}.")
    return Table(header, chain(top[below:], lines), below + 1)


def header_of(text: str) -> list[str]:
    """The first line's cells, for recognising a format; nothing when there are none."""
    try:
        return table_of(text.encode()).header
    except UnreadableFile:
        return []


def _not_empty(file: Incoming) -> None:
    if not file.head.strip():
        raise UnreadableFile("found an empty file; expected a table with a header, or a record; export it again.")


def _lines(file: Incoming) -> Iterator[list[str]]:
    """The stripped cells of each row; a file that ends within quotation marks or a row is refused with the place."""
    encoding = encoding_of(file)
    csv.field_size_limit(MOST_CELL)
    with file.open() as stream:
        errors = "replace" if encoding == "utf-8-sig" else "strict"
        text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
        try:
            yield from _split(text)
        except UnicodeDecodeError as problem:
            raise UnreadableFile(
                f"found text in {encoding.upper()} that breaks off near byte {stream.tell():,} ({problem.reason}); "
                "the file may be cut short; export it again as UTF-8."
            ) from None


def _split(text: io.TextIOWrapper) -> Iterator[list[str]]:
    start = text.readline(_MOST_LINE)
    delimiter, start = (start[4], "") if start.lower().startswith("sep=") and len(start.strip()) == 5 else ("", start)
    beginning = [start, *islice(iter(lambda: text.readline(_MOST_LINE), ""), TOP)]
    delimiter = delimiter or _delimiter(beginning)
    reader = csv.reader(
        _whole_lines(chain(beginning, iter(lambda: text.readline(_MOST_LINE), ""))), delimiter=delimiter
    )
    place, last_line = 0, 1
    try:
        for row in reader:
            if row and row[-1].endswith(_END):
                if row == [_END]:
                    return
                raise UnreadableFile(
                    f"found a quotation mark in row {place + 1} (line {last_line}) that is never closed; expected the "
                    "same mark at the end of the cell: the file was cut short, or a mark is missing; export it again."
                )
            place, last_line = place + 1, reader.line_num + 1
            yield [cell.strip() for cell in row]
    except csv.Error as problem:
        raise UnreadableFile(
            f"found a table that cannot be split into cells after row {place} (line {last_line}: {problem}); check its "
            "quotation marks there and export it again."
        ) from None


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) >= _MOST_LINE and not line.endswith(("\n", "\r")):
            raise UnreadableFile(
                f"found a line of over {_MOST_LINE:,} characters (line {number}); expected a table with one row a line."
            )
        if line:
            yield line
    yield _END


def _delimiter(lines: list[str]) -> str:
    """The sign that splits most of the first lines into the same number of cells, more than one."""

    def merit(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines if line.strip()]
        most = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        return (counts.count(most) * min(most, 1), most)

    first = next((line for line in lines if line.strip()), "")
    if not any(sign in "".join(lines) for sign in ",;\t|"):
        return ","
    ranked = sorted(",;\t|", key=lambda sign: (merit(sign), first.count(sign)), reverse=True)
    by_first = max(",;\t", key=first.count)
    return by_first if first.count(by_first) >= 2 and first.count(by_first) >= merit(ranked[0])[1] else ranked[0]
