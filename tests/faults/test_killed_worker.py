"""A worker killed with -9 in the middle of a run: the run is not lost, and is answered once."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tables

ROOT = Path(__file__).resolve().parents[2]

METHOD = """
import time
from liqi.methods import Answer, Finding, Method, Text


def sleepy(paths, parameters, progress):
    size = len(paths[0].read_bytes())
    for number in range(size):
        progress(number, size, "dozing")
        time.sleep(0.05)
    return Answer("counted", Text.same(str(size)), [Finding("bytes", size, "B", 0.0)])


METHOD = Method("test.sleepy", "1", Text.same("Sleepy"), "none", ["any"], sleepy)
"""

START = """
import io, sys
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.answers import run, storage
now = datetime.now(UTC)
file = storage.keep(io.BytesIO(b"x" * int(sys.argv[1])), name="x", person=None, now=now)
print(run.start(method="test.sleepy", files=[file], person=None, now=now).key)
"""

WORK = """
from datetime import timedelta
from liqi.server.setup import prepare
prepare()
from liqi.answers import run, worker
run.SILENT_AFTER = timedelta(seconds=2)
worker.TIDY_EVERY_S = 0.3
worker.work()
"""


NURSERY = """
import io, os, random, signal, sys
from datetime import UTC, datetime, timedelta
from liqi.server.setup import prepare
prepare()
from django.db import connections
from liqi.answers import run, storage, worker
run.SILENT_AFTER = timedelta(seconds=2)
worker.TIDY_EVERY_S = 0.3
living = set()

def work():
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        worker.work()
        os._exit(0)
    living.add(child)
    return child

def ask(size):
    now = datetime.now(UTC)
    file = storage.keep(io.BytesIO(b"x" * size), name="x", person=None, now=now)
    key = run.start(method="test.sleepy", files=[file], person=None, now=now).key
    connections.close_all()
    return key

def kill(child):
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    living.discard(child)

print("ready", flush=True)
for line in iter(sys.stdin.readline, ""):
    word, *numbers = line.split()
    print({"work": work, "ask": ask, "kill": kill}[word](*map(int, numbers)), flush=True)
for child in living:
    os.kill(child, signal.SIGTERM)
for child in living:
    os.waitpid(child, 0)
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def lay_out(home: Path) -> Path:
    """Make a data folder, and a package beside it that brings a slow method through its entry point."""
    package = home / "lib"
    info = package / "sleepy-1.dist-info"
    info.mkdir(parents=True)
    (package / "sleepy.py").write_text(METHOD)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sleepy\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[liqi.methods]\ntest.sleepy = sleepy:METHOD\n")
    tables.ready(home / "data")
    return home


def python(world: Path, code: str, *words: str, stdin: int | None = None) -> "subprocess.Popen[str]":
    paths = os.pathsep.join([str(world / "lib"), str(ROOT / "src")])
    env = {**os.environ, "LIQI_DATA": str(world / "data"), "PYTHONPATH": paths, "LIQI_LOG": "ERROR"}
    env.pop("LIQI_DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], env=env, stdin=stdin, stdout=subprocess.PIPE, text=True
    )


def row(world: Path) -> tuple[str, int, int]:
    with sqlite3.connect(world / "data" / "liqi.sqlite3", timeout=20) as database:
        found: tuple[str, int, int] = database.execute("select state, attempts, done from answers_run").fetchone()
    return found


def wait(world: Path, wanted: Callable[[tuple[str, int, int]], bool], seconds: float = 40) -> tuple[str, int, int]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted(row(world)):
            break
        time.sleep(0.05)
    return row(world)


def start(world: Path, size: int) -> str:
    key, _ = python(world, START, str(size)).communicate(timeout=240)
    return key.strip()


def answered(world: Path) -> int:
    with sqlite3.connect(world / "data" / "liqi.sqlite3", timeout=20) as database:
        found: tuple[int] = database.execute(
            "select count(*) from accounts_journalentry where verb = 'answered'"
        ).fetchone()
    return found[0]


def test_a_run_outlives_its_worker_killed_with_minus_9(world: Path) -> None:
    start(world, 60)
    first = python(world, WORK)
    assert wait(world, lambda run: run[0] == "running" and run[2] > 5)[0] == "running"
    first.kill()
    first.communicate()
    assert row(world)[0] == "running"
    second, third = python(world, WORK), python(world, WORK)
    try:
        state, attempts, _ = wait(world, lambda run: run[0] == "done")
        assert (state, attempts) == ("done", 2)
    finally:
        for one in (second, third):
            one.send_signal(signal.SIGTERM)
            one.communicate(timeout=20)
    assert answered(world) == 1


