"""Chromatograms as columns of text: time first, then one or more signals, with any head above them."""

import math
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography import _ezchrom
from liqi.methods.chromatography._text import number, text_of
from liqi.methods.chromatography._trace import LEAST_POINTS, Chromatogram, Trace, even_trace

_UNIT = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]|(?<![A-Za-z])(mAU|AU|mV|uV|µV|pA|nA|µS|counts|RIU)(?![A-Za-z])")
_UNIT_ALONE = re.compile(
    r"[(\[]?(min(utes?)?|m?s|sec|ml|m?au|[mµuμ]?v|[pn]a|[mµu]s/cm|%b?|mpa|bar|°c|ph|counts|riu|fractions?)?[)\]]?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"[(\[_ ]\s*(s|sec|secs|seconds|秒)\s*[)\]]?\s*$", re.IGNORECASE)
_MILLISECONDS = re.compile(r"[(\[_ ]\s*(ms|msec)\s*[)\]]?\s*$", re.IGNORECASE)
_NO_SIGNAL = ("step", "step (s)", "#", "no.", "point", "#point", "index", "fraction")
_NM = re.compile(r"(\d{3}(?:\.\d+)?)\s*nm", re.IGNORECASE)
_NAMES = r'"?(?:sample ?name|sample ?id|sample|injection name|injection|样品名称|樣品名稱)"?'
_SAMPLE = re.compile(rf'^{_NAMES}[ ]*[:\t,;=][ :\t,;=]*"?([^"\t\r\n]+)', re.IGNORECASE | re.MULTILINE)
_HEADED = re.compile(rf'^{_NAMES}[\t,;]"?(?:channel|date|vial|acq)[^\r\n]*\r?\n"?([^"\t,;\r\n]+)', re.IGNORECASE)
"""Names over values, as Empower's .arw begins."""
_MOST_TRACES = 400
_VOLUME = "the file counts millilitres, not minutes: times are volumes in ml, areas are 60 times signal times ml"


def read(path: Path) -> Chromatogram:
    """Return the longest block of numbers in a text file as traces; raise `UnreadableFile`."""
    text = text_of(path)
    lines = text.splitlines()
    if _ezchrom.is_ezchrom(lines):
        return _ezchrom.read(path, lines)
    mark = _mark(lines)
    begin, rows = _block(lines, mark)
    if len(rows) < LEAST_POINTS:
        found = f"{len(rows)} rows of numbers"
        raise UnreadableFile(path, found, "a column of times and one of signals", "export the chromatogram as text")
    width = max(len(row) for row in rows)
    table = np.array([row + [math.nan] * (width - len(row)) for row in rows], np.float64)
    heads = _heads(lines, begin, mark, width)
    at = 1 if heads[0].strip().lower() in _NO_SIGNAL and width > 2 else 0
    per_minute = 1 / 60 if _SECONDS.search(heads[at]) else 1 / 60_000 if _MILLISECONDS.search(heads[at]) else 1.0
    chosen = [i for i in range(at + 1, width) if _is_signal(heads[i], table, i, at)][:_MOST_TRACES]
    traces: list[Trace] = []
    for first, last in _runs(table[:, at]):
        part = table[first:last]
        for i in chosen:
            if len(chosen) > 1 and part.shape[0] < table.shape[0] and np.ptp(part[:, i]) == 0:
                continue  # a column that only numbers the runs
            name = heads[i] if last - first == len(table) else f"{heads[i]} ({len(traces) + 1})"
            unit = _UNIT.search(heads[i])
            nm = _NM.search(heads[i])
            words = (unit.group(1) or unit.group(2)) if unit else "a.u."
            traces.append(
                even_trace(
                    path,
                    name,
                    part[:, at] * per_minute,
                    part[:, i],
                    "a.u." if nm and nm.group(0) == words else words,
                    float(nm.group(1)) if nm else None,
                )
            )
    if not traces:
        raise UnreadableFile(path, "no column that changes", "a signal", "export the chromatogram as text")
    volumes = [_VOLUME] if heads[at].lower().rstrip(")]").split()[-1].lstrip("([") == "ml" else []
    sample = _HEADED.match("\n".join(lines[:2])) or _SAMPLE.search("\n".join(lines[:begin]))
    return Chromatogram(path, "trace", traces, {"sample_name": sample.group(1).strip()} if sample else {}, volumes)


def _is_signal(head: str, table: NDArray[np.float64], column: int, at: int) -> bool:
    """Whether a column is a signal: not the time once more, nor a number of rows, nor cells that are mostly empty."""
    values = table[:, column]
    known = np.isfinite(values)
    again = np.allclose(values[known], table[known, at], rtol=1e-9, atol=0)
    return head.strip().lower() not in _NO_SIGNAL and bool(known.sum() >= max(2, 0.1 * known.size)) and not again


def _mark(lines: list[str]) -> str | None:
    """Return what parts the columns in the middle of the file; None for blanks."""
    some = [line for line in lines[len(lines) // 2 : len(lines) // 2 + 20] if line.strip()] or lines
    for mark in ("\t", ";", ","):
        if all(mark in line for line in some):
            return mark
    return None


def _cells(line: str, mark: str | None) -> list[str]:
    return line.split(mark) if mark else line.split()


def _block(lines: list[str], mark: str | None) -> tuple[int, list[list[float]]]:
    """Return where the longest run of rows that begin with a number and hold two begins, and the rows.

    What else a row holds (the n.a. of a first step, the empty end of a short curve, the name of a fraction) is NaN.
    """
    best: tuple[int, list[list[float]]] = (0, [])
    now: tuple[int, list[list[float]]] = (0, [])
    for i, line in enumerate(lines):
        cells = [number(cell, mark or " ") for cell in _cells(line, mark)]
        row = [math.nan if value is None else value for value in cells]
        if len(row) >= 2 and row[0] == row[0] and len(row) - sum(map(math.isnan, row)) >= 2:
            if not now[1]:
                now = (i, [])
            now[1].append(row)
        elif line.strip():
            best, now = (now if len(now[1]) > len(best[1]) else best), (0, [])
    return now if len(now[1]) > len(best[1]) else best


def _heads(lines: list[str], begin: int, mark: str | None, width: int) -> list[str]:
    above = [line for line in lines[:begin] if line.strip()][-2:]
    cells = _titles(above[-1] if above else "", mark, width)
    if len(above) == 2 and cells and all(_UNIT_ALONE.fullmatch(cell) for cell in cells):
        names = _paired(_titles(above[0], mark, width))
        cells = [f"{a} ({b.strip('()[]')})" if a and b else a or b for a, b in zip(names, cells, strict=False)] or cells
    if cells and not cells[0] and all(number(cell) is not None for cell in cells[1:width]):
        cells = ["", *(f"{number(cell):g} nm" for cell in cells[1:width])]  # a diode array: wavelengths as heads
    elif not cells or any(number(cell) is not None for cell in cells[:width]):
        cells = []
    return [cells[i] if i < len(cells) and cells[i] else ("time" if i == 0 else f"signal {i}") for i in range(width)]


def _titles(line: str, mark: str | None, width: int) -> list[str]:
    """Return the cells of a head, parted as the rows are or by blanks where that alone gives as many."""
    cells = [cell.strip().strip('"').strip() for cell in line.split(mark or "\t")]
    if len(cells) < width or (mark is None and len(line.split()) == width):
        blanks = line.split()
        cells = blanks if len(blanks) == width else cells if mark is not None and len(cells) > 1 else []
    return cells


def _paired(names: list[str]) -> list[str]:
    """Return the names over columns; where every curve has two, the name that stands over its first counts for both."""
    if len(names) > 3 and all(names[0::2][:-1]) and not any(names[1::2]):
        return [names[i - i % 2] for i in range(len(names))]
    return names


def _runs(times: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the parts between which time begins again; one part where it does so no more often than by accident."""
    ends = [0, *(np.flatnonzero(np.diff(times) < 0) + 1).tolist(), times.size]
    parts = list(pairwise(ends))
    return parts if all(b - a >= LEAST_POINTS for a, b in parts) else [(0, times.size)]
