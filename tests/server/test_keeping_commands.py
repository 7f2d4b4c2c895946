"""Backup, restore and doctor: everything comes back, and nothing half."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import tables
from tests.races import course

MAKE = """
import io, sys
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.accounts.models import Person
from liqi.answers import storage
from liqi.catalogue import deposit
now = datetime.now(UTC)
person = Person.objects.create_user("lin@example.org", name="Lin")
for number in range(5):
    storage.keep(io.BytesIO(b"spectrum %d" % number * 1000), name=f"{number}.mgf", person=person, now=now)
deposit.keep("certificates", b"a certificate")
"""
WHOLE = [hashlib.sha256(b"spectrum %d" % number * 1000).hexdigest() for number in range(5)]


def environment(folder: Path) -> dict[str, str]:
    known = {**os.environ, "LIQI_DATA": str(folder)}
    known.pop("LIQI_DATABASE_URL", None)
    return known


def liqi(folder: Path, *words: str, code: int = 0, **more: str) -> Any:
    """The one JSON document, or the one sentence where the command is to fail."""
    done = subprocess.run(
        [sys.executable, "-m", "liqi.server", *words], env=environment(folder) | more, capture_output=True, text=True,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    if code:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        return done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in use."""
    folder = tables.ready(tmp_path_factory.mktemp("made") / "data")
    subprocess.run([sys.executable, "-c", MAKE], env=environment(folder), check=True, timeout=280)
    return folder


@pytest.fixture(scope="module")
def archive(made: Path) -> Path:
    path = made.parent / "whole.zip"
    liqi(made, "backup", str(path), "--json")
    return path


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "files").glob("??/*")}


