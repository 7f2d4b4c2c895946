"""Where races are run: a fresh database, a server where one is asked for, the race as a program of its own."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests import postgresql, tables

ROOT = Path(__file__).resolve().parents[2]


def fresh(folder: Path, server: str = "") -> dict[str, str]:
    """The environment of a fresh database with all tables, in the folder or on the PostgreSQL server.

    The tables are made once, in a database that all others are copied from: making them takes longer than most races.
    """
    if not server:
        tables.copy(folder / tables.NAME)
        return {"LIQI_DATA": str(folder)}
    return {"LIQI_DATA": str(folder), "LIQI_DATABASE_URL": new_database(server, like=_made_on_postgresql(server))}


def tables_for_tests(server: str, name: str) -> str:
    """The address that tests are given, where `--reuse-db` finds all tables made: in ``test_`` and that name."""
    new_database(server, like=_made_on_postgresql(server), name=f"test_{name}")
    return f"{server.rpartition('/')[0]}/{name}"


def new_database(server: str, *, like: str = "template1", name: str = "") -> str:
    """The address of a new database on the PostgreSQL server, a copy of the named one."""
    import psycopg

    name = name or f"race_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return f"{server.rpartition('/')[0]}/{name}"


@cache
def _made_on_postgresql(server: str) -> str:
    """The name of a database with all tables on this server; written out once and read back by servers that follow."""
    address, tools = new_database(server), postgresql.binaries()
    if tools is None or not ((tools / "pg_dump").exists() and (tools / "psql").exists()):
        _migrate(address)
    else:

        def write_out(folder: Path) -> Path:
            _migrate(first := new_database(server))
            command = [tools / "pg_dump", "--no-owner", "--file", folder / "tables.sql", first]
            subprocess.run(command, check=True)
            return folder / "tables.sql"

        tables_in_sql = tables.kept("postgresql.sql", write_out)
        command = [tools / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", tables_in_sql, address]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return address.rpartition("/")[2]


def _migrate(address: str) -> None:
    with tempfile.TemporaryDirectory(prefix="liqi-race-made-") as folder:
        tables.migrate({"LIQI_DATA": folder, "LIQI_DATABASE_URL": address})


def environment(where: dict[str, str]) -> dict[str, str]:
    """What a program of a race is started with: nothing of the test's own database."""
    rest = {name: value for name, value in os.environ.items() if name != "LIQI_DATABASE_URL"}
    return {**rest, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **where}


def program(name: str, *words: str, where: dict[str, str]) -> dict[str, Any]:
    """What came of the race, as the module of that name of this folder tells it when it is run."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.races.{name}", *words],
        env=environment(where), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the race ended with {done.returncode}:\n{done.stderr[-3000:]}")
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def run(kind: str, *, slots: int, where: dict[str, str], way: str = "verb", racers: int = 8) -> dict[str, Any]:
    """What came of the race, as its program tells it."""
    race = [kind, "--slots", str(slots), "--racers", str(racers)]
    if way == "verb":
        return program("race", *race, where=where)
    command = [sys.executable, "-m", "tests.races.race", *race, "--way", "prepare"]
    subprocess.run(command, env=environment(where), cwd=ROOT, check=True)
    with server(environment(where)) as port:
        return program("race", *race, "--way", way, where={**where, "LIQI_RACE_PORT": str(port)})


@contextmanager
def server(known: dict[str, str], *, workers: int = 2, threads: int = 4) -> Iterator[int]:
    """The port of a web server like the product's own, with several processes and threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    settings = {"DJANGO_SETTINGS_MODULE": "liqi.server.settings"}
    process = subprocess.Popen([*command, "liqi.server.wsgi:application"], env=known | settings, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _each in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the web server ended with {process.returncode} before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not answer within 30 s")
