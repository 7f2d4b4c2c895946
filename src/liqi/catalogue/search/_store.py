"""The index on disk: opened, rebuilt beside the old one and swapped, changed from the queue, read anew after changes.

The index is a folder that can be thrown away. `current` names the folder in use; a rebuild writes a new folder and
then replaces that one line, so readers see the old index or the new one, never a half.
"""

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import tantivy
from django.conf import settings

from liqi.catalogue.models import IndexChange
from liqi.catalogue.search._documents import Documents
from liqi.catalogue.search._schema import SCHEMA, VERSION

WRITER_BYTES = 128_000_000
CHANGES_AT_ONCE = 5_000
SWAPS_OUTRUN = 3
_open: dict[Path, tuple[str, tantivy.Index]] = {}


def folder() -> Path:
    """Where the index is kept."""
    return Path(settings.LIQI_DATA) / "search"


def rebuild() -> int:
    """The index holds exactly what the database holds; the number of documents."""
    with _locked(wait=True):
        return _rebuild()


def apply_changes() -> int:
    """Queued changes are in the index; how many. Nothing is done while another process is writing."""
    if not _current():
        if not (folder() / "current").exists() and not IndexChange.objects.exists():
            return 0
        return rebuild()
    if not IndexChange.objects.exists():
        return 0
    applied = 0
    with _locked(wait=False) as mine:
        while mine and (changes := list(IndexChange.objects.order_by("id")[:CHANGES_AT_ONCE])):
            _apply(changes)
            applied += len(changes)
    return applied


def searcher() -> tantivy.Searcher:
    """A searcher over the newest index; built from the database when there is none."""
    for _ in range(SWAPS_OUTRUN):
        try:
            return _searcher()
        except (ValueError, OSError):  # a rebuild took the folder away between reading its name and opening it
            _open.pop(folder(), None)
    return _searcher()


def _searcher() -> tantivy.Searcher:
    name = _current()
    if not name:
        with _locked(wait=True):
            if not _current():
                _rebuild()
        name = _current()
    at = folder()
    known = _open.get(at)
    if known is None or known[0] != name:
        known = (name, tantivy.Index.open(str(at / name)))
        known[1].config_reader("manual")
        _open[at] = known
    known[1].reload()
    return known[1].searcher()


def _current() -> str:
    """The name of the index in use, or nothing if there is none of this version."""
    try:
        name = (folder() / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    fits = name.startswith(f"v{VERSION}-") and tantivy.Index.exists(str(folder() / name))
    return name if fits else ""


def _rebuild() -> int:
    at = folder()
    name = f"v{VERSION}-{uuid.uuid4().hex[:12]}"
    (at / name).mkdir(parents=True)
    seen = IndexChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
    writer = tantivy.Index(SCHEMA, path=str(at / name)).writer(WRITER_BYTES, 1)
    count = 0
    for document in Documents().all():
        writer.add_document(document)
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    draft = at / f"current.{os.getpid()}"
    draft.write_text(name, encoding="ascii")
    os.replace(draft, at / "current")
    IndexChange.objects.filter(id__lte=seen).delete()
    for old in at.glob("v*-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return count


def _apply(changes: list[IndexChange]) -> None:
    index = tantivy.Index.open(str(folder() / _current()))
    writer = index.writer(WRITER_BYTES, 1)
    documents = Documents()
    by_kind: dict[str, set[str]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, set()).add(change.key)
    for kind, keys in by_kind.items():
        for key in keys:
            writer.delete_documents_by_term("key", f"{kind}:{key}")
        for some in _batches(sorted(keys)):
            for document in documents.of(kind, some):
                writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    IndexChange.objects.filter(id__in=[change.pk for change in changes]).delete()  # later changes stay queued


def _batches(keys: list[str], size: int = 500) -> Iterator[list[str]]:
    for at in range(0, len(keys), size):
        yield keys[at : at + size]


@contextlib.contextmanager
def _locked(*, wait: bool) -> Iterator[bool]:
    """Whether this process alone may write the index while the block runs."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
