"""The storage of files: bytes under the name of their SHA-256, written whole or not at all."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from django.db import connection, transaction

from liqi.access.models import Order
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.answers import store
from liqi.answers.models import Run, StoredFile
from liqi.methods import UnreadableFile
from liqi.methods.readers import sniff

PIECE_BYTES = 1 << 20
STALE_AFTER = timedelta(days=31)
"""Longer than an upload may rest."""
LEFT_AFTER = timedelta(days=1)


def folder() -> Path:
    """The folder of files on this disk: drafts, reports and, where no bucket is named, the stored bytes."""
    return store.incoming().parent


def path_of(sha256: str) -> Path:
    """A file on this machine with these bytes, to read; raises Gone."""
    return store.current().lend(sha256)


def opened(sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
    """A stream of the bytes from a place on, so many of them; raises Gone."""
    return store.current().open(sha256, start, length)


def holds(sha256: str) -> bool:
    """Whether the bytes with this hash are there."""
    return store.current().find(sha256) is not None


class Source(Protocol):
    """Anything that bytes can be read from, piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""


def keep(source: Source, *, name: str, person: Person | None, now: datetime, order: Order | None = None) -> StoredFile:
    """The bytes are on disk under their hash and the file is on record."""
    return record(put(source), name=name, person=person, order=order, now=now)


def put(source: Source) -> str:
    """The bytes are safe on disk after the call; gives their SHA-256."""
    draft = store.incoming() / f"{secrets.token_hex(8)}.draft"
    digest = hashlib.sha256()
    try:
        with draft.open("wb") as target:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                target.write(piece)
            store.sync(target)
        adopt(draft, digest.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest()


def adopt(draft: Path, sha256: str) -> None:
    """The draft, already synced, becomes the stored bytes with this hash; the draft is gone."""
    store.current().adopt(draft, sha256)


def record(sha256: str, *, name: str, person: Person | None, now: datetime, order: Order | None = None) -> StoredFile:
    """The stored bytes are on record as this person's file; the same file brought twice is on record once."""
    name = clean_name(name)
    with transaction.atomic():
        same = StoredFile.objects.filter(sha256=sha256, name=name, person=person, order=order).first()
        if same is not None:
            if same.removed_at is not None:  # its bytes went by a rule, and came again
                StoredFile.objects.filter(pk=same.pk).update(removed_at=None, announced_at=None, uploaded_at=now)
                same.refresh_from_db()
                journal.write(person=person, verb="kept", thing=same, at=now, sha256=sha256, size=same.size)
            return same
        path = path_of(sha256)
        size = path.stat().st_size
        file = StoredFile.objects.create(
            sha256=sha256,
            name=name,
            size=size,
            format=format_of(path, name),
            order=order,
            person=person,
            uploaded_at=now,
        )
        journal.write(person=person, verb="kept", thing=file, at=now, sha256=sha256, size=size)
    return file


def clean_name(name: str) -> str:
    """The last part of a path, free of control characters, at most 255 characters, never empty.

    >>> clean_name("C:\\\\data\\\\sample.mzML")
    'sample.mzML'
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return (shown[-255:] if shown not in ("", ".", "..") else "") or "file"


def format_of(path: Path, name: str) -> str:
    """The short name of the format, by content; by the name where no reader knows the content."""
    try:
        return sniff(path)
    except UnreadableFile:
        return ending_of(name)


def ending_of(name: str) -> str:
    """The ending that tells the format, lower-cased, without the ending of a packed file.

    >>> ending_of("Sample.mzML.gz")
    'mzml'
    """
    path = PurePosixPath(name.lower())
    if path.suffix == ".gz":
        path = path.with_suffix("")
    return path.suffix.removeprefix(".")[:40]


@contextmanager
def durably() -> Iterator[None]:
    """A transaction that is on the disk when it is over, not only in the log: what is confirmed is never forgotten."""
    lax = connection.vendor == "sqlite" and not connection.in_atomic_block
    if lax:
        connection.cursor().execute("PRAGMA synchronous=FULL")
    try:
        with transaction.atomic():
            yield
    finally:
        if lax:
            connection.cursor().execute("PRAGMA synchronous=NORMAL")


def hash_of(path: Path) -> str:
    """The SHA-256 of the bytes on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_stale(path: Path, now: datetime) -> bool:
    """A folder is what a run whose worker was killed had before it: its bytes are lent, so it goes the next day."""
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if not path.is_dir():
        return now - at > STALE_AFTER
    at_work = Run.objects.filter(key=path.name.partition("-")[0], state=Run.State.RUNNING)
    return now - at > LEFT_AFTER and not at_work.exists()


def drop_stale(*, now: datetime) -> int:
    """What a cut left among the incoming bytes and nobody touched for days is gone; gives how many."""
    old = [path for path in store.incoming().iterdir() if _is_stale(path, now)]
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(old) + store.current().drop_abandoned(now=now)
