"""A second Liqi harvests a first over HTTP; killed with -9 at every request, it loses nothing and doubles nothing."""

import http.server
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import tables

ROOT = Path(__file__).resolve().parents[2]
COUNT = 1700

SEED = """
import sys
from datetime import UTC, datetime, timedelta
from liqi.server.setup import prepare
prepare()
from liqi.catalogue.models import Institution, Instrument
now = datetime(2026, 11, 1, tzinfo=UTC)
record = {"source": "test", "created_at": now, "updated_at": now}
host = Institution.objects.create(key="host", name="Host", **record)
Instrument.objects.bulk_create(
    Instrument(key=f"i{n}", name=f"质谱仪 {n}", institution=host, latitude=31.0, longitude=117.0, **record)
    for n in range(int(sys.argv[1]))
)
Instrument.objects.filter(key="i5").update(time_zone="Moon/Base")
"""
REMOVE = """
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.catalogue import editing
from liqi.catalogue.models import Instrument
for key in ("i0", "i1600"):
    editing.remove(Instrument.objects.get(key=key), person=None, now=datetime.now(UTC))
"""


def environment(data: Path) -> dict[str, str]:
    env = {**os.environ, "LIQI_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "LIQI_LOG": "ERROR"}
    env.pop("LIQI_DATABASE_URL", None)
    return env


def run(data: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-c", *words], env=environment(data), check=True, timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def first(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The first Liqi, served with its catalogue: its address and its data."""
    data, port = tables.ready(tmp_path / "first"), free_port()
    run(data, SEED, str(COUNT))
    command = [sys.executable, "-m", "liqi.server", "serve", "--empty", "--port", str(port)]
    served = subprocess.Popen(command, env=environment(data), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz")
        yield address, data
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(timeout=30)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} never answered")


class Between:
    """Stands between the two: passes requests on, and kills the harvester at the request it is told."""

    def __init__(self, address: str) -> None:
        self.count = 0
        self.kill_at = 0
        self.after_answer = False
        self.harvester: subprocess.Popen[str] | None = None
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                between.count += 1
                due = between.count == between.kill_at
                if due and not between.after_answer:
                    between.kill()
                    return
                with urllib.request.urlopen(address + self.path, timeout=60) as answer:
                    content = answer.read()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                if due:
                    time.sleep(0.05 * between.kill_at)  # somewhere in the middle of the page's transaction
                    between.kill()

            def log_message(self, *_words: Any) -> None:
                pass

        self.line = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.line.server_port}/oai"
        threading.Thread(target=self.line.serve_forever, daemon=True).start()

    def kill(self) -> None:
        assert self.harvester is not None
        self.harvester.kill()

    def harvest(self, data: Path, *, kill_at: int = 0, after_answer: bool = False) -> tuple[int, dict[str, Any]]:
        """The exit code and the JSON of one call of `liqi harvest`."""
        self.count, self.kill_at, self.after_answer = 0, kill_at, after_answer
        command = [sys.executable, "-m", "liqi.server", "harvest", self.address, "--allow-private", "--json"]
        self.harvester = subprocess.Popen(
            command, env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        told, _ = self.harvester.communicate(timeout=120)
        return self.harvester.returncode, json.loads(told) if told else {}


@pytest.fixture
def between(first: tuple[str, Path]) -> Iterator[Between]:
    made = Between(first[0])
    yield made
    made.line.shutdown()
    made.line.server_close()


def rows(data: Path, question: str) -> list[Any]:
    with sqlite3.connect(data / "liqi.sqlite3", timeout=20) as database:
        return database.execute(question).fetchall()


@pytest.mark.timeout(300)
def test_a_second_liqi_harvests_the_first_through_every_cut(
    first: tuple[str, Path], between: Between, tmp_path: Path
) -> None:
    second = tables.ready(tmp_path / "second")
    for request, after in ((1, False), (2, False), (2, True), (2, True), (1, True)):
        code, _ = between.harvest(second, kill_at=request, after_answer=after)
        assert code == -signal.SIGKILL
    code, told = between.harvest(second)
    assert code == 2, "one record is bad"
    assert [one["identifier"].rpartition("/")[2] for one in told["problems"]] == ["i5"]
    assert told["state"] == "done"

    names = [name for (name,) in rows(second, "select name from catalogue_instrument order by id")]
    assert sorted(names) == sorted(f"质谱仪 {n}" for n in range(COUNT) if n != 5)
    refs = rows(second, "select source_ref, count(*) from catalogue_instrument group by 1 having count(*) > 1")
    assert not refs
    (asked,) = rows(second, "select created + unchanged + failed from catalogue_harvest")
    assert asked == (COUNT + 1,)

    run(first[1], REMOVE)
    code, told = between.harvest(second)
    assert told["deleted"] == 2
    gone = rows(second, "select name from catalogue_instrument where removed_at is not null order by id")
    assert [name for (name,) in gone] == ["质谱仪 0", "质谱仪 1600"]
