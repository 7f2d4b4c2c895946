"""GRAMS SPC files: the new format of either byte order and the old one; even, uneven and several x axes.

Galactic Industries, A Brief Guide to SPC File Format and Using GSPCIO (1997).
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Floats, Spectrum, in_order, in_usual_unit, technique_of

FORMAT = "SPC"
_EXPECTED = "a whole GRAMS SPC file"
_AGAIN = "export it from the instrument again"
_HEADER, _OLD_HEADER, _SUBHEADER = 512, 256, 32
_SHORT, _MULTI, _EACH_X, _ONE_X = 1, 4, 64, 128
_FLOATING = -128
_MOST_SPECTRA, _MOST_POINTS = 1_000_000, 1 << 26
_X = {1: "cm-1", 2: "um", 3: "nm", 4: "s", 5: "min", 6: "Hz", 9: "m/z", 13: "cm-1"}
_Y = {2: "A", 3: "K-M", 4: "counts", 5: "V", 10: "A", 11: "%T", 12: "counts", 13: "counts", 128: "T", 129: "R"}


def read_spc(path: Path) -> list[Spectrum]:
    """Return every spectrum of an SPC file; a cut one raises `UnreadableFile`."""
    content = path.read_bytes()
    try:
        found = list(_old(path, content) if content[1:2] == b"\x4d" else _new(path, content))
    except (struct.error, ValueError, IndexError, OverflowError) as problem:
        raise UnreadableFile(path, f"a damaged file ({problem})", _EXPECTED, _AGAIN) from None
    if not found:
        raise UnreadableFile(path, "no spectrum", _EXPECTED, _AGAIN)
    return found


def _new(path: Path, content: bytes) -> Iterator[Spectrum]:
    order = ">" if content[1:2] == b"\x4c" else "<"
    flags, _, _, exponent, count, first, last, number, x_type, y_type = struct.unpack_from(
        order + "BBBbiddiBB", content
    )
    comment, titles = _words(content[88:218]), _words(content[218:248])
    memo = struct.unpack_from(order + "i", content, 248)[0]
    number = max(number, 1) if flags & _MULTI else 1
    if number > _MOST_SPECTRA or not 0 <= count < _MOST_POINTS:
        raise ValueError(f"{number} spectra of {count} points")
    facts = {"comment": comment, "axes": titles, "log": _log(content, memo)}
    at = _HEADER
    shared: Floats | None = None
    if flags & _ONE_X and not flags & _EACH_X:
        shared, at = _floats(content, at, count, order + "f4")
    for place in range(number):
        sub_exponent, points = struct.unpack_from(order + "b", content, at + 1)[0], count
        if flags & _EACH_X:
            points = struct.unpack_from(order + "i", content, at + 16)[0]
        z = struct.unpack_from(order + "f", content, at + 4)[0]
        at += _SUBHEADER
        x = np.linspace(first, last, points) if shared is None else shared
        if flags & _EACH_X:
            x, at = _floats(content, at, points, order + "f4")
        power = sub_exponent if flags & _MULTI and exponent != _FLOATING else exponent
        y, at = _ordinates(content, at, points, order, power, bool(flags & _SHORT))
        yield _made(path, place, number, x, y, (_X.get(x_type, ""), _Y.get(y_type, "")), facts, z)


def _old(path: Path, content: bytes) -> Iterator[Spectrum]:
    flags, _, exponent, points, first, last, x_type, y_type = struct.unpack_from("<BBhfffBB", content)
    count = int(points)
    if not 0 <= count < _MOST_POINTS:
        raise ValueError(f"{count} points")
    facts = {"comment": _words(content[64:194]), "axes": _words(content[194:224])}
    at = _OLD_HEADER - _SUBHEADER
    place = 0
    while at + _SUBHEADER < len(content) and place < _MOST_SPECTRA:
        own, z = struct.unpack_from("<b", content, at + 1)[0], struct.unpack_from("<f", content, at + 4)[0]
        at += _SUBHEADER
        power = own if own and flags & _MULTI else exponent
        size = 2 if flags & _SHORT else 4
        if len(content) < at + size * count and place:
            return
        raw, at = _take(content, at, size * count)
        words = np.frombuffer(raw, "<u2")
        if size == 2:
            whole = words.view("<i2").astype(np.float64) * 2.0 ** (power - 16)
        elif power == _FLOATING or exponent == _FLOATING:
            whole = np.frombuffer(raw, "<f4").astype(np.float64)
        else:
            pairs = words.reshape(-1, 2).astype(np.uint32)  # the high word stands first
            whole = (pairs[:, 0] << 16 | pairs[:, 1]).view(np.int32).astype(np.float64) * 2.0 ** (power - 32)
        x = np.linspace(first, last, count)
        yield _made(
            path, place, 2 if flags & _MULTI else 1, x, whole, (_X.get(x_type, ""), _Y.get(y_type, "")), facts, z
        )
        place += 1
        if not flags & _MULTI:
            return


def _made(
    path: Path, place: int, number: int, x: Floats, y: Floats, units: tuple[str, str], facts: dict[str, str], z: float
) -> Spectrum:
    x, unit = in_usual_unit(x, units[0])
    units = (unit, units[1])
    x, y = in_order(x, y)
    said = f"{facts.get('axes', '')} {facts.get('comment', '')}"
    technique = technique_of(x, units[0], units[1], said)
    name = path.stem if number == 1 else f"{path.stem} {place + 1}"
    told = {key: value for key, value in facts.items() if value} | ({"z": f"{z:g}"} if number > 1 else {})
    return Spectrum(path, name, x, y, units[0], units[1], technique, FORMAT, told)


def _take(content: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(content):
        raise ValueError(f"{len(content)} bytes of {at + size}")
    return content[at : at + size], at + size


def _floats(content: bytes, at: int, count: int, kind: str) -> tuple[Floats, int]:
    raw, at = _take(content, at, 4 * count)
    return np.frombuffer(raw, kind).astype(np.float64), at


def _ordinates(content: bytes, at: int, count: int, order: str, power: int, short: bool) -> tuple[Floats, int]:
    if power == _FLOATING:
        return _floats(content, at, count, order + "f4")
    size = 2 if short else 4
    raw, at = _take(content, at, size * count)
    whole = np.frombuffer(raw, f"{order}i{size}").astype(np.float64)
    return whole * 2.0 ** (power - 8 * size), at


def _words(raw: bytes) -> str:
    return " ".join(raw.replace(b"\0", b" ").decode("latin-1").split())


def _log(content: bytes, at: int) -> str:
    """The text of the log block, in which some programs keep the settings of the instrument."""
    if not 0 < at < len(content) - 64:
        return ""
    size, _, offset = struct.unpack_from("<iii", content, at)
    return content[at + offset : at + size].split(b"\0")[0].decode("latin-1")[:4000] if 0 < offset < size else ""
