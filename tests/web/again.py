"""What a test would build again is put back as it was built first in this process: the same rows, the same files.

Building is many verbs and programs; putting back is a statement a table. It is only done where it can be the same: on
SQLite, in a database in which nothing stands but what migrations put there.
"""

import atexit
import copy
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction

from tests import tables

T = TypeVar("T")
OLDEST_S = 300
"""Things are built in the present: what was built longer ago than this is built anew."""


@dataclass(frozen=True)
class _Built:
    value: Any
    rows: list[str]
    folder: Path
    at_s: float


_KEPT: dict[tuple[str, tuple[tuple[str, int], ...]], _Built] = {}


def again(name: str, build: Callable[[], T], *, beside: Collection[str] = ()) -> T:
    """What ``build`` gives, with all that it puts in the database and in the data folder.

    In the tables that are named ``beside``, something may stand already of which ``build`` makes no use.
    """
    if connection.vendor != "sqlite" or any(Path(settings.LIQI_DATA).iterdir()):
        return build()
    before = _last_rows(_raw())
    if any(last != _of_migrations().get(table) for table, last in before.items() if table not in beside):
        return build()
    key = (name, tuple(before.items()))
    kept = _KEPT.get(key)
    if kept is None or time.monotonic() - kept.at_s > OLDEST_S:
        value = build()
        folder = Path(tempfile.mkdtemp(prefix="liqi-tests-built-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(settings.LIQI_DATA, folder, dirs_exist_ok=True)
        _KEPT[key] = _Built(copy.deepcopy(value), _said(_raw(), before), folder, time.monotonic())
        return value
    with transaction.atomic():  # where rows name each other, all of them have to be there
        _put_back(_raw(), kept.rows)
    shutil.copytree(kept.folder, settings.LIQI_DATA, dirs_exist_ok=True)
    return copy.deepcopy(kept.value)


def _raw() -> sqlite3.Cursor:
    """Beneath Django, which would count the statements and read their values."""
    connection.ensure_connection()
    found: sqlite3.Cursor = connection.connection.cursor(sqlite3.Cursor)
    return found


@cache
def _of_migrations() -> dict[str, int]:
    database = sqlite3.connect(tables.made())
    try:
        return _last_rows(database.cursor())
    finally:
        database.close()


def _last_rows(at: sqlite3.Cursor) -> dict[str, int]:
    """The last row of every table that has one."""
    names = [name for (name,) in at.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    asked = [f"SELECT '{name}', max(rowid) FROM \"{name}\"" for name in names if not name.startswith("sqlite_")]
    parts = [" UNION ALL ".join(asked[start : start + 400]) for start in range(0, len(asked), 400)]
    found = [row for part in parts for row in at.execute(part)]
    return {name: last for name, last in found if last is not None}


def _said(at: sqlite3.Cursor, before: dict[str, int]) -> list[str]:
    """Every row that did not stand before, as the statements that put it there again."""
    found = []
    for name in _last_rows(at):
        columns = [f'"{column}"' for (column,) in at.execute(f"SELECT name FROM pragma_table_info('{name}')")]
        values = " || ',' || ".join(f"quote({column})" for column in columns)
        asked = f'SELECT {values} FROM "{name}" WHERE rowid > {before.get(name, 0)} ORDER BY rowid'
        if rows := [f"({row})" for (row,) in at.execute(asked)]:
            found.append(f'INSERT INTO "{name}" ({", ".join(columns)}) VALUES {", ".join(rows)}')
    return found


def _put_back(at: sqlite3.Cursor, rows: list[str]) -> None:
    """What triggers did when the rows were first put there stands among the rows: they rest meanwhile."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% INSERT %'"
    triggers = at.execute(asked).fetchall()
    for name, _sql in triggers:
        at.execute(f'DROP TRIGGER "{name}"')
    for one in rows:
        at.execute(one)
    for _name, sql in triggers:
        at.execute(sql)
