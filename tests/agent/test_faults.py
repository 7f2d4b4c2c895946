"""The agent against a server that is ill, a disk that is full, a share that comes and goes, a clock that is wrong."""

import resource
import subprocess
import sys
import time

import pytest

from tests.agent.conftest import Bench, sha256
from tests.agent.stand_in import Server


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
