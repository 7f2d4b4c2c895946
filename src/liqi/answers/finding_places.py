"""Findings that are called by where they are, such as a retention time: which of several answers are the same one."""

import re
import statistics
from collections.abc import Sequence

NEAR = 0.01
"""They are one when they differ by at most this share."""
_PLACE = re.compile(r"^(-?\d+(?:\.\d+)?) ?(min|s|nm|cm-1|cm⁻¹|ppm|m/z|mT|eV|Hz|MHz)$")
Name = tuple[str, str]
"""Name and unit of a finding."""


def matched(found: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """Return the names of each answer's findings; those called by places near each other get one name.

    That name has as many decimals as the finest place of its kind, so that the heads of a table are written alike.
    """
    places: dict[Name, list[tuple[float, int, int]]] = {}
    digits: dict[Name, int] = {}
    names = [list(one) for one in found]
    for answer, own in enumerate(names):
        for at, (name, unit) in enumerate(own):
            told = _PLACE.match(name)
            if told:
                kind = (told[2], unit)
                places.setdefault(kind, []).append((float(told[1]), answer, at))
                digits[kind] = max(digits.get(kind, 0), len(told[1].partition(".")[2]))
    for (of, unit), spots in places.items():
        for group in _grouped(sorted(spots)):
            if len({names[answer][at] for _, answer, at in group}) > 1:
                middle = statistics.median(place for place, _, _ in group)
                for _, answer, at in group:
                    names[answer][at] = (f"{middle:.{digits[of, unit]}f} {of}", unit)
    return names


def _grouped(spots: Sequence[tuple[float, int, int]]) -> list[list[tuple[float, int, int]]]:
    """Neighbours of different answers that are near each other; two of one answer are never one."""
    made: list[list[tuple[float, int, int]]] = []
    for one in spots:
        last = made[-1] if made else None
        near = last is not None and one[0] - last[0][0] <= NEAR * max(abs(one[0]), 1e-9)
        if last is not None and near and all(one[1] != other[1] for other in last):
            last.append(one)
        else:
            made.append([one])
    return made
