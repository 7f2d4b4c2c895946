"""The journal: how far each file is, in one SQLite file that survives a cut of power at any instant."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEEN, READY, HASHING, SENDING, SENT, CONFIRMED = "seen", "ready", "hashing", "sending", "sent", "confirmed"
GONE = "gone"
"""It vanished before it was confirmed; kept on record so that somebody is told, seen again when it comes back."""
WAITING = (SEEN, READY, HASHING, SENDING, SENT)
TABLES = """
create table if not exists file (
    path blob primary key, folder blob not null, is_run integer not null, sign text not null,
    size integer not null, modified_ns integer not null, state text not null,
    since real not null, looks integer not null, first_at real not null, entire integer not null default 1,
    sha256 text not null default '', location text not null default '', offset integer not null default 0,
    attempts integer not null default 0, retry_at real not null default 0, reason text not null default '',
    confirmed_at real
) without rowid;
create index if not exists file_folder on file (folder);
create index if not exists file_state on file (state, modified_ns) where state <> 'confirmed';
create index if not exists file_confirmed on file (confirmed_at) where state = 'confirmed';
create table if not exists log_on (
    id text primary key, account text not null, started_at text not null, ended_at text,
    told integer not null default 0
) without rowid;
"""


@dataclass(frozen=True)
class File:
    """One line of the journal: a file, or a folder that is one run, under its path below the watched folder."""

    path: bytes
    folder: bytes
    is_run: bool
    sign: str
    """What changes when the file does: size, time and identity of it or of its members."""
    size: int
    modified_ns: int
    state: str
    since: float
    """When it was first seen as it is now."""
    looks: int
    """How many scans saw it as it is now."""
    first_at: float
    entire: bool
    sha256: str
    location: str
    offset: int
    attempts: int
    retry_at: float
    reason: str
    confirmed_at: float | None

    @property
    def name(self) -> str:
        """The path as people read it, with slashes; bytes that are no letters stand as their numbers."""
        text = self.path.decode("utf-8", "backslashreplace")
        return text.replace(os.sep, "/") if os.sep != "/" else text


class Journal:
    """Opened once by the one agent that keeps it; every change is on the disk when the call returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.broken: Path | None = None
        try:
            self._open()
        except sqlite3.DatabaseError:
            self._set_aside()
            self._open()

    def _open(self) -> None:
        self.database = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            self.database.execute("pragma journal_mode=wal")
            self.database.execute("pragma synchronous=full")
            said = self.database.execute("pragma quick_check(1)").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(said)
            self.database.executescript(TABLES)
        except sqlite3.DatabaseError:
            self.database.close()
            raise

    def _set_aside(self) -> None:
        """A torn journal is kept for whoever asks; a new one sees all files again, and the server knows what it has."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for ending in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + ending)
            if part.exists():
                self.broken = self.path.with_name(f"{self.path.name}.broken-{stamp}")
                os.replace(part, self.path.with_name(f"{self.path.name}.broken-{stamp}{ending}"))

    def close(self) -> None:
        """The journal is closed."""
        self.database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes within are made all or not at all."""
        self.database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.database.execute("rollback")
            raise
        self.database.execute("commit")

    def in_folder(self, folder: bytes) -> dict[bytes, File]:
        """The files of one folder, by path."""
        rows = self.database.execute("select * from file where folder = ?", (folder,))
        return {row[0]: _file(row) for row in rows}

    def folders(self) -> set[bytes]:
        """Every folder with a file that is not confirmed."""
        return {row[0] for row in self.database.execute("select distinct folder from file where state <> 'confirmed'")}

    def get(self, path: bytes) -> File | None:
        """The line of this path."""
        row = self.database.execute("select * from file where path = ?", (path,)).fetchone()
        return None if row is None else _file(row)

    def waiting(self, *states: str, now: float, most: int = 1000) -> list[File]:
        """Files in these states whose time to be tried has come, oldest first, at most so many."""
        marks = ",".join("?" * len(states))
        found = self.database.execute(
            f"select * from file where state in ({marks}) and retry_at <= ? order by modified_ns, path limit ?",
            (*states, now, most),
        )
        return [_file(row) for row in found]

    def hurry(self) -> None:
        """Every file that waits is tried at once, however long it was to rest."""
        self.database.execute("update file set retry_at = 0 where state <> 'confirmed'")

    def see(
        self, *, path: bytes, folder: bytes, is_run: bool, sign: str, size: int, modified_ns: int, now: float
    ) -> None:
        """The file is seen as it is now, for the first time or anew: whatever was known of it before is void."""
        self.database.execute(
            "insert into file (path, folder, is_run, sign, size, modified_ns, state, since, looks, first_at) "
            "values (?, ?, ?, ?, ?, ?, 'seen', ?, 1, ?) on conflict (path) do update set is_run = excluded.is_run, "
            "sign = excluded.sign, size = excluded.size, modified_ns = excluded.modified_ns, state = 'seen', "
            "since = excluded.since, looks = 1, entire = 1, sha256 = '', location = '', offset = 0, attempts = 0, "
            "retry_at = 0, reason = '', confirmed_at = null",
            (path, folder, is_run, sign, size, modified_ns, now, now),
        )

    def change(self, path: bytes, **values: Any) -> None:
        """These facts of the file are so."""
        names = ", ".join(f"{name} = ?" for name in values)
        self.database.execute(f"update file set {names} where path = ?", (*values.values(), path))

    def counts(self) -> dict[str, tuple[int, int]]:
        """How many files and bytes are in each state."""
        rows = self.database.execute("select state, count(*), coalesce(sum(size), 0) from file group by state")
        return {state: (count, size) for state, count, size in rows}

    def oldest(self) -> float | None:
        """When the oldest file that is not confirmed was first seen."""
        marks = ",".join("?" * len(WAITING))
        row = self.database.execute(f"select min(first_at) from file where state in ({marks})", WAITING).fetchone()
        return row[0] if row else None

    def troubled(self, limit: int = 20) -> list[File]:
        """Files that could not be sent or read, or vanished, with the reason."""
        rows = self.database.execute(
            "select * from file where state <> 'confirmed' and (reason <> '' or state = 'gone') "
            "order by modified_ns limit ?",
            (limit,),
        )
        return [_file(row) for row in rows]

    def confirmed(self) -> Iterator[File]:
        """Every confirmed file."""
        for row in self.database.execute("select * from file where state = 'confirmed' order by path"):
            yield _file(row)


def _file(row: tuple[Any, ...]) -> File:
    facts = list(row)
    facts[2], facts[10] = bool(facts[2]), bool(facts[10])
    return File(*facts)
