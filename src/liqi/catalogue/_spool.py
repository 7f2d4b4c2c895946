"""The drafts of a file between reading and keeping: in memory while they are few, on disk when they are many."""

import pickle
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from types import TracebackType
from typing import IO

from liqi.catalogue.exchange import KINDS, ContentRef, Draft

BATCH = 500
_IN_MEMORY_BYTES = 32_000_000
_NAMED = 500_000


class Spool:
    """Drafts in batches of one kind, given back in the order in which kinds are kept; ids that come twice rejected."""

    def __init__(self) -> None:
        self._files: dict[str, IO[bytes]] = {}
        self._waiting: dict[str, list[Draft]] = {}
        self._seen: dict[int, int] = {}
        self._also_seen: set[int] = set()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def add(self, draft: Draft) -> None:
        """The draft waits to be kept; the second of one id is rejected."""
        if draft.ref and not isinstance(draft.ref, ContentRef):
            self._reject_twin(draft)
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

    def _reject_twin(self, draft: Draft) -> None:
        mark = int.from_bytes(blake2b(f"{draft.kind}\x1f{draft.ref}".encode(), digest_size=8).digest())
        if (row := self._seen.get(mark)) or mark in self._also_seen:
            where = f", as in row {row}" if row else ", as in an earlier row"
            draft.reject("id", "id_twice", f"found id {draft.ref!r}{where}; expected each id once.")
        elif len(self._seen) < _NAMED:
            self._seen[mark] = draft.row
        else:
            self._also_seen.add(mark)
