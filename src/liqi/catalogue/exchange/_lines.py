"""CSV split into rows as it is read: never the whole file at once, and a file that was cut short is told."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._encoding import encoding_of
from liqi.catalogue.exchange._incoming import Incoming

MOST_CELL = 1_000_000
"""Characters of one cell."""
_MOST_LINE = 20_000_000
_END = "\x00end of the file\x00"
_TOP = 25


def rows_of(file: Incoming) -> Iterator[list[str]]:
    """The stripped cells of each row; a file that ends within quotation marks or a row is refused with the place."""
    encoding = encoding_of(file)
    csv.field_size_limit(MOST_CELL)
    errors = "replace" if encoding == "utf-8-sig" else "strict"
    with file.open() as stream, io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="") as text:
        try:
            yield from _split(_Lines(text))
        except UnicodeDecodeError as problem:
            raise UnreadableFile(
                _(
                    "found text in %(encoding)s that breaks off near byte %(at)s (%(reason)s); the file "
                    "may be cut short; export it again as UTF-8."
                )
                % {"encoding": encoding.upper(), "at": f"{stream.tell():,}", "reason": problem.reason}
            ) from None


class _Lines:
    """The lines of a text with a mark of ours behind the last, by which an open quotation is told."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.number = 0
        self.ended = True
        start = self._next()
        self.delimiter = ""
        if start.lower().startswith("sep=") and len(start.strip()) == 5:
            self.delimiter, start = start[4], "\n"
        self._top = [start, *islice(iter(self._next, ""), _TOP)]
        self.delimiter = self.delimiter or _delimiter(self._top)

    def __iter__(self) -> Iterator[str]:
        yield from chain(self._top, iter(self._next, ""))
        yield _END

    def _next(self) -> str:
        line = self._text.readline(_MOST_LINE)
        if line:
            self.number += 1
            self.ended = line.endswith(("\n", "\r"))
            if len(line) >= _MOST_LINE and not self.ended:
                raise UnreadableFile(
                    _(
                        "found a line of over %(most_line)s characters (line %(number)s); expected a table "
                        "with one row a line."
                    )
                    % {"most_line": f"{_MOST_LINE:,}", "number": self.number}
                )
        return line


def _split(lines: _Lines) -> Iterator[list[str]]:
    reader = csv.reader(iter(lines), delimiter=lines.delimiter)
    place, begins = 0, 1
    width, even, last = 0, True, 0
    try:
        for row in reader:
            if row and row[-1].endswith(_END):
                if row == [_END]:
                    break
                raise UnreadableFile(
                    _(
                        "found a quotation mark in row %(place)s (line %(begins)s) that is never closed; "
                        "expected the same mark at the end of the cell: the file was cut short, or a mark is "
                        "missing; export it again."
                    )
                    % {"place": place + 1, "begins": begins}
                )
            even = even and (place < 2 or last == width)
            width, last = width or len(row), len(row)
            place, begins = place + 1, reader.line_num + 1
            yield [cell.strip() for cell in row]
    except csv.Error as problem:
        raise UnreadableFile(
            _(
                "found a table that cannot be split into cells after row %(place)s (line %(begins)s: "
                "%(reason)s); check its quotation marks there and export it again."
            )
            % {"place": place, "begins": begins, "reason": problem}
        ) from None
    if not lines.ended and even and place > 3 and last < width:
        raise UnreadableFile(
            _(
                "found only %(last)s of %(width)s cells in the last row (row %(place)s) and no end "
                "of line; expected a whole row as all others are: the file was cut short; export or "
                "send it again."
            )
            % {"last": last, "width": width, "place": place}
        )


def _delimiter(lines: list[str]) -> str:
    """The sign that stands equally often in most of the first lines; of equals, the more frequent in the first."""
    full = [line for line in lines if line.strip()]

    def merit(sign: str) -> tuple[int, int, int]:
        counts = [line.count(sign) for line in full]
        often = max((n for n in counts if n), key=lambda n: (counts.count(n), n), default=0)
        return (full[0].count(sign) > 1, counts.count(often) if often else 0, full[0].count(sign))

    return max(",;\t|", key=merit) if full else ","
