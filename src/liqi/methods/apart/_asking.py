"""Asking a process of its own to run a method, and watching over it."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Progress, unwatched
from liqi.methods._registry import find_method, target_of
from liqi.methods.apart._walls import Limits, OutOfBounds

_BEAT_S = 0.25
_KEPT = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the process is told of its surroundings: no password and no address of a database is among them."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Matrices of methods are small: on a busy machine, threads that share one wait for each other twenty times as long."""
_LAST_WORDS = 4000
_NO_MEMORY = ("MemoryError", "emory allocation", "failed to allocate", "Cannot allocate memory", "bad_alloc")


class Crashed(RuntimeError):
    """The process ended without an answer; the message holds the last it wrote to its log."""


def run_apart(
    method_id: str,
    paths: Sequence[str | Path],
    parameters: Mapping[str, object] | None = None,
    progress: Progress = unwatched,
    limits: Limits | None = None,
) -> dict[str, Any]:
    """Return the answer's JSON of a method that ran in its own process.

    Raises UnreadableFile, BadParameter, OutOfBounds, Crashed, and whatever `progress` raises: then the process is
    ended. `progress` is called at least four times a second with what was told last.
    """
    bounds = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="liqi-run-") as folder:
        answer, log = Path(folder) / "answer.json", Path(folder) / "log"
        asked = {
            "target": target_of(method_id),
            "paths": [str(Path(path).absolute()) for path in paths],
            "parameters": _placed(method_id, parameters or {}),
            "limits": {"memory_mib": bounds.memory_mib, "seconds": bounds.seconds},
            "answer": str(answer),
        }
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "liqi.methods.apart._child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env=_surroundings(),
                start_new_session=True,
            )
        try:
            outcome = _watch(process, asked, progress, bounds)
        finally:
            _end(process)
        if outcome.get("over"):
            told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return told
        raise _problem(outcome, bounds, log.read_bytes()[-_LAST_WORDS:].decode(errors="replace"))


def _placed(method_id: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters with files named from the root, for the process stands elsewhere."""
    files = {one.name for one in find_method(method_id).parameters if one.kind == "file"}
    return {name: _from_the_root(value) if name in files and value else value for name, value in parameters.items()}


def _from_the_root(value: object) -> object:
    several = value if isinstance(value, list | tuple) else [value]
    placed: list[object] = [str(Path(str(one)).absolute()) for one in several]
    return placed if isinstance(value, list | tuple) else placed[0]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process is gone, and with it whatever it has started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    if process.stdin:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _surroundings() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1", **ONE_THREAD,
    }  # fmt: skip


def _watch(
    process: subprocess.Popen[bytes], asked: dict[str, Any], progress: Progress, limits: Limits
) -> dict[str, Any]:
    """What the process said last; an empty outcome when it ended without a word."""
    assert process.stdin
    assert process.stdout
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return {}
    ends = time.monotonic() + limits.seconds
    far: tuple[int, int, str] = (0, 0, "")
    while time.monotonic() < ends:
        try:
            line = lines.get(timeout=_BEAT_S)
        except queue.Empty:
            progress(*far)
            continue
        if line is None:
            return {}
        told: dict[str, Any] = json.loads(line)
        if "far" not in told:
            return told
        far = (int(told["far"][0]), int(told["far"][1]), str(told["far"][2]))
        progress(*far)
    return {"bounds": "time"}


def _read(stream: IO[bytes], lines: "queue.SimpleQueue[bytes | None]") -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _problem(outcome: dict[str, Any], limits: Limits, log: str) -> Exception:
    if "unreadable" in outcome:
        return UnreadableFile(*outcome["unreadable"])
    if "parameter" in outcome:
        name, found, expected = outcome["parameter"]
        return BadParameter(name, found.strip("'"), expected)
    if outcome.get("bounds") == "time":
        return OutOfBounds(
            f"found no answer after {limits.seconds:g} s, expected one within that time; bring a smaller file."
        )
    if outcome.get("bounds") == "memory" or any(words in log for words in _NO_MEMORY):
        return OutOfBounds(
            f"found more than {limits.memory_mib} MiB of memory needed, expected less; bring a smaller file."
        )
    return Crashed(log or "the process ended without a word.")
