"""Loads and outputs out of a MATLAB file (version 4 to 7): its arrays as the columns of one table."""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile

Floats = NDArray[np.float64]
AXES = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
_LOADS = re.compile(r"load|force|wrench|applied|true|target|label|^f$|^ft$|^y$|力|载荷|載荷", re.IGNORECASE)
_AGAIN = "save the variables with save -v7, or export them as CSV with a head"
_MOST_BYTES = 1 << 29
_DAMAGE = (*(ValueError, TypeError, KeyError, IndexError, EOFError), *(OSError, OverflowError, zlib.error, MemoryError))


def columns_of(path: Path, expected: str) -> tuple[list[str], Floats]:
    """Return the names and the numbers of the columns; a file without arrays of one length raises."""
    arrays = _arrays(path, expected)
    length = max((max(one.shape) for one in arrays.values()), default=0)
    heads: list[str] = []
    columns: list[Floats] = []
    for name, values in arrays.items():
        if length not in values.shape:
            continue
        table = values if values.shape[0] == length else values.T
        heads += _names(name, table.shape[1], len(arrays))
        columns += list(table.T)
    if length < 2 or len(columns) < 2:
        raise UnreadableFile(path, "a MATLAB file without arrays of one length", expected, _AGAIN)
    return heads, np.column_stack(columns)


def _names(name: str, width: int, arrays: int) -> list[str]:
    if width == 1:
        return [name]
    if width == len(AXES) and (_LOADS.search(name) or arrays == 1):
        return list(AXES)
    if width == 2 * len(AXES) and arrays == 1:
        return [*AXES, *(f"u{n}" for n in range(1, 7))]
    return [f"u{n}" for n in range(1, width + 1)]


def _arrays(path: Path, expected: str) -> dict[str, Floats]:
    """Return every array of real numbers by its name, those within a structure by the name of their field."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableFile(path, "a MATLAB file above 512 MiB", expected, "export the loads alone")
    try:
        whole = loadmat(str(path), simplify_cells=True)
    except NotImplementedError:
        raise UnreadableFile(path, "a MATLAB file of version 7.3", expected, _AGAIN) from None
    except (*_DAMAGE, MatReadError) as problem:
        found = f"a damaged MATLAB file ({type(problem).__name__})"
        raise UnreadableFile(path, found, expected, "copy the file again") from None
    found_arrays: dict[str, Floats] = {}
    _gather({key: value for key, value in whole.items() if not key.startswith("__")}, found_arrays, 0)
    return found_arrays


def _gather(values: Mapping[str, Any], found: dict[str, Floats], depth: int) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and depth < 3:
            _gather(value, found, depth + 1)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.ndim in (1, 2) and value.size > 1:
            numbers = value.astype(np.float64)
            found.setdefault(name, numbers[:, None] if numbers.ndim == 1 else numbers)
