"""Sums: do the parts of a statement add up to its whole?"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sum:
    """Whether the parts make the whole, and in words what was found."""

    adds_up: bool
    difference: float
    says: str


def parts_of(whole: float, parts: Sequence[float], *, tolerance: float = 0.0) -> Sum:
    """The parts are added and held against the whole.

    >>> parts_of(14, [4, 6, 2, 3]).says
    'the parts 4 + 6 + 2 + 3 make 15, and the whole is given as 14'
    """
    total = sum(parts)
    said = " + ".join(f"{part:g}" for part in parts)
    return Sum(
        adds_up=abs(total - whole) <= tolerance,
        difference=total - whole,
        says=f"the parts {said} make {total:g}, and the whole is given as {whole:g}",
    )
