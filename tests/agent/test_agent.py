"""The agent against a server that is ill, a disk that is full, a share that comes and goes, files that change."""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import liqi.agent as package
from liqi.agent import Agent, Settings, Unusable
from liqi.agent import _log_ons as log_ons
from liqi.agent._journal import Journal
from liqi.agent._settings import amount, hours, settings
from tests.agent.stand_in import Server


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


class Bench:
    """A folder, a token, and an agent that is moved on step by step."""

    def __init__(self, home: Path, server: Server) -> None:
        self.home, self.server = home, server
        self.files = home / "files"
        self.files.mkdir()
        (home / "token").write_text("liqi-agent-" + "x" * 30)
        self.said: list[str] = []
        self.agents: list[Agent] = []
        self.now = time.time()

    def agent(self, **more: Any) -> Agent:
        for one in self.agents:
            one.close()
        chosen: dict[str, Any] = {"quiet_seconds": 0, "scan_seconds": 0.01, "beat_seconds": 1000.0, **more}
        piece = chosen.pop("piece_bytes", 1000)
        base = settings(
            str(self.files), self.server.address, str(self.home / "token"), state=str(self.home / "state"), **chosen
        )
        known = {**vars(base), "piece_bytes": piece, "timeout_seconds": 2}
        self.agents.append(Agent(Settings(**known), say=self.said.append, clock=lambda: self.now))
        return self.agents[-1]

    def until(self, agent: Agent, done: Callable[[], object], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, (self.said, agent.summary())
            self.now += 0.05
            agent.tick()
            if not agent.work():
                time.sleep(0.01)

    def confirmed(self, agent: Agent) -> int:
        return agent.journal.counts().get("confirmed", (0, 0))[0]

    def close(self) -> None:
        for one in self.agents:
            one.close()


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> Iterator[Bench]:
    made = Bench(tmp_path, server)
    yield made
    made.close()


def _have(server: Server, count: int) -> bool:
    return len(server.files) == count


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
        bench.until(agent, partial(_have, server, count))
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


@pytest.mark.parametrize("status", [500, 502, 503, 507, 429])
def test_an_ill_server_is_asked_again_later_and_nothing_is_lost(bench: Bench, server: Server, status: int) -> None:
    (bench.files / "a.bin").write_bytes(b"a" * 3000)
    server.ill = [(status, {"Retry_After": "1"})] * 4
    agent = bench.agent()
    began = time.monotonic()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert time.monotonic() - began > 2
    assert len(server.files) == 1
    assert any(str(status) in words for words in bench.said)


def test_a_file_that_the_server_will_not_have_does_not_hold_up_the_others(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a")
    agent = bench.agent()
    server.ill = [(200, {}), (413, {})]
    bench.until(agent, lambda: any("413" in words for words in bench.said))
    (bench.files / "b.bin").write_bytes(b"b")
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert agent.summary()["troubles"][0]["path"] == "a.bin"
    bench.now += 3700
    bench.until(agent, lambda: bench.confirmed(agent) == 2)


def test_a_server_that_answers_too_late_is_no_reason_to_send_twice(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a" * 1500)
    agent = bench.agent()
    bench.until(agent, lambda: server.uploads)
    server.slow_s = 2.5
    agent.tick()
    agent.work()
    server.slow_s = 0
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert server.files == [("a.bin", sha256(b"a" * 1500))]


def test_a_revoked_token_stops_the_sending_and_a_new_one_needs_no_restart(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a")
    server.ill = [(401, {})]
    agent = bench.agent()
    agent.tick()
    assert not agent.work() or bench.confirmed(agent) == 0
    (bench.home / "token").write_text("liqi-agent-" + "y" * 30)
    agent.resume_at = 0
    bench.until(agent, lambda: bench.confirmed(agent) == 1)


def test_a_share_that_vanishes_and_comes_back_loses_nothing(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a" * 3000)
    agent = bench.agent(pull=True)
    bench.until(agent, lambda: server.uploads)
    bench.files.rename(bench.home / "away")
    bench.until(agent, lambda: agent.summary()["share"] == "gone")
    assert agent.summary()["files"]["gone"] == 0
    (bench.home / "away").rename(bench.files)
    bench.now += 60
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert len(server.files) == 1


def test_a_file_that_vanishes_before_it_was_sent_is_told_not_forgotten(bench: Bench) -> None:
    path = bench.files / "a.bin"
    path.write_bytes(b"a")
    agent = bench.agent(quiet_seconds=1000)
    agent.tick()
    path.unlink()
    time.sleep(0.02)
    agent.tick()
    assert agent.summary()["files"]["gone"] == 1
    assert agent.summary()["troubles"] == [{"path": "a.bin", "reason": "gone"}]


def test_a_torn_journal_is_put_aside_and_the_server_knows_what_it_has(bench: Bench, server: Server) -> None:
    (bench.files / "a.bin").write_bytes(b"a" * 3000)
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    agent.close()
    journal = bench.home / "state" / "journal.sqlite3"
    journal.write_bytes(journal.read_bytes()[:3000])
    agent = bench.agent()
    bench.until(agent, lambda: bench.confirmed(agent) == 1)
    assert len(server.files) == 1
    assert list(journal.parent.glob("*.broken-*"))
    assert "torn" in bench.said[0]


def test_a_full_disk_of_the_agent_is_survived(bench: Bench, server: Server) -> None:
    """Its journal may not grow by a byte: the process ends with a sentence, or waits, and loses nothing."""
    (bench.files / "a.bin").write_bytes(b"a" * 3000)

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    words = [sys.executable, "-m", "liqi.agent", str(bench.files), "--server", server.address, "--once"]
    words += ["--token-file", str(bench.home / "token"), "--state", str(bench.home / "state"), "--quiet-seconds", "0"]
    full = subprocess.run(words, preexec_fn=no_room, capture_output=True, text=True, timeout=60)
    assert full.returncode == 2
    assert "Traceback" not in full.stderr
    assert subprocess.run(words, capture_output=True, timeout=60).returncode == 0
    assert [name for name, _sha256 in server.files] == ["a.bin"]


def test_a_clock_that_is_wrong_is_measured_and_told(bench: Bench, server: Server) -> None:
    agent = bench.agent(beat_seconds=0.05)
    bench.until(agent, lambda: len(server.beats) >= 2)
    assert abs(server.beats[-1]["skew_s"]) < 5
    assert {"files", "waiting", "oldest_at", "scanned_at", "disk_free_bytes"} <= server.beats[-1].keys()


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


@pytest.mark.parametrize(
    "more",
    [
        {"server": "liqi.example.org"}, {"folder": "/nowhere"}, {"rule": "soon"}, {"bandwidth": "fast"},
        {"window": "20-7"}, {"rule": "marker=done"}, {"ca": "/nowhere.pem"},
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_in_one_sentence(tmp_path: Path, more: dict[str, str]) -> None:
    given = {"folder": str(tmp_path), "server": "https://liqi.example.org", "token_file": "t", "state": "/s", **more}
    with pytest.raises(Unusable, match="found"):
        settings(given.pop("folder"), given.pop("server"), given.pop("token_file"), **given)  # type: ignore[arg-type]


def test_amounts_and_hours_are_read() -> None:
    assert (amount("2MB"), amount("500k/s"), amount("")) == (2_000_000, 500_000, 0)
    assert hours("20:00-07:30") == (1200, 450)


def test_the_state_may_not_lie_in_the_watched_folder(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="inside the watched folder"):
        settings(str(tmp_path), "http://a", "t", state=str(tmp_path / "state"))


def test_the_journal_forgets_nothing_that_it_was_told(tmp_path: Path) -> None:
    one = Journal(tmp_path / "j.sqlite3")
    assert one.database.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert one.database.execute("pragma synchronous").fetchone()[0] == 2
    one.close()
