"""Workbooks (.xlsx): their sheets as rows of texts, looked at before they are opened."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import datetime
from decimal import Decimal

from liqi.insight import _sheet_field

MOST_UNPACKED, MOST_CELLS = 100_000_000, 5_000_000
Rows = list[list[str]]


class UnusableWorkbook(ValueError):
    """The bytes are no workbook that can be read; the message says found, expected and what to do."""


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a packed file with the parts of a workbook."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            return "xl/workbook.xml" in pack.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def sheets(content: bytes, *, most_cells: int = MOST_CELLS) -> list[tuple[str, Rows]]:
    """Each sheet that has rows, by name, in order; a cell is what is kept, without the format that shows it.

    Days are written 2026-01-31, whole numbers without a tail, true and false as yes and no.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    found = []
    try:
        _check_width(content, most_cells)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if rows:
                found.append((name, [[_text(cell) for cell in row] for row in rows]))
    except (
        CalamineError,
        PasswordError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as e:
        if isinstance(e, UnusableWorkbook):
            raise
        raise UnusableWorkbook(
            "found a workbook that cannot be read; expected one without a password, whole; save it again or export its "
            "sheet as CSV."
        ) from None
    return found


def widest(content: bytes) -> tuple[str, int]:
    """The sheet whose cells span the widest field, and how many cells that is; ("", 0) for a file without such sheets.

    It unpacks each sheet: whoever asks has seen that they are not too large.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return max(_sheet_field.fields(pack), key=lambda sheet: sheet[1], default=("", 0))


def _check_width(content: bytes, most_cells: int) -> None:
    """Raise UnusableWorkbook for one that unpacks too far, or whose cells span a wide field."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        if sum(entry.file_size for entry in pack.infolist()) > MOST_UNPACKED:
            raise UnusableWorkbook(
                f"found more than {MOST_UNPACKED // 1_000_000} MB when unpacked; expected less; split it."
            )
    sheet, cells = widest(content)
    if cells > most_cells:
        raise UnusableWorkbook(
            f"found {cells:,} cells in the field of {sheet}; expected at most {most_cells:,}; take its empty rows and "
            "columns out, or split it."
        )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value).strip()
