"""Uploads that survive a cut at any byte: the bytes are synced first, the offset is recorded after."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from liqi.access.models import Agent, Order
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.answers import arrivals, quota, storage, store
from liqi.answers.models import Arrival, StoredFile, Upload

try:
    import fcntl
except ImportError:  # Windows: the offset in the database alone keeps two senders apart
    fcntl = None  # type: ignore[assignment]

EXPIRES_AFTER = timedelta(days=7)
AGENTS_EXPIRE_AFTER = timedelta(days=30)
"""An instrument may be cut off from the network for long."""
KEPT_FREE_BYTES = 200 * 10**6
MOST_UNFINISHED = 64
"""How many files an agent may have on their way at once; it sends them one by one."""


class WrongOffset(Exception):
    """The sender is not where the upload is; `offset` says where to go on."""

    def __init__(self, found: int, offset: int) -> None:
        self.offset = offset
        words = _("Found offset %(found)s; expected %(offset)s; go on from there.")
        super().__init__(words % {"found": f"{found:,}", "offset": f"{offset:,}"})


class TooLong(Exception):
    """More bytes came than were announced."""


class NoRoom(Exception):
    """The person's quota or the disk is used up; the message says what to do."""


class DiskFull(NoRoom):
    """There is no room on the disk now; the sender may try again later."""


class TooMany(Exception):
    """The sender has too many files on their way; the message says what to do."""


class WrongHash(Exception):
    """The bytes that came are not the bytes that were sent; nothing is kept."""


def begin(
    *, name: str, size: int, person: Person, now: datetime, order: Order | None = None, sha256: str = ""
) -> Upload:
    """An empty upload is on record, waiting for its first byte; raises NoRoom."""
    require_room(person=person, size=size, order=order)
    return Upload.objects.create(
        name=storage.clean_name(name),
        size=size,
        sha256_expected=sha256.lower(),
        person=person,
        order=order,
        begun_at=now,
        expires_at=now + EXPIRES_AFTER,
    )


def begin_from(
    *, agent: Agent, path: str, size: int, sha256: str, modified_at: datetime, now: datetime, entire: bool = True
) -> Upload:
    """The one upload of this file by this agent is on record; asked again it is the same, however far it came.

    Bytes that the instrument brought before are not wanted again: the upload is complete at once. Raises NoRoom,
    TooMany.
    """
    path = clean_path(path)
    facts = {"path": path, "size": size, "sha256_expected": sha256, "agent": agent}
    known = Upload.objects.filter(**facts).order_by("-pk").first()
    if known is not None:
        return known
    theirs = Arrival.objects.filter(instrument=agent.instrument_id, sha256=sha256, size=size)
    have = theirs.exists() and storage.holds(sha256)
    if not have:
        if Upload.objects.of(agent).unfinished().count() >= MOST_UNFINISHED:
            words = _("Found %(most)s files on their way; expected fewer; finish them, then begin another.")
            raise TooMany(words % {"most": MOST_UNFINISHED})
        require_disk(size=size)
    try:
        with transaction.atomic():
            return Upload.objects.create(
                **facts,
                name=storage.clean_name(path),
                offset=size if have else 0,
                sha256=sha256 if have else "",
                modified_at=modified_at,
                entire=entire,
                begun_at=now,
                expires_at=now + AGENTS_EXPIRE_AFTER,
            )
    except IntegrityError:  # another request of the same agent was quicker
        return Upload.objects.get(**facts, arrival=None)


def known_to(*, agent: Agent, sha256: str) -> Upload | None:
    """The upload of these bytes that got furthest, None where the agent's instrument never sent them."""
    ours = Upload.objects.filter(agent__instrument=agent.instrument_id, sha256_expected=sha256)
    whole = ours.filter(arrival__isnull=False).first()
    return whole or ours.filter(agent=agent).order_by("-offset").first()


def clean_path(path: str) -> str:
    """The path with slashes, free of control characters and of steps upwards, its last 500 letters.

    >>> clean_path("C:\\\\data\\\\..\\\\lin\\\\run 1.raw")
    'C:/data/lin/run 1.raw'
    """
    shown = "".join(letter for letter in path.replace("\\", "/") if letter.isprintable())
    parts = [part.strip() for part in shown.split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-500:] or "file"


def require_room(*, person: Person, size: int, order: Order | None = None) -> None:
    """Raise NoRoom unless so many bytes fit the quotas of the person and of the order's organisation, and the disk."""
    _require_quota(quota.of(person), size, _("by you"))
    if order is not None and order.organisation is not None:
        theirs = quota.of_organisation(order.organisation)
        _require_quota(
            theirs, size, _("by the orders of %(organisation)s") % {"organisation": called(order.organisation)}
        )
    require_disk(size=size)


def _require_quota(use: quota.Use, size: int, by_whom: str) -> None:
    taken = use.kept + use.coming
    if taken + size > use.most:
        words = _(
            "Found %(taken)s bytes in use %(by_whom)s and %(size)s more to come; expected at most %(most)s in all; "
            "remove files that are not needed, or ask who runs the platform for more."
        )
        said = {"taken": f"{taken:,}", "size": f"{size:,}", "most": f"{use.most:,}", "by_whom": by_whom}
        raise NoRoom(words % said)


