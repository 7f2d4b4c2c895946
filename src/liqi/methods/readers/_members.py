"""Which format a ZIP file is, by the names of its members; a test a format, tried in order."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from liqi.methods._errors import UnreadableFile

Names = Sequence[str]
TROUBLE = (
    *(OSError, ValueError, KeyError, RuntimeError, EOFError),
    *(zlib.error, zipfile.BadZipFile, zipfile.LargeZipFile, struct.error),
)
"""What a damaged ZIP file may raise while it is read; an unknown way of packing is a RuntimeError."""
MOST_BYTES = 1 << 30
PICTURES = (".png", ".tif", ".tiff", ".bmp")
_TESTS: tuple[tuple[str, Callable[[Names], bool]], ...] = (
    ("unicorn", lambda names: any(one.startswith("chrom.1") and one.endswith(".xml") for one in names)),
    ("bruker", lambda names: {"acqus", "acqu"} & set(names) != set() and {"fid", "1r", "ser"} & set(names) != set()),
    ("varian", lambda names: {"fid", "procpar"} <= set(names)),
    ("slices", lambda names: sum(one.endswith(PICTURES) for one in names) >= 2),
    ("xlsx", lambda names: "workbook.xml" in names),
    ("npz", lambda names: bool(names) and all(one.endswith(".npy") for one in names)),
)


def kind_of_zip(path: Path) -> str | None:
    """Return the short name of the format, None for a ZIP file of no known kind; raise for a damaged one."""
    try:
        with zipfile.ZipFile(path) as whole:
            names = [PurePosixPath(one.replace("\\", "/")).name.lower() for one in whole.namelist()]
    except TROUBLE as problem:
        words = f"a damaged ZIP file ({problem})".replace("\n", " ")
        raise UnreadableFile(path, words, "a whole one", "copy the file again") from None
    return next((kind for kind, test in _TESTS if test(names)), None)


def names_of(path: Path) -> list[str]:
    """Return the members' whole names in lower case; none of a file that is no ZIP file."""
    try:
        with zipfile.ZipFile(path) as whole:
            return [one.replace("\\", "/").lower() for one in whole.namelist()]
    except TROUBLE:
        return []


def member(whole: zipfile.ZipFile, name: str, most: int = MOST_BYTES) -> bytes:
    """Return what a member holds; one that says it is larger raises ValueError."""
    if whole.getinfo(name).file_size > most:
        raise ValueError(f"a member of more than {most:,} bytes")
    return whole.read(name)
