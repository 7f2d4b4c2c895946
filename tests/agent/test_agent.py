"""The agent sends every finished file once, whatever the file does meanwhile."""

import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

import liqi.agent as package
from liqi.agent import _log_ons as log_ons
from tests.agent.conftest import Bench, have, sha256
from tests.agent.stand_in import Server


def test_every_file_is_sent_once_with_its_path_and_hash(bench: Bench, server: Server) -> None:
    contents = {"a.bin": b"a" * 2500, "大/b c.bin": b"", "deep/er/c.bin": b"c"}
    for name, content in contents.items():
        (bench.files / name).parent.mkdir(parents=True, exist_ok=True)
        (bench.files / name).write_bytes(content)
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 3)
    assert sorted(server.files) == sorted((name, sha256(content)) for name, content in contents.items())
    agent = bench.agent()
    for _ in range(5):
        agent.tick()
        assert not agent.work()
    assert len(server.files) == 3


def test_two_files_with_equal_first_64_kib_are_two(bench: Bench, server: Server) -> None:
    for name in "ab":
        (bench.files / name).write_bytes(b"h" * 70_000 + name.encode())
    agent = bench.agent(piece_bytes=20_000)
    bench.until(agent, lambda: bench.confirmed(agent) == 2)
    assert len({found for _name, found in server.files}) == 2


def test_a_file_that_grows_while_it_is_sent_is_begun_anew(bench: Bench, server: Server) -> None:
    path = bench.files / "growing.bin"
    path.write_bytes(b"1" * 5000)

    def grow() -> None:
        with path.open("ab") as stream:
            stream.write(b"2" * 5000)

    server.meanwhile = [grow]
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert server.files == [("growing.bin", sha256(b"1" * 5000 + b"2" * 5000))]
    assert len(server.uploads) == 1, "what was sent of the old one is dropped"


def test_a_file_that_changes_after_it_was_sent_is_sent_again_as_another(bench: Bench, server: Server) -> None:
    path = bench.files / "a.csv"
    agent = bench.agent()
    for count, content in enumerate((b"first", b"second"), start=1):
        path.write_bytes(content)
        bench.until(agent, partial(have, server, count))
    assert [found for _name, found in server.files] == [sha256(b"first"), sha256(b"second")]


def test_content_that_changes_under_the_same_size_and_time_is_never_kept_wrong(bench: Bench, server: Server) -> None:
    path = bench.files / "sly.bin"
    path.write_bytes(b"1" * 5000)
    known = path.stat()

    def change() -> None:
        with path.open("r+b") as stream:
            stream.seek(4000)
            stream.write(b"2" * 500)
        os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))

    server.meanwhile = [change]
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert server.files == [("sly.bin", sha256(path.read_bytes()))]


def test_a_marker_says_when_and_is_not_sent(bench: Bench, server: Server) -> None:
    (bench.files / "a.raw").write_bytes(b"a")
    agent = bench.agent(rule="marker={stem}.done")
    for _ in range(5):
        agent.tick()
        agent.work()
        time.sleep(0.02)
    assert not server.files
    (bench.files / "a.done").write_bytes(b"")
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert [name for name, _sha256 in server.files] == ["a.raw"]


def test_a_file_without_its_end_waits_a_day_and_is_then_sent_as_it_is(bench: Bench, server: Server) -> None:
    (bench.files / "a.mzML").write_bytes(b"<mzML><run>")
    agent = bench.agent()
    for _ in range(10):
        agent.tick()
        agent.work()
        bench.now += 60
        time.sleep(0.02)
    assert not server.files
    assert agent.summary()["troubles"] == [{"path": "a.mzML", "reason": "end"}]
    bench.now += 86_400
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert next(iter(server.uploads.values()))["entire"] == "no"


