"""The cache of lent files: bytes of a bucket on this machine's disk, for as long as there is room."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

YOUNG_S = 600.0
"""What was lent so short ago stays, whatever the bound: somebody may be about to open it."""


class Cache:
    """Files below one folder, at most so many bytes, those not asked for longest going first."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def path_of(self, sha256: str) -> Path:
        """Where the bytes lie while they are here."""
        return self.folder / sha256

    def find(self, sha256: str) -> Path | None:
        """The bytes, as asked for now; None where they are not here."""
        path = self.path_of(sha256)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A name to write to; what is not kept in the end is gone."""
        path = self.folder / f"{secrets.token_hex(8)}.draft"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Path, sha256: str) -> Path:
        """The draft is lent under its hash; others make room for it."""
        os.utime(draft)
        os.replace(draft, self.path_of(sha256))
        self.make_room()
        return self.path_of(sha256)

    def drop(self, sha256: str) -> None:
        """The bytes are not here any more."""
        self.path_of(sha256).unlink(missing_ok=True)

    def make_room(self) -> int:
        """At most so many bytes are here, but for the young; gives how many files went."""
        known = []
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                known.append((facts.st_mtime, facts.st_size, path))
        over, went = sum(size for _at, size, _path in known) - self.most_bytes, 0
        for at, size, path in sorted(known):
            if over <= 0 or time.time() - at < YOUNG_S:
                break
            path.unlink(missing_ok=True)
            over, went = over - size, went + 1
        return went
