"""What every store of bytes can do."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

PIECE_BYTES = 1 << 20


def hash_of(stream: BinaryIO) -> str:
    """The SHA-256 of all that is left in the stream."""
    digest = hashlib.sha256()
    while piece := stream.read(PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


class Gone(LookupError):
    """There are no bytes with this hash in the store; the message says what to do."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"found no bytes with SHA-256 {sha256}, expected them in the store; run `liqi doctor`.")


class Unreachable(ConnectionError):
    """The store does not answer or refuses; the message says why. Nothing is lost: the sender tries again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes in the store: their hash, how many, and when they came."""

    sha256: str
    size: int
    kept_at: datetime


class Store(Protocol):
    """Bytes are there whole under their SHA-256 or not at all, and never change."""

    def adopt(self, draft: Path, sha256: str) -> None:
        """The draft, already synced, is stored; the draft is gone. Bytes that are there already count as new."""

    def find(self, sha256: str) -> Kept | None:
        """What is known of the bytes; None where they are not there."""

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream of the bytes from a place on, so many of them; raises Gone."""

    def lend(self, sha256: str) -> Path:
        """A file on this machine with the bytes, to read and never to write; raises Gone."""

    def every(self) -> Iterator[Kept]:
        """All that is stored, in no order."""

    def remove(self, sha256: str) -> None:
        """The bytes are gone; nothing happens where they were not there."""

    def drop_abandoned(self, *, now: datetime) -> int:
        """What was begun and not finished for days, and is no draft on this disk, is gone; gives how many."""
