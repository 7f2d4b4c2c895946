"""Agent and server killed with -9 at random moments: every file arrives once, byte for byte, and none twice."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.laboratory import Laboratory, trial


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    made = Laboratory(tmp_path / "laboratory")
    yield made
    made.close()


def test_random_kills_of_agent_and_server_lose_nothing_and_double_nothing(laboratory: Laboratory) -> None:
    done = trial(laboratory, agent_kills=6, server_kills=4, draw=random.Random(20261122))
    assert done["files"] == 10
