"""A method in a process of its own: same answer, bounded, silent to the network, ended with its asker."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from liqi.methods import (
    Answer,
    BadParameter,
    Cancelled,
    Finding,
    Method,
    Parameter,
    Progress,
    Text,
    UnreadableFile,
    _registry,
    find_method,
)
from liqi.methods.apart import Crashed, Limits, OutOfBounds, run_apart

ROOMY = Limits(memory_mib=4096, seconds=120)


def misbehave(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    """Does what the parameter says, as a faulty or hostile method would."""
    do = parameters["do"]
    if do == "eat":
        bytearray(8 << 30)
    elif do == "sleep":
        time.sleep(600)
    elif do == "call":
        import socket

        socket.create_connection(("127.0.0.1", int(paths[0].read_text())), timeout=5)
    elif do == "crash":
        os.abort()
    elif do == "fork":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(600)
    elif do == "hand on":
        port = paths[0].read_text()
        ask = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5)"
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=False)
        return Answer("done", Text.same("done"), [Finding("reached", int(done.returncode == 0), "1")])
    elif do == "print":
        print("this is not JSON")
    elif do == "refuse":
        raise UnreadableFile("a.txt", "nothing", "something", "bring it")
    for step in range(1, 6):
        progress(step, 5, "counting")
    told = sorted(name for name in os.environ if name.startswith(("LIQI", "DJANGO", "SECRET")))
    return Answer("done", Text.same("done"), [Finding("named", ",".join(told), "")])


MISBEHAVE = Method(
    "test.misbehave",
    "1",
    Text.same("Misbehave"),
    "hrms",
    ["any"],
    misbehave,
    [Parameter("do", "text", "", Text.same("do"))],
)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_registry._BUILT_IN, "test.misbehave", f"{__name__}:MISBEHAVE")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("x")
    return path


def do(what: str, file: Path, limits: Limits = ROOMY, progress: Any = lambda *_: None) -> dict[str, Any]:
    return run_apart("test.misbehave", [file], {"do": what}, progress, limits)


def test_the_answer_is_the_one_of_the_method_itself() -> None:
    method = find_method("ms.identify")
    here, there = method.run(method.example).as_json(), run_apart("ms.identify", method.example, limits=ROOMY)
    for told in (here, there):
        told.pop("seconds")
    assert json.loads(json.dumps(here)) == there


def test_progress_is_told_and_what_is_printed_does_no_harm(file: Path) -> None:
    told: list[tuple[int, int, str]] = []
    assert do("print", file, progress=lambda *far: told.append(far))["verdict"] == "done"
    assert told[-1] == (5, 5, "counting")


def test_problems_of_files_and_parameters_arrive_as_they_are(file: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"a.txt: found nothing; expected something; bring it."):
        do("refuse", file)
    with pytest.raises(BadParameter, match="parameter size"):
        run_apart("test.misbehave", [file], {"size": 1}, limits=ROOMY)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bound on a process's memory here")
def test_more_memory_than_allowed_is_said_in_a_sentence(file: Path) -> None:
    with pytest.raises(OutOfBounds, match="4096 MiB"):
        do("eat", file)


def test_more_time_than_allowed_is_said_in_a_sentence(file: Path) -> None:
    with pytest.raises(OutOfBounds, match="after 2 s"):
        do("sleep", file, Limits(memory_mib=4096, seconds=2))


def test_a_crash_is_told_from_a_refusal(file: Path) -> None:
    with pytest.raises(Crashed):
        do("crash", file)


def test_no_machine_is_spoken_to(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        file = tmp_path / "port.txt"
        file.write_text(str(server.getsockname()[1]))
        with pytest.raises(Crashed, match="may not use the network"):
            do("call", file)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a process a network of its own")
def test_not_even_a_process_that_it_starts_speaks_to_a_machine(tmp_path: Path) -> None:
    import socket

    if subprocess.run(["unshare", "--net", "--map-root-user", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no process a network of its own")
    with socket.create_server(("127.0.0.1", 0)) as server:
        file = tmp_path / "port.txt"
        file.write_text(str(server.getsockname()[1]))
        assert do("hand on", file)["findings"][0]["value"] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes are there")
def test_the_time_bounds_what_a_method_started_too(file: Path) -> None:
    begun = time.monotonic()
    before = sleepers()
    with pytest.raises(OutOfBounds, match="after 3 s"):
        do("fork", file, Limits(memory_mib=4096, seconds=3))
    assert time.monotonic() - begun < 30
    while sleepers() - before and time.monotonic() - begun < 60:
        time.sleep(0.5)  # those of a run beside this one end within it; one left behind would sleep for ten minutes
    assert sleepers() <= before


def test_a_file_among_the_parameters_is_found_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    method = find_method("ms.mixture")
    library = method.example[0].with_name("references.msp")
    library = next(iter(sorted(method.example[0].parent.glob("*.msp"))), library)
    (tmp_path / "mine.msp").write_bytes(library.read_bytes())
    monkeypatch.chdir(tmp_path)
    told = run_apart("ms.mixture", method.example, {"library": "mine.msp"}, limits=ROOMY)
    assert told["verdict"] == "identified"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes are there")
def test_a_cancelled_run_ends_its_process_at_once(file: Path) -> None:
    before, seen = set(children(os.getpid())), set[int]()

    def stop(*_far: object) -> None:
        seen.update(set(children(os.getpid())) - before)
        raise Cancelled

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        do("sleep", file, progress=stop)
    assert time.monotonic() - begun < 60
    assert seen
    assert not [child for child in seen if alive(child)]


def test_no_secret_of_the_server_is_handed_over(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIQI_DATABASE_URL", "postgresql://somebody")
    assert do("", file)["findings"][0]["value"] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes are there")
def test_the_process_ends_with_the_one_that_asked(file: Path) -> None:
    asking = (
        "from liqi.methods import _registry; from liqi.methods.apart import run_apart;"
        f"_registry._BUILT_IN['test.misbehave'] = {f'{__name__}:MISBEHAVE'!r};"
        f"run_apart('test.misbehave', [{str(file)!r}], {{'do': 'sleep'}}, lambda *_: print('alive', flush=True))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    asker = subprocess.Popen([sys.executable, "-c", asking], stdout=subprocess.PIPE, env=environment)
    assert asker.stdout
    assert asker.stdout.readline()
    (child,) = children(asker.pid)
    asker.kill()
    asker.wait()
    asker.stdout.close()
    ends = time.monotonic() + 60
    while alive(child) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not alive(child)


def sleepers() -> set[str]:
    """The processes that only sleep for ten minutes."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"import time; time.sleep(600)" in place.read_bytes():
                found.add(place.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def children(pid: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
