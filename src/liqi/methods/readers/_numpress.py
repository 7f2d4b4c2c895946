"""MS-Numpress, the packing of arrays of Teleman et al., Mol. Cell. Proteomics 13:1537 (2014): unpacked here."""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def linear(data: bytes) -> Numbers:
    """Return numbers of the linear coding: each is stored as its distance from the line through the last two."""
    (scale,) = struct.unpack_from(">d", data)
    if not np.isfinite(scale) or scale <= 0:
        raise ValueError(f"a Numpress scale of {scale}")
    firsts = [struct.unpack_from("<I", data, place)[0] for place in (8, 12)[: (len(data) - 8) // 4]]
    if len(firsts) < 2:
        return _scaled(np.array(firsts, np.float64), scale)
    steps = _integers(data[16:])
    bends = np.concatenate([[firsts[0], firsts[1] - firsts[0]], steps])
    bends[1:] = np.cumsum(bends[1:])
    return _scaled(np.cumsum(bends), scale)


def _scaled(numbers: NDArray[Any], scale: float) -> Numbers:
    """Return the numbers over a scale; one that lies next to nothing gives infinity, which readers leave out."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(numbers / scale)


def positive_integers(data: bytes) -> Numbers:
    """Return numbers of the positive integer coding, which keeps counts alone."""
    return _integers(data).astype(np.float64)


def short_logged(data: bytes) -> Numbers:
    """Return numbers of the short logged float coding: exp(x / scale) - 1 of 16-bit x."""
    (scale,) = struct.unpack_from(">d", data)
    if not np.isfinite(scale) or scale <= 0:
        raise ValueError(f"a Numpress scale of {scale}")
    whole = (len(data) - 8) // 2 * 2
    with np.errstate(over="ignore"):
        return np.asarray(np.expm1(np.frombuffer(data, "<u2", whole // 2, 8) / scale))


def _integers(data: bytes) -> NDArray[np.int64]:
    """Return integers of half bytes: the first says how many leading zeros (0-8) or ones (9-15) were left away."""
    whole = np.frombuffer(data, np.uint8)
    halves = np.empty(whole.size * 2 + 9, np.int64)
    halves[whole.size * 2 :] = 0
    halves[0 : whole.size * 2 : 2], halves[1 : whole.size * 2 : 2] = whole >> 4, whole & 15
    kept = np.where(halves <= 8, 8 - halves, 16 - halves)
    places: list[int] = []
    place, end, steps = 0, whole.size * 2, (kept + 1).tolist()
    while place < end and not (place == end - 1 and halves[place] == 0):
        places.append(place)
        place += steps[place]
    if place > end:
        raise ValueError("a Numpress array that ends too early")
    return _values(halves, kept, np.array(places, np.int64))


def _values(halves: NDArray[Any], kept: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    number = np.zeros(starts.size, np.int64)
    size = kept[starts]
    for i in range(8):
        number |= np.where(i < size, halves[starts + 1 + np.minimum(i, size)] << (4 * i), 0)
    ones = (halves[starts] > 8) & (size < 8)
    number |= np.where(ones, (0xFFFFFFFF << (4 * size)) & 0xFFFFFFFF, 0)
    return np.asarray(np.where(number >= 1 << 31, number - (1 << 32), number))
