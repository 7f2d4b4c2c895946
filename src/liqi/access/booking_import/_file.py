"""What a file says: CSV, the first table of a workbook, or iCalendar, as it was typed."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from liqi.access.booking_import._calendar import rows_of
from liqi.access.booking_import._row import Row, Unreadable
from liqi.catalogue.exchange import Incoming, UnreadableFile, table_of

MOST = 1000
"""The most rows of one file."""
LARGEST_BYTES = 2_000_000
COLUMNS = {
    "instrument": ("instrument", "instrument_id", "仪器", "仪器编号", "儀器"),
    "person": ("person", "email", "e-mail", "user", "人员", "邮箱", "使用人", "人員"),
    "start": ("start", "starts_at", "from", "开始", "开始时间", "開始"),
    "end": ("end", "ends_at", "to", "结束", "结束时间", "結束"),
    "title": ("title", "summary", "what for", "标题", "用途", "標題"),
    "family": ("family", "set-up", "setup", "装夹"),
}


WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin: XLSX and ODS are zip archives, XLS is a compound file."""


def text_of(data: bytes) -> str:
    """The file as text, in UTF-8 or GB 18030; a workbook as CSV with its rows on the same lines. Raises Unreadable."""
    _require_size(len(data))
    if not data.strip():
        raise Unreadable(_("Found an empty file; expected CSV, a workbook (XLSX, ODS) or iCalendar."))
    if data.startswith(WORKBOOKS):
        return _sheet_as_text(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("Found a file that is not text; expected CSV or iCalendar in UTF-8 or GB 18030."))


def read(data: bytes | str, *, instrument: str = "") -> list[Row]:
    """The rows of the file, or of its text, as typed; ``instrument`` serves rows that name none. Raises Unreadable."""
    if isinstance(data, str):
        _require_size(len(data.encode()))
    text = data if isinstance(data, str) else text_of(data)
    rows = list(rows_of(text) if "BEGIN:VCALENDAR" in text[:2000].upper() else _table_rows(text))
    if not 0 < len(rows) <= MOST:
        words = _("Found %(count)d bookings in the file, expected 1 to %(most)d.")
        raise Unreadable(words % {"count": len(rows), "most": MOST})
    return [replace(row, instrument=row.instrument or instrument) for row in rows]


def _require_size(count: int) -> None:
    if count > LARGEST_BYTES:
        raise Unreadable(_("Found a file of more than 2 MB, expected a list of bookings; send fewer rows at once."))


def _sheet_as_text(data: bytes) -> str:
    known = {alias for aliases in COLUMNS.values() for alias in aliases}
    written = io.StringIO()
    try:
        with Incoming(data) as incoming:
            table = table_of(incoming, known)
            written.write("\n" * (table.first - 2))
            out = csv.writer(written, lineterminator="\n")
            for row in [table.header, *table.rows]:
                out.writerow([" ".join(cell.split()) for cell in row])
    except UnreadableFile as problem:
        raise Unreadable(_("The table cannot be read: %(problem)s.") % {"problem": str(problem).rstrip(".")}) from None
    return written.getvalue()


def _table_rows(text: str) -> Iterator[Row]:
    try:
        dialect: Any = csv.Sniffer().sniff(text.lstrip()[:4000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    lines = csv.reader(io.StringIO(text), dialect)
    try:
        top = next((cells for cells in lines if any(cell.strip() for cell in cells)), [])
        header = [cell.strip().lower() for cell in top]
        where = {name: header.index(alias) for name, aliases in COLUMNS.items() for alias in aliases if alias in header}
        if missing := {"start", "end"} - where.keys():
            words = _("Found the columns %(found)s; expected %(missing)s too, beside instrument, person and title.")
            raise Unreadable(words % {"found": ", ".join(header)[:200], "missing": ", ".join(sorted(missing))})
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            said = {name: cells[at].strip() if at < len(cells) else "" for name, at in where.items()}
            facts: Any = {"instrument": "", "person": ""} | said
            yield Row(number=lines.line_num, **facts)
    except csv.Error as problem:
        raise Unreadable(_("The table cannot be read: %(problem)s.") % {"problem": problem}) from None
