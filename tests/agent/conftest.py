"""An agent on a bench: a folder that it watches, a server that stands in, a clock that is moved by hand."""

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from liqi.agent import Agent, Settings
from liqi.agent._settings import settings
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


def have(server: Server, count: int) -> bool:
    return len(server.files) == count


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
