"""Files opened for reading whatever wraps them: gzip, UTF-16; a small file cannot unpack to an endless one."""

import codecs
import io
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from isal import igzip, isal_zlib

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import reason_of
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
    """Open a file for reading, gzip unpacked and UTF-16 turned into UTF-8, or raise `UnreadableFile`."""
    try:
        stream = path.open("rb")
        start = stream.read(2)
    except OSError as problem:
        raise not_opened(path, problem) from None
    stream.seek(0)
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


def _unpacked(stream: IO[bytes], size: int) -> _Blocks:
    file: IO[bytes] = _igzip(fileobj=stream, mode="rb")
    most = max(_ALWAYS_FINE, size * _MOST_RATIO)
    given = 0

    def give() -> bytes:
        nonlocal given
        try:
            block = bytes(file.read(_BLOCK))
        except (_ISAL, ValueError) as problem:
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
