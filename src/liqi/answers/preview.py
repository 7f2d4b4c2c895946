"""The preview of a file: what a known format says at its beginning; nothing in a file is ever executed."""

import csv
import io
import itertools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from liqi.answers import storage
from liqi.answers.models import StoredFile
from liqi.methods import UnreadableFile, readers
from liqi.methods.readers import FORMAT_NAMES, read

__all__ = ["IMAGES", "Preview", "of"]

HEAD_BYTES = 64 << 10
MOST_READ_BYTES = 4 << 20
"""Of a larger file so much of its beginning is read: the page comes at once, and in little memory, whatever it is."""
SPECTRA, PEAKS, ROWS, COLUMNS, LINES, CELL = 3, 10, 10, 30, 40, 80
IMAGES: dict[str, tuple[bytes, str]] = {
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
"""Pictures that a browser shows and cannot run: their first bytes and their type."""
PACKED = (b"PK", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")
"""What ZIP, gzip and UTF-16 begin with."""
MOST_IMAGE_BYTES = 20 << 20


@dataclass(slots=True)
class Preview:
    """What there is to show: `kind` is spectra, table, image, text, bytes, gone or unreadable."""

    kind: str
    words: str = ""
    """Why nothing can be shown."""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    spectra: list[dict[str, Any]] = field(default_factory=list)
    lines: Sequence[str] = ()


def of(file: StoredFile) -> Preview:
    """The first spectra with their strongest peaks, the first rows of a table, the first lines of a text."""
    if file.removed_at is not None:
        return Preview("gone")
    with storage.opened(file.sha256, length=HEAD_BYTES) as stream:
        head = stream.read(HEAD_BYTES)
    for magic, _type in IMAGES.values():
        if head.startswith(magic) and file.size <= MOST_IMAGE_BYTES:
            return Preview("image")
    if file.format in FORMAT_NAMES and file.size <= MOST_READ_BYTES:
        return _spectra(storage.path_of(file.sha256))
    if file.format in FORMAT_NAMES:
        return _beginning(file) or _text(head)
    if head.startswith(PACKED) and file.size <= MOST_READ_BYTES:
        head = _unpacked(file) or head
    return _text(head)


def _unpacked(file: StoredFile) -> bytes:
    """The beginning of what came in gzip, alone in a ZIP file or as UTF-16; nothing where that is damaged."""
    try:
        return readers.head(storage.path_of(file.sha256), HEAD_BYTES)
    except UnreadableFile:
        return b""


def _beginning(file: StoredFile) -> Preview | None:
    """The first spectra of a large file, of which only the beginning is read; None where they lie further on."""
    ending = "".join(PurePath(file.name).suffixes[-2:])[:20]
    with tempfile.NamedTemporaryFile(suffix=ending.replace("/", "")) as part:
        with storage.opened(file.sha256, length=MOST_READ_BYTES) as stream:
            shutil.copyfileobj(stream, part)
        part.flush()
        found = _spectra(Path(part.name))
    return found if found.spectra else None


def _spectra(path: Path) -> Preview:
    found = Preview("spectra")
    try:
        for one in itertools.islice(read(path), SPECTRA):
            top = one.intensity.argsort()[::-1][:PEAKS]
            found.spectra.append(
                {
                    "name": (one.name or one.id)[:CELL], "level": one.ms_level, "time_s": one.retention_time_s,
                    "precursor": one.precursor_mz, "count": len(one.mz),
                    "peaks": sorted((float(one.mz[place]), float(one.intensity[place])) for place in top),
                }
            )  # fmt: skip
    except UnreadableFile as problem:
        return Preview("unreadable", words=str(problem)) if not found.spectra else found
    return found


def _text(head: bytes) -> Preview:
    try:
        text = head.decode("utf-8-sig") if len(head) < HEAD_BYTES else head[:-4].decode("utf-8-sig", "ignore")
    except UnicodeDecodeError:
        text = "\0"
    if any(ord(letter) < 9 for letter in text):
        return Preview("bytes", lines=[_hex(head, start) for start in range(0, min(len(head), 256), 16)])
    lines = text.splitlines()
    for mark in ("\t", ",", ";"):
        if len(lines) > 1 and lines[0].count(mark) and lines[0].count(mark) == lines[1].count(mark):
            rows = [row[:COLUMNS] for row in csv.reader(io.StringIO("\n".join(lines[: ROWS + 1])), delimiter=mark)]
            cells = [[cell[:CELL] for cell in row] for row in rows]
            return Preview("table", columns=cells[0], rows=cells[1:])
    return Preview("text", lines=[line[:200] for line in lines[:LINES]])


def _hex(head: bytes, start: int) -> str:
    piece = head[start : start + 16]
    shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
    return f"{start:04x}  {piece.hex(' '):47}  {shown}"