def test_a_worker_asked_to_end_gives_its_run_back_without_counting_it(world: Path) -> None:
    start(world, 200)
    first = python(world, WORK)
    wait(world, lambda run: run[0] == "running" and run[2] > 5)
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=10)
    assert first.returncode == 0
    assert row(world)[:2] == ("queued", 0)


KILLED_AT_MOST_S = 2.5
IN_A_RUN_WITHIN_S = 300


class Nursery:
    """A process that has everything loaded and forks workers, so that one is at work at once after a death."""

    def __init__(self, world: Path) -> None:
        self.process = python(world, NURSERY, stdin=subprocess.PIPE)
        assert self.said() == "ready"

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __call__(self, *words: object) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.said()

    def close(self) -> None:
        """Ask the workers to end, and wait until they have."""
        self.process.communicate(timeout=300)


def states(world: Path) -> dict[str, tuple[str, int]]:
    with sqlite3.connect(world / "data" / "liqi.sqlite3", timeout=20) as database:
        rows = database.execute("select key, state, attempts from answers_run").fetchall()
    return {str(key): (str(state), int(attempts)) for key, state, attempts in rows}


def answers_of(world: Path) -> dict[str, int]:
    """How often each run was answered, by the journal."""
    with sqlite3.connect(world / "data" / "liqi.sqlite3", timeout=20) as database:
        rows = database.execute(
            "select r.key, count(j.id) from answers_run r left join accounts_journalentry j "
            "on j.thing = 'answers.run' and j.thing_id = cast(r.id as text) and j.verb = 'answered' group by r.key"
        ).fetchall()
    return {str(key): int(count) for key, count in rows}


def trial(
    world: Path,
    *,
    kills: int,
    draw: random.Random,
    workers: int = 2,
    told: Callable[[int], None] = lambda _number: None,
) -> dict[str, float]:
    """Two workers work while one of them is killed with -9 at a random moment of a run, again and again; gives what
    was done, and tells the number of kills on the way.

    Raises AssertionError where a run is lost, answered twice, or without an answer though it was not given up.
    """
    began = time.monotonic()
    nursery = Nursery(world)
    keys: list[str] = []
    try:
        at_work = [nursery("work") for _ in range(workers)]
        for number in range(kills):
            _wait_for_a_run(world, draw, nursery, keys)
            time.sleep(draw.uniform(0.0, KILLED_AT_MOST_S))
            place = draw.randrange(workers)
            nursery("kill", at_work[place])
            at_work[place] = nursery("work")
            told(number + 1)
        deadline = time.monotonic() + 300
        while any(state in ("queued", "running") for state, _attempts in states(world).values()):
            assert time.monotonic() < deadline, states(world)
            time.sleep(0.2)
    finally:
        nursery.close()
    found, answers = states(world), answers_of(world)
    assert set(found) == set(keys), "a run is lost"
    for key, (state, attempts) in found.items():
        assert (state, answers[key]) in (("done", 1), ("failed", 0)), (key, state, attempts, answers[key])
        assert state == "done" or attempts >= 3, "given up before its third death"
    left = [path for path in (world / "data" / "files" / "incoming").iterdir() if path.suffix != ".draft"]
    return {
        "kills": kills, "runs": len(keys), "given_up": sum(state == "failed" for state, _ in found.values()),
        "taken_up_again": sum(attempts - 1 for _, attempts in found.values()), "left_folders": len(left),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def going_on(world: Path) -> dict[str, tuple[int, int]]:
    """Attempts and steps done of every run that a worker holds, or held when it was killed."""
    with sqlite3.connect(world / "data" / "liqi.sqlite3", timeout=20) as database:
        rows = database.execute("select key, attempts, done from answers_run where state = 'running'").fetchall()
    return {str(key): (int(attempts), int(done or 0)) for key, attempts, done in rows}


def _wait_for_a_run(world: Path, draw: random.Random, nursery: Nursery, keys: list[str]) -> None:
    """Wait until a worker gets on with a run: one killed while it starts shows nothing.

    Where no run is left, one is asked for, and its key added.
    """
    deadline, before = time.monotonic() + IN_A_RUN_WITHIN_S, going_on(world)
    while True:
        now = going_on(world)
        if any(before.get(key) != step for key, step in now.items()):
            return
        if not any(state in ("queued", "running") for state, _attempts in states(world).values()):
            keys.append(nursery("ask", draw.randrange(20, 80)))
        assert time.monotonic() < deadline, f"no worker took a run: {states(world)}"
        time.sleep(0.02)


def test_workers_killed_at_random_moments_lose_no_run_and_answer_none_twice(world: Path) -> None:
    told = trial(world, kills=6, draw=random.Random(11))
    assert told["runs"] >= 1
