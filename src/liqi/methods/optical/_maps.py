"""Raman maps written as text: Renishaw's rows of place, shift and intensity, LabSpec's one row of a spectrum."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.optical._spectrum import Spectrum, in_order, technique_of
from liqi.methods.readers._columns import is_number, value_of

_LEAST = 5
_MOST = 250_000
_DO = "export the map as text again"
_PLACED = re.compile(r"#?\s*(x|y|z|time|t)\b", re.IGNORECASE)
_FACT = re.compile(r"#\s*([^=\t]+)=\s*(.*)")


def read_map(path: Path, lines: Sequence[str]) -> list[Spectrum] | None:
    """Return the spectra of a map, each named by its place; None where the text is no map."""
    if not lines:
        return None
    heads = [cell for cell in re.split(r"[\t,;]+|\s{2,}", lines[0].strip()) if cell]
    if len(heads) >= 3 and "wave" in heads[-2].lower() and all(map(_PLACED.match, heads[:-2])):
        return _of_rows(path, lines[1:], len(heads))
    for at, line in enumerate(lines[:200]):
        cells = line.rstrip("\r\n").split("\t")
        empty = next((i for i, cell in enumerate(cells) if cell.strip()), 0)
        if 1 <= empty <= 3 and len(cells) - empty >= _LEAST and all(map(is_number, filter(str.strip, cells[empty:]))):
            return _of_lines(path, lines, at, empty)
    return None


def _of_rows(path: Path, lines: Sequence[str], width: int) -> list[Spectrum]:
    rows = [re.split(r"[\t,;\s]+", line.strip()) for line in lines if line.strip()]
    if any(len(row) != width for row in rows):
        row = next(i for i, row in enumerate(rows, 2) if len(row) != width)
        raise UnreadableFile(path, f"row {row} without {width} numbers", "place, shift and intensity", _DO)
    found = []
    for place, some in groupby(rows, key=lambda row: tuple(row[:-2])):
        part = list(some)
        x = np.array([value_of(row[-2]) for row in part])
        found.append(_spectrum(path, place, x, np.array([value_of(row[-1]) for row in part]), "", None))
    return found


def _of_lines(path: Path, lines: Sequence[str], at: int, places: int) -> list[Spectrum]:
    facts = {
        key.strip().lower(): value.strip() for key, value in (m.groups() for m in map(_FACT.match, lines[:at]) if m)
    }
    laser = re.match(r"\d{3,4}(?:\.\d+)?", facts.get("laser", facts.get("laser (nm)", "")))
    x = np.array([value_of(cell) for cell in lines[at].split("\t")[places:] if cell.strip()])
    found = []
    for number, line in enumerate(lines[at + 1 :], at + 2):
        cells = line.rstrip("\r\n").split("\t")
        if not line.strip():
            continue
        values = [value_of(cell) for cell in cells[places : places + x.size]]
        if len(values) < x.size:
            raise UnreadableFile(path, f"row {number} with {len(values)} of {x.size} intensities", "a whole map", _DO)
        unit = facts.get("axisunit[1]", facts.get("axisunit[2]", ""))
        found.append(
            _spectrum(path, tuple(cells[:places]), x, np.array(values), unit, float(laser[0]) if laser else None)
        )
        if len(found) > _MOST:
            raise UnreadableFile(path, f"more than {_MOST:,} spectra", "a smaller map", "export a part of it")
    return found


def _spectrum(
    path: Path, place: Sequence[str], x: np.ndarray, y: np.ndarray, unit: str, laser: float | None
) -> Spectrum:
    name = f"{path.stem} ({', '.join(f'{value_of(one):g}' for one in place)})"
    x, y = in_order(x, y)
    x_unit = "nm" if unit.strip().lower() == "nm" else "cm-1"
    return Spectrum(path, name, x, y, x_unit, "counts", technique_of(x, x_unit, "counts"), "text", {}, (), laser)