def test_a_run_is_one_file_and_waits_until_it_is_complete(bench: Bench, server: Server) -> None:
    run = bench.files / "tea.d"
    run.mkdir()
    (run / "analysis.tdf").write_bytes(b"x" * 3000)
    (run / "analysis.tdf-journal").write_bytes(b"")
    agent = bench.agent()
    for _ in range(5):
        agent.tick()
        agent.work()
        time.sleep(0.02)
    assert not server.files
    (run / "analysis.tdf-journal").unlink()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert [name for name, _sha256 in server.files] == ["tea.d.tar"]


def test_no_more_is_sent_than_the_line_may_bear(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(bytes(300_000))
    agent = bench.agent(bandwidth="100k", piece_bytes=1 << 20)
    began = time.monotonic()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert time.monotonic() - began > 1.5


def test_outside_its_hours_it_looks_and_hashes_but_sends_nothing(bench: Bench, server: Server) -> None:
    local = time.localtime(bench.now)
    minute = (local.tm_hour * 60 + local.tm_min + 60) % 1440
    window = f"{minute // 60:02}:{minute % 60:02}-{(minute + 30) % 1440 // 60:02}:{(minute + 30) % 60:02}"
    (bench.files / "a.bin").write_bytes(b"a")
    agent = bench.agent(window=window)
    bench.until(agent, lambda: agent.journal.counts().get("sending"))
    assert not agent.work()
    assert not server.uploads
    bench.now += 65 * 60
    bench.until(agent, lambda: bench.confirmed(agent) == 1)


def test_an_audit_finds_what_the_server_lost(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a")
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    server.uploads.clear()
    assert agent.audit() == 1
    bench.until(agent, lambda: len(server.files) == 2)


def test_log_ons_have_a_beginning_and_an_end(bench: Bench, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [["lin"], ["lin"], []]
    monkeypatch.setattr(log_ons, "at_the_pc", lambda: there.pop(0) if there else [])
    agent = bench.agent(log_ons=True, beat_seconds=0.01)
    bench.until(agent, lambda: any(one["ended_at"] for told in server.log_ons for one in told["log_ons"]))
    told = {(one["id"], one["account"]) for each in server.log_ons for one in each["log_ons"]}
    assert len(told) == 1
    assert next(iter(told))[1] == "lin"


def test_names_that_are_no_text_are_sent_all_the_same(bench: Bench, server: Server) -> None:
    Path(os.fsdecode(os.fsencode(bench.files) + b"/bad\xff.bin")).write_bytes(b"a")
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert server.files[0][0] == "bad\\xff.bin"


def test_the_copied_folder_alone_runs_on_a_bare_python(bench: Bench, server: Server) -> None:
    alone = bench.home / "usb"
    shutil.copytree(Path(package.__file__).parent, alone / "agent", ignore=shutil.ignore_patterns("__pycache__"))
    (bench.files / "a.bin").write_bytes(b"a")
    base = shutil.which("python3", path=os.pathsep.join([sys.base_prefix + "/bin", "/usr/bin"])) or sys.executable
    words = [base, "-I", "-S", str(alone / "agent"), str(bench.files), "--server", server.address, "--once", "--json"]
    words += ["--token-file", str(bench.home / "token"), "--state", str(alone / "state"), "--quiet-seconds", "0"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=alone)
    assert done.returncode == 0, done.stderr
    assert [name for name, _sha256 in server.files] == ["a.bin"]


def test_a_second_agent_on_one_journal_is_refused(bench: Bench, server: Server) -> None:
    words = [sys.executable, "-m", "liqi.agent", str(bench.files), "--server", server.address]
    words += ["--token-file", str(bench.home / "token"), "--state", str(bench.home / "state")]
    first = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        assert first.stderr is not None
        assert "watches" in first.stderr.readline()
        second = subprocess.run(words, capture_output=True, text=True, timeout=30)
    finally:
        first.terminate()
        first.communicate(timeout=30)
    assert second.returncode == 2
    assert "another agent" in second.stderr
    assert first.returncode == 0