def people(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "liqi.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [email for (email,) in database.execute("SELECT email FROM accounts_person ORDER BY email")]


def test_what_was_backed_up_comes_back_whole_in_an_empty_folder(made: Path, archive: Path, tmp_path: Path) -> None:
    facts = liqi(tmp_path / "new", "restore", str(archive), "--json")
    assert facts["files"] == {"count": 5, "bytes": 50000, "there_already": 0}
    assert facts["database"]["rows"]["storedfile"] == 5
    assert (facts["missing"], facts["damaged"], facts["kept_aside"]) == ([], [], "")
    assert people(tmp_path / "new") == ["lin@example.org"]
    assert files(tmp_path / "new") == files(made)
    assert (tmp_path / "new" / "secret-key").read_bytes() == (made / "secret-key").read_bytes()
    certificate = hashlib.sha256(b"a certificate").hexdigest()
    assert (tmp_path / "new" / "certificates" / certificate[:2] / certificate).read_bytes() == b"a certificate"
    assert liqi(tmp_path / "new", "doctor", "--json")["ok"] is True


def test_the_archive_says_what_is_in_it_and_is_its_owners_alone(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        for name, wanted in manifest["entries"].items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == wanted["sha256"]
    assert {f"files/{sha256}" for sha256 in WHOLE} <= set(manifest["entries"])


def test_a_backup_there_already_is_not_written_over_unasked(made: Path, archive: Path) -> None:
    before = archive.read_bytes()
    assert "--force" in liqi(made, "backup", str(archive), code=2)
    assert archive.read_bytes() == before


def test_a_database_in_use_is_not_replaced_unasked_and_kept_aside_when_asked(archive: Path, data: Path) -> None:
    with closing(sqlite3.connect(data / "liqi.sqlite3")) as database, database:
        database.execute("UPDATE accounts_person SET email = 'later@example.org'")
    assert "--force" in liqi(data, "restore", str(archive), code=2)
    assert people(data) == ["later@example.org"]
    facts = liqi(data, "restore", str(archive), "--force", "--json")
    assert facts["files"]["there_already"] == 5
    assert people(data) == ["lin@example.org"]
    with closing(sqlite3.connect(facts["kept_aside"])) as former:
        assert former.execute("SELECT email FROM accounts_person").fetchone() == ("later@example.org",)


def test_a_database_that_somebody_has_open_is_not_replaced(archive: Path, data: Path) -> None:
    with closing(sqlite3.connect(data / "liqi.sqlite3")) as held:
        held.execute("SELECT count(*) FROM accounts_person").fetchone()
        assert "stop Liqi" in liqi(data, "restore", str(archive), "--force", code=2)
    assert people(data) == ["lin@example.org"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_an_archive_that_is_cut_off_changes_nothing_and_is_told_in_one_sentence(
    archive: Path, tmp_path: Path, share: float
) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[: int(archive.stat().st_size * share)])
    assert "cut off" in liqi(tmp_path / "new", "restore", str(cut), code=2)
    assert not (tmp_path / "new" / "liqi.sqlite3").exists()


def test_one_changed_byte_anywhere_is_found_before_anything_is_replaced(archive: Path, data: Path) -> None:
    whole = bytearray(archive.read_bytes())
    place = whole.index(b"spectrum 3" * 10) + 5000
    whole[place] ^= 1
    changed = data.parent / "changed.zip"
    changed.write_bytes(whole)
    before = files(data)
    liqi(data, "restore", str(changed), "--force", code=2)
    assert files(data) == before
    assert people(data) == ["lin@example.org"]


def test_names_that_lead_out_of_the_folder_are_refused(archive: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    content = b"out"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(evil, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        for name in manifest["entries"]:
            target.writestr(name, source.read(name))
        name = "data/../../out"
        target.writestr(name, content)
        manifest["entries"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        target.writestr("manifest.json", json.dumps(manifest))
    assert "entry with the name" in liqi(tmp_path / "a" / "new", "restore", str(evil), code=2)
    assert not (tmp_path / "out").exists()


def test_a_backup_of_a_newer_program_is_refused(archive: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(newer, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        for name in manifest["entries"]:
            target.writestr(name, source.read(name))
        target.writestr("manifest.json", json.dumps({**manifest, "migrations": ["access.9999_from_later"]}))
    assert "access.9999_from_later" in liqi(tmp_path / "new", "restore", str(newer), code=2)


def test_a_restore_killed_at_any_moment_leaves_the_former_or_the_new_state(archive: Path, data: Path) -> None:
    with closing(sqlite3.connect(data / "liqi.sqlite3")) as database, database:
        database.execute("UPDATE accounts_person SET email = 'former@example.org'")
    draw = random.Random(5)
    for _ in range(6):
        words = [sys.executable, "-m", "liqi.server", "restore", str(archive), "--force"]
        one = subprocess.Popen(words, env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.5, 3.0))
        one.send_signal(signal.SIGKILL)
        one.wait()
        assert people(data) in (["former@example.org"], ["lin@example.org"])
        assert set(WHOLE) <= set(files(data))
    liqi(data, "restore", str(archive), "--force", "--json")
    assert people(data) == ["lin@example.org"]


def test_a_backup_while_others_write_is_of_one_moment(data: Path, tmp_path: Path) -> None:
    write = """
import io, sys, itertools
from datetime import UTC, datetime
from liqi.server.setup import prepare
prepare()
from liqi.answers import storage
print("ready", flush=True)
for number in itertools.count():
    storage.keep(io.BytesIO(b"more %d" % number), name="more", person=None, now=datetime.now(UTC))
"""
    writer = subprocess.Popen([sys.executable, "-c", write], env=environment(data), stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        facts = liqi(data, "backup", str(tmp_path / "busy.zip"), "--json")
    finally:
        writer.kill()
        writer.communicate()
    assert facts["missing"] == []
    liqi(tmp_path / "new", "restore", str(tmp_path / "busy.zip"), "--json")
    found = liqi(tmp_path / "new", "doctor", "--json")
    assert found["files"]["missing"] == []
    assert found["files"]["there"] > 5


def test_the_doctor_finds_what_is_damaged_missing_or_nobodys(data: Path) -> None:
    stored = data / "files"
    (stored / WHOLE[0][:2] / WHOLE[0]).write_bytes(b"other bytes")
    (stored / WHOLE[1][:2] / WHOLE[1]).unlink()
    nobodys = hashlib.sha256(b"nobody's").hexdigest()
    old, young = stored / nobodys[:2] / nobodys, stored / "ab" / ("ab" * 32)
    for path in (old, young):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"nobody's")
    os.utime(old, (0, 0))
    left = data / "certificates" / nobodys[:2] / nobodys
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"nobody's")
    os.utime(left, (0, 0))
    done = subprocess.run(
        [sys.executable, "-m", "liqi.server", "doctor", "--json", "--sweep"], env=environment(data),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert found["files"]["missing"] == [WHOLE[1]]
    assert found["files"]["damaged"] == sorted([WHOLE[0], "ab" * 32])
    assert found["files"]["without_record"] == {"count": 1, "bytes": 8}
    assert found["files"]["swept"] == 1
    assert young.exists(), "bytes that came just now may still get their record"
    assert not old.exists()
    assert found["other_files"] == {"damaged": [], "without_record": {"count": 1, "bytes": 8}, "swept": 1}
    assert not left.exists()


def test_a_postgresql_database_comes_back_too(postgresql: str, made: Path, tmp_path: Path) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as server:
        server.execute("CREATE DATABASE put_back")
    second = postgresql.rsplit("/", 1)[0] + "/put_back"
    first = course.fresh(tmp_path / "first", postgresql)["LIQI_DATABASE_URL"]
    environment_of_first = environment(tmp_path / "first") | {"LIQI_DATABASE_URL": first}
    subprocess.run([sys.executable, "-c", MAKE], env=environment_of_first, check=True, timeout=280)
    path = tmp_path / "whole.zip"
    assert liqi(tmp_path / "first", "backup", str(path), "--json", LIQI_DATABASE_URL=first)["files"]["count"] == 5
    liqi(tmp_path / "second", "restore", str(path), "--json", LIQI_DATABASE_URL=second)
    assert "--force" in liqi(tmp_path / "second", "restore", str(path), code=2, LIQI_DATABASE_URL=second)
    facts = liqi(tmp_path / "second", "restore", str(path), "--force", "--json", LIQI_DATABASE_URL=second)
    assert Path(facts["kept_aside"]).exists()
    found = liqi(tmp_path / "second", "doctor", "--json", LIQI_DATABASE_URL=second)
    assert (found["ok"], found["database"]["rows"]["storedfile"]) == (True, 5)
    assert "LIQI_DATABASE_URL" in liqi(tmp_path / "third", "restore", str(path), code=2)
