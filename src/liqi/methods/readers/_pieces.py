"""A long XML file cut into the pieces that matter, `<spectrum ...` to `</spectrum>`, without parsing what is between.

A file that is damaged somewhere still gives every piece that is whole; what it declares before them (entities,
a document type) is never expanded, and no more than a piece is held in memory.
"""

import re
import zlib
from collections.abc import Iterator
from typing import IO

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import Damage, reason_of

_BLOCK = 1 << 16
_MOST_HEADER = 1 << 26
_MOST_PIECE = 1 << 29
_LONGEST_TAG = 100
_TOO_LONG = "a spectrum of more than half a gigabyte"


class Pieces:
    """Iterates over the pieces of a stream; `header` holds what stands before the first one."""

    def __init__(self, stream: IO[bytes], name: bytes, until: bytes, last: bytes, damage: Damage) -> None:
        self._stream, self._damage = stream, damage
        self._start, self._until = b"<" + name, until
        self._last = re.compile(rb"</(?:\w+:)?(?:" + last + rb")\s*>")
        self._ended = False
        self.header = b""
        self._headed = False
        self._buffer = b""
        self._over = False

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        """Yield each piece without its closing tag, and whether it was closed; one not closed may hold several."""
        begin = self._next_start(0)
        self.header = self._buffer[: begin if begin >= 0 else _MOST_HEADER][:_MOST_HEADER]
        self._headed = True
        while begin >= 0:
            end = self._buffer.find(self._until, begin)
            if end < 0 and not self._over and len(self._buffer) - begin < _MOST_PIECE:
                begin = self._read_on(begin)
                continue
            if end >= 0:
                yield self._buffer[begin:end], True
                begin = self._next_start(end)
            elif self._over:
                self._ended = self._last.search(self._buffer, begin) is not None
                yield self._buffer[begin:], False
                begin = -1
            else:
                self._damage.stop(_TOO_LONG)
                return
        if not self._ended and not self._damage.stopped:
            self._damage.stop("a file that ends in the middle")

    def _next_start(self, place: int) -> int:
        """Return where the next piece begins, reading on as far as needed; -1 where there is none."""
        while True:
            found = self._within(place)
            if found >= 0:
                return found
            self._ended = self._ended or self._last.search(self._buffer, place) is not None
            if self._over:
                return -1
            if self._headed or len(self._buffer) > _MOST_HEADER:
                place = max(place, len(self._buffer) - _LONGEST_TAG)
            place = self._read_on(place)

    def _within(self, place: int) -> int:
        while True:
            found = self._buffer.find(self._start, place)
            after = found + len(self._start)
            if found < 0 or (after >= len(self._buffer) and not self._over):
                return -1
            if self._buffer[after : after + 1] in (b" ", b"\n", b"\t", b"\r", b">"):
                return found
            place = after

    def _read_on(self, keep_from: int) -> int:
        """Append the next block and forget what is before `keep_from`, unless the header is not known yet."""
        if not self._headed and len(self._buffer) <= _MOST_HEADER:
            kept, place = self._buffer, keep_from
        else:
            kept, place = self._buffer[keep_from:], 0
        try:
            block = self._stream.read(max(_BLOCK, len(kept)))
        except (OSError, EOFError, zlib.error, UnicodeError) as problem:
            self._damage.stop(f"damage in the middle ({reason_of(problem)[:100]})")
            block = b""
        except UnreadableFile as problem:
            self._damage.stop(problem.found)
            block = b""
        self._over = not block
        self._buffer = kept + block
        return place
