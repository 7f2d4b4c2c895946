"""A private PostgreSQL server for tests and benchmarks: made in a temporary folder, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "jit=off")
"""What a database of tests need not do, being thrown away: survive a cut, compile a query."""


def binaries() -> Path | None:
    """The folder with initdb and postgres, None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def missing() -> str:
    """Why no server can be started here; empty when one can."""
    if binaries() is None:
        return "PostgreSQL is not installed (Debian: apt install postgresql)"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed (pip install psycopg[binary])"
    return ""


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The address of a fresh server on the loopback; ``durable`` keeps PostgreSQL's own safe settings."""
    folder = binaries()
    assert folder is not None, missing()
    user = _other_user()
    home = Path(tempfile.mkdtemp(prefix="liqi-postgresql-"))
    if user:
        shutil.chown(home, user)
    port = _free_port()
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", f"unix_socket_directories={home}"]
    options += [] if durable else [word for setting in HASTY for word in ("-c", setting)]
    run = {"user": user, "cwd": home, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}} if user else {"cwd": home}
    try:
        initdb = [folder / "initdb", "-D", home / "data", "-U", "liqi", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, **run)  # type: ignore[call-overload]
        control = [folder / "pg_ctl", "-D", home / "data", "-w"]
        start = [*control, "-l", home / "log", "-o", " ".join(options), "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, **run)  # type: ignore[call-overload]
        try:
            yield f"postgresql://liqi@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, **run)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _other_user() -> str | None:
    """Somebody else than root, whom PostgreSQL refuses; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
