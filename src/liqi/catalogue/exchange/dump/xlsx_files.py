"""The dump as workbooks, one a kind; a kind with more rows than a sheet may have goes on in the next sheet."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from liqi.catalogue.exchange._xml import fit
from liqi.catalogue.exchange.dump import _columns
from liqi.catalogue.exchange.dump._columns import CARRIES, MODELS, NAMES, REASON, Column, columns
from liqi.catalogue.exchange.dump.csv_files import text_of

TITLE, SUFFIX = "Workbook (XLSX)", ".xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_SHEET = 1_048_575
"""Rows below the header that a sheet of this format may have."""
A_CELL = 32_767
"""Characters that a cell may have."""

WITHOUT = ("source_row",)

__all__ = ["CARRIES", "MEDIA_TYPE", "REASON", "SUFFIX", "TITLE", "WITHOUT", "lost", "write"]


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A workbook of each kind of record is in the folder: instruments.xlsx, facilities.xlsx and so on."""
    for kind, some in groupby(records, key=lambda one: MODELS[type(one)]):
        path = out / f"{NAMES[kind]}.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
            _fill(book, kind, some)
        yield path


def lost(one: Any) -> Iterator[tuple[str, str]]:
    """What no row can say, and texts longer than a cell."""
    yield from _columns.lost(one)
    for column in columns(MODELS[type(one)]):
        if column.type in ("text", "json", "words") and len(text_of(column.value(one), column.type)) > A_CELL:
            yield column.title, _("a cell holds %(most)s characters; the text was cut there") % {"most": f"{A_CELL:,}"}


def _fill(book: Any, kind: str, records: Iterable[Any]) -> None:
    wanted = columns(kind)
    styles = {"day": book.add_format({"num_format": "yyyy-mm-dd"})}
    bold, sheet, row = book.add_format({"bold": True}), None, 0
    for number, one in enumerate(records):
        if number % A_SHEET == 0:
            sheet = book.add_worksheet(NAMES[kind] if number == 0 else f"{NAMES[kind]} {number // A_SHEET + 1}")
            sheet.freeze_panes(1, 3)
            for place, column in enumerate(wanted):
                sheet.write_string(0, place, column.title, bold)
            row = 0
        row += 1
        for place, column in enumerate(wanted):
            _cell(sheet, row, place, column, column.value(one), styles)


def _cell(sheet: Any, row: int, place: int, column: Column, value: Any, styles: dict[str, Any]) -> None:
    """Numbers and days as such, all else as text: a text is never a formula here."""
    if value is None or value == "" or value == [] or value == {}:
        return
    if column.type in ("number", "money", "whole"):
        sheet.write_number(row, place, value)
    elif column.type == "day" and value.year >= 1900:
        sheet.write_datetime(row, place, value, styles["day"])
    else:
        text = value if isinstance(value, str) else text_of(value, column.type)
        sheet.write_string(row, place, fit(text)[:A_CELL])
