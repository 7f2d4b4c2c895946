"""Many workers find the same dead run at the same moment: it is queued again once, and worked off once."""

import subprocess
import sys

import pytest

from tests.races import course

RACERS = 4

START = """
import io
from datetime import UTC, datetime, timedelta
from liqi.server.setup import prepare
prepare()
from liqi.answers import execution, run, storage
from liqi.methods import find_method
long_ago = datetime.now(UTC) - timedelta(hours=1)
for _ in range(5):
    spectrum = io.BytesIO(b"BEGIN IONS\\nPEPMASS=195.1\\n138.1 1\\nEND IONS")
    file = storage.keep(spectrum, name="x.mgf", person=None, now=long_ago)
    one = run.start(method="ms.identify", files=[file], person=None, now=long_ago)
    execution.claim(key=one.key, now=long_ago)
"""

RACE = """
import sys
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.answers import run, worker
print("ready", flush=True)
sys.stdin.readline()
found = run.requeue_silent(now=datetime.now(UTC))
worker._batch().run()
print(found)
"""

COUNT = """
from liqi.server.setup import prepare
prepare()
from liqi.accounts.models import JournalEntry
from liqi.answers.models import Run
def lines(verb):
    return JournalEntry.objects.filter(thing="answers.run", verb=verb).count()
print(lines("queued again"), lines("answered"), Run.objects.filter(state="done", attempts=2).count())
"""


def python(env: dict[str, str], code: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], env=env, stdin=pipe, stdout=pipe, text=True)


def said(process: "subprocess.Popen[str]") -> str:
    out, _ = process.communicate(timeout=200)
    assert process.returncode == 0
    return out.strip()


def race(env: dict[str, str]) -> None:
    said(python(env, START))
    racers = [python(env, RACE) for _ in range(RACERS)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert sum(int(said(racer)) for racer in racers) == 5
    assert said(python(env, COUNT)) == "5 5 5"


@pytest.mark.race
def test_a_dead_run_is_queued_again_once(where: dict[str, str]) -> None:
    race(course.environment(where) | {"LIQI_LOG": "ERROR"})
