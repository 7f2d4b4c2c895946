"""A laboratory for faults: a real server and a real agent as processes, that can be killed and started again."""

import hashlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests import tables

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.access import agents
from liqi.catalogue.models import Instrument
now = datetime.now(UTC)
about = {"source": "test", "created_at": now, "updated_at": now}
one = Instrument.objects.create(key="cytometer", name="流式细胞仪", shared=True, bookable=True, **about)
print(agents.issue(instrument=one, name="PC", person=None, now=now).token)
"""
SERVE = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "critical"),
    *("--workers", "1", "--blocking-threads", "2", "--factory", "django.core.wsgi:get_wsgi_application"),
]
HEAD = b"one header for all" * 5000
"""Instrument files begin alike; this is longer than 64 KiB."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Laboratory:
    """A folder with the server's data, the instrument's files and the agent's journal in it."""

    home: Path
    port: int = field(default_factory=free_port)
    server: "subprocess.Popen[bytes] | None" = None
    agent: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.files = self.home / "files"
        self.files.mkdir(parents=True)
        tables.ready(self.home / "data")
        made = subprocess.run(
            [sys.executable, "-c", MAKE], env=self.environment(), capture_output=True, check=True, timeout=280
        )
        (self.home / "token").write_bytes(made.stdout)

    def environment(self) -> dict[str, str]:
        known = {**os.environ, "LIQI_DATA": str(self.home / "data"), "LIQI_LOG": "CRITICAL"}
        known.pop("LIQI_DATABASE_URL", None)
        known |= {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "liqi.server.settings"}
        return known | {"PYTHONUNBUFFERED": "1"}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_server(self, *, most_bytes: int | None = None) -> None:
        """With ``most_bytes`` no file of the server may grow larger than that."""
        words = [*SERVE, "--host", "127.0.0.1", "--port", str(self.port)]
        if most_bytes is not None:
            limit = f"import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes}))"
            words = [sys.executable, "-c", f"{limit}; os.execv(sys.argv[1], sys.argv[1:])", *words]
        self.server = subprocess.Popen(
            words, env=self.environment(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait_for_server(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill_server(self) -> None:
        """All its processes at once, as when the power is cut."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def agent_words(self, *more: str) -> list[str]:
        return [
            *(sys.executable, "-m", "liqi.agent", str(self.files), "--server", self.address),
            *("--token-file", str(self.home / "token"), "--state", str(self.home / "state")),
            *("--quiet-seconds", "0.2", "--scan-seconds", "0.2", "--beat-seconds", "2", *more),
        ]

    def start_agent(self, *more: str) -> None:
        with (self.home / "agent.log").open("ab") as log:
            self.agent = subprocess.Popen(self.agent_words(*more), env=self.environment(), stdout=log, stderr=log)

    def kill_agent(self) -> None:
        if self.agent is not None:
            self.agent.kill()
            self.agent.wait()
            self.agent = None

    def once(self, *more: str) -> "subprocess.CompletedProcess[str]":
        words = self.agent_words("--once", "--json", *more)
        return subprocess.run(words, env=self.environment(), capture_output=True, text=True, timeout=240)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "data" / "liqi.sqlite3", timeout=20) as database:
            return database.execute(query).fetchall()

    def confirmed(self) -> int:
        journal = self.home / "state" / "journal.sqlite3"
        if not journal.exists():
            return 0
        with sqlite3.connect(journal, timeout=20) as database:
            try:
                return int(database.execute("select count(*) from file where state = 'confirmed'").fetchone()[0])
            except sqlite3.OperationalError:
                return 0

    def wait_confirmed(self, count: int, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while self.confirmed() < count:
            assert time.monotonic() < deadline, (self.home / "agent.log").read_text()[-2000:]
            time.sleep(0.1)

    def close(self) -> None:
        self.kill_agent()
        self.kill_server()

    def require_all_once(self) -> None:
        """Every file of the instrument is at the server once, byte for byte, and nothing else is."""
        here = {str(path.relative_to(self.files)): _sha256(path) for path in self.files.rglob("*") if path.is_file()}
        rows = self.ask("select path, sha256 from answers_arrival")
        there = {str(path): str(sha256) for path, sha256 in rows}
        assert there == here
        assert len(rows) == len(here), "an arrival stands twice"
        stored = self.home / "data" / "files"
        kept = {path.name for path in stored.glob("??/*")}
        assert kept == set(here.values())
        assert all(_sha256(path) == path.name for path in stored.glob("??/*"))
        assert not list((stored / "incoming").glob("*.part")), "a part was left"


def trial(laboratory: Laboratory, *, agent_kills: int, server_kills: int, draw: random.Random) -> dict[str, float]:
    """Files keep coming while agent and server are killed with -9 at random moments; gives what was done.

    All are of one header and differ after 64 KiB; every third is written while the agent looks.
    """
    began = time.monotonic()
    kills = ["agent"] * agent_kills + ["server"] * server_kills
    draw.shuffle(kills)
    laboratory.start_server()
    laboratory.wait_for_server()
    laboratory.start_agent()
    for number, kill in enumerate(kills):
        _write(laboratory.files / f"day {number % 7}" / f"run {number}.bin", number, draw)
        time.sleep(draw.uniform(0.0, 1.5))
        if kill == "agent":
            laboratory.kill_agent()
            laboratory.start_agent()
        else:
            laboratory.kill_server()
            time.sleep(draw.uniform(0.0, 0.5))
            laboratory.start_server()
            if draw.random() < 0.7:
                laboratory.wait_for_server()
    laboratory.wait_for_server()
    laboratory.wait_confirmed(len(kills), 300)
    laboratory.require_all_once()
    sizes = [path.stat().st_size for path in laboratory.files.rglob("*.bin")]
    return {"files": len(sizes), "bytes": sum(sizes), "seconds": time.monotonic() - began}


def _write(path: Path, number: int, draw: random.Random) -> None:
    """The file is there whole, or in halves with a rest between that is shorter than the quiet time."""
    path.parent.mkdir(exist_ok=True)
    content = HEAD + draw.randbytes(draw.choice([0, 10, 5_000_000, 20_000_000])) + str(number).encode()
    with path.open("wb") as stream:
        if number % 3 == 0:
            stream.write(content[: len(content) // 2])
            stream.flush()
            time.sleep(0.15)
            content = content[len(content) // 2 :]
        stream.write(content)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def facts_of(done: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    found: dict[str, object] = json.loads(done.stdout)
    return found
