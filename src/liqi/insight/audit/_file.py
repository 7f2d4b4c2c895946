"""Files to be audited: plain text, Markdown, CSV, TSV, Word and Excel, in the encodings that people use."""

import functools
import re
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path

from liqi.insight.audit._text import MOST_LETTERS, UnreadableText

MOST_UNPACKED, MOST_CELLS = 100_000_000, 1_000_000
_ENCODINGS = ("utf-8-sig", "gb18030", "big5")
_BINARY = {
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def read(path: str | Path) -> str:
    """The text of a file, its tables with a tab between two cells.

    Raises UnreadableText for what is none of these, and OSError where there is no such file.
    """
    path = Path(path)
    if path.stat().st_size > 8 * MOST_LETTERS:
        raise UnreadableText(
            f"{path.name}: found {path.stat().st_size} bytes; expected at most {8 * MOST_LETTERS}; split it."
        )
    data = path.read_bytes()
    for start, name in _BINARY.items():
        if data.startswith(start):
            raise UnreadableText(
                f"{path.name}: found {name}; expected text, Markdown, CSV, TSV, Word (.docx) or Excel (.xlsx); "
                "save it as one of these or paste its text."
            )
    if data.startswith(b"PK\x03\x04"):
        return _packed(path)
    text = _decoded(data)
    if text is None:
        raise UnreadableText(
            f"{path.name}: found bytes that are no text in UTF-8, UTF-16, GB 18030 or Big5; expected text; save "
            f"it as UTF-8."
        )
    return _from_csv(text) if path.suffix.lower() == ".csv" else text


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text) else text
    return None


def _from_csv(text: str) -> str:
    import csv

    try:
        dialect = csv.Sniffer().sniff(text[:4000], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(text.splitlines(), dialect))
    except csv.Error:
        return text
    return "\n".join("\t".join(cell.replace("\t", " ").strip() for cell in row) for row in rows)


def _packed(path: Path) -> str:
    """The text of a Word document, or the sheets of an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as pack:
            entries = pack.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        entries = []
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableText(
            f"{path.name}: found more than {MOST_UNPACKED // 1_000_000} MB when unpacked; expected less; split it."
        )
    return _excel(path) if any(entry.filename == "xl/workbook.xml" for entry in entries) else _word(path)


def _excel(path: Path) -> str:
    """Each sheet as a table, its name before it; numbers as they are kept, without the format that shows them."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    lines: list[str] = []
    try:
        _check_width(path)
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if rows:
                lines += [name, "", *("\t".join(map(_cell, row)) for row in rows), ""]
    except (CalamineError, PasswordError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise UnreadableText(
            f"{path.name}: found a workbook that cannot be read; expected one without a password, whole; save it again "
            "or export its sheet as CSV."
        ) from None
    return "\n".join(lines)


def _check_width(path: Path) -> None:
    """Raise UnreadableText for a sheet whose cells span a wide field: a reader holds all of it, empty or not."""
    with zipfile.ZipFile(path) as pack:
        for entry in pack.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry):
                continue
            rows, columns = {1}, {1}
            for letters, row in set(re.findall(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"', pack.read(entry))):
                rows.add(int(row))
                columns.add(functools.reduce(lambda sum_, letter: sum_ * 26 + letter - 64, letters, 0))
            cells = max(rows) * max(columns)
            if cells > MOST_CELLS:
                raise UnreadableText(
                    f"{path.name}: found {cells:,} cells in the field of {Path(entry).stem}; expected at most "
                    f"{MOST_CELLS:,}; take its empty rows and columns out, or split it."
                )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value).replace("\t", " ").replace("\n", " ").strip()


def _word(path: Path) -> str:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError):
        raise UnreadableText(
            f"{path.name}: found a packed file that is no Word or Excel document; expected text, CSV, .docx or .xlsx; "
            "paste its text."
        ) from None
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += ["\t".join(cell.text.replace("\n", " ") for cell in row.cells) for row in block.rows]
            lines.append("")
    return "\n".join(lines)
