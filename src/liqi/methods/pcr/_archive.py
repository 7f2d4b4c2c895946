"""Members of a ZIP file read with bounds, so that a small file cannot unpack to an endless one."""

import zipfile
import zlib
from pathlib import Path
from typing import cast

from isal import isal_zlib

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._members import TROUBLE

_MOST_BYTES = 1 << 30
_MOST_RATIO = 400
_ALWAYS_FINE = 1 << 26
_LOCAL_HEAD = 30
_ISAL = cast("type[Exception]", isal_zlib.IsalError)


def read_member(path: Path, expected: str, suffix: str = ".xml") -> bytes:
    """Return the first member whose name ends so, whole; a broken archive raises `UnreadableFile`."""
    again = "copy or export the file again"
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(suffix)]
            if not members:
                raise UnreadableFile(path, f"a ZIP file without a {suffix} member", expected, again)
            first = members[0]
            if first.file_size > max(_ALWAYS_FINE, min(_MOST_BYTES, first.compress_size * _MOST_RATIO)):
                raise UnreadableFile(path, f"{first.file_size:,} bytes in {first.compress_size:,}", expected, again)
            return _unpacked(path, archive, first)
    except UnreadableFile:
        raise
    except TROUBLE as problem:
        found = f"a damaged ZIP file ({problem})"
        raise UnreadableFile(path, found, expected, again) from None


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
