"""The file of a built library: a NumPy archive (.npz, uncompressed) whose arrays are mapped, not read.

`numpy.load` opens it too. Every array begins at a multiple of 64 bytes, so that the processes of a machine share
one copy in memory; `library.json` holds the facts.
"""

import json
import mmap
import os
import struct
import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile

VERSION = 1
_FACTS = "library.json"
_ALIGN = 64
_LOCAL_HEADER = 30
_PADDING_ID = 0x4C51
_DO = "copy it again, or build it anew with `liqi library build`"
Arrays = dict[str, NDArray[Any]]


def is_built(path: Path) -> bool:
    """Tell whether a file begins like a built library; nothing else is looked at."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOCAL_HEADER + len(_FACTS))
    except OSError:
        return False
    return start[:4] == b"PK\x03\x04" and start[_LOCAL_HEADER:] == _FACTS.encode()


def write(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write the file whole or not at all: a process that reads the old one keeps it."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(_padded(_FACTS, 0), json.dumps({"version": VERSION, **facts}, ensure_ascii=False))
                for key, array in arrays.items():
                    content = BytesIO()
                    np.save(content, np.ascontiguousarray(array), allow_pickle=False)
                    archive.writestr(_padded(f"{key}.npy", stream.tell()), content.getbuffer())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "a file that can be written", "choose another --out") from None


def _padded(name: str, place: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    if place:
        padding = -(place + _LOCAL_HEADER + len(name.encode()) + 4) % _ALIGN
        info.extra = struct.pack("<HH", _PADDING_ID, padding) + bytes(padding)
    return info


def read(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays, mapped from the file and read-only, and the facts; refuse a damaged or newer file."""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            facts = json.loads(archive.read(_FACTS))
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            names = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            arrays = {info.filename.removesuffix(".npy"): _mapped(mapped, info) for info in names}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, struct.error, EOFError) as problem:
        found = f"a damaged library ({str(problem)[:100] or type(problem).__name__})"
        raise UnreadableFile(path, found, "a whole spectral library", _DO) from None
    if facts.get("version") != VERSION:
        found = f"a library of version {facts.get('version')}"
        raise UnreadableFile(path, found, f"version {VERSION}", "build it anew with `liqi library build`")
    return arrays, facts


def _mapped(mapped: mmap.mmap, info: zipfile.ZipInfo) -> NDArray[Any]:
    at = info.header_offset
    if info.compress_type != zipfile.ZIP_STORED or mapped[at : at + 4] != b"PK\x03\x04":
        raise ValueError(f"{info.filename} is not stored plainly")
    name_length, extra_length = struct.unpack("<HH", mapped[at + 26 : at + 30])
    start = at + _LOCAL_HEADER + name_length + extra_length
    head = BytesIO(mapped[start : start + 256])
    np.lib.format.read_magic(head)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(head)
    count = int(np.prod(shape, dtype=np.int64))
    if dtype.hasobject or fortran or head.tell() + count * dtype.itemsize != info.file_size:
        raise ValueError(f"{info.filename} is not a plain array")
    return np.frombuffer(mapped, dtype, count, start + head.tell()).reshape(shape)
