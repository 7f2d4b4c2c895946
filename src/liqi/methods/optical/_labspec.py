"""Raman spectra as LabSpec 6 keeps them (.l6s): blocks behind a mark, counts and shifts as single floats.

The format is not public. Shifts are the longest run that rises evenly behind the unit 1/cm, counts the block ``tam`` of
as many numbers; where another block does not begin right behind them, nothing is taken.
"""

from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Floats, Spectrum, in_order, technique_of

FORMAT = "LabSpec 6"
_EXPECTED = "a whole spectrum of LabSpec 6 (.l6s) over Raman shifts"
_DO = "save it from LabSpec as text (.txt) and give that"
_MARK, _COUNTS, _UNIT = b"\x09\x10\0\0", b"tam", b"1/cm"
_HEAD = 15
_LEAST, _MOST = 50, 1 << 22
_SHIFTS, _STEPS = (-5000.0, 20_000.0), (0.005, 50.0)


def read_labspec(path: Path) -> list[Spectrum]:
    """Return the spectrum of a file; a map, another unit or a cut file raises `UnreadableFile`."""
    content = path.read_bytes()
    x = _shifts(content)
    if x is None:
        raise UnreadableFile(path, "no axis of Raman shifts", _EXPECTED, _DO)
    y = _counts(content, x.size)
    if y is None:
        raise UnreadableFile(path, f"no block of {x.size} counts", _EXPECTED, _DO)
    x, y = in_order(x, y)
    told = ("LabSpec's own format is not public: compare one spectrum with its export as text",)
    return [
        Spectrum(path, path.stem, x, y, "cm-1", "counts", technique_of(x, "cm-1", "counts", "raman"), FORMAT, {}, told)
    ]


def _shifts(content: bytes) -> Floats | None:
    """Return the longest run of single floats behind the unit whose steps are all of one sign and much alike."""
    best: Floats | None = None
    at = content.find(_UNIT)
    while at >= 0:
        for place in range(at + len(_UNIT), at + len(_UNIT) + 64):
            run = _run(np.frombuffer(content[place : place + 4 * min(_MOST, (len(content) - place) // 4)], "<f4"))
            if run is not None and (best is None or run.size > best.size):
                best = run
        at = content.find(_UNIT, at + 1)
    return best


def _run(values: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> Floats | None:
    with np.errstate(invalid="ignore", over="ignore"):
        numbers = values.astype(np.float64)
        steps = np.diff(numbers)
        size = np.abs(steps)
        inside = (numbers > _SHIFTS[0]) & (numbers < _SHIFTS[1])
        fine = inside[1:] & inside[:-1] & (size > _STEPS[0]) & (size < _STEPS[1])
        even = np.r_[True, (steps[1:] * steps[:-1] > 0) & (np.abs(size[1:] - size[:-1]) < 0.2 * size[1:])]
    if not fine.size or not fine[0]:
        return None
    wrong = np.flatnonzero(~(fine & even))
    length = int(wrong[0]) + 1 if wrong.size else numbers.size
    return numbers[:length] if length >= _LEAST else None


def _counts(content: bytes, size: int) -> Floats | None:
    at = content.find(_COUNTS)
    while at >= 0:
        start, end = at + _HEAD, at + _HEAD + 4 * size
        if content[end : end + len(_MARK)] == _MARK:
            found = np.frombuffer(content[start:end], "<f4").astype(np.float64)
            if np.isfinite(found).all():
                return found
        at = content.find(_COUNTS, at + 1)
    return None
