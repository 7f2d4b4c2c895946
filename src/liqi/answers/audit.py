"""The audit of stored bytes: what the records name, what is there, and whether it is still what came."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from liqi.answers import store
from liqi.answers.models import Arrival, Run, StoredFile, Upload

__all__ = ["Findings", "drafts", "examine", "is_named", "is_whole", "named", "sweep"]

UNNAMED_FOR = timedelta(days=1)
"""Bytes come before their record, by seconds; what no record names after so long belongs to nobody."""
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Findings:
    """What an examination found; hashes of what is damaged or missing, counts of the rest."""

    there: int = 0
    bytes: int = 0
    read: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unnamed: list[store.Kept] = field(default_factory=list)
    """Stored, and no record names it any more."""


def named() -> Iterator[str]:
    """The hash of all bytes that a record needs: files, arrivals, answers, and uploads about to be files."""
    for rows in (
        _files().values_list("sha256", flat=True),
        _arrivals().values_list("sha256", flat=True),
        Run.objects.exclude(answer_sha256="").values_list("answer_sha256", flat=True),
        Upload.objects.unfinished().exclude(sha256="").values_list("sha256", flat=True),
    ):
        yield from rows.iterator(chunk_size=5000)


def is_named(sha256: str) -> bool:
    """Whether a record needs these bytes."""
    return (
        _files().filter(sha256=sha256).exists()
        or _arrivals().filter(sha256=sha256).exists()
        or Run.objects.filter(answer_sha256=sha256).exists()
        or Upload.objects.unfinished().filter(sha256=sha256).exists()
    )


def _files() -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(removed_at=None)


def _arrivals() -> QuerySet[Arrival]:
    """Those made up for the example never had bytes; of one in an order, the order's file says whether they stay."""
    return Arrival.objects.filter(Q(file=None) | Q(file__removed_at=None), synthetic=False)


def examine(*, now: datetime, read: bool = True, tell: Progress = lambda done, total: None) -> Findings:
    """All that is stored was compared with all that is named; with ``read`` every byte was hashed again."""
    here, found = store.current(), Findings()
    wanted = {bytes.fromhex(sha256) for sha256 in named()}
    total = len(wanted)
    for kept in here.every():
        found.there += 1
        found.bytes += kept.size
        if bytes.fromhex(kept.sha256) in wanted:
            wanted.discard(bytes.fromhex(kept.sha256))
        elif now - kept.kept_at > UNNAMED_FOR:
            found.unnamed.append(kept)
        if read:
            found.read += 1
            if not is_whole(kept.sha256):
                found.damaged.append(kept.sha256)
        tell(found.there, max(total, found.there))
    still = {bytes.fromhex(sha256) for sha256 in named()} if wanted else set()
    gone = sorted(sha256.hex() for sha256 in wanted & still)
    found.missing = [sha256 for sha256 in gone if here.find(sha256) is None]
    return found


def is_whole(sha256: str) -> bool:
    """Whether the bytes are there and are still those of their name."""
    try:
        with store.current().open(sha256) as stream:
            return store.hash_of(stream) == sha256
    except (store.Gone, OSError):  # a disk that cannot read a file says so
        return False


def sweep(unnamed: list[store.Kept], *, now: datetime) -> list[store.Kept]:
    """What belongs to nobody is gone; gives what went. Bytes that came again meanwhile, or are named now, stay."""
    wanted = {kept.sha256 for kept in unnamed} & set(named()) if unnamed else set()
    here, gone = store.current(), []
    for kept in unnamed:
        again = here.find(kept.sha256)
        if kept.sha256 not in wanted and again is not None and now - again.kept_at > UNNAMED_FOR:
            here.remove(kept.sha256)
            gone.append(kept)
    return gone


def drafts() -> tuple[int, int]:
    """How many unfinished things lie among the incoming bytes, and how many bytes they are."""
    files = [path for path in store.incoming().rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)
