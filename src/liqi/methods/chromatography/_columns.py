"""Chromatograms as columns of text: time first, then one or more signals, with any head above them."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.chromatography._text import number, text_of
from liqi.methods.chromatography._trace import LEAST_POINTS, Chromatogram, Trace, even_trace

_UNIT = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]|(?<![A-Za-z])(mAU|AU|mV|uV|µV|pA|nA|µS|counts|RIU)(?![A-Za-z])")
_SECONDS = re.compile(r"[(\[_ ]\s*(s|sec|secs|seconds|秒)\s*[)\]]?\s*$", re.IGNORECASE)
_MILLISECONDS = re.compile(r"[(\[_ ]\s*(ms|msec)\s*[)\]]?\s*$", re.IGNORECASE)
_NO_SIGNAL = ("step", "step (s)", "#", "no.", "point", "index")
_NM = re.compile(r"(\d{3}(?:\.\d+)?)\s*nm", re.IGNORECASE)
_SAMPLE = re.compile(
    r'^"?(?:sample ?name|sample|injection name)"?\s*[:\t,;=]+\s*"?([^"\t]+)', re.IGNORECASE | re.MULTILINE
)
_MOST_TRACES = 400


def read(path: Path) -> Chromatogram:
    """Return the longest block of numbers in a text file as traces; raise `UnreadableFile`."""
    text = text_of(path)
    lines = text.splitlines()
    mark = _mark(lines)
    begin, rows = _block(lines, mark)
    if len(rows) < LEAST_POINTS:
        found = f"{len(rows)} rows of numbers"
        raise UnreadableFile(path, found, "a column of times and one of signals", "export the chromatogram as text")
    width = min(len(row) for row in rows)
    table = np.array([row[:width] for row in rows], np.float64)
    heads = _heads(lines, begin, mark, width)
    per_minute = 1 / 60 if _SECONDS.search(heads[0]) else 1 / 60_000 if _MILLISECONDS.search(heads[0]) else 1.0
    chosen = [i for i in range(1, width) if heads[i].strip().lower() not in _NO_SIGNAL][:_MOST_TRACES]
    traces: list[Trace] = []
    for first, last in _runs(table[:, 0]):
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
                    part[:, 0] * per_minute,
                    part[:, i],
                    "a.u." if nm and nm.group(0) == words else words,
                    float(nm.group(1)) if nm else None,
                )
            )
    if not traces:
        raise UnreadableFile(path, "no column that changes", "a signal", "export the chromatogram as text")
    sample = _SAMPLE.search("\n".join(lines[:begin]))
    return Chromatogram(path, "trace", traces, {"sample_name": sample.group(1).strip()} if sample else {})


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
    """Return where the longest run of rows with at least two numbers begins, and the rows."""
    best: tuple[int, list[list[float]]] = (0, [])
    now: tuple[int, list[list[float]]] = (0, [])
    for i, line in enumerate(lines):
        row = []
        for cell in _cells(line, mark):
            value = number(cell, mark or " ")
            if value is None:
                break
            row.append(value)
        if len(row) >= 2:
            if not now[1]:
                now = (i, [])
            now[1].append(row)
        elif line.strip():
            best, now = (now if len(now[1]) > len(best[1]) else best), (0, [])
    return now if len(now[1]) > len(best[1]) else best


def _heads(lines: list[str], begin: int, mark: str | None, width: int) -> list[str]:
    above = next((line for line in reversed(lines[:begin]) if line.strip()), "")
    cells = [cell.strip().strip('"') for cell in above.split(mark or "\t")]
    if len(cells) < width or (mark is None and len(above.split()) == width):
        cells = above.split() if len(above.split()) == width else []
    if cells and not cells[0] and all(number(cell) is not None for cell in cells[1:width]):
        cells = ["", *(f"{number(cell):g} nm" for cell in cells[1:width])]  # a diode array: wavelengths as heads
    elif not cells or any(number(cell) is not None for cell in cells[:width]):
        cells = []
    return [cells[i] if i < len(cells) and cells[i] else ("time" if i == 0 else f"signal {i}") for i in range(width)]


def _runs(times: np.ndarray) -> list[tuple[int, int]]:
    """Return the parts between which time begins again; one part where it does so no more often than by accident."""
    ends = [0, *(np.flatnonzero(np.diff(times) < 0) + 1).tolist(), times.size]
    parts = list(pairwise(ends))
    return parts if all(b - a >= LEAST_POINTS for a, b in parts) else [(0, times.size)]
