"""The index on disk: opened, rebuilt beside the old one and swapped, changed from the queue, read anew after changes.

The index is a folder that can be thrown away. `current` names the folder in use; a rebuild writes a new folder and
then replaces that one line, so readers see the old index or the new one, never a half. What cannot be opened is
built anew from the database; a change leaves the queue only after the index has it, so a process may end anywhere.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from liqi.catalogue.models import Facility, IndexChange, Instrument, Service
from liqi.catalogue.search import _build
from liqi.catalogue.search._concepts import edition
from liqi.catalogue.search._documents import KINDS, Documents
from liqi.catalogue.search._lock import locked
from liqi.catalogue.search._schema import VERSION

WRITER_BYTES = 64_000_000
CHANGES_AT_ONCE = 5_000
SWAPS_OUTRUN = 3
Problem = (ValueError, OSError)
"""What opening or changing a broken index raises."""


@dataclass
class Opened:
    """An index as this process has it open: `stamp` changes with every commit."""

    name: str
    stamp: int
    index: tantivy.Index
    searcher: tantivy.Searcher
    points: tuple[str, ...] | None = None


_open: dict[Path, Opened] = {}


def folder() -> Path:
    """Where the index is kept."""
    return Path(settings.LIQI_DATA) / "search"


def rebuild(*, today: date | None = None) -> int:
    """The index holds exactly what the database holds; the number of documents."""
    with locked(folder(), wait=True):
        return _rebuild(today)


def apply_changes(*, today: date | None = None) -> int:
    """Queued changes are in the index; how many. Nothing is done while another process is writing.

    An index that is broken or of an older version is built anew.
    """
    if not _current():
        if not (folder() / "current").exists() and not IndexChange.objects.exists():
            return 0
        return rebuild(today=today)
    if not IndexChange.objects.exists():
        return 0
    applied = 0
    with locked(folder(), wait=False) as mine:
        while mine and (changes := list(IndexChange.objects.order_by("id")[:CHANGES_AT_ONCE])):
            try:
                _apply(changes, today or _build.today())
            except Problem:
                return _rebuild(today)
            applied += len(changes)
    return applied


def searcher() -> tantivy.Searcher:
    """A searcher over the newest index; built from the database when there is none, or none that can be read."""
    for _ in range(SWAPS_OUTRUN):
        try:
            if _current():
                return _opened().searcher
        except Problem:  # a rebuild took the folder away between reading its name and opening it, or it is broken
            _open.pop(folder(), None)
    with locked(folder(), wait=True):
        try:
            return _opened().searcher
        except Problem:
            _open.pop(folder(), None)
            _rebuild(None)
        return _opened().searcher


def points(at: tantivy.Searcher) -> tuple[str, ...]:
    """Every place on earth that the index has, as it writes them."""
    known = _open.get(folder())
    if known is None or known.searcher is not at:
        return _points(at)
    if known.points is None:
        known.points = _points(at)
    return known.points


def _points(at: tantivy.Searcher) -> tuple[str, ...]:
    return tuple(point for point, _count in at.terms_with_prefix("point", "") if point)


def _opened() -> Opened:
    at = folder()
    name, stamp = _stamped()
    if not name:
        raise FileNotFoundError(str(at))
    known = _open.get(at)
    if known is None or known.name != name:
        index = tantivy.Index.open(str(at / name))
        index.config_reader("manual")
    elif known.stamp == stamp:
        return known
    else:
        index = known.index
    index.reload()
    _open[at] = Opened(name, stamp, index, index.searcher())
    return _open[at]


def _current() -> str:
    """The name of the index in use, or nothing if there is none of this version."""
    return _stamped()[0]


def _stamped() -> tuple[str, int]:
    """The name of the index in use and the time of its last commit in ns; every question asks, so by plain strings."""
    at = f"{settings.LIQI_DATA}/search"
    try:
        with open(f"{at}/current", encoding="ascii") as said:
            name = said.read().strip()
        return (name, os.stat(f"{at}/{name}/meta.json").st_mtime_ns) if name.startswith(_kind()) else ("", 0)
    except (FileNotFoundError, UnicodeDecodeError):
        return "", 0


def _kind() -> str:
    """How the name of an index begins that this version of the program and of its names can read."""
    return f"v{VERSION}-{edition()}-"


def _rebuild(today: date | None) -> int:
    at = folder()
    _remove_all_but(_current())
    name = f"{_kind()}{uuid.uuid4().hex[:12]}"
    seen = IndexChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
    count = _build.build(at / name, today=today or _build.today())
    draft = at / f"current.{os.getpid()}"
    draft.write_text(name, encoding="ascii")
    os.replace(draft, at / "current")
    IndexChange.objects.filter(id__lte=seen).delete()
    _remove_all_but(name)
    return count


def _remove_all_but(name: str) -> None:
    """What earlier builds left behind is gone."""
    for old in folder().glob("v*-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    for draft in folder().glob("current.*"):
        draft.unlink(missing_ok=True)


def _apply(changes: list[IndexChange], today: date) -> None:
    at = folder() / _current()
    index = tantivy.Index.open(str(at))
    writer = index.writer(WRITER_BYTES, 1)
    documents = Documents(today=today, tiers=_build.tiers_of(at), every=False)
    for kind, keys in _changed(changes).items():
        for key in keys:
            writer.delete_documents_by_term("key", f"{kind}:{key}")
        for some in _batches(sorted(keys)):
            for document in documents.of(kind, some):
                writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    IndexChange.objects.filter(id__in=[change.pk for change in changes]).delete()  # later changes stay queued


def _changed(changes: list[IndexChange]) -> dict[str, set[str]]:
    """The records to take in: those that changed, and those that carry the name of an owner that changed."""
    by_kind: dict[str, set[str]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, set()).add(change.key)
    for owner, carriers in _CARRIERS.items():
        owners = sorted(by_kind.get(owner, ()))
        for kind, model in carriers.items():
            for some in _batches(owners):
                named = model.objects.filter(**{f"{owner}__key__in": some}).values_list("key", flat=True)
                by_kind.setdefault(kind, set()).update(named)
    return {kind: keys for kind, keys in by_kind.items() if kind in KINDS}


_CARRIERS: dict[str, dict[str, Any]] = {
    "institution": {"instrument": Instrument, "facility": Facility, "service": Service},
    "facility": {"instrument": Instrument, "service": Service},
    "maker": {"instrument": Instrument},
}
"""Records whose documents say the name of another one."""


def _batches(keys: list[str], size: int = 500) -> Iterator[list[str]]:
    for at in range(0, len(keys), size):
        yield keys[at : at + size]
