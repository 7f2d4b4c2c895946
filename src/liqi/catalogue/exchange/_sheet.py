"""Workbooks (XLSX, XLSB, XLS, ODS): looked at before they are opened, then read as rows of texts."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._header import TOP, Merge, find_header, plain
from liqi.catalogue.exchange._incoming import Incoming, most_whole_bytes
from liqi.insight import workbook

MOST_ENTRIES = 2_000
MOST_RATIO = 200
MOST_FIELD = 20_000_000
"""Cells between the first and the last of a sheet: a full one of the largest file that is read has fewer."""
_SMALL = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".ods")
_NO_VALUE = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)


def is_workbook(head: bytes) -> bool:
    """Whether the bytes begin as a ZIP archive or an old Office file does."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def sheet_names(file: Incoming) -> list[str]:
    """The names of the sheets, in order."""
    return list(_open(file).sheet_names)


def lines(file: Incoming, known: Collection[str]) -> tuple[Iterator[list[str]], list[Merge]]:
    """The rows of the sheet that `file.sheet` names, or of the first with a table; and its merged cells."""
    book = _open(file)
    name = _choose(file, book, known)
    sheet = _sheet(book, name)
    _say_formulas(file, book.sheet_names.index(name), name)
    if sheet.total_width > 16_000 or sheet.total_width * min(sheet.total_height, TOP) > 10_000_000:
        raise UnreadableFile(
            gettext("found %(found)s columns; expected a table of at most 500.") % {"found": f"{sheet.total_width:,}"}
        )
    _row, right = sheet.start or (0, 0)
    merges = [
        (first[0], first[1] - right, last[0], last[1] - right) for first, last in (sheet.merged_cell_ranges or [])
    ]
    return _rows(sheet, merges), merges


def _rows(sheet: Any, merges: list[Merge]) -> Iterator[list[str]]:
    """Texts of each row; a cell merged over several rows of the table says its text in each of them."""
    tall = sorted((merge for merge in merges if merge[2] > merge[0] and merge[1] == merge[3]), reverse=True)
    held: dict[int, tuple[int, str]] = {}
    for place, row in enumerate(sheet.iter_rows()):
        texts = [text_of(cell) for cell in row]
        for column, (last, text) in list(held.items()):
            if place > last:
                del held[column]
            elif place > TOP and column < len(texts):
                texts[column] = texts[column] or text
        while tall and tall[-1][0] == place:
            _first, column, last, _same = tall.pop()
            held[column] = (last, texts[column] if column < len(texts) else "")
        yield texts


