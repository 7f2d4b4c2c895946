"""Libraries that were not built are built on first use and kept in the user's cache folder."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Progress, unwatched
from liqi.methods.mass_spectrometry._evidence import NAMES
from liqi.methods.mass_spectrometry._store import VERSION, is_built
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary

try:
    import fcntl
except ImportError:  # Windows

    def _take(lock: IO[Any]) -> None:
        import msvcrt

        how: Any = vars(msvcrt)
        how["locking"](lock.fileno(), how["LK_NBLCK"], 1)
else:

    def _take(lock: IO[Any]) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


_KEPT = 4
_LOCKS = 16
_LOOK_AGAIN_S = 0.2
_STEP, _WAITING = "preparing the library", "waiting for the library"
_STEPS = 2


def load_library(path: str | Path | None, progress: Progress = unwatched) -> SpectralLibrary:
    """Return a library, kept in memory as long as its file does not change.

    A file that was not built is built on first use, and kept in the user's cache folder.
    """
    chosen = Path(path) if path else SMALL_LIBRARY
    changed = chosen.stat().st_mtime_ns if chosen.exists() else 0
    if (chosen, changed) not in _LOADED:
        while len(_LOADED) > 1:
            _LOADED.pop(next(iter(_LOADED)))
        _LOADED[chosen, changed] = cached_library(chosen, progress)
    return _LOADED[chosen, changed]


_LOADED: dict[tuple[Path, int], SpectralLibrary] = {}


def cached_library(path: Path, progress: Progress = unwatched) -> SpectralLibrary:
    """Return the library of a file, built with its own confidence; the shipped one is used as it is.

    Of several processes that ask for the same library at once, one builds it and the others wait for it.
    """
    if is_built(path) or path == SMALL_LIBRARY:
        return SpectralLibrary.load(path)
    kept = _place(path)
    if kept is None:
        return _build(path, progress)
    with _alone(kept, progress):
        library = _kept(kept)
        if library is None:
            library = _build(path, progress)
            _keep(library, kept)
    library.name = path.name
    return library


def _build(path: Path, progress: Progress) -> SpectralLibrary:
    progress(0, _STEPS, _STEP)
    library = SpectralLibrary.load(path)
    progress(1, _STEPS, _STEP)
    library.prepare()
    progress(_STEPS, _STEPS, _STEP)
    return library


def _place(path: Path) -> Path | None:
    """Return where the built library of this file is kept: one place a content, whatever the file is called.

    Another version of Liqi, of the stored form or of the evidence has another place. None where there is no folder
    to keep anything in.
    """
    from platformdirs import user_cache_path

    try:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        made_by = f"{VERSION}\n{version('liqi')}\n{','.join(NAMES)}\n{path.suffix.lower()}\n{content}"
        folder = user_cache_path("liqi") / "libraries"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder / f"{hashlib.sha256(made_by.encode()).hexdigest()[:32]}.npz"


@contextmanager
def _alone(kept: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock of this place; who has to wait tells so. Where nothing can be locked, nobody waits."""
    try:
        lock = (kept.parent / f"building-{int(kept.stem, 16) % _LOCKS}.lock").open("a")
    except OSError:
        yield
        return
    with lock:
        while True:
            try:
                _take(lock)
                break
            except (BlockingIOError, PermissionError):
                progress(0, 0, _WAITING)
                time.sleep(_LOOK_AGAIN_S)
            except OSError:  # a folder on a disk that knows no locks
                break
        yield


def _kept(kept: Path) -> SpectralLibrary | None:
    """Return the library that is kept there; one that is damaged is thrown away."""
    if not kept.exists():
        return None
    try:
        library = SpectralLibrary.load(kept)
        kept.touch()
    except UnreadableFile:
        kept.unlink(missing_ok=True)
        return None
    return library


def _keep(library: SpectralLibrary, kept: Path) -> None:
    """Keep the built library and the three used last; where nothing can be written, nothing is kept."""
    try:
        library.save(kept)
        used_last = sorted(kept.parent.glob("*.npz"), key=os.path.getmtime, reverse=True)
        for old in used_last[_KEPT:]:
            old.unlink(missing_ok=True)
    except (UnreadableFile, OSError):
        return
