"""How wide the field of each sheet of a workbook is: its last row times its last column that hold something.

A reader holds every cell of the field, empty or not: two cells far apart are as much as a full sheet. Sheets of .xlsx,
.xlsb and .ods are looked at as they are packed; an old .xls has at most 65,536 rows of 256 cells by its format.
"""

import functools
import re
import zipfile
from collections.abc import Iterator

_XLSX_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_ODS = re.compile(
    rb"<table:table\s[^>]*?table:name=\"(?P<table>[^\"]*)\""
    rb"|<table:table-row(?P<row>[^>]*)>"
    rb"|<table:(?:covered-)?table-cell(?P<cell>[^>]*?)(?P<closed>/?)>"
)
_ROWS = re.compile(rb'number-rows-repeated="(\d{1,12})"')
_COLUMNS = re.compile(rb'number-columns-repeated="(\d{1,12})"')
_ROW_HEADER, _CELLS = 0, frozenset((*range(2, 12), 62))
"""Records of [MS-XLSB] 2.3: a row begins (BrtRowHdr), and the cells that hold something (BrtCellRk and the next)."""


def fields(pack: zipfile.ZipFile) -> Iterator[tuple[str, int]]:
    """Each sheet by the name of its part or table, with the cells of its field."""
    for entry in pack.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry):
            yield entry[14:-4], _of_xlsx(pack.read(entry))
        elif re.fullmatch(r"xl/worksheets/[^/]+\.bin", entry):
            yield entry[14:-4], _of_xlsb(pack.read(entry))
        elif entry == "content.xml":
            yield from _of_ods(pack.read(entry))


def _of_xlsx(sheet: bytes) -> int:
    rows, columns = 1, {b"A"}
    for cell in _XLSX_CELL.finditer(sheet):
        rows = max(rows, int(cell[2]))
        columns.add(cell[1])
    right = max(functools.reduce(lambda sum_, letter: sum_ * 26 + letter - 64, each, 0) for each in columns)
    return rows * right


def _of_xlsb(sheet: bytes) -> int:
    """The field by the row headers and cells; a sheet cut short counts as far as it goes."""
    at = row = rows = right = 0
    while at < len(sheet):
        kind, at = _variable(sheet, at, 2)
        size, at = _variable(sheet, at, 4)
        if kind == _ROW_HEADER:
            row = int.from_bytes(sheet[at : at + 4], "little") + 1
        elif kind in _CELLS:
            rows = max(rows, row)
            right = max(right, int.from_bytes(sheet[at : at + 4], "little") + 1)
        at += size
    return rows * right


def _variable(sheet: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    found = 0
    for place in range(most):
        if at >= len(sheet):
            break
        byte = sheet[at]
        at += 1
        found |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            break
    return found, at


def _of_ods(content: bytes) -> Iterator[tuple[str, int]]:
    """Rows and cells stand once with how often they are repeated; empty ones count where something comes after."""
    name, above, below, right, column, times = "content", 0, 0, 0, 0, 0
    for mark in _ODS.finditer(content):
        if mark["table"] is not None:
            if below:
                yield name, below * right
            name, above, below, right, column, times = mark["table"].decode("utf-8", "replace"), 0, 0, 0, 0, 0
        elif mark["row"] is not None:
            above, column = above + times, 0
            times = int(found[1]) if (found := _ROWS.search(mark["row"])) else 1
        else:
            column += int(found[1]) if (found := _COLUMNS.search(mark["cell"])) else 1
            if b"office:value-type=" in mark["cell"] or not mark["closed"]:
                below, right = above + times, max(right, column)
    if below:
        yield name, below * right
