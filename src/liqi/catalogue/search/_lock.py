"""One process at a time writes the index; the lock goes with the process, however it ends."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows

    def _take(lock: IO[Any], *, wait: bool) -> None:
        import msvcrt

        how: Any = vars(msvcrt)
        try:
            how["locking"](lock.fileno(), how["LK_LOCK" if wait else "LK_NBLCK"], 1)
        except OSError as taken:
            raise BlockingIOError from taken
else:

    def _take(lock: IO[Any], *, wait: bool) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Whether this process alone may write the index while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            _take(lock, wait=wait)
        except BlockingIOError:
            yield False
            return
        yield True
