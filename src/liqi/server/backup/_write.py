"""Writing a backup: the database first, then every file that it could name."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from liqi.server.backup import _database
from liqi.server.backup._archive import Writer

LEFT_OUT = ("files", "search", "cache")
"""Folders that are made again by themselves, and the stored files, which come from their store."""


class Existing(ValueError):
    """There is a file of this name; the message says what to do."""


def write(path: Path, *, now: datetime, force: bool = False) -> dict[str, Any]:
    """The backup stands whole under its name or not at all; gives counts and hashes. Raises Existing.

    The database is copied first, so that every file it names is there when the files are read.
    """
    if path.exists() and not force:
        raise Existing(f"{path}: found a file there, expected a new name; name another, or add --force to replace it.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    copy = draft.with_name(f"{draft.name}.database")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
            facts = _fill(Writer(target), copy, now)
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, path)
    finally:
        for left in (draft, copy, Path(f"{copy}-journal")):
            left.unlink(missing_ok=True)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": str(path), "bytes": path.stat().st_size, "sha256": sha256, **facts}


def _fill(writer: Writer, copy: Path, now: datetime) -> dict[str, Any]:
    from django.conf import settings

    from liqi import __version__

    database = _database.of(settings.DATABASES["default"])
    named = set(_named())
    copy.touch(mode=0o600)
    database.copy_to(copy)
    named &= set(_named())  # what came and what went meanwhile is not missed
    with copy.open("rb") as source:
        kept = writer.add(database.entry, source, packed=database.packed)
    files, damaged = _add_files(writer)
    data = _add_data(writer, Path(settings.LIQI_DATA))
    facts: dict[str, Any] = {
        "made_at": now.isoformat(),
        "version": __version__,
        "database": {"kind": database.kind, "bytes": kept["size"], "sha256": kept["sha256"], "rows": rows()},
        "files": files,
        "data": data,
        "missing": sorted(one for one in named if f"files/{one}" not in writer.entries and one not in damaged),
        "damaged": damaged,
    }
    writer.close({**facts, "migrations": _migrations()})
    return facts


def _add_files(writer: Writer) -> tuple[dict[str, int], list[str]]:
    from liqi.answers import store

    here, count, total, damaged = store.current(), 0, 0, []
    for one in here.every():
        try:
            source = here.open(one.sha256)
        except store.Gone:  # removed by its rule this moment
            continue
        with source:
            kept = writer.add(f"files/{one.sha256}", source)
        if kept["sha256"] != one.sha256:
            damaged.append(one.sha256)
        count, total = count + 1, total + kept["size"]
    return {"count": count, "bytes": total}, damaged


def _add_data(writer: Writer, folder: Path) -> dict[str, int]:
    count = total = 0
    for name, path in _data_files(folder):
        try:
            with path.open("rb") as source:
                total += writer.add(f"data/{name}", source)["size"]
        except FileNotFoundError:
            continue
        count += 1
    return {"count": count, "bytes": total}


def _data_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What else is kept: evidence, certificates, pictures, snapshots, and the secret that signs."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if parts[0] in LEFT_OUT or any(part.startswith(".") for part in parts) or not path.is_file():
            continue
        if len(parts) == 1 and parts[0] != "secret-key":
            continue
        yield "/".join(parts), path


def _named() -> Iterator[str]:
    from liqi.answers import audit

    return audit.named()


def _migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def rows() -> dict[str, int]:
    """How many records of the chief kinds there are."""
    from liqi.access.models import Booking, Order
    from liqi.accounts.models import JournalEntry, Person
    from liqi.answers.models import Run, StoredFile
    from liqi.catalogue.models import Facility, Institution, Instrument

    models = (Person, Institution, Facility, Instrument, Booking, Order, StoredFile, Run, JournalEntry)
    return {str(model._meta.model_name): model.objects.count() for model in models}
