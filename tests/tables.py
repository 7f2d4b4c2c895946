"""A database with all its tables, made once for each state of the migrations and then copied: making takes longer."""

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAME = "liqi.sqlite3"
PACKAGES = ("django", "django-allauth", "django-tasks-db")
"""Those that bring migrations of their own."""
ASKED = ("access/constraints.py", "access/guards.py", "access/noted_changes.py", "accounts/tables.py")
"""What models and migrations ask for SQL."""
KEPT_S = 7 * 86400


@cache
def made() -> Path:
    """The SQLite file with all tables and no rows but those of migrations; one for all processes of the machine."""
    return kept("sqlite3", _make)


def kept(kind: str, make: Callable[[Path], Path]) -> Path:
    """The file that ``make`` gave in an empty folder, once for this state of the migrations."""
    place = Path(tempfile.gettempdir()) / f"liqi-tables-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    file = place / f"{_state()}.{kind}"
    with (place / f"lock-{kind}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for older in place.glob(f"*.{kind}"):
                if time.time() - older.stat().st_mtime > KEPT_S:
                    older.unlink()
            with tempfile.TemporaryDirectory(dir=place) as folder:
                make(Path(folder)).replace(file)
    return file


def copy(to: Path) -> Path:
    """That file has all tables now."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made(), to)
    return to


def migrate(where: dict[str, str]) -> None:
    """The database that this environment names has all tables."""
    command = [sys.executable, "-c", "from liqi.server.setup import prepare; prepare()"]
    rest = {name: value for name, value in os.environ.items() if name != "LIQI_DATABASE_URL"}
    known = {"DJANGO_SETTINGS_MODULE": "liqi.server.settings", "PYTHONPATH": "src"}
    subprocess.run(command, env={**rest, **known, **where}, cwd=ROOT, check=True)


def described(file: Path) -> dict[str, Any]:
    """Every table, index and trigger of that database, and which migrations are on record; columns in any order."""
    database = sqlite3.connect(file)
    found: dict[str, Any] = {}
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"):
        found[name] = _parts(sql) if kind == "table" else sql
    found["migrations"] = set(database.execute("SELECT app, name FROM django_migrations"))
    found["types"] = set(database.execute("SELECT app_label, model FROM django_content_type"))
    found["permissions"] = set(database.execute("SELECT codename FROM auth_permission"))
    database.close()
    return found


def _parts(sql: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE, each one whole, sorted; then what stands after them."""
    inside, _bracket, after = sql.partition("(")[2].rpartition(")")
    parts, depth = [""], 0
    for word in re.findall(r"""'[^']*'|"[^"]*"|.""", inside, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "," and not depth:
            parts.append("")
        else:
            parts[-1] += word
    return [*sorted(part.strip() for part in parts), after.strip()]


def ready(data: Path) -> Path:
    """That data folder, which has all tables now; one with a database is left as it is."""
    if not (data / NAME).exists():
        copy(data / NAME)
    return data


def _make(folder: Path) -> Path:
    migrate({"LIQI_DATA": str(folder)})
    return folder / NAME


def _state() -> str:
    """Of every model and migration, what they ask, and the packages that bring some: another state has another name."""
    said = hashlib.sha256(" ".join(version(name) for name in PACKAGES).encode())
    house = ROOT / "src" / "liqi"
    models = sorted({*house.rglob("models/*.py"), *house.rglob("models.py"), *house.rglob("migrations/*.py")})
    for source in (*models, *(house / name for name in ASKED)):
        said.update(str(source.relative_to(house)).encode() + source.read_bytes())
    return said.hexdigest()[:16]
