"""A database with all its tables, made once for each state of the migrations and then copied: making takes longer."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "liqi.sqlite3"
PACKAGES = ("django", "django-allauth", "django-tasks-db")
"""Those that bring migrations of their own."""
ASKED = ("access/constraints.py", "access/guards.py", "access/noted_changes.py", "accounts/tables.py")
"""What migrations ask for SQL."""
KEPT_S = 7 * 86400


@cache
def made() -> Path:
    """The SQLite file with all tables and no rows but those of migrations; one for all processes of the machine."""
    kept = Path(tempfile.gettempdir()) / f"liqi-tables-{os.getuid()}"
    kept.mkdir(mode=0o700, exist_ok=True)
    file = kept / f"{_state()}.sqlite3"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for older in kept.glob("*.sqlite3"):
                if time.time() - older.stat().st_mtime > KEPT_S:
                    older.unlink()
            with tempfile.TemporaryDirectory(dir=kept) as folder:
                _make(Path(folder))
                (Path(folder) / NAME).replace(file)
    return file


def copy(to: Path) -> Path:
    """That file has all tables now."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made(), to)
    return to


def _make(folder: Path) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    rest = {name: value for name, value in os.environ.items() if name != "LIQI_DATABASE_URL"}
    known = {"LIQI_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "liqi.server.settings", "PYTHONPATH": "src"}
    subprocess.run(command, env={**rest, **known}, cwd=ROOT, check=True)


def _state() -> str:
    """Of every migration, what it asks, and the packages that bring some: another state has another name."""
    said = hashlib.sha256(" ".join(version(name) for name in PACKAGES).encode())
    house = ROOT / "src" / "liqi"
    for source in (*sorted(house.rglob("migrations/*.py")), *(house / name for name in ASKED)):
        said.update(str(source.relative_to(house)).encode() + source.read_bytes())
    return said.hexdigest()[:16]
