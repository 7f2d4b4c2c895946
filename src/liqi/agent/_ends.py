"""Ends of files: whether a file has all that its own format says it must have. Reads a few kilobytes, never changes."""

import os
import re
import struct
from collections.abc import Callable
from typing import BinaryIO

MRC_BYTES = {0: 1, 1: 2, 2: 4, 3: 4, 4: 8, 6: 2, 12: 2}
"""Bytes a voxel by mode (MRC2014, Cheng et al. 2015, doi:10.1016/j.jsb.2015.04.002); mode 101 has half a byte."""
CLASSIC_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
"""Bytes a value by type of netCDF classic, 64-bit offset and 64-bit data."""
TAIL = 66_000
"""The longest comment of a ZIP file and its last record."""


def has_end(stream: BinaryIO, size: int) -> bool | None:
    """True where the format says the file is whole, False where something is missing, None where it does not say."""
    stream.seek(0)
    head = stream.read(1024)
    for knows, check in CHECKS:
        if knows(head):
            try:
                return check(stream, head, size)
            except (ValueError, struct.error, IndexError, KeyError, OverflowError):
                return False
    return None


def _fcs(stream: BinaryIO, head: bytes, size: int) -> bool:
    """FCS 3.1 (Spidlen et al. 2010, doi:10.1002/cyto.a.20825): offsets of the last byte in the header or in TEXT."""
    offsets = [int(head[at : at + 8].strip() or 0) for at in range(10, 58, 8)]
    last = max(offsets)
    if offsets[3] == 0:
        if size <= offsets[1]:
            return False
        stream.seek(offsets[0])
        text = stream.read(offsets[1] - offsets[0] + 1)
        match = re.search(rb"\$ENDDATA" + re.escape(text[:1]) + rb"\s*(\d+)\s*", text, re.IGNORECASE)
        last = max(last, int(match[1]) if match else 0)
    return 0 < last < size


def _mrc(stream: BinaryIO, head: bytes, size: int) -> bool:
    order = ">" if head[212:214] == b"\x11\x11" else "<"
    columns, rows, sections, mode = struct.unpack(order + "4i", head[:16])
    extra = struct.unpack(order + "i", head[92:96])[0]
    row = (columns + 1) // 2 if mode == 101 else columns * MRC_BYTES[mode]
    return bool(min(columns, rows, sections, extra + 1) > 0 and size >= 1024 + extra + row * rows * sections)


def _zip(stream: BinaryIO, head: bytes, size: int) -> bool:
    """The record that ends the central directory stands at the end and says where the directory is."""
    stream.seek(max(0, size - TAIL))
    tail = stream.read(TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    length, begins, comment = struct.unpack("<IIH", tail[at + 12 : at + 22])
    where = max(0, size - TAIL) + at
    if where + 22 + comment > size:
        return False
    return bool(begins == 0xFFFFFFFF or length == 0xFFFFFFFF or begins + length <= where)


def _hdf5(stream: BinaryIO, head: bytes, size: int) -> bool:
    """HDF5 superblock 0 to 3: the address of the end of the file; version 3 also says whether somebody writes."""
    version = head[8]
    if version in (0, 1):
        width, first = head[13], 24 + (4 if version == 1 else 0)
        base, end = _number(head, first, width), _number(head, first + 2 * width, width)
    elif version in (2, 3):
        width = head[9]
        if version == 3 and head[11] & 1:
            return False
        base, end = _number(head, 12, width), _number(head, 12 + 2 * width, width)
    else:
        return False
    return end != (1 << 8 * width) - 1 and size >= base + end > 0


def _number(head: bytes, at: int, width: int) -> int:
    if width not in (2, 4, 8):
        raise ValueError(width)
    return int.from_bytes(head[at : at + width], "little")


class _Classic:
    """The header of a netCDF classic file, read value by value."""

    def __init__(self, stream: BinaryIO, version: int) -> None:
        self.stream, self.count, self.offset = stream, 8 if version == 5 else 4, 4 if version == 1 else 8

    def number(self, width: int = 0) -> int:
        width = width or self.count
        raw = self.stream.read(width)
        if len(raw) < width:
            raise ValueError("the header is cut")
        return int.from_bytes(raw, "big")

    def skip(self, length: int) -> None:
        self.stream.seek(-(-length // 4) * 4, os.SEEK_CUR)

    def listed(self) -> int:
        self.number(4)
        return self.number()

    def attributes(self) -> None:
        for _ in range(self.listed()):
            self.skip(self.number())
            kind = self.number(4)
            self.skip(self.number() * CLASSIC_BYTES[kind])


def _netcdf(stream: BinaryIO, head: bytes, size: int) -> bool | None:
    """netCDF classic format specification: where each variable begins and how long it is."""
    reader = _Classic(stream, head[3])
    stream.seek(4)
    records = reader.number()
    if records == (1 << 8 * reader.count) - 1:
        return None  # streamed: the header does not say how many records there are
    lengths = []
    for _ in range(reader.listed()):
        reader.skip(reader.number())
        lengths.append(reader.number())
    reader.attributes()
    fixed, begins, sizes = [], [], []
    for _ in range(reader.listed()):
        reader.skip(reader.number())
        dimensions = [lengths[reader.number()] for _ in range(reader.number())]
        reader.attributes()
        width = CLASSIC_BYTES[reader.number(4)]
        reader.number()  # its length as written, which large variables do not fit
        begin = reader.number(reader.offset)
        is_record = bool(dimensions) and dimensions[0] == 0
        count = 1
        for length in dimensions[1 if is_record else 0 :]:
            count *= length
        if is_record:
            begins.append(begin)
            sizes.append(count * width)
        else:
            fixed.append(begin + count * width)
    if records and sizes:
        one = sizes[0] if len(sizes) == 1 else sum(-(-length // 4) * 4 for length in sizes)
        fixed.append(max(begin + one * (records - 1) + length for begin, length in zip(begins, sizes, strict=True)))
    return size >= max(fixed, default=stream.tell())


def _xml(*endings: bytes) -> Callable[[BinaryIO, bytes, int], bool]:
    def check(stream: BinaryIO, head: bytes, size: int) -> bool:
        stream.seek(max(0, size - 4096))
        return stream.read(4096).rstrip().endswith(endings)

    return check


CHECKS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, bytes, int], bool | None]], ...] = (
    (lambda head: head[:3] == b"FCS" and head[3:6].replace(b".", b"").isdigit(), _fcs),
    (lambda head: head[208:212] in (b"MAP ", b"MAP\0"), _mrc),
    (lambda head: head[:4] == b"PK\x03\x04", _zip),
    (lambda head: head[:8] == b"\x89HDF\r\n\x1a\n", _hdf5),
    (lambda head: head[:3] == b"CDF" and head[3:4] in (b"\1", b"\2", b"\5"), _netcdf),
    (lambda head: b"<indexedmzML" in head, _xml(b"</indexedmzML>")),
    (lambda head: b"<mzML" in head, _xml(b"</mzML>")),
    (lambda head: b"<mzXML" in head, _xml(b"</mzXML>")),
)
"""How a format is known by its first bytes, and how its end is found."""
