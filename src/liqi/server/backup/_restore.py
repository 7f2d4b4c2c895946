"""Putting a backup back: everything is checked first, and the database changes hands in one step, last."""

import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liqi.server.backup import _archive, _database
from liqi.server.backup._archive import Broken, Reader

if TYPE_CHECKING:
    from liqi.answers.store import Store

KEPT_FREE_BYTES = 100 * 10**6
SECRET = "secret-key"
"""Put back after the database: with another one the sessions of the former database would end."""


class NotEmpty(ValueError):
    """There is something where the backup would go; the message says what to do."""


class NewerProgram(ValueError):
    """The backup was made by a newer Liqi than this; the message says what to do."""


def restore(path: Path, *, now: datetime, force: bool = False) -> dict[str, Any]:
    """What the backup holds is the platform's state, or nothing is changed; gives counts and hashes.

    Files come first, each under its own hash, where they harm nobody; the database comes last in one step. With
    ``force`` a database in use is replaced and kept aside. Raises Broken, NotEmpty, NewerProgram, DatabaseProblem.
    """
    from django.conf import settings

    database = _database.of(settings.DATABASES["default"])
    folder = Path(settings.LIQI_DATA)
    with _archive.opened(path) as archive:
        _require_fit(archive, database)
        if not force and not database.is_empty():
            raise NotEmpty(
                f"found a database in use in {folder}, expected an empty one; name an empty folder with --data, or add "
                "--force to replace everything (the former database is kept aside)."
            )
        staged = folder / f".restore-{secrets.token_hex(4)}"
        staged.mkdir(mode=0o700)
        try:
            return _put_back(archive, database, folder, staged, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _require_fit(archive: Reader, database: _database.Database) -> None:
    kind = archive.facts.get("database", {}).get("kind")
    if database.entry not in archive.entries:
        raise _database.DatabaseProblem(
            f"found a backup of {kind}, expected one of {database.kind}; "
            + ("unset LIQI_DATABASE_URL." if kind == "sqlite" else "name a PostgreSQL database in LIQI_DATABASE_URL.")
        )
    if newer := _newer(archive.facts.get("migrations", [])):
        raise NewerProgram(
            f"found a backup of Liqi {archive.facts.get('version')} with the step {newer}, which this Liqi does not "
            "know; install that version, then restore."
        )


def _newer(applied: list[str]) -> str:
    """A step of the database that comes after the last one that this program has; empty where there is none."""
    from django.db.migrations.loader import MigrationLoader

    known: dict[str, str] = {}
    for app, name in MigrationLoader(None).disk_migrations:
        known[app] = max(known.get(app, ""), name)
    for step in applied:
        app, _, name = step.partition(".")
        if name[:4].isdigit() and app in known and name[:4] > known[app][:4]:
            return step
    return ""


def _put_back(
    archive: Reader, database: _database.Database, folder: Path, staged: Path, now: datetime
) -> dict[str, Any]:
    need, free = sum(entry["size"] for entry in archive.entries.values()), shutil.disk_usage(folder).free
    if need > free - KEPT_FREE_BYTES:
        raise _database.DatabaseProblem(
            f"found {free:,} bytes free in {folder}, expected room for {need:,}; make room."
        )
    checked = archive.verify()
    copy = staged / Path(database.entry).name
    with copy.open("wb") as target:
        archive.copy(database.entry, target)
        target.flush()
        os.fsync(target.fileno())
    database.check(copy)
    files = _put_files(archive, staged)
    names = archive.of("data")
    data = [_put_data(archive, name, folder, staged) for name in names if name != SECRET]
    shutil.rmtree(folder / "search", ignore_errors=True)  # made again from the database
    aside = database.put_back(copy, f"before-{now:%Y%m%dT%H%M%SZ}")
    data += [_put_data(archive, name, folder, staged) for name in names if name == SECRET]
    return {
        "file": str(archive.path),
        "made_at": archive.facts["made_at"],
        "version": archive.facts["version"],
        "verified": checked,
        "database": archive.facts["database"],
        "files": files,
        "data": {"count": len(data), "bytes": sum(data)},
        "missing": archive.facts["missing"],
        "damaged": archive.facts["damaged"],
        "kept_aside": aside,
    }


def _put_files(archive: Reader, staged: Path) -> dict[str, int]:
    from liqi.answers import store

    here, count, total, there = store.current(), 0, 0, 0
    for sha256 in archive.of("files"):
        if archive.entries[f"files/{sha256}"]["sha256"] != sha256:
            continue  # damaged before the backup: it is in the archive to look at, not among the whole ones
        kept = here.find(sha256)
        count += 1
        if kept is not None and _is_whole(here, sha256):
            there += 1
            continue
        draft = staged / sha256
        with draft.open("wb") as target:
            total += archive.copy(f"files/{sha256}", target)
            store.sync(target)
        here.remove(sha256)  # what is there is damaged
        here.adopt(draft, sha256)
    return {"count": count, "bytes": total, "there_already": there}


def _is_whole(here: "Store", sha256: str) -> bool:
    from liqi.answers.store import hash_of

    with here.open(sha256) as stream:
        return hash_of(stream) == sha256


def _put_data(archive: Reader, name: str, folder: Path, staged: Path) -> int:
    if name.startswith(".") or Path(name).is_absolute():
        raise Broken(archive.path, f"an entry with the name {name[:80]!r}")
    final, draft = folder / name, staged / "data"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        size = archive.copy(f"data/{name}", target)
        target.flush()
        os.fsync(target.fileno())
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, final)
    return size
