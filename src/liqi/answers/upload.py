"""Uploads that survive a cut at any byte: the bytes are synced first, the offset is recorded after."""

import errno
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from liqi.access.models import Order
from liqi.accounts.models import Person
from liqi.answers import storage
from liqi.answers.models import StoredFile, Upload

EXPIRES_AFTER = timedelta(days=7)
KEPT_FREE_BYTES = 200 * 10**6


class WrongOffset(Exception):
    """The sender is not where the upload is; `offset` says where to go on."""

    def __init__(self, found: int, offset: int) -> None:
        self.offset = offset
        super().__init__(f"found offset {found}, expected {offset}; go on from there.")


class TooLong(Exception):
    """More bytes came than were announced."""


class NoRoom(Exception):
    """The person's quota or the disk is used up; the message says what to do."""


class WrongHash(Exception):
    """The bytes that came are not the bytes that were sent; nothing is kept."""


def quota_bytes() -> int:
    """How much one person may keep, by the settings."""
    return int(settings.LIQI_QUOTA_BYTES)


def begin(
    *, name: str, size: int, person: Person, now: datetime, order: Order | None = None, sha256: str = ""
) -> Upload:
    """An empty upload is on record, waiting for its first byte; raises NoRoom."""
    require_room(person=person, size=size)
    return Upload.objects.create(
        name=storage.clean_name(name),
        size=size,
        sha256_expected=sha256.lower(),
        person=person,
        order=order,
        begun_at=now,
        expires_at=now + EXPIRES_AFTER,
    )


def require_room(*, person: Person, size: int) -> None:
    """Raise NoRoom unless so many bytes fit the person's quota and the disk."""
    kept = StoredFile.objects.filter(person=person).aggregate(sum=Sum("size"))["sum"] or 0
    coming = Upload.objects.of(person).unfinished().aggregate(sum=Sum("size"))["sum"] or 0
    if kept + coming + size > quota_bytes():
        raise NoRoom(
            f"found {kept + coming:,} bytes in use and {size:,} more to come, "
            f"expected at most {quota_bytes():,}; "
            "remove files that are not needed, or ask who runs the platform for more."
        )
    free = shutil.disk_usage(storage.folder()).free
    if size > free - KEPT_FREE_BYTES:
        raise NoRoom(f"found {free:,} bytes free on the disk, expected room for {size:,}; ask who runs the platform.")


def part_of(upload: Upload) -> Path:
    """Where the bytes lie while they are not all there."""
    return storage.incoming() / f"{upload.key}.part"


def append(*, upload: Upload, offset: int, piece: bytes, now: datetime) -> Upload:
    """The piece is on disk at the offset and the upload says so; raises WrongOffset, TooLong, NoRoom.

    A cut before the offset is recorded loses the piece, never a byte before it: the piece is sent again
    and overwrites itself. Two senders at once cannot both move the offset.
    """
    upload.refresh_from_db()
    if offset != upload.offset:
        raise WrongOffset(offset, upload.offset)
    end = offset + len(piece)
    if end > upload.size:
        raise TooLong(f"found {end:,} bytes, expected {upload.size:,}; begin a new upload.")
    if piece:
        _write(part_of(upload), offset, piece)
    moved = Upload.objects.filter(pk=upload.pk, offset=offset, file=None).update(
        offset=end, expires_at=now + EXPIRES_AFTER
    )
    upload.refresh_from_db()
    if not moved:
        raise WrongOffset(offset, upload.offset)
    return upload


def _write(path: Path, offset: int, piece: bytes) -> None:
    path.touch()
    try:
        with path.open("r+b") as target:
            target.seek(offset)
            target.write(piece)
            storage.sync(target)
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoom(
            "found the disk full, expected room for the file; ask who runs the platform, then go on."
        ) from None


def finish(*, upload: Upload, now: datetime) -> StoredFile:
    """The complete upload is a stored file, its hash checked; again changes nothing. Raises WrongHash."""
    upload.refresh_from_db()
    if upload.file is not None:
        return upload.file
    if not upload.is_complete:
        raise WrongOffset(upload.size, upload.offset)
    part = part_of(upload)
    if upload.size == 0:
        part.touch()
    if part.exists():
        os.truncate(part, upload.size)
        upload.sha256 = storage.hash_of(part)
        if upload.sha256_expected not in ("", upload.sha256):
            drop(upload=upload)
            raise WrongHash(
                f"found SHA-256 {upload.sha256}, expected {upload.sha256_expected}; "
                "the file changed on its way, send it again."
            )
        upload.save(update_fields=["sha256"])  # a cut after the move below still knows what was moved
        storage.adopt(part, upload.sha256)
    with transaction.atomic():
        file = storage.record(upload.sha256, name=upload.name, person=upload.person, order=upload.order, now=now)
        upload.file = file
        upload.save(update_fields=["file"])
    return file


def drop(*, upload: Upload) -> None:
    """The upload and the bytes that came of it are gone; a stored file stays."""
    part_of(upload).unlink(missing_ok=True)
    upload.delete()


def drop_expired(*, now: datetime) -> int:
    """Uploads that nobody went on with are gone; gives how many."""
    old = list(Upload.objects.expired(now))
    for upload in old:
        drop(upload=upload)
    return len(old)
