"""Members of a ZIP file read with bounds, so that a small file cannot unpack to an endless one."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import cast

from isal import isal_zlib

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._members import TROUBLE

_MOST_BYTES = 1 << 30
_MOST_RATIO = 400
_ALWAYS_FINE = 1 << 26
_LOCAL_HEAD = 30
_ISAL = cast("type[Exception]", isal_zlib.IsalError)


_AGAIN = "copy or export the file again"


def read_member(path: Path, expected: str, suffix: str = ".xml", better: str = "") -> bytes:
    """Return the member of the better name, else the first that ends so; a broken file raises `UnreadableFile`."""
    with _opened(path, expected) as archive:
        members = [one for one in archive.infolist() if one.filename.lower().endswith(suffix)]
        if not members:
            raise UnreadableFile(path, f"a ZIP file without a {suffix} member", expected, _AGAIN)
        named = [one for one in members if PurePosixPath(one.filename.lower()).name == better]
        return _bounded(path, archive, (named or members)[0], expected)


def read_members(path: Path, expected: str, names: Sequence[str]) -> dict[str, bytes]:
    """Return those members that are there, by the names asked for; capitals and backslashes of theirs do not count."""
    with _opened(path, expected) as archive:
        there = {one.filename.replace("\\", "/").lower(): one for one in archive.infolist()}
        return {name: _bounded(path, archive, there[name], expected) for name in names if name in there}


@contextmanager
def _opened(path: Path, expected: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except UnreadableFile:
        raise
    except TROUBLE as problem:
        found = f"a damaged ZIP file ({problem})".replace("\n", " ")
        raise UnreadableFile(path, found, expected, _AGAIN) from None


def _bounded(path: Path, archive: zipfile.ZipFile, one: zipfile.ZipInfo, expected: str) -> bytes:
    if one.file_size > max(_ALWAYS_FINE, min(_MOST_BYTES, one.compress_size * _MOST_RATIO)):
        raise UnreadableFile(path, f"{one.file_size:,} bytes in {one.compress_size:,}", expected, _AGAIN)
    return _unpacked(path, archive, one)


def _unpacked(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds; a deflated one in one go, its check sum compared as `zipfile` does."""
    if member.compress_type != zipfile.ZIP_DEFLATED or member.flag_bits & 1:
        return archive.read(member)
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        head = stream.read(_LOCAL_HEAD)
        if len(head) < _LOCAL_HEAD or head[:4] != b"PK\3\4":
            raise zipfile.BadZipFile("a member without its head")
        stream.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
        packed = stream.read(member.compress_size)
    unpacker = isal_zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        content = bytes(unpacker.decompress(packed, member.file_size + 1))
    except _ISAL as problem:
        raise zipfile.BadZipFile(str(problem)) from None
    if len(content) != member.file_size or isal_zlib.crc32(content) != member.CRC:
        raise zipfile.BadZipFile(f"{member.filename} is not whole")
    return content