def require_disk(*, size: int) -> None:
    """Raise DiskFull unless so many bytes fit the disk beside all that are still to come."""
    coming = Upload.objects.unfinished().aggregate(sum=Sum(F("size") - F("offset")))["sum"] or 0
    free = shutil.disk_usage(storage.folder()).free
    if coming + size > free - KEPT_FREE_BYTES:
        words = _(
            "Found %(free)s bytes free on the disk and %(coming)s to come; expected room for %(size)s; "
            "ask who runs the platform, then go on."
        )
        raise DiskFull(words % {"free": f"{free:,}", "coming": f"{coming:,}", "size": f"{size:,}"})


def part_of(upload: Upload) -> Path:
    """Where the bytes lie while they are not all there."""
    return store.incoming() / f"{upload.key}.part"


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
        words = _("Found %(found)s bytes; expected %(size)s; begin a new upload.")
        raise TooLong(words % {"found": f"{end:,}", "size": f"{upload.size:,}"})
    rests = AGENTS_EXPIRE_AFTER if upload.agent_id else EXPIRES_AFTER
    with _alone(upload) as target:
        upload.refresh_from_db()
        _require_part(upload, target)
        if offset != upload.offset:
            raise WrongOffset(offset, upload.offset)
        if piece:
            _write(target, offset, piece)
        moved = Upload.objects.unfinished().filter(pk=upload.pk, offset=offset)
        if not moved.update(offset=end, expires_at=now + rests):
            upload.refresh_from_db()
            raise WrongOffset(offset, upload.offset)
        upload.offset, upload.expires_at = end, now + rests
    return upload


def _require_part(upload: Upload, target: FileIO) -> None:
    """Raise WrongOffset where fewer bytes are on the disk than were confirmed, as after a backup was put back."""
    there = os.fstat(target.fileno()).st_size
    if there < upload.offset and not upload.sha256:
        _begin_anew(upload, there)


def _begin_anew(upload: Upload, there: int) -> None:
    """The upload goes on from what is on the disk: raises WrongOffset that says so."""
    was = upload.offset
    Upload.objects.unfinished().filter(pk=upload.pk).update(offset=there, sha256="")
    upload.offset, upload.sha256 = there, ""
    raise WrongOffset(was, there)


def _write(target: FileIO, offset: int, piece: bytes) -> None:
    try:
        target.seek(offset)
        left = memoryview(piece)
        while left:
            left = left[target.write(left) :]
        store.sync(target)
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        words = _("Found the disk full; expected room for the file; ask who runs the platform, then go on.")
        raise DiskFull(words) from None


@contextmanager
def _alone(upload: Upload) -> Iterator[FileIO]:
    """Nobody else writes to the part of the upload or moves it; a request that comes late finds it gone."""
    path = part_of(upload)
    is_new = not path.exists()
    with FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as target:
        if is_new:
            store.sync_folder(path.parent)
        if fcntl is not None:
            fcntl.flock(target, fcntl.LOCK_EX)
            if not path.exists() or not os.path.samestat(os.fstat(target.fileno()), path.stat()):
                upload.refresh_from_db()
                raise WrongOffset(upload.size, upload.offset)
        yield target


def finish(*, upload: Upload, now: datetime) -> StoredFile | Arrival:
    """The complete upload is a stored file or an arrival, its hash checked; again changes nothing. Raises WrongHash."""
    upload.refresh_from_db()
    if made := upload.file or upload.arrival:
        return made
    if not upload.is_complete:
        raise WrongOffset(upload.size, upload.offset)
    if not upload.sha256 or part_of(upload).exists():
        with _alone(upload):
            upload.refresh_from_db()
            if made := upload.file or upload.arrival:
                part_of(upload).unlink(missing_ok=True)
                return made
            _settle(upload)
    elif not storage.holds(upload.sha256):
        _begin_anew(upload, 0)
    with storage.durably():
        if upload.agent_id is not None:
            upload.arrival = made = arrivals.receive(upload=upload, now=now)
        else:
            upload.file = made = storage.record(
                upload.sha256, name=upload.name, person=upload.person, order=upload.order, now=now
            )
        upload.save(update_fields=["file", "arrival"])
    return made


def _settle(upload: Upload) -> None:
    """The part is checked and moved to where stored bytes lie."""
    part = part_of(upload)
    there = part.stat().st_size
    if upload.sha256 and there == 0 and storage.holds(upload.sha256):  # a cut came after the move
        part.unlink()
        return
    if there < upload.size:
        _begin_anew(upload, there)
    os.truncate(part, upload.size)
    upload.sha256 = storage.hash_of(part)
    if upload.sha256_expected not in ("", upload.sha256):
        drop(upload=upload)
        words = _("Found SHA-256 %(found)s; expected %(expected)s; the file changed on its way, send it again.")
        raise WrongHash(words % {"found": upload.sha256, "expected": upload.sha256_expected})
    upload.save(update_fields=["sha256"])  # a cut after the move below still knows what was moved
    storage.adopt(part, upload.sha256)


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
