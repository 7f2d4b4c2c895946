"""Sending: one file from ready to confirmed; each step can be cut anywhere and taken again."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime

from ._journal import CONFIRMED, HASHING, SENDING, SENT, File, Journal
from ._pace import Speed
from ._scan import look
from ._settings import Settings
from ._source import Changed, Packed, Plain, Source, members
from ._wire import Elsewhere, Far, Lost, Server

HASHED_BYTES = 4 << 20
RUN_CHECKED_EVERY = 32
"""A run of a thousand members is not listed anew for each piece."""
TIMES = 3


class Interrupted(Exception):
    """The agent is to stop, or the hours of sending are over; the file goes on later where it was."""


class Way:
    """How files get from the disk to the server; ``between`` is called after each piece and may raise Interrupted."""

    def __init__(
        self, settings: Settings, journal: Journal, server: Server, speed: Speed, between: Callable[[float, bool], None]
    ) -> None:
        self.settings, self.journal, self.server, self.speed, self.between = settings, journal, server, speed, between

    def hash(self, file: File) -> File:
        """The journal knows the SHA-256 of the whole file; raises Changed."""
        self.journal.change(file.path, state=HASHING)
        digest = hashlib.sha256()
        source = self._open(file)
        try:
            offset = 0
            while piece := source.read(offset, HASHED_BYTES):
                digest.update(piece)
                offset += len(piece)
                self.between(0.0, False)
        finally:
            source.close()
        self._require(file)
        if offset != source.size:
            raise Changed(f"found {offset} bytes, expected {source.size}")
        self.journal.change(
            file.path, state=SENDING, sha256=digest.hexdigest(), size=source.size, location="", offset=0, reason=""
        )
        return self._now(file)

    def send(self, file: File) -> File:
        """The server keeps the whole file and said its SHA-256; raises Changed, Interrupted, the wire's errors."""
        source = self._open(file)
        try:
            far = self._resume(file, source)
            misses = pieces = 0
            while far.offset < file.size:
                pieces += 1
                if not file.is_run or pieces % RUN_CHECKED_EVERY == 0:
                    self._require(file)
                piece = source.read(far.offset, self.speed.piece(self.settings.piece_bytes))
                if not piece:
                    raise Changed(f"found the end at {far.offset}, expected {file.size} bytes")
                try:
                    far = self.server.append(far.location, far.offset, piece)
                except Elsewhere:
                    misses += 1
                    if misses > TIMES:
                        raise
                    far = self.server.far(far.location)
                    continue
                self.journal.change(file.path, offset=far.offset)
                if far.offset < file.size:
                    self.between(self.speed.wait_after(len(piece)), True)
                    self._require_same(file)
        finally:
            source.close()
        self.journal.change(file.path, state=SENT, offset=far.offset, attempts=0, reason="")
        return self.confirm(file, far)

    def confirm(self, file: File, far: Far | None = None) -> File:
        """The journal says confirmed once the server says that it keeps these very bytes."""
        far = far or self.server.far(file.location)
        if far.sha256 != file.sha256:
            self.journal.change(file.path, state=SENDING, offset=far.offset)
            if far.offset >= file.size:
                raise Lost("the server has all bytes and does not say which file they are")
            return self._now(file)
        self.journal.change(
            file.path, state=CONFIRMED, offset=file.size, confirmed_at=datetime.now(UTC).timestamp(), reason="",
            attempts=0,
        )  # fmt: skip
        return self._now(file)

    def give_up(self, file: File) -> None:
        """What was sent of a file that changed is dropped at the server, as well as that can be done."""
        if file.location:
            try:
                self.server.drop(file.location)
            except Lost:
                return

    def _resume(self, file: File, source: Source) -> Far:
        """How far the upload is; made anew where there is none."""
        if file.location:
            try:
                return self.server.far(file.location)
            except Lost:
                self.journal.change(file.path, location="", offset=0)
        self._require(file)
        first = source.read(0, self.speed.piece(self.settings.piece_bytes))
        far = self.server.create(
            name=file.name + (".tar" if file.is_run else ""), size=file.size, sha256=file.sha256,
            modified=datetime.fromtimestamp(file.modified_ns / 1e9, UTC).isoformat(), entire=file.entire, first=first,
        )  # fmt: skip
        self.journal.change(file.path, location=far.location, offset=far.offset)
        if far.offset < file.size:
            self.between(self.speed.wait_after(far.offset), True)
        return far

    def _open(self, file: File) -> Source:
        whole = self.settings.folder / os.fsdecode(file.path)
        self._require(file)
        return Packed(whole, members(whole)) if file.is_run else Plain(whole)

    def _require(self, file: File) -> None:
        now = look(self.settings.folder, file.path, is_run=file.is_run, by_identity=not self.settings.pull)
        if now is None:
            raise FileNotFoundError(f"{file.name} cannot be seen")
        if now.sign != file.sign:
            raise Changed(f"{file.name} changed while it was on its way")

    def _require_same(self, file: File) -> None:
        """A scan in between may have seen the file anew."""
        now = self.journal.get(file.path)
        if now is None or now.sign != file.sign or now.state != SENDING:
            raise Changed(f"{file.name} changed while it was on its way")

    def _now(self, file: File) -> File:
        now = self.journal.get(file.path)
        if now is None:
            raise Changed(f"{file.name} is no longer on record")
        return now


__all__ = ["Interrupted", "Way"]
