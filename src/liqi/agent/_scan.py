"""The scan: every file and run below the watched folder as it is now, listed again and again; no event is trusted."""

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ._source import Member, members

RUN_ENDINGS = (".d", ".raw")
"""Folders so named are one run: Bruker and Agilent .d, Waters .raw."""
DEEPEST = 60


class Vanished(OSError):
    """The watched folder cannot be listed: the share is gone, or the disk."""


@dataclass(frozen=True)
class Entry:
    """A file or a run as it is now; ``sign`` differs when anything of it does."""

    path: bytes
    folder: bytes
    is_run: bool
    sign: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Listing:
    """What one folder holds, or that it could not be listed."""

    folder: bytes
    entries: list[Entry]
    problem: str = ""


def listings(root: Path, left_out: tuple[str, ...], *, by_identity: bool = True) -> Iterator[Listing]:
    """Every folder below the root, one at a time; raises Vanished where the root itself cannot be listed."""
    patterns = [pattern.lower() for pattern in left_out]
    waiting: list[tuple[Path, bytes, int]] = [(root, b"", 0)]
    while waiting:
        folder, below, depth = waiting.pop()
        found, inner = [], []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_symlink() or any(fnmatch.fnmatch(entry.name.lower(), pattern) for pattern in patterns):
                        continue
                    path = below + os.fsencode(entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name.lower().endswith(RUN_ENDINGS):
                            found.append(_run(Path(entry.path), path, below))
                        elif depth < DEEPEST:
                            inner.append((Path(entry.path), path + os.fsencode(os.sep), depth + 1))
                    elif entry.is_file(follow_symlinks=False) and (
                        one := _file(Path(entry.path), path, below, by_identity)
                    ):
                        found.append(one)
        except OSError as problem:
            if not below:
                raise Vanished(problem.errno, problem.strerror, str(root)) from None
            yield Listing(below, [], str(problem.strerror))
            continue
        waiting += inner
        yield Listing(below, [one for one in found if one is not None])


def look(root: Path, path: bytes, *, is_run: bool, by_identity: bool = True) -> Entry | None:
    """One file or run as it is now, None where it is not there."""
    folder = path[: path.rfind(os.fsencode(os.sep)) + 1]
    whole = root / os.fsdecode(path)
    return _run(whole, path, folder) if is_run else _file(whole, path, folder, by_identity)


def _file(whole: Path, path: bytes, folder: bytes, by_identity: bool) -> Entry | None:
    try:
        known = os.stat(whole)  # not the entry's own: Windows keeps old sizes of open files in its folders
    except OSError:
        return None
    if not stat.S_ISREG(known.st_mode):
        return None
    sign = f"{known.st_size}:{known.st_mtime_ns}" + (f":{known.st_ino}" if by_identity else "")
    return Entry(path, folder, False, sign, known.st_size, known.st_mtime_ns)


def _run(whole: Path, path: bytes, folder: bytes) -> Entry | None:
    try:
        inside = members(whole)
    except OSError:
        return None
    if not inside:
        return None
    return Entry(
        path, folder, True, signed(inside), sum(one.size for one in inside), max(one.modified_ns for one in inside)
    )


def signed(inside: list[Member]) -> str:
    """What differs when any member of a run does."""
    lines = sorted(f"{one.path}\0{one.size}\0{one.modified_ns}\n".encode("utf-8", "surrogateescape") for one in inside)
    return f"{len(inside)}:{hashlib.sha256(b''.join(lines)).hexdigest()}"
