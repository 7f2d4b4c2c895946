"""Members of a ZIP file read with bounds, so that a small file cannot unpack to an endless one."""

import zipfile
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._members import TROUBLE

_MOST_BYTES = 1 << 30
_MOST_RATIO = 400
_ALWAYS_FINE = 1 << 26


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
            return archive.read(first)
    except UnreadableFile:
        raise
    except TROUBLE as problem:
        found = f"a damaged ZIP file ({problem})"
        raise UnreadableFile(path, found, expected, again) from None
