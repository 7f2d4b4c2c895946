"""The database in a backup: a copy of one moment, and the same put back as a whole."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

TELLING = ("accounts_person", "accounts_journalentry", "catalogue_institution", "answers_storedfile")
"""A database with a row in one of these tables is in use."""
WAIT_S = 20


class DatabaseProblem(ValueError):
    """The database cannot be copied or put back; the message says why and what to do."""


class Database(Protocol):
    """What a backup does with a database."""

    kind: str
    entry: str
    packed: bool

    def copy_to(self, target: Path) -> None:
        """The database as it is at one moment stands in the file."""

    def is_empty(self) -> bool:
        """Whether nothing that matters is in it."""

    def check(self, copy: Path) -> None:
        """Raise DatabaseProblem unless the copy is whole."""

    def put_back(self, copy: Path, aside: str) -> str:
        """The copy, on the same disk, is the database; where the former one is kept, empty where there was none."""


class SQLite:
    """One file, copied by SQLite's own online backup and put back by one rename."""

    kind, entry, packed = "sqlite", "database/liqi.sqlite3", True

    def __init__(self, path: Path) -> None:
        self.path = path

    def copy_to(self, target: Path) -> None:
        """A copy of one moment, also while others write; checked."""
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            with (
                closing(sqlite3.connect(address, uri=True, timeout=WAIT_S)) as here,
                closing(sqlite3.connect(target)) as there,
            ):
                here.backup(there)
                there.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as problem:
            found = f"{self.path}: found {problem}, expected a database to copy; see `liqi doctor`."
            raise DatabaseProblem(found) from None
        self.check(target)

    def is_empty(self) -> bool:
        """Whether there is no file, or no row in the tables that tell."""
        if not self.path.exists():
            return True
        with closing(sqlite3.connect(self.path, timeout=WAIT_S)) as here:
            tables = {name for (name,) in here.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return not any(here.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in tables & set(TELLING))

    def check(self, copy: Path) -> None:
        """Every page of the copy is in order, and no row names another that is missing."""
        with closing(sqlite3.connect(copy)) as there:
            try:
                found = there.execute("PRAGMA integrity_check(1)").fetchone()[0]
                lost = there.execute("PRAGMA foreign_key_check").fetchone()
            except sqlite3.Error as problem:
                found, lost = str(problem), None
        if found != "ok" or lost is not None:
            what = found if lost is None else f"a row of {lost[0]} that names a missing one of {lost[2]}"
            raise DatabaseProblem(f"found a damaged database ({what}), expected a whole one; take an older backup.")

    def put_back(self, copy: Path, aside: str) -> str:
        """One rename; refused while another program has the database open."""
        kept = ""
        if self.path.exists():
            self._close_log()
            former = self.path.with_name(f"{self.path.stem}-{aside}.sqlite3")
            os.link(self.path, former)
            kept = str(former)
        os.replace(copy, self.path)
        handle = os.open(self.path.parent, os.O_RDONLY) if os.name != "nt" else None
        if handle is not None:
            os.fsync(handle)
            os.close(handle)
        return kept

    def _close_log(self) -> None:
        """What stands in the write-ahead log is in the file itself and nobody has it open: a log left behind would be
        played into the database that comes in its place."""
        try:
            with closing(sqlite3.connect(self.path, timeout=1)) as here:
                mode = here.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.Error:
            mode = ""
        left = [suffix for suffix in ("-wal", "-shm") if Path(f"{self.path}{suffix}").exists()]
        if mode != "delete" or left:
            raise DatabaseProblem(f"found {self.path} in use, expected nobody at it; stop Liqi and restore again.")


class PostgreSQL:
    """A database of a server, copied by pg_dump and put back by pg_restore in one transaction."""

    kind, entry, packed = "postgresql", "database/liqi.pgdump", False

    def __init__(self, settings: dict[str, Any]) -> None:
        given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
        self.facts = {name: str(settings[key]) for name, key in given.items() if settings.get(key)}

    def copy_to(self, target: Path) -> None:
        """A dump of one moment, also while others write."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")

    def is_empty(self) -> bool:
        """Whether no row is in the tables that tell."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(
            host=self.facts.get("PGHOST"), port=self.facts.get("PGPORT"), user=self.facts.get("PGUSER"),
            password=self.facts.get("PGPASSWORD"), dbname=self.facts.get("PGDATABASE"),
        ) as here:  # fmt: skip
            for name in TELLING:
                there = here.execute("SELECT to_regclass(%s)", [name]).fetchone()
                if not there or there[0] is None:
                    continue
                if here.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone():
                    return False
        return True

    def check(self, copy: Path) -> None:
        """The list of contents can be read; the rest is checked while it is put back, in one transaction."""
        self._run("pg_restore", "--list", str(copy))

    def put_back(self, copy: Path, aside: str) -> str:
        """All of the dump or nothing of it."""
        former = copy.parent.with_name(f"liqi-{aside}.pgdump")
        if not self.is_empty():
            self.copy_to(former)
        self._run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
            "--exit-on-error", f"--dbname={self.facts.get('PGDATABASE', '')}", str(copy),
        )  # fmt: skip
        copy.unlink()
        return str(former) if former.exists() else ""

    def _run(self, program: str, *words: str) -> None:
        if shutil.which(program) is None:
            raise DatabaseProblem(f"found no {program} here, expected PostgreSQL's client programs; install them.")
        done = subprocess.run([program, *words], env={**os.environ, **self.facts}, capture_output=True, text=True)
        if done.returncode:
            lines = [line for line in done.stderr.strip().splitlines() if "error" in line.lower()] or ["no reason"]
            raise DatabaseProblem(
                f"found {program} failing ({lines[0][:300]}), expected it to end well; mend that first."
            )


def of(settings: dict[str, Any]) -> Database:
    """What the settings of Django name."""
    if str(settings["ENGINE"]).endswith("sqlite3"):
        return SQLite(Path(settings["NAME"]))
    return PostgreSQL(settings)
