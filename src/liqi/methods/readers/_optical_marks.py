"""By what the files of optical instruments are told from all others: first bytes, or how their text begins."""

import math
import re
import struct
from itertools import pairwise

from liqi.methods.readers._grid_marks import WAVE, first_of, is_number, is_row

_BINARY = (
    *((b"\x0a\x0a\xfe\xfe", "opus"), (b"WDF1", "wdf"), (b"LabSpec6", "labspec")),
    *((b"Spectral Data File", "spa"), (b"Spectral Exte File", "spa")),
)
_SPC_VERSIONS = {0x4B: "<", 0x4C: ">"}
_OLD_SPC = 0x4D
_FARTHEST = 1e8
_LEAST_ROWS = 4
_FAR = 100.0
_MARKS = re.compile(r"[\t,;]")


def binary_kind(start: bytes) -> str | None:
    """Return the short name of an optical instrument's binary format, None for anything else."""
    for mark, kind in _BINARY:
        if start.startswith(mark):
            return kind
    return "spc" if _is_spc(start) else None


def _is_spc(start: bytes) -> bool:
    """Whether this is a GRAMS file: one letter of the second byte alone says little, so its axis must make sense."""
    if len(start) < 256 or start[:4] == b"PK\x03\x04":
        return False
    version = start[1]
    if version in _SPC_VERSIONS:
        count, first, last = struct.unpack_from(_SPC_VERSIONS[version] + "idd", start, 4)
        number = struct.unpack_from(_SPC_VERSIONS[version] + "i", start, 24)[0]
        return bool(_axis(first, last) and 0 <= count < _FARTHEST and 0 <= number < _FARTHEST and start[28] <= 32)
    if version == _OLD_SPC:
        count, first, last = struct.unpack_from("<fff", start, 4)
        return bool(_axis(first, last) and math.isfinite(count) and 1 < count < _FARTHEST and count == int(count))
    return False


def _axis(first: float, last: float) -> bool:
    ends = (first, last)
    return all(math.isfinite(one) and abs(one) < _FARTHEST and (one == 0 or abs(one) > 1e-8) for one in ends)


def is_named_text(lines: list[str]) -> bool:
    """Whether these lower-cased lines begin as the text of an optical instrument that names itself or its columns."""
    if lines[0].startswith("file version;bwspec") or lines[0].startswith(("#acq. time", "#laser", "#grating")):
        return True
    if lines[0].startswith("scan\t") and any(line.startswith("wavelength") for line in lines[:20]):
        return True
    if len(lines) > 6 and all(is_number(line) for line in lines[:7]) and all(line.isdecimal() for line in lines[3:6]):
        return lines[0].isdecimal()
    return len(lines) > 2 and lines[1].replace(" ", "").replace('"', "") in ("nm,a", "nm,%t", "nm;a", "nm\ta", "nm,abs")


def is_columns(lines: list[str]) -> bool:
    """Whether at least four rows in sequence among these hold two numbers or more and nothing else."""
    rows = 0
    for line in lines[:4000]:
        cells = [cell for cell in line.replace(";", " ").replace("\t", " ").split() if cell]
        cells = [
            cell for part in cells for cell in ([part] if is_number(part.replace(",", ".", 1)) else part.split(","))
        ]
        rows = (
            rows + 1 if len(cells) >= 2 and all(is_number(cell.replace(",", ".", 1)) for cell in cells if cell) else 0
        )
        if rows >= _LEAST_ROWS:
            return True
    return False


def is_under_wave(lines: list[str]) -> bool:
    """Whether the first rows of two numbers stand under a title of waves, or under the mark of a spectrometer.

    So do the texts of Ocean Optics, Avantes, Shimadzu, JASCO and most others, whatever their head says before.
    """
    for above, line in pairwise(lines[:200]):
        if above.startswith(">>>>>begin ") or (above == "xydata" and is_row(line)):
            return True
        if is_row(line) and not is_row(above):
            title = _MARKS.split(above)[0].strip(' "#[]')
            return (title == "wave" or bool(WAVE.search(title))) and not title[:1].isdigit()
    return False


def begins_far(lines: list[str]) -> bool:
    """Whether the first row of numbers lies where no signal over time begins and spectra do: at 100 or beyond."""
    return next((first_of(line) for line in lines[:200] if is_row(line)), 0.0) >= _FAR
