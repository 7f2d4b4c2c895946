"""The brief as a table: every figure and every number of its tables with the ids of its rows."""

import csv
import io
from datetime import datetime
from typing import Any

import polars as pl

from liqi.observatory import question
from liqi.observatory.question import Link, Standing, Told

HEADER = (
    *("section", "figure", "group", "value", "unit", "as_of", "rows", "missing", "lens", "formula", "synthetic"),
    "row_ids",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run as a formula by a spreadsheet program."""


def as_csv(told: Told, found: Standing, *, now: datetime) -> bytes:
    """UTF-8 with a mark for spreadsheets; `row_ids` are keys of instruments with blanks between them."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(HEADER)
    for line in _lines(told, found, now):
        writer.writerow([_plain(cell) for cell in line])
    return ("\ufeff" + made.getvalue()).encode()


def _lines(told: Told, found: Standing, now: datetime) -> list[list[Any]]:
    lines = []
    for section in told.sections:
        for said in section.figures:
            figure = said.figure
            ids, _n = _ids(said.link, found, now)
            value = "" if figure.value is None else figure.value
            lines.append([section.key, said.label, "", value, figure.unit, figure.as_of, figure.rows, figure.missing,
                          figure.lens, said.formula or figure.formula, found.synthetic, ids])  # fmt: skip
        for table in section.tables:
            for row in table.rows:
                for cell, (label, is_number) in zip(row, table.head, strict=True):
                    if is_number and cell is not row[0]:
                        ids, n = _ids(cell.link, found, now)
                        lines.append([section.key, label, row[0].text, cell.text, "", found.as_of, n, "", told.lens,
                                      "", found.synthetic, ids])  # fmt: skip
    return lines


def _ids(link: Link | None, found: Standing, now: datetime) -> tuple[str, int | str]:
    """The keys behind a number, and how many they are; blank where it has no rows of instruments."""
    if link is None or link.to != "rows":
        return "", ""
    asked = dict(link.query)
    again = question.understand(
        asked.get("q", ""), class_code=asked.get("class", ""), place=asked["place"], lens=asked["lens"]
    )
    frame: pl.DataFrame = question.rows(
        again, now=now, origins=asked.get("origin", ""), maker=asked.get("maker", ""), terms=asked.get("terms", "")
    )[0]
    return " ".join(frame["id"]), frame.height


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else "" if cell is None else cell
