"""By what texts of columns are told apart: what their head names, how wide they are, whether they are a matrix."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

_MASS = re.compile(r"\bm ?/ ?z\b|\bmz\b|\bmass(es)?\b|\bda\b|\bamu\b")
WAVE = re.compile(r"wave ?(number|length)|raman|shift|cm-1|1/cm|\bnm\b|波数|波數|波长|波長|拉曼位移")
"""Words over the first column of a spectrum, in lower case."""
_WIDE, _SOME_ROWS = 3, 10
_MARKS = (",", ";", "\t")


def kind_of_head(lines: Sequence[str]) -> str | None:
    """Return what rows of numbers under a head of words are: a table of three columns or more, or a spectrum.

    None for a list of masses, and where the head or the rows under it do not say.
    """
    for mark in _MARKS:
        heads = [cell.strip(' "') for cell in lines[0].split(mark)]
        if len(heads) < 2 or len(lines) < 2 or any(is_number(one) for one in heads) or not heads[0]:
            continue
        rows = [[cell.strip(' "') for cell in line.split(mark)] for line in lines[1 : _SOME_ROWS + 1]]
        if any(len(row) != len(heads) for row in rows[:1]) or _MASS.search(heads[0]):
            return None
        firsts = rows[0][:2] if mark == "," else [cell.replace(",", ".", 1) for cell in rows[0][:2]]
        if not all(map(is_number, firsts)):
            return None
        if WAVE.search(heads[0]):
            return "spectrum"
        return "table" if len(heads) >= _WIDE else None
    return None


def is_table(lines: Sequence[str]) -> bool:
    """Whether rows are cut alike by one mark, words among them: a table, whatever its first cell holds."""
    some = lines[:_SOME_ROWS]
    if len(some) < 2 or some[0][:1] in "{[<":
        return False
    for mark in ("\t", ";", ","):
        counts = [line.count(mark) for line in some]
        if min(counts) >= 1 and (mark == "\t" or max(counts) == min(counts)):
            return True
    return False


def is_matrix(lines: Sequence[str]) -> bool:
    """Whether a head of names stands above as many rows of as many numbers, ones where row and column are the same.

    That is how a spillover matrix is exported; a row's numbers may stand behind its name.
    """
    for start, line in enumerate(lines[:8]):
        for mark in (*_MARKS, None):
            heads = _cells(line, mark)
            if len(heads) < 2 or any(is_number(one) for one in heads):
                continue
            rows = [_cells(one, mark) for one in lines[start + 1 :]]
            width = len(heads) - (len(rows) == len(heads) - 1)
            if len(rows) != width or width < 2:
                continue
            whole = all(
                len(row) - (not is_number(row[0])) == width and all(map(is_number, row[-width:])) for row in rows
            )
            if whole and all(float(row[at - width]) == 1 for at, row in enumerate(rows)):
                return True
    return False


def goes_forward(lines: Sequence[str]) -> bool:
    """Whether these are rows of numbers whose first column only grows, as a signal over time is exported."""
    firsts = [first_of(line) for line in lines if is_row(line)]
    return len(firsts) == len(lines) > 8 and all(a < b for a, b in pairwise(firsts))


def two_numbers(line: str) -> bool:
    """Whether a line begins with two numbers that are not negative."""
    parts = line.replace(",", " ").replace(";", " ").split()
    try:
        return len(parts) >= 2 and all(float(part) >= 0 for part in parts[:2])
    except ValueError:
        return False


def is_row(line: str) -> bool:
    """Whether a line begins with two numbers, of any sign and with a decimal comma where marks part the columns."""
    parts = _row(line)
    return len(parts) >= 2 and is_number(parts[0]) and is_number(parts[1])


def first_of(line: str) -> float:
    """Return the first number of a row."""
    return float(_row(line)[0])


def _row(line: str) -> list[str]:
    marked = any(mark in line for mark in ";\t")
    parts = re.split(r"[;\t]" if marked else r"[\s,]+", line.strip())
    return [part.strip(' "').replace(",", ".", 1) for part in parts[:2]]


def is_number(word: str) -> bool:
    """Whether a word is a finite number with a decimal point."""
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _cells(line: str, mark: str | None) -> list[str]:
    return [cell.strip(' "') for cell in (line.split(mark) if mark else line.split())]
