"""Where races are run: a fresh database, a server where one is asked for, the race as a program of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def new_database(server: str) -> str:
    """The address of a new, empty database on the PostgreSQL server."""
    import psycopg

    name = f"race_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}"


def run(kind: str, *, slots: int, where: dict[str, str], way: str = "verb", racers: int = 8) -> dict[str, Any]:
    """What came of the race, as its program tells it."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **where}
    if "LIQI_DATABASE_URL" not in where:
        environment.pop("LIQI_DATABASE_URL", None)
    race = [sys.executable, "-m", "tests.races.race", kind, "--slots", str(slots), "--racers", str(racers)]
    if way == "http":
        subprocess.run([*race, "--way", "prepare"], env=environment, cwd=ROOT, check=True)
    with server(environment) if way == "http" else nullcontext() as port:
        environment["LIQI_RACE_PORT"] = str(port)
        done = subprocess.run(
            [*race, "--way", way], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"the race ended with {done.returncode}:\n{done.stderr[-3000:]}")
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@contextmanager
def server(environment: dict[str, str], *, workers: int = 2, threads: int = 4) -> Iterator[int]:
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
    process = subprocess.Popen([*command, "liqi.server.wsgi:application"], env=environment | settings, cwd=ROOT)
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
