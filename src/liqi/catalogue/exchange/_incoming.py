"""A file to be taken in: known by its first bytes, read as a stream, or whole where it is small enough."""

import io
import os
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Problem, UnreadableFile

HEAD_BYTES = 256 * 1024
MOST_WHOLE_MB = 200


class Incoming:
    """A file or bytes under a name; `notes` gathers what was noticed of the file as a whole (encoding, sheet).

    `sheet` names the sheet of a workbook to read; empty means the first that holds a table.
    """

    def __init__(self, given: Path | bytes, name: str = "", *, sheet: str = "") -> None:
        self.path = given if isinstance(given, Path) else None
        self._content = b"" if isinstance(given, Path) else given
        self.name = name or (given.name if isinstance(given, Path) else "")
        self.size = given.stat().st_size if isinstance(given, Path) else len(given)
        self.sheet = sheet
        self.encoding = ""
        self._open: list[BinaryIO] = []
        self.notes: list[Problem] = []
        with self.open() as stream:
            self.head = stream.read(HEAD_BYTES)

    def open(self) -> BinaryIO:
        """The bytes as a stream from the beginning; closed with this at the latest."""
        stream = self.path.open("rb") if self.path else io.BytesIO(self._content)
        self._open = [*(one for one in self._open if not one.closed), stream]
        return stream

    def share_read(self) -> float:
        """How much of the file the stream that was opened last has given, from 0 to 1; 1 where none is open."""
        streams = [one for one in self._open if not one.closed]
        return min(1.0, streams[-1].tell() / self.size) if streams and self.size else 1.0

    def close(self) -> None:
        """Every stream that is still open is closed."""
        for stream in self._open:
            stream.close()

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *_found: object) -> None:
        self.close()

    def whole(self) -> bytes:
        """All bytes; raises UnreadableFile where the file is larger than may be held in memory."""
        most = most_whole_bytes()
        if self.size > most:
            raise UnreadableFile(
                _(
                    "found %(found)s MB; expected at most %(most)s MB of JSON, XML or a workbook, which "
                    "are read as a whole; give the table as CSV, of any size, or set LIQI_IMPORT_MB "
                    "higher."
                )
                % {"found": f"{self.size / 1e6:,.0f}", "most": f"{most / 1e6:,.0f}"}
            )
        return self.path.read_bytes() if self.path else self._content

    def note(self, code: str, message: str, *, row: int = 1, field: str = "") -> None:
        """Something about the whole file is said once, however often it is read."""
        said = Problem(row, field, code, message, fatal=False)
        if said not in self.notes:
            self.notes.append(said)


def incoming(given: "bytes | Path | Incoming") -> Incoming:
    """The given thing as an Incoming."""
    return given if isinstance(given, Incoming) else Incoming(given)


def most_whole_bytes() -> int:
    """The most bytes that are read at once: LIQI_IMPORT_MB in the environment, else 200 MB."""
    text = os.environ.get("LIQI_IMPORT_MB", "")
    return int(text if text.isdigit() and int(text) else MOST_WHOLE_MB) * 1_000_000
