"""Every peak of a stored run for figures that are zoomed deep: made on first demand, kept while there is room."""

import contextlib
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from liqi.answers import answer, storage, store
from liqi.answers.models import Run, StoredFile
from liqi.methods import UnreadableFile
from liqi.methods.mass_spectrometry.peakfile import PeakFile, Window, write
from liqi.methods.readers import read

try:
    import fcntl
except ImportError:  # Windows: two requests may make the same file; the last to finish stays
    fcntl = None  # type: ignore[assignment]

__all__ = ["MOST_PEAKS", "NotThere", "Preparing", "peaks_of_feature", "peaks_of_part"]

MOST_PEAKS = 20_000
"""So many peaks a figure is sent at once; a part that holds more is thinned to its strongest."""
AT_ONCE_BYTES = 64 << 20
"""A larger run is read beside the request, which is asked to come again."""
_making: dict[str, Exception | None] = {}
"""Files at work in this process, and those that failed with their error; it is told once, then all begins anew."""
_making_lock = threading.Lock()


class NotThere(LookupError):
    """The peaks cannot be told; the message says why."""


class Preparing(Exception):
    """The run is being read; ask again in a moment."""


def peaks_of_part(run: Run, file: int, time_s: tuple[float, float], mz: tuple[float, float]) -> Window:
    """The survey peaks of a part of one of the run's files; raises NotThere, Preparing, Gone."""
    return _of(_sha256(run, file)).window(time_s, mz, MOST_PEAKS)


def peaks_of_feature(run: Run, feature: int, mz: tuple[float, float]) -> list[dict[str, Any]]:
    """The recorded peaks of each scan that a feature's spectrum was made from, in per cent of the scan's highest.

    The strongest where they are too many; raises NotThere, Preparing, Gone.
    """
    facts = answer.read(run)
    told = facts["detail"].get("features", ())
    place = next((n for n, one in enumerate(told) if one["index"] == feature), None)
    measured = facts["detail"].get("measured", ())
    if place is None or place >= len(measured) or not measured[place]["scan_ids"]:
        words = _("Found no scans of feature %(feature)s; expected a feature of the answer; choose one of its list.")
        raise NotThere(words % {"feature": feature})
    wanted = set(measured[place]["scan_ids"])
    peaks = _of(_sha256(run, measured[place]["file"]))
    scans = []
    for number, name in enumerate(peaks.names()):
        if name not in wanted:
            continue
        all_mz, height = peaks.scan(number)
        inside = (all_mz >= mz[0]) & (all_mz <= mz[1])
        share = 100 * height[inside] / (height.max(initial=0.0) or 1.0)
        kept = sorted((-share).argsort()[: MOST_PEAKS // len(wanted)])
        scans.append({"name": name, "mz": all_mz[inside][kept].tolist(), "intensity": share[kept].tolist()})
    return scans


def _sha256(run: Run, file: int) -> str:
    inputs = answer.read(run)["inputs"]
    if not 0 <= file < len(inputs):
        words = _("Found file %(file)s; expected one from 0 to %(last)s; choose one of the answer's files.")
        raise NotThere(words % {"file": file, "last": len(inputs) - 1})
    return str(inputs[file]["sha256"])


def _of(sha256: str) -> PeakFile:
    path = _cache().find(sha256)
    if path is None:
        known = StoredFile.objects.filter(sha256=sha256).values_list("size", flat=True).first()
        if known is not None and known > AT_ONCE_BYTES:
            _make_beside(sha256)
        path = _make(sha256)
    try:
        return PeakFile(path)
    except UnreadableFile:  # made by another version, or cut
        _cache().drop(sha256)
        return PeakFile(_make(sha256))


def _make(sha256: str) -> Path:
    """The run is read and its peaks are kept; raises NotThere where it is no run of spectra, Gone."""
    source = storage.path_of(sha256)
    cache = _cache()
    with _alone(cache.folder / f"{sha256}.lock"), cache.draft() as draft:
        there = cache.find(sha256)
        if there is not None:  # another request was quicker
            return there
        try:
            write(read(source), draft)
        except UnreadableFile as problem:
            raise NotThere(problem.sentence) from None
        return cache.keep(draft, sha256)


def _make_beside(sha256: str) -> None:
    """Reading goes on in a thread of its own; raises Preparing until it is over, NotThere where it failed."""
    with _making_lock:
        failed = _making.get(sha256)
        if sha256 not in _making:
            _making[sha256] = None
            threading.Thread(target=_made_beside, args=(sha256,), daemon=True).start()
        elif failed:
            del _making[sha256]
    if failed:
        raise failed
    raise Preparing


def _made_beside(sha256: str) -> None:
    failed: Exception | None = None
    try:
        _make(sha256)
    except (NotThere, store.Gone) as problem:
        failed = problem
    except OSError as problem:
        failed = NotThere(str(problem))
    finally:  # what nobody foresaw ends the thread with its traceback, and the next request tries again
        with _making_lock:
            _making.pop(sha256, None)
            if failed:
                _making[sha256] = failed


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock: IO[str]
    with path.open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    path.unlink(missing_ok=True)


def _cache() -> store.Cache:
    return _cache_in(Path(settings.LIQI_DATA) / "cache" / "peaks", settings.LIQI_PEAKS_CACHE_BYTES)


@lru_cache(maxsize=4)
def _cache_in(folder: Path, most_bytes: int) -> store.Cache:
    return store.Cache(folder, most_bytes)
