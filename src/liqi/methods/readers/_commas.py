"""Numbers of formats whose numbers have a point, as programs write them where a comma stands for it.

A comma is read where it can mean one thing only; where it could also part thousands, or two numbers, it is refused.
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from liqi.methods._errors import UnreadableFile

_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eEdD][+-]?\d+)?(?![\w.,]*\d)")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GLUED = re.compile(r"\d,\d")
_PARTED = re.compile(r"\d,\d+,\d")
_BETWEEN = re.compile(r"[\s;]+")


class UnclearComma(ValueError):
    """A comma between digits that may mean more than one number."""

    def as_error(self, path: Path) -> UnreadableFile:
        """Return the refusal of the file that has it."""
        return UnreadableFile(path, str(self), "numbers with a decimal point", "export it again with decimal points")


def number_of(words: str) -> float:
    """Return the number that the words begin with, NaN where they begin with none; raises `UnclearComma`.

    >>> number_of("3480,50 G"), number_of("9.5e9"), number_of("0,125"), number_of("12.5, min"), number_of("none")
    (3480.5, 9500000000.0, 0.125, 12.5, nan)
    >>> number_of("9,780")
    Traceback (most recent call last):
    liqi.methods.readers._commas.UnclearComma: 9,780, which may be 9.780 or 9780
    """
    first = (words.split() or [""])[0].rstrip(",;")
    found = _NUMBER.match(first)
    if found is None:
        if _GLUED.search(first) and first[0] in "+-.,0123456789":
            raise UnclearComma(f"{first[:30]}, a number with several points or commas")
        return math.nan
    if _THOUSANDS.fullmatch(found[0]):
        raise UnclearComma(f"{found[0]}, which may be {found[0].replace(',', '.')} or {found[0].replace(',', '')}")
    return float(re.sub("[dD]", "e", found[0].replace(",", ".")))


def with_points(lines: Sequence[str]) -> list[str] | None:
    """Return the lines of a table with points for commas; None where its commas can only stand between numbers."""
    if any("." in line for line in lines) or not any(map(_GLUED.search, lines)):
        return None
    if any(_PARTED.search(word) for line in lines for word in _BETWEEN.split(line)):
        return None
    return [re.sub(r"(?<=\d),(?=\d)", ".", line) for line in lines]
