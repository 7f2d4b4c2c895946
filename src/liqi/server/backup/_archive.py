"""The archive: a ZIP whose last entry is a manifest with the size and the SHA-256 of every other."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

FORMAT = "liqi-backup/1"
MANIFEST = "manifest.json"
PIECE_BYTES = 1 << 20
NAME = re.compile(r"database/[a-z0-9.]+|files/[0-9a-f]{64}|damaged/[0-9a-f]{64}|data/[^\\\0]+")


class Broken(ValueError):
    """The file is not a whole backup; the message says what is wrong with it."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"{path}: found {found}, expected the whole of what `liqi backup` wrote; copy it again, or take another."
        )


class Source(Protocol):
    """Anything that bytes can be read from, piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""


class Writer:
    """Takes entry after entry and writes down what went in."""

    def __init__(self, target: BinaryIO) -> None:
        self.archive = zipfile.ZipFile(target, "w", allowZip64=True)
        self.entries: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: Source, *, packed: bool = False) -> dict[str, Any]:
        """The bytes stand in the archive under the name; gives their size and hash."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as target:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.entries[name] = {"size": size, "sha256": digest.hexdigest()}
        return self.entries[name]

    def close(self, facts: dict[str, Any]) -> None:
        """The manifest stands at the end and the archive is whole."""
        whole = {"format": FORMAT, **facts, "entries": self.entries}
        self.archive.writestr(MANIFEST, json.dumps(whole, ensure_ascii=False, indent=1), zipfile.ZIP_DEFLATED)
        self.archive.close()


class Reader:
    """An archive whose manifest could be read; `verify` says whether the rest is what the manifest says."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path, self.archive = path, archive
        try:
            self.facts: dict[str, Any] = json.loads(archive.read(MANIFEST))
            self.entries: dict[str, dict[str, Any]] = self.facts["entries"]
            known = self.facts["format"]
        except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile):
            raise Broken(path, "an archive without a readable manifest") from None
        if known != FORMAT:
            raise Broken(path, f"an archive of the format {known}")
        _require_names(path, archive, self.entries)

    def of(self, folder: str) -> list[str]:
        """The names of the entries in one folder of the archive, without the folder."""
        return [name.removeprefix(f"{folder}/") for name in self.entries if name.startswith(f"{folder}/")]

    def verify(self) -> int:
        """How many entries there are, each of the size and hash of the manifest; raises Broken."""
        for name in self.entries:
            for _piece in self.read(name):
                pass
        return len(self.entries)

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry, piece by piece; raises Broken at its end where they are not what was written."""
        wanted, digest, size = self.entries[name], hashlib.sha256(), 0
        try:
            with self.archive.open(name) as source:
                while piece := source.read(PIECE_BYTES):
                    digest.update(piece)
                    size += len(piece)
                    if size > wanted["size"]:
                        break
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as problem:
            raise Broken(self.path, f"{name} unreadable ({problem})") from None
        if size != wanted["size"] or digest.hexdigest() != wanted["sha256"]:
            raise Broken(self.path, f"{name} with other bytes than were written")

    def copy(self, name: str, target: BinaryIO) -> int:
        """The bytes of one entry are in the target; gives how many."""
        return sum(target.write(piece) for piece in self.read(name))


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """The archive, open to read; raises Broken."""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            yield Reader(path, archive)
    except zipfile.BadZipFile:
        raise Broken(path, "no end of an archive: it is cut off, or no backup") from None


def _require_names(path: Path, archive: zipfile.ZipFile, entries: dict[str, dict[str, Any]]) -> None:
    there = [info.filename for info in archive.infolist() if info.filename != MANIFEST]
    if sorted(there) != sorted(entries):
        raise Broken(path, "entries that the manifest does not name, or fewer than it names")
    for name in there:
        if not NAME.fullmatch(name) or ".." in Path(name).parts or "//" in name:
            raise Broken(path, f"an entry with the name {name[:80]!r}")
