"""Bytes to text and text to rows, in the encodings and shapes that such files really have."""

import csv
import io

from liqi.catalogue.exchange._draft import UnreadableFile

FEW_BAD = 0.002
"""Up to this share of stray bytes, the file is taken as UTF-8 and the rows that hold them say so."""
STRAY = "\ufffd"
MOST_COLUMNS = 500


def decode(content: bytes) -> str:
    """The text of the file: UTF-8, UTF-16 with its mark, GB 18030; stray bytes of a UTF-8 file become U+FFFD."""
    if not content.strip():
        raise UnreadableFile("found an empty file; expected a table with a header, or a record; export it again.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16")
    if b"\x00" in content:
        raise UnreadableFile("found binary data; expected text (CSV, JSON or XML); export the table as CSV in UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    mended = content.decode("utf-8-sig", errors="replace")
    if mended.count(STRAY) <= max(1, len(content) * FEW_BAD):
        return mended
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(
            f"found bytes that are neither UTF-8 nor GB 18030 (the first at byte {problem.start}); "
            "save the file as UTF-8 and import it again."
        ) from None


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(
            "found the mark of UTF-16 but not its text; save the file as UTF-8 and import it again."
        ) from None


def rows(text: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows below it, cells stripped; rows without any text are None in place.

    Row n of the list stands in line n + 2 of the spreadsheet.
    """
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        found = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as problem:
        raise UnreadableFile(
            f"found a table that cannot be split into cells ({problem}); check its quotation marks and export it again."
        ) from None
    while found and not any(found[0]):
        found.pop(0)
    if not found:
        raise UnreadableFile("found no row with text; expected a header and rows below it.")
    header = found[0]
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"found {len(header)} columns; expected at most {MOST_COLUMNS}: is this a table?")
    return header, found[1:]


def header_of(text: str) -> list[str]:
    """The first line's cells, for recognising a format; nothing when there are none."""
    try:
        return rows(text[:20_000].rsplit("\n", 1)[0] if "\n" in text else text)[0]
    except UnreadableFile:
        return []
