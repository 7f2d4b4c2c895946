"""Columns of numbers in texts of any hand: with or without a head, decimal point or comma, many encodings."""

import csv
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._sniff import unpacked_badly
from liqi.methods.readers._streams import open_bytes

Floats = NDArray[np.float64]
LEAST_ROWS = 5
_EXPECTED = "a text of at least two columns of numbers, abscissa and ordinate"
_AGAIN = "export it as two columns"
_LONGEST = 1 << 28
_LONGEST_QUOTED = 100_000
_MARKS = ("\t", ";", ",", None)
_BRACKETED = re.compile(r"\s*[\[(][^\[\]()]*[\])]\s*")
_COMMA = re.compile(r"^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$")


@dataclass(frozen=True)
class Grid:
    """The numbers of a text with the titles of their columns, what stands above them, and in which line they start."""

    numbers: Floats
    titles: Sequence[str]
    facts: Mapping[str, str]
    start: int


def words_of(path: Path) -> str:
    """Return the whole text of a file: UTF-8, UTF-16 by its mark, GB 18030, else Latin-1."""
    try:
        with open_bytes(path) as stream:
            raw = stream.read(_LONGEST)
    except (OSError, EOFError, zlib.error) as problem:
        raise unpacked_badly(path, problem) from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def grid_of(path: Path, lines: Sequence[str]) -> Grid:
    """Return the longest block of rows with equally many cells, at least two of them numbers in its first rows."""
    best: tuple[int, int, list[list[str]]] = (0, 0, [])
    for mark in _MARKS:
        rows = [_cells(line, mark) for line in lines]
        start, length = _block(rows)
        if length > best[1]:
            best = (start, length, rows)
        if length > 0.8 * len(lines):
            break
    start, length, rows = best
    if length < LEAST_ROWS:
        raise UnreadableFile(path, f"{length} rows of numbers", _EXPECTED, _AGAIN)
    width = len(rows[start])
    numbers = np.array([[value_of(cell) for cell in row] for row in rows[start : start + length]])
    titles = _titles([row for row in rows[:start] if any(cell.strip() for cell in row)][-2:], width)
    return Grid(numbers, [*titles, *[""] * (width - len(titles))][:width], _facts(lines[:start]), start)


def _titles(above: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the titles over the columns: the last row above them, with the names above it where that holds units."""
    titles = list(above[-1]) if above else []
    if len(titles) < width - 1 or all(map(is_number, titles)):
        return []
    if len(above) == 2 and len(above[0]) >= width and all(map(_BRACKETED.fullmatch, titles)):
        units = [*titles, *[""] * (len(above[0]) - len(titles))]
        titles = [f"{name.strip()} {unit.strip()}".strip() for name, unit in zip(above[0], units, strict=False)]
    return titles


def _cells(line: str, mark: str | None) -> list[str]:
    words = line.strip("\r\n ") if mark == "\t" else line.strip()
    cells = words.split(mark) if mark else words.split()
    if mark and words.count('"') >= 2 and len(words) < _LONGEST_QUOTED:
        cells = [cell.strip().strip('"') for cell in next(csv.reader([words], delimiter=mark), cells)]
    return cells[:-1] if len(cells) > 2 and not cells[-1].strip() else cells


def _block(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return where the longest run of equally wide rows of numbers begins, and how many rows it has."""
    best = (0, 0)
    start, width = 0, 0
    for place, row in enumerate([*rows, []]):
        fits = len(row) >= 2 and sum(is_number(cell) for cell in row) >= 2 and all(map(_is_blank_or_number, row))
        if fits and len(row) == width:
            continue
        if width and place - start > best[1]:
            best = (start, place - start)
        start, width = place, len(row) if fits else 0
    return best


def _is_blank_or_number(cell: str) -> bool:
    return not cell.strip() or is_number(cell) or cell.strip().lower() in ("nan", "-", "n/a", "inf", "-inf")


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number, with a point or a comma."""
    return value_of(cell) == value_of(cell)


def value_of(cell: str) -> float:
    """Return the number of a cell, with a point or a comma; NaN where it holds none."""
    words = cell.strip()
    if _COMMA.match(words):
        words = words.replace(",", ".")
    try:
        value = float(words)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def _facts(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines[:2000]:
        words = line.strip().lstrip("#").strip()
        for mark in ("=", "\t", ";", ":", ","):
            key, split, value = words.partition(mark)
            if split and key.strip() and value.strip():
                found.setdefault(key.strip().lower()[:80], value.strip(" \t;,")[:200])
                break
    return found
