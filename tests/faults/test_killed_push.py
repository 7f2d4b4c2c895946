"""A push killed with -9 between a request and its answer: every record reaches the platform, and none stands twice."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from liqi.catalogue.national.stand_in import Platform, Server
from tests import tables

ROOT = Path(__file__).resolve().parents[2]
COUNT = 12

MAKE = """
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from liqi.server.setup import prepare
prepare()
from liqi.catalogue.models import Institution, Instrument
from liqi.catalogue.national import queue
now = datetime.now(UTC)
record = {"source": "test", "created_at": now, "updated_at": now}
home = Institution.objects.create(key="home", name="大学", national_code="JG1", **record)
for n in range(int(sys.argv[1])):
    Instrument.objects.create(
        key=f"i{n}", name="质谱仪", institution=home, class_code="010201", class_scheme="cn-instr",
        class_edition="current", obtained="bought", customs_supervised=False, value_cny=Decimal(900000), made_in="US",
        maker_text="Waters", acquired_on=date(2020, 1, 1), purpose="general", subjects=["150"], **record,
    )
print(queue.enqueue(home, now.year, now=now, submit=True, kinds=["instrument"]))
"""

PUSH = """
import sys
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.catalogue.models import Institution, Push, PushRun
from liqi.catalogue.national import client, run
PushRun.objects.filter(state="running").update(state="stopped")
outcome = run.push_now(Institution.objects.get(), client.HttpClient(sys.argv[1]), clock=lambda: datetime.now(UTC))
print(outcome.as_json(), sorted(set(Push.objects.values_list("state", flat=True))))
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Platform({"JG1"}, delay_s=0.15)) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def python(folder: Path, code: str, *words: str) -> "subprocess.Popen[str]":
    env = {**os.environ, "LIQI_DATA": str(folder), "PYTHONPATH": str(ROOT / "src"), "LIQI_LOG": "ERROR"}
    env.pop("LIQI_DATABASE_URL", None)
    return subprocess.Popen([sys.executable, "-c", code, *words], env=env, stdout=subprocess.PIPE, text=True)


def test_a_push_killed_again_and_again_sends_everything_and_nothing_twice(tmp_path: Path, server: Server) -> None:
    made, _ = python(tables.ready(tmp_path), MAKE, str(COUNT)).communicate(timeout=60)
    assert f"'waiting': {COUNT}" in made
    for killed_after in (2, 7):
        pusher = python(tmp_path, PUSH, server.address)
        deadline = time.monotonic() + 30
        while len(server.platform.held) < killed_after and time.monotonic() < deadline:
            time.sleep(0.01)
        pusher.kill()  # the platform has the record, its answer is still on the way
        pusher.communicate()
    said, _ = python(tmp_path, PUSH, server.address).communicate(timeout=60)
    assert "['locked']" in said
    assert len(server.platform.held) == COUNT
    taken = [key for _kind, key, code in server.platform.requests if code == "100"]
    assert sorted(taken) == sorted(f"i{n}" for n in range(COUNT))
    assert not [one for one in server.platform.requests if one[2] != "100"]
