"""Files to be audited: plain text, Markdown, CSV, TSV, Word and Excel, in the encodings that people use."""

import re
import zipfile
from pathlib import Path

from liqi.insight import workbook
from liqi.insight.audit._text import MOST_LETTERS, UnreadableText

MOST_CELLS = 1_000_000
_ENCODINGS = ("utf-8-sig", "gb18030", "big5")
_BINARY = {
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def read(path: str | Path) -> str:
    """The text of a file, its tables with a tab between two cells.

    Raises UnreadableText for what is none of these or is not there.
    """
    path = Path(path)
    if not path.is_file():
        raise UnreadableText(f"{path}: found no such file; expected a text, a table or a document; look at its path.")
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
        return _packed(path, data)
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


def _packed(path: Path, data: bytes) -> str:
    """The text of a Word document, or the sheets of an Excel workbook, each as a table with its name before it."""
    if not workbook.is_workbook(data):
        return _word(path)
    try:
        found = workbook.sheets(data, most_cells=MOST_CELLS)
    except workbook.UnusableWorkbook as problem:
        raise UnreadableText(f"{path.name}: {problem}") from None
    lines: list[str] = []
    for name, rows in found:
        lines += [name, "", *("\t".join(re.sub(r"[\t\r\n]", " ", cell) for cell in row) for row in rows), ""]
    return "\n".join(lines)


def _word(path: Path) -> str:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        with zipfile.ZipFile(path) as pack:
            if sum(entry.file_size for entry in pack.infolist()) > workbook.MOST_UNPACKED:
                raise UnreadableText(
                    f"{path.name}: found more than {workbook.MOST_UNPACKED // 1_000_000} MB when unpacked; expected "
                    "less; split it."
                )
        document = docx.Document(str(path))
    except UnreadableText:
        raise
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
