"""Agent: 100 random kills of each side, and 1 GB over loopback beside a plain PUT to the same server."""

import argparse
import http.client
import os
import random
import resource
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tests.faults.laboratory import SERVE, Laboratory, facts_of, trial

PLAIN = """
import os
def application(environ, start):
    left = int(environ["CONTENT_LENGTH"])
    with open(os.environ["PLAIN_TO"], "wb") as target:
        while left and (piece := environ["wsgi.input"].read(min(left, 1 << 20))):
            target.write(piece)
            left -= len(piece)
        target.flush()
        os.fsync(target.fileno())
    start("204 No Content", [])
    return []
"""


def main() -> None:
    """Print the figures of both parts."""
    parser = argparse.ArgumentParser(prog="./run bench agent")
    parser.add_argument("--kills", type=int, default=100, help="of each side")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.megabytes:
            send(Path(folder) / "send", given.megabytes)
        if given.kills:
            kill(Path(folder) / "kill", given.kills, given.seed)


def kill(home: Path, kills: int, seed: int) -> None:
    """So many random kills of each side; raises where a file is lost, doubled or changed."""
    laboratory = Laboratory(home)
    try:
        done = trial(laboratory, agent_kills=kills, server_kills=kills, draw=random.Random(seed))
    finally:
        laboratory.close()
    print(
        f"{kills} kills -9 of the agent and {kills} of the server at random moments: {done['files']:.0f} files, "
        f"{done['bytes'] / 1e6:,.0f} MB, each arrived once and byte for byte; {done['seconds']:.0f} s"
    )


def send(home: Path, megabytes: int) -> None:
    """One large file by the agent, and by one plain PUT to a server that writes and syncs it and checks nothing."""
    laboratory = Laboratory(home)
    content = laboratory.files / "large.bin"
    with content.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(random.randbytes(10**6))
    plain = put(laboratory, content, home / "plain.bin")
    print(f"plain PUT: {megabytes / plain:,.0f} MB/s ({plain:.2f} s for {megabytes} MB, written and synced once)")
    laboratory.start_server()
    laboratory.wait_for_server()
    try:
        words = laboratory.agent_words("--once", "--json")
        began = time.monotonic()
        done = subprocess.run(words, env=laboratory.environment(), capture_output=True, text=True, check=True)
        took = time.monotonic() - began - 2.0  # two looks with a second between, as --once does
        laboratory.require_all_once()
    finally:
        laboratory.close()
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = facts_of(done)
    print(
        f"agent:     {megabytes / took:,.0f} MB/s ({took:.2f} s: hashed, sent in checked and synced pieces, hashed "
        f"again; {figures['confirmed_bytes']} bytes confirmed)"
    )
    print(f"agent's memory at its peak: {memory(home, laboratory):.0f} MB (largest process of all: {peak_mb:.0f} MB)")


def put(laboratory: Laboratory, content: Path, to: Path) -> float:
    """Seconds of one PUT of the file to a bare server of the same kind."""
    (laboratory.home / "plain.py").write_text(PLAIN)
    words = [*SERVE[:-2], "plain:application", "--host", "127.0.0.1", "--port", str(laboratory.port)]
    known = {**laboratory.environment(), "PYTHONPATH": str(laboratory.home), "PLAIN_TO": str(to)}
    server = subprocess.Popen(words, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        connection = None
        for _ in range(100):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", laboratory.port, timeout=600)
                connection.connect()
                break
            except OSError:
                time.sleep(0.1)
        assert connection is not None
        began = time.monotonic()
        with content.open("rb") as stream:
            connection.request("PUT", "/", body=stream, headers={"Content-Length": str(content.stat().st_size)})
            assert connection.getresponse().status == 204
        return time.monotonic() - began
    finally:
        server.terminate()
        server.wait()
        to.unlink(missing_ok=True)


def memory(home: Path, laboratory: Laboratory) -> float:
    """The most memory in MB that an agent held while it sent the file to a fresh server."""
    other = Laboratory(home / "again")
    os.link(laboratory.files / "large.bin", other.files / "large.bin")
    other.start_server()
    other.wait_for_server()
    seen: list[int] = [0]
    try:
        agent = subprocess.Popen(other.agent_words("--once"), env=other.environment(), stdout=subprocess.DEVNULL)

        def watch() -> None:
            while agent.poll() is None:
                try:
                    text = Path(f"/proc/{agent.pid}/status").read_text()
                    seen.append(max(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM")))
                except (OSError, ValueError):
                    return
                time.sleep(0.02)

        watcher = threading.Thread(target=watch)
        watcher.start()
        agent.wait()
        watcher.join()
    finally:
        other.close()
    return max(seen) / 1024
