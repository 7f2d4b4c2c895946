"""Thermo OMNIC spectra (SPA): a directory of keyed blocks, ordinates as single floats."""

import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order, technique_of

FORMAT = "SPA"
_EXPECTED, _AGAIN = "a whole Thermo SPA file", "save it from OMNIC again"
_DIRECTORY, _ENTRY = 304, 16
_ABSCISSA, _ORDINATES, _END = 2, 3, 0
_X = {1: "cm-1", 2: "1", 3: "nm", 4: "um", 32: "cm-1"}
_Y = {17: "A", 16: "%T", 11: "R", 12: "A", 20: "K-M", 22: "V", 26: "counts", 31: "counts", 51: "counts"}


def read_spa(path: Path) -> list[Spectrum]:
    """Return the spectrum of an SPA file; a cut one raises `UnreadableFile`."""
    content = path.read_bytes()
    try:
        return [_spectrum(path, content)]
    except (struct.error, ValueError) as problem:
        raise UnreadableFile(path, f"a damaged file ({problem})", _EXPECTED, _AGAIN) from None


def _spectrum(path: Path, content: bytes) -> Spectrum:
    title = content[30:285].split(b"\0")[0].decode("latin-1").strip()
    header = block = None
    lines = struct.unpack_from("<H", content, 294)[0]
    for place in range(min(lines or 100, 1000)):
        at = _DIRECTORY + _ENTRY * place
        key, position, size = struct.unpack_from("<HII", content, at)
        if key & 0xFF == _ABSCISSA and header is None:
            header = position
        elif key & 0xFF == _ORDINATES and block is None:
            block = (position, size)
        elif key in (_END, 1) and place and header and block:
            break
    if header is None or block is None:
        raise ValueError("no block of data")
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
