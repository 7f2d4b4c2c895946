"""The drafts of a file between reading and keeping: in memory while they are few, on disk when they are many."""

import pickle
import tempfile
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from types import TracebackType
from typing import IO

import numpy as np
from django.utils.translation import gettext as _

from liqi.catalogue.exchange import KINDS, ContentRef, Draft

BATCH = 500
_IN_MEMORY_BYTES = 32_000_000


class Spool:
    """Drafts in batches of one kind, given back in the order in which kinds are kept; ids that come twice are found."""

    def __init__(self) -> None:
        self._files: dict[str, IO[bytes]] = {}
        self._waiting: dict[str, list[Draft]] = {}
        self._marks = array("Q")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def add(self, draft: Draft) -> None:
        """The draft waits to be kept."""
        if draft.ref and not isinstance(draft.ref, ContentRef):
            self._marks.append(_mark(draft))
        waiting = self._waiting.setdefault(draft.kind, [])
        waiting.append(draft)
        if len(waiting) >= BATCH:
            self._flush(draft.kind)

    def batches(self) -> Iterator[tuple[str, list[Draft]]]:
        """Kind and drafts, at most BATCH at once; may be asked for again."""
        for kind in [*KINDS, *sorted((self._files.keys() | self._waiting.keys()) - set(KINDS))]:
            file = self._files.get(kind)
            if file:
                file.seek(0)
                while True:
                    try:
                        yield kind, pickle.load(file)
                    except EOFError:
                        break
            if waiting := self._waiting.get(kind):
                yield kind, waiting

    def _flush(self, kind: str) -> None:
        file = self._files.get(kind)
        if file is None:
            file = self._files[kind] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        pickle.dump(self._waiting.pop(kind), file, protocol=pickle.HIGHEST_PROTOCOL)

    def twins(self) -> Iterator[Draft]:
        """Each draft whose id an earlier one has, rejected."""
        marks = np.frombuffer(self._marks, dtype=np.uint64)
        ordered = np.sort(marks)
        double = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
        del ordered
        if not double:
            return
        first: dict[tuple[str, str], int] = {}
        for _kind, drafts in self.batches():
            for draft in drafts:
                if isinstance(draft.ref, ContentRef) or not draft.ref or _mark(draft) not in double:
                    continue
                if row := first.get((draft.kind, draft.ref)):
                    words = _("found id %(id)r, as in row %(row)s; expected each id once.")
                    draft.reject("id", "id_twice", words % {"id": draft.ref, "row": row})
                    yield draft
                first.setdefault((draft.kind, draft.ref), draft.row)

    @property
    def kinds(self) -> set[str]:
        """The kinds of the drafts that wait."""
        return {*self._files, *(kind for kind, waiting in self._waiting.items() if waiting)}


def _mark(draft: Draft) -> int:
    """64 bits of a hash of kind and id: equal ids have equal marks, others hardly ever."""
    return int.from_bytes(blake2b(f"{draft.kind}\x1f{draft.ref}".encode(), digest_size=8).digest())
