"""The store on a disk: one file a content, named by its hash, written whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from liqi.answers.store._part import part_of
from liqi.answers.store._protocol import Gone, Kept

HASH_LETTERS = 64


class Disk:
    """Bytes below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Where the bytes lie, or would lie."""
        return self.folder / sha256[:2] / sha256

    def adopt(self, draft: Path, sha256: str) -> None:
        """The draft is renamed into its place; bytes that are there already get a new date."""
        final = self.path_of(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.utime(final)
            draft.unlink()
            return
        os.replace(draft, final)
        sync_folder(final.parent)

    def find(self, sha256: str) -> Kept | None:
        """What the disk knows of the bytes."""
        try:
            facts = self.path_of(sha256).stat()
        except FileNotFoundError:
            return None
        return Kept(sha256, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """The file itself from a place on, or that part of it."""
        try:
            stream = self.path_of(sha256).open("rb")
        except FileNotFoundError:
            raise Gone(sha256) from None
        stream.seek(start)
        return part_of(stream, length)

    def lend(self, sha256: str) -> Path:
        """The file itself."""
        path = self.path_of(sha256)
        if not path.exists():
            raise Gone(sha256)
        return path

    def every(self) -> Iterator[Kept]:
        """Every file whose name is a hash."""
        for folder in sorted(self.folder.glob("??")):
            for name in sorted(os.listdir(folder)):
                if len(name) == HASH_LETTERS and (kept := self.find(name)) is not None:
                    yield kept

    def remove(self, sha256: str) -> None:
        """The file is gone from its folder."""
        self.path_of(sha256).unlink(missing_ok=True)

    def drop_abandoned(self, *, now: datetime) -> int:
        """None: what is not finished lies among the drafts."""
        return 0


def sync(stream: BinaryIO | FileIO) -> None:
    """What was written to the stream is on the disk, not only in memory."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """The names in the folder are on the disk."""
    if os.name == "nt":  # Windows syncs a rename by itself and cannot open a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