def text_of(cell: Any) -> str:
    """A cell as a person would type it: days as 2024-05-17, whole numbers without a tail, yes and no."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()


def _choose(file: Incoming, book: CalamineWorkbook, known: Collection[str]) -> str:
    """The wanted sheet; else, of the visible ones with rows, the one whose header names most known fields."""
    names = book.sheet_names
    if file.sheet:
        if file.sheet not in names:
            raise UnreadableFile(
                gettext("found no sheet %(sheet)r; expected one of %(known)s.")
                % {"sheet": file.sheet, "known": ", ".join(names)}
            )
        return file.sheet
    merits: dict[str, int] = {}
    for name in names[:50]:
        sheet = _sheet(book, name)
        top = [[text_of(cell) for cell in row] for row, _ in zip(sheet.iter_rows(), range(TOP), strict=False)]
        if any(any(row) for row in top):
            merits[name] = sum(plain(title) in known for title in find_header(top, known)[0])
    if not merits:
        raise UnreadableFile(gettext("found a workbook without a filled sheet; expected a header and rows below it."))
    chosen = max(merits, key=lambda name: merits[name])
    if len(merits) > 1:
        file.note(
            "sheet_chosen",
            gettext("found the sheets %(found)s; read %(chosen)r; name another with --sheet.")
            % {"found": ", ".join(merits), "chosen": chosen},
        )
    return chosen


def _sheet(book: CalamineWorkbook, name: str) -> Any:
    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, ValueError) as problem:
        raise UnreadableFile(
            gettext("found the sheet %(name)r damaged (%(reason)s); save the workbook again, or export it as CSV.")
            % {"name": name, "reason": str(problem)[:120]}
        ) from None


def _open(file: Incoming) -> CalamineWorkbook:
    content = file.whole()
    if content.startswith(b"PK"):
        _guard(content)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise UnreadableFile(
            gettext("found a workbook with a password; save it without one and import it again.")
        ) from None
    except (CalamineError, OSError, ValueError) as problem:
        raise UnreadableFile(
            gettext(
                "found a workbook that cannot be opened (%(reason)s); expected XLSX, XLS, XLSB or "
                "ODS; it may be cut short: save it again, or export the sheet as CSV."
            )
            % {"reason": str(problem)[:120]}
        ) from None


def _guard(content: bytes) -> None:
    """Refuse an archive that is no workbook, or that would swell, before anything of it is unpacked."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as problem:
        raise UnreadableFile(
            gettext("found a ZIP archive or workbook that is damaged or cut short (%(reason)s); save or send it again.")
            % {"reason": problem}
        ) from None
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFile(
            gettext("found an archive of %(entries)s parts; expected a workbook of at most %(most_entries)s.")
            % {"entries": f"{len(entries):,}", "most_entries": f"{MOST_ENTRIES:,}"}
        )
    if nested := next((name for name in names if name.endswith(_ARCHIVES) and "embeddings/" not in name), ""):
        raise UnreadableFile(
            gettext("found an archive within the archive (%(nested)r); unpack it and give the table itself.")
            % {"nested": nested}
        )
    if not any(name in ("[content_types].xml", "mimetype") for name in names):
        raise UnreadableFile(gettext("found a ZIP archive that is no workbook; unpack it and give the table itself."))
    swollen = sum(entry.file_size for entry in entries)
    if swollen > 2 * most_whole_bytes():
        raise UnreadableFile(
            gettext(
                "found a workbook that unpacks to %(swollen)s MB; expected at most %(most)s MB; "
                "export the sheet as CSV, which may be of any size."
            )
            % {"swollen": f"{swollen / 1e6:,.0f}", "most": f"{2 * most_whole_bytes() / 1e6:,.0f}"}
        )
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise UnreadableFile(
                gettext(
                    "found %(found)r packed %(times)s times smaller than it is; expected at most "
                    "%(most_ratio)s times, as in a real workbook; export the sheet as CSV."
                )
                % {
                    "found": entry.filename,
                    "times": f"{entry.file_size // max(1, entry.compress_size):,}",
                    "most_ratio": MOST_RATIO,
                }
            )
        if _inflated(content, entry) > entry.file_size:
            raise UnreadableFile(
                gettext("found %(found)r larger than the archive says it is; save the workbook again.")
                % {"found": entry.filename}
            )
    _check_field(content)


def _check_field(content: bytes) -> None:
    """Refuse a sheet with two cells so far apart that all between them would be too much to hold."""
    try:
        sheet, cells = workbook.widest(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise UnreadableFile(
            gettext("found a ZIP archive or workbook that is damaged or cut short (%(reason)s); save or send it again.")
            % {"reason": problem}
        ) from None
    if cells > MOST_FIELD:
        raise UnreadableFile(
            gettext(
                "found %(cells)s cells in the field of %(sheet)s; expected at most %(most)s; take its empty rows and "
                "columns out, or export the sheet as CSV."
            )
            % {"cells": f"{cells:,}", "sheet": sheet, "most": f"{MOST_FIELD:,}"}
        )


def _inflated(content: bytes, entry: zipfile.ZipInfo) -> int:
    """Size of the entry's content, counted up to just above what its directory says."""
    at = entry.header_offset
    lengths = content[at + 26 : at + 30]
    if len(lengths) < 4:
        raise UnreadableFile(
            gettext("found %(found)r damaged or cut short; save or send the workbook again.")
            % {"found": entry.filename}
        )
    begins = at + 30 + sum(struct.unpack("<HH", lengths))
    packed = content[begins : begins + entry.compress_size]
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return len(packed)
    engine, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while packed and size <= entry.file_size:
            size += len(engine.decompress(packed, 1 << 20))
            packed = engine.unconsumed_tail
    except zlib.error as problem:
        raise UnreadableFile(
            gettext("found %(found)r damaged (%(reason)s); save or send the workbook again.")
            % {"found": entry.filename, "reason": problem}
        ) from None
    return size


def _say_formulas(file: Incoming, number: int, name: str) -> None:
    """Cells whose formula was never computed are empty to us: they are named."""
    content = file.whole()
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = sorted(
            (part for part in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part)),
            key=lambda part: int(re.sub(r"\D", "", part)),
        )
        if number >= len(parts):
            return
        found = [match.decode() for match in _NO_VALUE.findall(archive.read(parts[number]))]
    if found:
        file.note(
            "formula_without_value",
            gettext(
                "found %(found)s formulas in sheet %(name)r without a computed value "
                "(%(cells)s%(more)s); taken as empty; open and save the workbook, or paste values."
            )
            % {
                "found": len(found),
                "name": name,
                "cells": ", ".join(found[:5]),
                "more": " ..." if len(found) > 5 else "",
            },
        )
