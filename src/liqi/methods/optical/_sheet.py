"""Tables of absorbances as spectrophotometers export them: CSV, tab-separated text, or the first sheet of an xlsx."""

import csv
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._columns import words_of
from liqi.methods.readers._members import TROUBLE, member

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EXPECTED, _AGAIN = "a table with a head", "export the results as CSV"
_MOST_CELLS = 2_000_000


def rows_of(path: Path) -> list[list[str]]:
    """Return the cells of a table as words, row by row; a damaged workbook raises `UnreadableFile`."""
    with path.open("rb") as stream:
        packed = stream.read(4) == b"PK\x03\x04"
    if packed:
        return _sheet(path)
    lines = [line for line in words_of(path).splitlines() if line.strip()]
    mark = max(("\t", ";", ","), key=lambda one: sum(line.count(one) for line in lines[:20]))
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]


def _sheet(path: Path) -> list[list[str]]:
    from lxml import etree

    safe = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(path) as whole:
            names = whole.namelist()
            shared: list[str] = []
            if "xl/sharedStrings.xml" in names:
                root = etree.fromstring(member(whole, "xl/sharedStrings.xml"), safe)
                shared = ["".join(part.text or "" for part in one.iter(f"{_MAIN}t")) for one in root.iter(f"{_MAIN}si")]
            sheet = next(name for name in sorted(names) if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            root = etree.fromstring(member(whole, sheet), safe)
        return [_row(row, shared) for row in root.iter(f"{_MAIN}row")]
    except (*TROUBLE, etree.XMLSyntaxError, StopIteration, IndexError) as problem:
        why = "no sheet" if isinstance(problem, StopIteration) else str(problem).split("\n")[0][:80]
        raise UnreadableFile(path, f"a damaged workbook ({why})", _EXPECTED, _AGAIN) from None


def _row(row: object, shared: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in row:  # type: ignore[attr-defined]
        place = _column(cell.get("r", "")) if cell.get("r") else len(cells)
        if place > _MOST_CELLS:
            raise ValueError("a cell far outside the sheet")
        cells += [""] * (place - len(cells))
        value = cell.find(f"{_MAIN}v")
        text = value.text or "" if value is not None else "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
        cells.append(shared[int(text)].strip() if cell.get("t") == "s" and text else text.strip())
    return cells


def _column(name: str) -> int:
    """The number of a column by its letters, counted from 0.

    >>> _column("A1"), _column("AB12")
    (0, 27)
    """
    number = 0
    for letter in re.match(r"[A-Z]*", name.upper())[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1
