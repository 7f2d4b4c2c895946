"""Numbers of JCAMP-DX tables: AFFN, PAC, and the squeezed, difference and duplicate forms (ASDF).

McDonald and Wilks, Appl. Spectrosc. 42:151 (1988), sections 4 and 5: a letter stands for a sign and a first digit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from liqi.methods.readers._commas import UnclearComma, with_points

Floats = NDArray[np.float64]
_SQUEEZED = {letter: str(digit) for digit, letter in enumerate("@ABCDEFGHI")}
_SQUEEZED |= {letter: f"-{digit}" for digit, letter in enumerate("abcdefghi", 1)}
_DIFFERENCE = {letter: str(digit) for digit, letter in enumerate("%JKLMNOPQR")}
_DIFFERENCE |= {letter: f"-{digit}" for digit, letter in enumerate("jklmnopqr", 1)}
_DUPLICATE = {letter: str(digit) for digit, letter in enumerate("STUVWXYZs", 1)}
_ENCODED = re.compile(r"[@A-DF-Za-df-s%]")
_TOKEN = re.compile(r"\?|[@A-Ia-i%J-Rj-rS-Zs]\d*\.?\d*|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]\d{1,3})?")
_PLAIN = re.compile(r"\?|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_GAP = re.compile(r"[\s,;]+")
_MOST_POINTS = 1 << 26
_NOT_A_POINT = frozenset("?")


@dataclass
class Ordinates:
    """The numbers of a table before any factor: the first abscissa of each line, how many stand before it, all y."""

    x: list[float] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    failed_checks: int = 0
    """Lines of differences whose first value is not the last one of the line before."""


def ordinates(lines: Sequence[str], announced: int = 0) -> Ordinates:
    """Return the numbers of an ``(X++(Y..Y))`` table; text that is none raises `ValueError`.

    Commas between digits are what makes the announced number of points, parting or decimal; else `UnclearComma`.

    >>> ordinates(["1A2J%T", "5A3b"]).y
    [12.0, 13.0, 13.0, 13.0, -2.0]
    >>> ordinates(["400,5 1,5 2,5", "402,5 3,5"], announced=3).y
    [1.5, 2.5, 3.5]
    """
    parted = _ordinates(lines)
    pointed = None if len(parted.y) == announced else with_points(lines)
    if pointed is None:
        return parted
    decimal = _ordinates(pointed)
    if len(decimal.y) != announced:
        raise UnclearComma(_unclear(len(parted.y), len(decimal.y), announced))
    return decimal


def _unclear(parted: int, decimal: int, announced: int) -> str:
    told = f"{announced} are announced" if announced else "none is announced"
    return f"commas that make {parted} points between numbers and {decimal} as decimal ones, where {told}"


def _ordinates(lines: Sequence[str]) -> Ordinates:
    found = Ordinates()
    encoded = any(_ENCODED.search(line) for line in lines)
    pattern = _TOKEN if encoded else _PLAIN
    in_differences = False
    for line in lines:
        tokens = pattern.findall(line)
        if not tokens:
            continue
        if len("".join(tokens)) != len(_GAP.sub("", line)):
            raise ValueError(f"{line.strip()[:30]!r} among the numbers")
        found.x.append(float(tokens[0]))
        if not encoded:
            found.before.append(len(found.y))
            found.y += [float("nan") if one in _NOT_A_POINT else float(one) for one in tokens[1:]]
            continue
        in_differences = _line(found, tokens[1:], in_differences)
        if len(found.y) > _MOST_POINTS:
            raise ValueError(f"more than {_MOST_POINTS} points")
    return found


def _line(found: Ordinates, tokens: Sequence[str], after_differences: bool) -> bool:
    """Add the values of one line; return whether it ends in differences, so that the next begins with its check."""
    y = found.y
    found.before.append(len(y) - (1 if after_differences and y else 0))
    step: float | None = None
    for place, token in enumerate(tokens):
        first = token[0]
        if first in _DUPLICATE:
            if not y:
                raise ValueError("a repetition of nothing")
            times = int(_DUPLICATE[first] + token[1:]) - 1
            if not 0 <= times < _MOST_POINTS:
                raise ValueError(f"{times} repetitions")
            last = y[-1]
            y += [last + (step or 0.0) * (i + 1) for i in range(times)]
            continue
        if first in _DIFFERENCE:
            if not y:
                raise ValueError("a difference from nothing")
            step = float(_DIFFERENCE[first] + token[1:])
            y.append(y[-1] + step)
            continue
        step = None
        value = float("nan") if first == "?" else float(_SQUEEZED.get(first, first) + token[1:])
        if place == 0 and after_differences and y:
            found.failed_checks += abs(value - y[-1]) > 0.5
            continue
        y.append(value)
    return step is not None


def pairs(lines: Sequence[str], width: int = 2, announced: int = 0) -> Floats:
    """Return the rows of an ``(XY..XY)`` table, `width` numbers each; text that is none raises `ValueError`.

    A comma parts numbers, as the standard has it, unless the announced number of rows makes it a decimal one;
    `UnclearComma` where parted numbers run up and down and decimal ones do not.

    >>> pairs(["1,2 3,4; 5 6"]).tolist()
    [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    >>> pairs(["1,2 3,4; 5 6"], announced=2).tolist()
    [[1.2, 3.4], [5.0, 6.0]]
    """
    parted = _numbers(lines)
    fits = parted.size % width == 0
    pointed = None if fits and parted.size == announced * width else with_points(lines)
    decimal = None if pointed is None else _numbers(pointed)
    if decimal is not None and decimal.size % width == 0:
        if decimal.size == announced * width:
            return decimal.reshape(-1, width)
        if not fits or (not _is_sorted(parted[::width]) and _is_sorted(decimal[::width])):
            raise UnclearComma(_unclear(parted.size // width, decimal.size // width, announced))
    if not fits:
        raise ValueError("a last abscissa without its ordinate" if width == 2 else f"rows that are not {width} wide")
    return parted.reshape(-1, width)


def _numbers(lines: Sequence[str]) -> Floats:
    words = [word for word in _GAP.split(" ".join(lines)) if word]
    return np.array([np.nan if word == "?" else float(word) for word in words], dtype="f8")


def _is_sorted(x: Floats) -> bool:
    steps = np.diff(x)
    return bool((steps >= 0).all() or (steps <= 0).all())
