"""What lies in the data folder beside the stored files: evidence, certificates, pictures, each under its SHA-256."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, QuerySet, TextField
from django.db.models.functions import Cast

LEFT_FOR = timedelta(days=1)
"""Bytes come before their record, by seconds; what no record names after so long belongs to nobody."""
HASH_LETTERS = 64
STORED = "files"
"""The folder of the stored files, which have an examination of their own."""


def every(folder: Path) -> Iterator[Path]:
    """Every deposit below the data folder."""
    for path in sorted(folder.glob(f"*/??/{'?' * HASH_LETTERS}")):
        if path.parts[len(folder.parts)] != STORED:
            yield path


def damaged(folder: Path) -> list[str]:
    """The hashes of deposits whose bytes are not those of their name."""
    found = []
    for path in every(folder):
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != path.name:
                found.append(path.name)
    return found


def orphans(folder: Path, *, now: datetime) -> list[Path]:
    """The deposits that no record has named for a day: not by a field of hashes, and not in any words or JSON.

    The journal counts as a record, so that what was replaced can still be put back.
    """
    old = [path for path in every(folder) if _is_old(path, now)]
    unnamed = {path.name for path in old}
    for field in _fields(hashes=True):
        if unnamed:
            unnamed -= set(_rows(field).values_list(field.attname, flat=True).distinct())
    return [path for path in old if path.name in unnamed and not _is_told(path.name)]


def sweep(found: list[Path], *, now: datetime) -> int:
    """What belongs to nobody is gone, but for what was kept anew since it was found; gives how many."""
    gone = [path for path in found if _is_old(path, now)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_old(path: Path, now: datetime) -> bool:
    """Whether the file lies there unchanged for longer than any record takes to come."""
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > LEFT_FOR
    except FileNotFoundError:
        return False


def _is_told(sha256: str) -> bool:
    """Whether any words or JSON of any record hold the hash."""
    return any(
        _rows(field)
        .annotate(words_of_row=Cast(field.attname, TextField()))
        .filter(words_of_row__contains=sha256)
        .exists()
        for field in _fields(hashes=False)
    )


def _rows(field: Any) -> QuerySet[Any]:
    return QuerySet(field.model)


def _fields(*, hashes: bool) -> Iterator[Any]:
    """The fields that hold a hash by their name, or else those in whose words one may stand."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            of_hash = "sha256" in field.name and isinstance(field, CharField | TextField)
            if of_hash == hashes and (hashes or isinstance(field, TextField | JSONField)):
                yield field
