"""The data segment of an FCS file: whole numbers of any width, floating-point numbers, or text."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.cytometry._channels import Channel

_AGAIN = "export it from the cytometer again"
_BITS_AT_ONCE = 1 << 26
_FLOATS = {"F": ("f4", 32), "D": ("f8", 64)}
Raw = NDArray[np.generic]


def decode(
    path: Path,
    content: NDArray[np.uint8],
    words: Mapping[str, str],
    channels: Sequence[Channel],
    span: tuple[int, int],
    notices: list[str],
) -> Raw:
    """Return the events as stored, shape (events, channels); `span` is the first and the last byte of the data."""
    kinds = [_kind(path, words, n) for n in range(1, len(channels) + 1)]
    if "A" in kinds:
        return _ascii(path, content[span[0] : span[1] + 1], words, len(channels))
    widths = [_width(path, words, n, kind) for n, kind in enumerate(kinds, 1)]
    bits = sum(widths)
    number = _count(path, words, span, bits, notices)
    needed = (number * bits + 7) // 8
    data = content[span[0] : span[0] + needed]
    if span[0] <= 0 or data.size < needed:
        there = int(data.size * 8 // bits)
        found = f"{there:,} of {number:,} events"
        raise UnreadableFile(path, found, "a whole file", "copy it again")
    order = _order(path, words)
    if len(set(kinds)) == 1 and kinds[0] in _FLOATS:
        return data.view(f"{order}{_FLOATS[kinds[0]][0]}").reshape(number, len(channels))
    if all(width % 8 == 0 for width in widths):
        return _bytes(data.reshape(number, bits // 8), kinds, widths, order, channels)
    return _packed(data, number, widths, channels)


def _kind(path: Path, words: Mapping[str, str], n: int) -> str:
    kind = (words.get(f"$P{n}DATATYPE") or words.get("$DATATYPE", "")).strip().upper()
    if kind not in ("I", "F", "D", "A"):
        raise UnreadableFile(path, f"data of type {kind!r}", "I, F, D or A ($DATATYPE)", _AGAIN)
    return kind


def _width(path: Path, words: Mapping[str, str], n: int, kind: str) -> int:
    if kind in _FLOATS:
        return _FLOATS[kind][1]
    text = words.get(f"$P{n}B", "").strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text[:4]) <= 64):
        raise UnreadableFile(path, f"numbers of {text!r} bits ($P{n}B)", "1 to 64 bits", _AGAIN)
    return int(text)


def _order(path: Path, words: Mapping[str, str]) -> str:
    text = words.get("$BYTEORD", "1,2,3,4").replace(" ", "")
    digits = [int(part) for part in text.split(",") if part.isascii() and part.isdigit()]
    if digits and digits == sorted(digits):
        return "<"
    if digits and digits == sorted(digits, reverse=True):
        return ">"
    raise UnreadableFile(path, f"byte order {text}", "1,2,3,4 or 4,3,2,1 ($BYTEORD)", _AGAIN)


def _count(path: Path, words: Mapping[str, str], span: tuple[int, int], bits: int, notices: list[str]) -> int:
    """Return the number of events: as told, where the data has room for them."""
    room = max(0, span[1] - span[0] + 1)
    told = words.get("$TOT", "").strip()
    if not told:
        return room * 8 // bits
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise UnreadableFile(path, f"{told!r} events ($TOT)", "a whole number", _AGAIN)
    number = int(told)
    if not number and room * 8 // bits:
        notices.append("the file tells of no event; all that its data has room for were read")
        return room * 8 // bits
    spare = room - (number * bits + 7) // 8
    if spare in (1, -1):
        notices.append("the data ends one byte off; the number of events was followed")
    elif spare < 0:
        found = f"{number:,} events of {bits} bits in {room:,} bytes"
        raise UnreadableFile(path, found, "data with room for them", _AGAIN)
    elif spare > 1:
        notices.append(f"{spare:,} bytes of the data belong to no event")
    return number


def _bytes(
    rows: NDArray[np.uint8], kinds: Sequence[str], widths: Sequence[int], order: str, channels: Sequence[Channel]
) -> Raw:
    """Return channels of whole bytes, each of its own type and width."""
    alike = len(set(widths)) == 1 and set(kinds) == {"I"} and widths[0] in (8, 16, 32, 64)
    if alike:
        found: NDArray[Any] = rows.reshape(-1).view(f"{order}u{widths[0] // 8}").reshape(len(rows), len(widths))
        masks = [_mask(one, widths[0]) for one in channels]
        if all(mask is None for mask in masks):
            return found
        full = (1 << widths[0]) - 1
        cut = np.array([full if mask is None else mask for mask in masks], dtype=np.uint64)
        return np.asarray(found & cut.astype(found.dtype.newbyteorder("=")))
    columns = np.empty((len(rows), len(widths)), dtype=np.float64)
    at = 0
    for i, (kind, width) in enumerate(zip(kinds, widths, strict=True)):
        part = rows[:, at : at + width // 8]
        at += width // 8
        if kind in _FLOATS:
            columns[:, i] = np.ascontiguousarray(part).view(f"{order}{_FLOATS[kind][0]}")[:, 0]
            continue
        value = np.zeros(len(rows), dtype=np.uint64)
        for k in range(part.shape[1]):
            place = k if order == "<" else part.shape[1] - 1 - k
            value |= part[:, k].astype(np.uint64) << np.uint64(8 * place)
        mask = _mask(channels[i], width)
        columns[:, i] = value if mask is None else value & np.uint64(mask)
    return columns


def _packed(data: NDArray[np.uint8], number: int, widths: Sequence[int], channels: Sequence[Channel]) -> Raw:
    """Return channels whose numbers follow each other bit by bit, the highest bit first."""
    columns = np.empty((number, len(widths)), dtype=np.float64)
    row_bits = sum(widths)
    step = max(8, _BITS_AT_ONCE // row_bits // 8 * 8)  # whole bytes begin each block
    for start in range(0, number, step):
        stop = min(number, start + step)
        first, last = start * row_bits // 8, (stop * row_bits + 7) // 8
        bits = np.unpackbits(data[first:last])[: (stop - start) * row_bits].reshape(stop - start, row_bits)
        at = 0
        for i, width in enumerate(widths):
            weight = np.ldexp(1.0, np.arange(width - 1, -1, -1))
            values = bits[:, at : at + width] @ weight
            mask = _mask(channels[i], width)
            columns[start:stop, i] = values if mask is None else values.astype(np.uint64) & np.uint64(mask)
            at += width
    return columns


def _mask(channel: Channel, width: int) -> int | None:
    """Return the mask of a range that needs fewer bits than are stored (FCS 3.1, 3.2.19); None where it needs all."""
    needed = max(1, int(min(channel.range, 2.0**63) - 1)).bit_length()
    return (1 << needed) - 1 if needed < width else None


def _ascii(path: Path, data: NDArray[np.uint8], words: Mapping[str, str], channels: int) -> Raw:
    """Return events written as numbers between blanks, commas or line ends, or in columns of $PnB characters."""
    text = data.tobytes().decode("latin-1")
    widths = [words.get(f"$P{n}B", "*").strip() for n in range(1, channels + 1)]
    if all(width.isascii() and width.isdigit() and 0 < int(width[:4]) < 100 for width in widths):
        row = sum(map(int, widths))
        ends = np.cumsum([0, *map(int, widths)]).tolist()
        lines = [text[at : at + row] for at in range(0, len(text) - row + 1, row)]
        parts = [line[low:high] for line in lines for low, high in pairwise(ends)]
    else:
        parts = text.replace(",", " ").split()
    try:
        numbers = np.array([float(part) for part in parts], dtype=np.float64)
    except ValueError:
        raise UnreadableFile(path, "words among the events", "numbers ($DATATYPE A)", _AGAIN) from None
    if numbers.size % channels:
        raise UnreadableFile(path, f"{numbers.size:,} numbers in {channels} channels", "whole events", _AGAIN)
    return numbers.reshape(-1, channels)
