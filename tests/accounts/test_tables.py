"""A new data folder gets all its tables at once, or none (`tests/server/test_upgrade.py`: those of all migrations)."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests import tables

PREPARE = "from liqi.server.setup import prepare; prepare()"
BROKEN = """
from liqi.server.setup import load, migrate
load()
from liqi.accounts import tables
def stop(**given):
    raise SystemExit(77)
tables.emit_post_migrate_signal = stop
migrate()
"""


def run(program: str, folder: Path) -> int:
    """The exit code of a process of its own on that data folder."""
    known = {name: value for name, value in os.environ.items() if name != "LIQI_DATABASE_URL"}
    return subprocess.run([sys.executable, "-c", program], env={**known, "LIQI_DATA": str(folder)}).returncode


def test_what_is_cut_before_its_end_has_made_nothing_and_the_next_start_makes_all(tmp_path):
    assert run(BROKEN, tmp_path) == 77
    with closing(sqlite3.connect(tmp_path / tables.NAME)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert run(PREPARE, tmp_path) == 0
    assert tables.described(tmp_path / tables.NAME) == tables.described(tables.made())
