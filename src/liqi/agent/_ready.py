"""The ready rules: whether a file is finished, so that none is taken while the instrument still writes it."""

import os
from pathlib import Path

from ._ends import has_end
from ._journal import File
from ._settings import Settings
from ._source import members

UNSETTLED = ("-journal", "-wal", "-shm", ".tmp", ".lock", ".lck")
"""A member of a run that ends so says that a program still writes."""
CLOSED = "closed"


def is_ready(file: File, settings: Settings, *, now: float) -> tuple[bool, str]:
    """Whether the file is finished, and in one word why not: settling, marker, end, closed, partial.

    stable: unchanged over two scans and the quiet time. auto: also no known format says that its end is missing.
    end: a known format that has its end is ready at once, others by the quiet time. marker: the marker is there.
    """
    settled = file.looks >= 2 and now - file.since >= settings.quiet_seconds
    if settings.rule == "marker":
        if file.looks < 2 or not _marked(file, settings):
            return False, "marker"
        return True, ""
    if not settled and not (settings.rule == "end" and file.looks >= 2):
        return False, "settling"
    if settings.rule == "stable":
        return True, ""
    whole = settings.folder / os.fsdecode(file.path)
    if file.is_run:
        return (settled, "settling") if _run_is_whole(whole) else (False, "partial")
    try:
        with whole.open("rb") as stream:
            ended = has_end(stream, file.size)
    except OSError:
        return False, CLOSED
    if ended is False:
        return False, "end"
    return (True, "") if settled or ended else (False, "settling")


def is_marker(path: bytes, settings: Settings, names: set[str]) -> bool:
    """Whether a file of the folder is there only to say that another is ready."""
    if not settings.marker:
        return False
    name = os.fsdecode(path).rpartition(os.sep)[2]
    return any(name == _marker_of(other, settings.marker) for other in names if other != name)


def _marked(file: File, settings: Settings) -> bool:
    whole = settings.folder / os.fsdecode(file.path)
    marker = _marker_of(whole.name, settings.marker)
    return (whole.parent / marker).exists() or (file.is_run and (whole / marker).exists())


def _marker_of(name: str, pattern: str) -> str:
    return pattern.replace("{name}", name).replace("{stem}", name.rpartition(".")[0] or name)


def _run_is_whole(folder: Path) -> bool:
    """What makers' programs leave behind when a run is over, and nothing of what stands while it is written."""
    try:
        names = {member.path.lower() for member in members(folder)}
    except OSError:
        return False
    if any(name.endswith(UNSETTLED) for name in names):
        return False
    last = {name.rpartition("/")[2] for name in names}
    if folder.name.lower().endswith(".raw"):
        return "_header.txt" in last and any(name.startswith("_func") and name.endswith(".dat") for name in last)
    if any(name.startswith("acqdata/") for name in names):  # Agilent MassHunter
        return "acqdata/contents.xml" in names
    return True
