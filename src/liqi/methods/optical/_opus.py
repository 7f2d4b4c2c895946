"""Bruker OPUS files: a directory of blocks, parameters of three letters, ordinates as single floats."""

import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order, technique_of

FORMAT = "OPUS"
_EXPECTED, _AGAIN = "a whole Bruker OPUS file", "save it from OPUS again"
_STATUS = 16
"""The bit that tells the parameters of a spectrum from the spectrum."""
_RATIO = 3
_SOURCES = {1: "sample", 2: "reference", _RATIO: "ratio"}
_FREQUENCY_UNITS = {"WN": "cm-1", "MI": "um", "LGW": "lg cm-1", "MIN": "min", "PNT": "1"}
_ORDINATES = {2: "interferogram", 4: "A", 5: "T", 6: "K-M", 10: "counts", 1: "counts"}
_WANTED = (4, 5, 6, 10, 7, 8, 9, 3, 1)
"""Which kind of spectrum is taken where a file holds several: absorbance first, the single channel last."""


def read_opus(path: Path) -> list[Spectrum]:
    """Return every spectrum of an OPUS file, that of a sample against its reference first, single channels behind."""
    content = path.read_bytes()
    try:
        entries = _directory(content)
        found = _spectra(path, content, entries)
    except (struct.error, ValueError, KeyError) as problem:
        raise UnreadableFile(path, f"a damaged file ({problem})", _EXPECTED, _AGAIN) from None
    if not found:
        raise UnreadableFile(path, "no spectrum", f"{_EXPECTED} with a spectrum", _AGAIN)
    return found


def _directory(content: bytes) -> list[tuple[int, int, int]]:
    """Return type, offset and size in bytes of each block."""
    start, _, count = struct.unpack_from("<iii", content, 12)
    if not (0 < start < len(content) and 0 < count <= 4096):
        raise ValueError(f"{count} blocks")
    entries = []
    for place in range(count):
        kind, words, at = struct.unpack_from("<Iii", content, start + 12 * place)
        if kind and at >= 0:
            entries.append((kind, at, 4 * words))
    return entries


def _spectra(path: Path, content: bytes, entries: list[tuple[int, int, int]]) -> list[Spectrum]:
    parameters: dict[str, Any] = {}
    for kind, at, size in entries:
        if (kind >> 4) & 0x3F > 1 and not kind & 0xF:
            parameters |= _parameters(content[at : at + size])
    found = []
    for kind, at, _ in entries:
        if not kind & 0x3 or (kind >> 4) & 0x3F:
            continue
        status = next((one for one in entries if one[0] == kind | _STATUS), None)
        if status is None:
            continue
        told = _parameters(content[status[1] : status[1] + status[2]])
        ordinate, source = (kind >> 10) & 0x3F, (kind >> 2) & 0x3
        points = int(told["NPT"])
        raw = content[at : at + 4 * points]
        if points < 2 or len(raw) < 4 * points:
            raise ValueError(f"{len(raw) // 4} of {points} points")
        found.append((source, _rank(ordinate), _made(path, raw, told, parameters, ordinate)))
    if not found:
        return []
    found.sort(key=lambda one: (one[0] != _RATIO, one[1]))
    first, *rest = found
    apart = [
        replace(one, name=f"{one.name} ({_SOURCES.get(source, 'other')}, {one.y_unit})") for source, _, one in rest
    ]
    return [first[2], *apart]


def _rank(ordinate: int) -> int:
    return _WANTED.index(ordinate) if ordinate in _WANTED else len(_WANTED)


def _made(path: Path, raw: bytes, told: Mapping[str, Any], others: Mapping[str, Any], ordinate: int) -> Spectrum:
    x = np.linspace(float(told["FXV"]), float(told["LXV"]), int(told["NPT"]))
    y = np.frombuffer(raw, "<f4").astype(np.float64) * float(told.get("CSF", 1.0) or 1.0)
    x, y = in_order(x, y)
    x_unit, y_unit = _FREQUENCY_UNITS.get(str(told.get("DXU", "WN")), "cm-1"), _ORDINATES.get(ordinate, "counts")
    laser = others.get("RLW")
    facts = {
        key: str(value)[:200] for key, value in others.items() if key in ("SNM", "CNM", "INS", "RES", "NSS", "SFM")
    }
    facts |= {key: str(told[key]) for key in ("DAT", "TIM") if key in told}
    technique = "raman" if ordinate == 10 or laser else technique_of(x, x_unit, y_unit, "infrared")
    laser_nm = 1e7 / float(laser) if laser else None
    return Spectrum(
        path, str(others.get("SNM") or path.stem), x, y, x_unit, y_unit, technique, FORMAT, facts, (), laser_nm
    )


def _parameters(block: bytes) -> dict[str, Any]:
    """Return the parameters of a block: name, kind (0 whole, 1 double, else words), size in half words, value."""
    found: dict[str, Any] = {}
    at = 0
    while at + 8 <= len(block):
        name = block[at : at + 3].decode("latin-1")
        kind, words = struct.unpack_from("<HH", block, at + 4)
        if name == "END" or not name.isalnum():
            break
        value = block[at + 8 : at + 8 + 2 * words]
        if kind == 0 and len(value) >= 4:
            found[name] = struct.unpack_from("<i", value)[0]
        elif kind == 1 and len(value) >= 8:
            found[name] = struct.unpack_from("<d", value)[0]
        elif kind > 1:
            found[name] = value.split(b"\0")[0].decode("latin-1").strip()
        at += 8 + 2 * words
    return found
