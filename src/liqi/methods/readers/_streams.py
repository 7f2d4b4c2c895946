"""Files opened for reading whatever wraps them: ZIP, gzip, UTF-16; a small file cannot unpack to an endless one."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from isal import igzip, isal_zlib

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import reason_of
from liqi.methods.readers._lone import lone_member
from liqi.methods.readers._members import TROUBLE
from liqi.methods.readers._raw_marks import folder

_BLOCK = 1 << 18
_ALWAYS_FINE = 1 << 28
_MOST_RATIO = 300
_igzip: Any = igzip.IGzipFile
_ISAL = cast("type[Exception]", isal_zlib.IsalError)


class _Blocks(io.RawIOBase):
    """A stream of the blocks that a function gives, until it gives an empty one."""

    def __init__(self, give: Callable[[], bytes], below: IO[bytes]) -> None:
        self._give, self._below, self._rest = give, below, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._rest or self._give()
        size = min(len(buffer), len(block))
        buffer[:size], self._rest = block[:size], block[size:]
        return size

    def close(self) -> None:
        self._below.close()
        super().close()


def not_opened(path: Path, problem: OSError) -> UnreadableFile:
    """Return the error for a path that cannot be opened: nothing there, no right to it, or a folder."""
    if path.is_dir():
        found, do = folder(path)
        return UnreadableFile(path, found, "a file", do)
    reason = (problem.strerror or type(problem).__name__).lower()
    return UnreadableFile(path, reason, "a file that can be read", "check path and rights")


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, or raise `UnreadableFile`: a lone file in a ZIP file and gzip are unpacked, UTF-16 is UTF-8."""
    try:
        stream = path.open("rb")
        start = stream.read(2)
    except OSError as problem:
        raise not_opened(path, problem) from None
    stream.seek(0)
    if start == b"PK" and (name := lone_member(path)):
        stream = io.BufferedReader(_member(stream, path, name), _BLOCK)
        try:
            start = stream.peek(2)[:2]
        except (OSError, EOFError):
            return stream
    if start == b"\x1f\x8b":
        stream = io.BufferedReader(_unpacked(stream, path.stat().st_size), _BLOCK)
        try:
            start = stream.peek(2)[:2]
        except (OSError, EOFError):
            return stream
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.BufferedReader(_recoded(stream), _BLOCK)
    return stream


def by_lines(stream: IO[bytes]) -> IO[bytes]:
    """Return a buffered stream whose lines end as they do today; old Macs ended them with a carriage return alone."""
    start = stream.peek(_BLOCK) if isinstance(stream, io.BufferedReader) else b""
    if b"\r" not in start or b"\n" in start:
        return stream
    return io.BufferedReader(_Blocks(lambda: stream.read(_BLOCK).replace(b"\r", b"\n"), stream), _BLOCK)


def _member(stream: IO[bytes], path: Path, name: str) -> _Blocks:
    """The one file that the ZIP file holds; raises `UnreadableFile` for one that a password locks."""
    try:
        file = zipfile.ZipFile(stream).open(name)  # noqa: SIM115, closed with the stream below it
    except TROUBLE as problem:
        stream.close()
        locked = "password" in str(problem)
        found = "a ZIP file that a password locks" if locked else f"a damaged ZIP file ({reason_of(problem)})"
        do = "unpack it and give the file itself" if locked else "copy the file again"
        raise UnreadableFile(path, found, "one that opens" if locked else "a whole one", do) from None
    return _bounded(file, stream, path.stat().st_size)


def _unpacked(stream: IO[bytes], size: int) -> _Blocks:
    return _bounded(_igzip(fileobj=stream, mode="rb"), stream, size)


def _bounded(file: IO[bytes], stream: IO[bytes], size: int) -> _Blocks:
    """What a packed file of that size holds, up to what no honest one would hold more of."""
    most = max(_ALWAYS_FINE, size * _MOST_RATIO)
    given = 0

    def give() -> bytes:
        nonlocal given
        try:
            block = bytes(file.read(_BLOCK))
        except (_ISAL, zipfile.BadZipFile, zlib.error, ValueError) as problem:
            raise OSError(reason_of(problem)) from None
        given += len(block)
        if given > most:
            raise OSError(f"it unpacks to more than {_MOST_RATIO} times its size")
        return block

    return _Blocks(give, stream)


def _recoded(stream: IO[bytes]) -> _Blocks:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def give() -> bytes:
        while block := stream.read(_BLOCK):
            if found := decoder.decode(block):
                return found.encode("utf-8", "replace")
        return b""

    return _Blocks(give, stream)
