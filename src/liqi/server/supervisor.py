"""The parent of web, worker and indexer: starts them, watches them, ends them together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType

WAIT_FOR_END_S = 8
SIGN_OF_LIFE_S = 0.2
SNAPSHOT_EVERY_S = 60
TWINS_EVERY_S = 3600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PortTaken(ValueError):
    """The port cannot be listened on; the message says what to do."""


def run(*, host: str, port: int, empty: bool) -> int:
    """Serve until Ctrl-C or until one of the processes fails; the exit code says which."""
    require_free(host, port)
    if host not in LOOPBACK and "LIQI_HOSTS" not in os.environ:
        print("liqi: only localhost is answered; name what people will type in LIQI_HOSTS.", file=sys.stderr)
    if not empty:
        load_example()
    started = commands(host, port).items()
    children = {name: subprocess.Popen(command, start_new_session=True) for name, command in started}
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for name_of_signal in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name_of_signal, None):
            signal.signal(number, end)
    if wait_for_web(host, port, children["web"], stop):
        announce(host, port, empty=empty)
    failed = watch(children, stop)
    end_all(list(children.values()))
    if failed:
        print(f"liqi: the {failed} process ended by itself; the lines above say why.", file=sys.stderr)
    return 1 if failed else 0


def require_free(host: str, port: int) -> None:
    """Raise PortTaken unless the port can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"port {port} is in use by another program; stop that one, or choose another with --port."
                ) from None
            raise PortTaken(
                f"port {port} on {host} cannot be opened ({problem.strerror}); choose another with --port or --host."
            ) from None


def commands(host: str, port: int) -> dict[str, Sequence[str]]:
    """The command line of each process."""
    liqi = [sys.executable, "-m", "liqi.server"]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    web = [
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--backlog",
        "512",
    ]
    return {
        "web": [*granian, *web, "liqi.server.wsgi:application"],
        "worker": [*liqi, "worker"],
        "indexer": [*liqi, "indexer"],
    }


def load_example() -> None:
    """The example cluster is there; loaded on first start only."""
    from liqi.access import example as access_example
    from liqi.answers import example as answers_example
    from liqi.catalogue import example as catalogue_example
    from liqi.catalogue.models import Institution
    from liqi.observatory import example as observatory_example
    from liqi.observatory import snapshot

    if Institution.objects.exists():
        return
    print("liqi: loading the example cluster (first start only) ...", file=sys.stderr)
    now = datetime.now(UTC)
    catalogue_example.load(now=now)
    access_example.load(now=now)
    answers_example.load(now=now)
    observatory_example.load(now=now)
    snapshot.current(now=now)


def keep_index() -> None:
    """Index, snapshot and pairs of like records follow the catalogue, until the process is told to end."""
    from liqi.catalogue import duplicates, search
    from liqi.observatory import snapshot

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    seconds = 0
    compared_at: datetime | None = None
    while not stop.wait(1):
        search.apply_changes()
        now = datetime.now(UTC)
        if seconds % SNAPSHOT_EVERY_S == 0:
            snapshot.refresh(now=now)
        if seconds % TWINS_EVERY_S == TWINS_EVERY_S // 60:
            duplicates.propose(now=now, since=compared_at)
            compared_at = now
        seconds += 1


def wait_for_web(host: str, port: int, web: "subprocess.Popen[bytes]", stop: threading.Event) -> bool:
    """True once the web server accepts connections; False if it ended or a stop was asked for."""
    while web.poll() is None and not stop.is_set():
        try:
            socket.create_connection((host, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(SIGN_OF_LIFE_S)
    return False


def announce(host: str, port: int, *, empty: bool) -> None:
    """Say where the product is and who can sign in."""
    from liqi.access import example as access_example
    from liqi.accounts.models import Person

    shown = f"[{host}]" if ":" in host else host
    print(f"\n  Liqi 利器   http://{shown}:{port}/\n", flush=True)
    people = [] if empty else list(Person.objects.filter(email__in=access_example.DEMO))
    for person in people:
        print(f"  {person.email:32} {access_example.DEMO_PASSWORD}   {access_example.DEMO[person.email]}")
    if people:
        print(
            "\n  These accounts, their bookings and all records tagged 示例 are synthetic. Ctrl-C ends Liqi.\n",
            flush=True,
        )


def watch(children: dict[str, "subprocess.Popen[bytes]"], stop: threading.Event) -> str:
    """Wait for a stop or for a child's end; the name of the child that ended, or nothing."""
    while not stop.wait(SIGN_OF_LIFE_S):
        for name, child in children.items():
            if child.poll() is not None:
                return name
    return ""


def end_all(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    """No child is left running: asked first, ended by force after a while."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + WAIT_FOR_END_S
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
