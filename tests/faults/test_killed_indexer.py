"""The indexer killed with -9 at any moment: no change is lost, and the index heals by itself."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import tables

ROOT = Path(__file__).resolve().parents[2]

FILL = """
import sys
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from django.db import transaction
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
first, count = int(sys.argv[1]), int(sys.argv[2])
now = datetime.now(UTC)
for number in range(first, first + count, 10):
    with transaction.atomic():
        rows = [
            Instrument(key=f"k{n}", name=f"红外光谱仪 {n}", source="test", created_at=now, updated_at=now)
            for n in range(number, number + 10)
        ]
        Instrument.objects.bulk_create(rows)
        search.note("instrument", [row.key for row in rows])
"""

INDEX = """
import sys, time
from liqi.server.setup import prepare
prepare()
from liqi.catalogue import search
print("ready", flush=True)
while True:
    search.rebuild() if sys.argv[1] == "rebuild" else search.apply_changes()
    time.sleep(0.01)
"""

ASK = """
import sys
from liqi.server.setup import prepare
prepare()
from liqi.catalogue import search
from liqi.catalogue.models import IndexChange
if sys.argv[1] == "take-in":
    search.apply_changes()
    assert not IndexChange.objects.exists()
print(search.find("红外", limit=0).total, len(list(search.keys("光谱仪"))))
"""

KEEP = """
from liqi.server.setup import prepare
prepare()
from liqi.server.supervisor import keep_index
print("ready", flush=True)
keep_index()
"""

SEE = """
import time
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from django.db import transaction
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
search.find("红外", limit=0)
now = datetime.now(UTC)
took = []
for number in range(5):
    time.sleep(0.37)
    started = time.monotonic()
    with transaction.atomic():
        Instrument.objects.create(key=f"see{number}", name=f"拉曼 {number}", source="t", created_at=now, updated_at=now)
        search.note("instrument", [f"see{number}"])
    while search.find("拉曼", limit=0).total <= number and time.monotonic() < started + 20:
        time.sleep(0.01)
    took.append(time.monotonic() - started)
print(sorted(took)[2])
"""


def python(data: Path, code: str, *words: str) -> "subprocess.Popen[str]":
    env = {**os.environ, "LIQI_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "LIQI_LOG": "ERROR"}
    env.pop("LIQI_DATABASE_URL", None)
    return subprocess.Popen([sys.executable, "-c", code, *words], env=env, stdout=subprocess.PIPE, text=True)


def said(data: Path, code: str, *words: str) -> str:
    process = python(data, code, *words)
    text, _nothing = process.communicate(timeout=120)
    assert process.returncode == 0
    return text.strip()


def kept(data: Path) -> int:
    with sqlite3.connect(data / "liqi.sqlite3", timeout=20) as database:
        found: tuple[int] = database.execute("select count(*) from catalogue_instrument").fetchone()
    return found[0]


@pytest.fixture(autouse=True)
def made(tmp_path: Path) -> None:
    """The data folder has its tables."""
    tables.ready(tmp_path)


@pytest.mark.parametrize("work", ["changes", "rebuild"])
def test_an_indexer_killed_again_and_again_loses_nothing(work: str, tmp_path: Path) -> None:
    dice = random.Random(work)
    said(tmp_path, FILL, "0", "300")
    for attempt in range(1, 7):
        writer = python(tmp_path, FILL, str(attempt * 1000), "200")
        indexer = python(tmp_path, INDEX, work)
        assert indexer.stdout is not None
        assert indexer.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.0, 0.8))
        indexer.kill()
        indexer.communicate()
        writer.communicate(timeout=120)
        assert writer.returncode == 0
        assert int(said(tmp_path, ASK, "as-it-is").split()[0]) <= kept(tmp_path)
    total = kept(tmp_path)
    assert total == 300 + 6 * 200
    assert said(tmp_path, ASK, "take-in") == f"{total} {total}"


def test_what_a_killed_rebuild_left_behind_is_cleared_by_the_next(tmp_path: Path) -> None:
    said(tmp_path, FILL, "0", "50")
    said(tmp_path, ASK, "take-in")
    half = tmp_path / "search" / "v0-half"
    (half / "half").mkdir(parents=True)
    (half / "meta.json").write_text("{")
    (tmp_path / "search" / "current.123").write_text("v0-half")
    rebuild = "from liqi.server.setup import prepare; prepare(); from liqi.catalogue import search; search.rebuild()"
    said(tmp_path, rebuild)
    assert len(list((tmp_path / "search").glob("v*-*"))) == 1
    assert not list((tmp_path / "search").glob("current.*"))
    assert said(tmp_path, ASK, "as-it-is") == "50 50"


@pytest.mark.parametrize("damage", ["meta.json emptied", "meta.json torn", "segments gone", "current is nonsense"])
def test_a_damaged_index_is_built_anew_by_the_first_question(damage: str, tmp_path: Path) -> None:
    said(tmp_path, FILL, "0", "50")
    assert said(tmp_path, ASK, "take-in") == "50 50"
    at = tmp_path / "search"
    (folder,) = at.glob("v*-*")
    meta = folder / "meta.json"
    if damage == "meta.json emptied":
        meta.write_text("")
    elif damage == "meta.json torn":
        meta.write_text(meta.read_text()[:100])
    elif damage == "segments gone":
        for path in folder.iterdir():
            if path.suffix in (".idx", ".term", ".store"):
                path.unlink()
    else:
        (at / "current").write_bytes(b"\xff\x00 ../../etc")
    assert said(tmp_path, ASK, "as-it-is") == "50 50"


def test_a_change_is_found_within_two_seconds(tmp_path: Path) -> None:
    said(tmp_path, FILL, "0", "100")
    indexer = python(tmp_path, KEEP)
    assert indexer.stdout is not None
    assert indexer.stdout.readline() == "ready\n"
    try:
        assert float(said(tmp_path, SEE)) < 2.0
    finally:
        indexer.terminate()
        indexer.communicate(timeout=30)
