"""The brief as a table: every figure and every number of its tables with the ids of its rows."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from liqi.observatory import question
from liqi.observatory.question import Cell, Link, Standing, Table, Told

HEADER = (
    *("section", "figure", "group", "value", "unit", "as_of", "rows", "missing", "lens", "formula", "synthetic"),
    "row_ids",
)
_NARROWED = ("id", "shared", "bookable", "maker", "institution", "from_abroad")
"""What `question.narrow` looks at, and the key."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run as a formula by a spreadsheet program."""
END = "\r\n"
_QUOTED = (",", '"', "\r", "\n")
"""What a cell of a CSV file holds between quotes only."""


def as_csv(told: Told, found: Standing) -> Iterator[bytes]:
    """Line by line in UTF-8 with a mark for spreadsheets; `row_ids` are keys of instruments, blanks between them."""
    yield ("\ufeff" + _line(HEADER)).encode()
    for *cells, ids in _lines(told, found):
        if any(sign in ids for sign in _QUOTED):
            yield _line(map(_plain, [*cells, ids])).encode()
        else:  # keys by the hundred thousand, which the writer would look through letter by letter
            yield f"{_line([*map(_plain, cells), ''])[: -len(END)]}{_plain(ids)}{END}".encode()


def _line(cells: Iterable[Any]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator=END).writerow(cells)
    return made.getvalue()


def _lines(told: Told, found: Standing) -> Iterator[list[Any]]:
    rows = _Rows(found)
    for section in told.sections:
        for said in section.figures:
            figure = said.figure
            ids, _n = rows.behind(said.link)
            value = "" if figure.value is None else figure.value
            yield [section.key, said.label, "", value, figure.unit, figure.as_of, figure.rows, figure.missing,
                   figure.lens, said.formula or figure.formula, found.synthetic, ids]  # fmt: skip
        for table in section.tables:
            for row in table.rows:
                yield from _cells(section.key, table, row, rows)


def _cells(section: str, table: Table, row: tuple[Cell, ...], rows: "_Rows") -> Iterator[list[Any]]:
    """A line for each number of a row of a table."""
    counted = table.counted or (None,) * len(row)
    for cell, (label, is_number), how in zip(row, table.head, counted, strict=True):
        if is_number and cell is not row[0]:
            ids, n = rows.behind(cell.link)
            missing = cell.missing if cell.missing is not None else 0.0 if ids or n == 0 else ""
            value = cell.text if cell.value is None else cell.value
            yield [section, label, row[0].text, value, how.unit if how else "", rows.found.as_of, n, missing,
                   cell.link.query.get("lens", "") if cell.link else "", how.formula if how else "",
                   rows.found.synthetic, ids]  # fmt: skip


class _Rows:
    """The keys behind the numbers of one answer; instruments are read once a class, place, lens and stock."""

    def __init__(self, found: Standing) -> None:
        self.found = found
        self._frames: dict[tuple[str, str, str, str], pl.LazyFrame] = {}

    def behind(self, link: Link | None) -> tuple[str, int | str]:
        """The keys, and how many they are; blank where a number has no rows of instruments."""
        if link is None or link.to != "rows":
            return "", ""
        asked = link.query
        frame = question.narrow(
            self._standing(asked.get("class", ""), asked["place"], asked["lens"], asked.get("terms", "")),
            origins=asked.get("origin", ""),
            maker=asked.get("maker", ""),
            terms=asked.get("terms", ""),
            institution=asked.get("institution", ""),
        )
        ids, n = frame.select(pl.col("id").str.join(" "), n=pl.len()).collect().row(0)
        return ids, n

    def _standing(self, code: str, place: str, lens: str, terms: str) -> pl.LazyFrame:
        key = (code, place, lens, terms if terms in ("unclassified", "peers") else "")
        if key not in self._frames:
            text = self.found.asked.text
            again = question.understand(text, class_code=code, place=place, lens=lens)
            standing = question.standing(again, self.found.taken, terms)
            self._frames[key] = standing.select(_NARROWED).collect().lazy()
        return self._frames[key]


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else "" if cell is None else cell
