"""Libraries that were not built are built on first use and kept in the user's cache folder."""

import hashlib
import os
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Progress, unwatched
from liqi.methods.mass_spectrometry._store import VERSION, is_built
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary

_KEPT = 4
_STEP = "preparing the library"
_STEPS = 2


def cached_library(path: Path, progress: Progress = unwatched) -> SpectralLibrary:
    """Return the library of a file, built with its own confidence; the shipped one is used as it is."""
    if is_built(path) or path == SMALL_LIBRARY:
        return SpectralLibrary.load(path)
    kept = _place(path)
    if kept is not None and kept.exists():
        try:
            library = SpectralLibrary.load(kept)
        except UnreadableFile:
            kept.unlink(missing_ok=True)
        else:
            kept.touch()
            library.name = path.name
            return library
    progress(0, _STEPS, _STEP)
    library = SpectralLibrary.load(path)
    progress(1, _STEPS, _STEP)
    library.prepare()
    progress(_STEPS, _STEPS, _STEP)
    if kept is not None:
        _keep(library, kept)
    return library


def _place(path: Path) -> Path | None:
    """Return where the built library of this file is kept: one place a path, size, time and version."""
    from platformdirs import user_cache_path

    try:
        facts = path.stat()
        key = f"{VERSION}\n{path.resolve()}\n{facts.st_size}\n{facts.st_mtime_ns}".encode()
        return user_cache_path("liqi") / "libraries" / f"{hashlib.sha256(key).hexdigest()[:32]}.npz"
    except (OSError, RuntimeError):
        return None


def _keep(library: SpectralLibrary, kept: Path) -> None:
    """Keep the built library and the three used last; where nothing can be written, nothing is kept."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        library.save(kept)
        used_last = sorted(kept.parent.glob("*.npz"), key=os.path.getmtime, reverse=True)
        for old in used_last[_KEPT:]:
            old.unlink(missing_ok=True)
    except (UnreadableFile, OSError):
        return
