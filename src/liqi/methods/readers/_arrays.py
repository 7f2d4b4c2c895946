"""Arrays of numbers as files pack them: base64, zlib, MS-Numpress; nothing is allocated on a file's word alone."""

import binascii
import struct
import zlib
from typing import Any, cast

import numpy as np
import pybase64
from isal import isal_zlib
from numpy.typing import NDArray

from liqi.methods.readers._numpress import linear, positive_integers, short_logged

_ISAL = cast("type[Exception]", isal_zlib.IsalError)
MOST_PEAKS = 1 << 24
"""No spectrum has more peaks than this: 16.8 million, 134 MB an array."""
_SMALL = 1 << 16
TYPES = {"MS:1000523": "<f8", "MS:1000521": "<f4", "MS:1000519": "<i4", "MS:1000522": "<i8", "MS:1000520": "<f2"}
_DTYPES = {kind: np.dtype(kind) for kind in (*TYPES.values(), ">f4", ">f8")}
PLAIN, ZLIB = "MS:1000576", "MS:1000574"
_NUMPRESS = {
    "MS:1002312": (linear, False), "MS:1002313": (positive_integers, False), "MS:1002314": (short_logged, False),
    "MS:1002746": (linear, True), "MS:1002747": (positive_integers, True), "MS:1002748": (short_logged, True),
}  # fmt: skip
PACKINGS = {PLAIN, ZLIB, *_NUMPRESS}
BROKEN = (ValueError, zlib.error, struct.error, _ISAL, OverflowError, KeyError, IndexError, MemoryError)
"""What a damaged array may raise."""


def from_base64(text: bytes) -> bytes:
    """Return the bytes; letters outside the alphabet other than white space raise `binascii.Error`."""
    try:
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return pybase64.b64decode(b"".join(text.split()), validate=True)


def unpack(data: bytes, packing: str, kind: str) -> NDArray[Any]:
    """Return the numbers in bytes that were packed so (PSI-MS accession) and are of this numpy type."""
    if not data:
        return np.empty(0, kind)
    if packing == ZLIB:
        return np.frombuffer(inflated(data), _DTYPES.get(kind, kind))
    if packing == PLAIN:
        return np.frombuffer(data, _DTYPES.get(kind, kind))
    if packing not in _NUMPRESS:
        raise ValueError(f"an array packed with {packing}")
    decode, zipped = _NUMPRESS[packing]
    return decode(inflated(data) if zipped else data)


def inflated(data: bytes) -> bytes:
    """Return zlib data unpacked; more than `MOST_PEAKS` 64-bit numbers of it raise `ValueError`."""
    if len(data) <= _SMALL:
        return isal_zlib.decompress(data)
    machine = isal_zlib.decompressobj()
    found = machine.decompress(data, MOST_PEAKS * 8)
    if machine.unconsumed_tail:
        raise ValueError(f"an array of more than {MOST_PEAKS} numbers")
    if not machine.eof:
        raise ValueError("an array that ends too early")
    return found
