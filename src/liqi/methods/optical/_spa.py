"""Thermo OMNIC spectra (SPA) and groups of them (SPG): a directory of keyed blocks, ordinates as single floats."""

import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order, technique_of

FORMAT = "SPA"
_EXPECTED, _AGAIN = "a whole Thermo SPA or SPG file", "save it from OMNIC again"
_DIRECTORY, _ENTRY = 304, 16
_ABSCISSA, _ORDINATES, _TITLE, _END = 2, 3, 107, 0
_MOST_LINES = 65_535
_X = {1: "cm-1", 2: "1", 3: "nm", 4: "um", 32: "cm-1"}
_Y = {17: "A", 16: "%T", 11: "R", 12: "A", 20: "K-M", 22: "V", 26: "counts", 31: "counts", 51: "counts"}


def read_spa(path: Path) -> list[Spectrum]:
    """Return the spectrum of an SPA file, or every one of a group (SPG); a cut one raises `UnreadableFile`."""
    content = path.read_bytes()
    try:
        title = content[30:285].split(b"\0")[0].decode("latin-1").strip()
        blocks = _blocks(content)
        return [_spectrum(path, content, *one, title if len(blocks) == 1 else "") for one in blocks]
    except (struct.error, ValueError) as problem:
        raise UnreadableFile(path, f"a damaged file ({problem})", _EXPECTED, _AGAIN) from None


def _blocks(content: bytes) -> list[tuple[int, tuple[int, int], int]]:
    """Return header, ordinates (place, size) and title (0: none) of every spectrum, in the order of the directory."""
    found: list[tuple[int, tuple[int, int], int]] = []
    header, block, title = 0, (0, 0), 0
    lines = struct.unpack_from("<H", content, 294)[0]
    for place in range(min(lines or 100, _MOST_LINES)):
        at = _DIRECTORY + _ENTRY * place
        if at + _ENTRY > len(content) and found:
            break
        key, position, size = struct.unpack_from("<HII", content, at)
        kind = key & 0xFF
        if kind == _ABSCISSA:
            if header and block[1]:
                found.append((header, block, title))
                block, title = (0, 0), 0
            header = position
        elif kind == _ORDINATES and header and not block[1]:
            block = (position, size)
        elif kind == _TITLE:
            title = position
        elif key in (_END, 1) and place and header and block[1]:
            break
    if header and block[1]:
        found.append((header, block, title))
    if not found:
        raise ValueError("no block of data")
    return found


def _spectrum(path: Path, content: bytes, header: int, block: tuple[int, int], titled: int, title: str) -> Spectrum:
    if titled:
        title = content[titled : titled + 256].split(b"\0")[0].decode("latin-1").strip() or title
    count, x_kind, y_kind, first, last = struct.unpack_from("<IB3xB3xff", content, header + 4)
    position, size = block
    if not 1 < count == size // 4 or position + size > len(content):
        raise ValueError(f"{min(size, len(content) - position) // 4} of {count} points")
    y = np.frombuffer(content, "<f4", count, position).astype(np.float64)
    x, y = in_order(np.linspace(first, last, count), y)
    x_unit, y_unit = _X.get(x_kind, "cm-1"), _Y.get(y_kind, "counts")
    technique = (
        "raman"
        if x_kind == 32 or y_kind == 31
        else technique_of(x, x_unit, y_unit, "infrared" if x_unit == "cm-1" else "")
    )
    return Spectrum(path, title or path.stem, x, y, x_unit, y_unit, technique, FORMAT, {"title": title})
