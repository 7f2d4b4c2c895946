"""Renishaw WiRE files (WDF): blocks of a letter code and a length; spectra as single floats over one axis."""

import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order

FORMAT = "WDF"
_EXPECTED, _AGAIN = "a whole Renishaw WDF file", "save it from WiRE again"
_BLOCK = 16
_UNITS = {1: "cm-1", 2: "cm-1", 3: "nm", 4: "um", 5: "eV", 7: "counts"}
_MOST_SPECTRA = 5_000_000


def read_wdf(path: Path, most: int = 10_000) -> list[Spectrum]:
    """Return the spectra of a WDF file, `most` of them at most; a cut one raises `UnreadableFile`."""
    content = path.read_bytes()
    try:
        return _spectra(path, content, most)
    except (struct.error, ValueError, KeyError) as problem:
        raise UnreadableFile(path, f"a damaged file ({problem})", _EXPECTED, _AGAIN) from None


def _blocks(content: bytes) -> dict[str, tuple[int, int]]:
    """Return where the content of each block begins and ends; the first of a kind counts."""
    found: dict[str, tuple[int, int]] = {}
    at = 0
    while at + _BLOCK <= len(content):
        name = content[at : at + 4].decode("latin-1")
        size = struct.unpack_from("<Q", content, at + 8)[0]
        if size < _BLOCK or at + size > len(content):
            raise ValueError(f"block {name!r} of {size} bytes where {len(content) - at} are left")
        found.setdefault(name, (at + _BLOCK, at + size))
        at += size
    return found


def _spectra(path: Path, content: bytes, most: int) -> list[Spectrum]:
    blocks = _blocks(content)
    points = struct.unpack_from("<I", content, 0x3C)[0]
    capacity, count = struct.unpack_from("<QQ", content, 0x40)
    laser = struct.unpack_from("<f", content, 0x9C)[0]
    title = content[0xF0:0x190].split(b"\0")[0].decode("utf-8", "replace").strip()
    user = content[0xD0:0xF0].split(b"\0")[0].decode("utf-8", "replace").strip()
    if not (1 < points < 1 << 24 and 0 < count <= capacity <= _MOST_SPECTRA):
        raise ValueError(f"{count} of {capacity} spectra of {points} points")
    at, end = blocks["DATA"]
    if end - at < 4 * points * count:
        raise ValueError(f"{(end - at) // 4 // points} of {count} spectra")
    axis, _ = blocks["XLST"]
    unit = _UNITS.get(struct.unpack_from("<I", content, axis + 4)[0], "cm-1")
    x = np.frombuffer(content, "<f4", points, axis + 8).astype(np.float64)
    places = _origins(content, blocks, capacity)
    found = []
    for place in range(min(count, most)):
        y = np.frombuffer(content, "<f4", points, at + 4 * points * place).astype(np.float64)
        facts = {"title": title, "user": user, "spectra": str(count)} | {
            name: f"{values[place]:g}" for name, values in places.items()
        }
        told = {key: value for key, value in facts.items() if value}
        name = (title or path.stem) if count == 1 else f"{path.stem} {place + 1}"
        wave, signal = in_order(x, y)
        laser_nm = 1e7 / laser if laser > 0 else None
        found.append(Spectrum(path, name, wave, signal, unit, "counts", "raman", FORMAT, told, (), laser_nm))
    return found


def _origins(content: bytes, blocks: dict[str, tuple[int, int]], capacity: int) -> dict[str, np.ndarray]:
    """Return the places, depths or times of the spectra by the label of each list."""
    if "ORGN" not in blocks:
        return {}
    at, end = blocks["ORGN"]
    lists = struct.unpack_from("<I", content, at)[0]
    at += 4
    found = {}
    for _ in range(min(lists, 64)):
        if at + 24 + 8 * capacity > end:
            break
        label = content[at + 8 : at + 24].split(b"\0")[0].decode("utf-8", "replace").strip()
        values = np.frombuffer(content, "<f8", capacity, at + 24)
        if label in ("X", "Y", "Z") and np.isfinite(values).all() and np.ptp(values) > 0:
            found[f"{label} (um)"] = values
        at += 24 + 8 * capacity
    return found
