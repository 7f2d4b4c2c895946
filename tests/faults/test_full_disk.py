"""The server's disk is full: the agent is told so in words, nothing is lost, and it goes on where it was."""

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.laboratory import HEAD, Laboratory

MEGABYTE = 10**6
DISK_MEGABYTES = 240
"""The server keeps 200 MB free of what it has."""


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    made = Laboratory(tmp_path / "laboratory")
    (made.files / "large.bin").write_bytes(HEAD + random.Random(1).randbytes(20 * MEGABYTE))
    yield made
    made.close()


@pytest.fixture
def disk(laboratory: Laboratory) -> Iterator[Path]:
    """A small disk of its own below the server's stored files."""
    place = laboratory.home / "data" / "files"
    place.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small disk of its own needs the right to mount one")
    yield place
    laboratory.close()
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path) -> Path:
    """No byte is free any more; what takes the room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(MEGABYTE)):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk did not fill up")


def require_arrived_when_run_again(laboratory: Laboratory) -> None:
    again = laboratory.once()
    assert again.returncode == 0, again.stderr
    laboratory.require_all_once()


def test_a_full_disk_is_said_before_the_first_byte_and_the_file_comes_later(laboratory: Laboratory, disk: Path) -> None:
    ballast = fill(disk)
    laboratory.start_server()
    laboratory.wait_for_server()
    told = laboratory.once()
    assert told.returncode == 2
    assert "507" in told.stderr
    assert laboratory.ask("select count(*) from answers_arrival") == [(0,)]
    ballast.unlink()
    require_arrived_when_run_again(laboratory)


def test_a_disk_that_fills_up_in_the_middle_of_a_file_keeps_what_came(laboratory: Laboratory, disk: Path) -> None:
    laboratory.start_server()
    laboratory.wait_for_server()
    words = laboratory.agent_words("--once", "--bandwidth", "4MB")
    agent = subprocess.Popen(words, env=laboratory.environment(), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while laboratory.ask('select count(*) from answers_upload where "offset" > 0') == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    ballast = fill(disk)
    _out, told = agent.communicate(timeout=200)
    assert agent.returncode == 2
    assert "507" in told
    [(came,)] = laboratory.ask('select "offset" from answers_upload')
    assert isinstance(came, int)
    assert 0 < came < 20 * MEGABYTE
    ballast.unlink()
    require_arrived_when_run_again(laboratory)


def test_a_server_that_may_write_no_larger_file_says_so_and_takes_small_ones(laboratory: Laboratory) -> None:
    """A limit on the size of a file stands for the disk where none can be mounted."""
    laboratory.start_server(most_bytes=10 * MEGABYTE)
    laboratory.wait_for_server()
    told = laboratory.once()
    assert told.returncode == 2
    assert "507" in told.stderr
    assert laboratory.ask("select count(*) from answers_arrival") == [(0,)]
    laboratory.kill_server()
    laboratory.start_server()
    laboratory.wait_for_server()
    (laboratory.files / "small.bin").write_bytes(b"small")
    require_arrived_when_run_again(laboratory)
