"""Peaks gathered into groups that share a baseline, and where that straight line runs.

Peaks further apart than a resolution of 1.8 part the line at the valley where it lies low (the valley of two Gaussians
is at 0.3 % of their height there); closer ones share one line and are parted by the perpendicular.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from liqi.methods.chromatography._detection import Span
from liqi.methods.chromatography._trace import Floats

RESOLVED = 1.5
_APART = 1.8
_LOW_VALLEY = 0.05
_NEAR = 0.6
_OF_HALF_WIDTHS = 1.18


@dataclass(slots=True)
class Cut:
    """A peak cut out by its places; `line` is the baseline as (place, value) at both ends of the straight part.

    A peak knows its `riders`; a rider knows the peak it has `ridden`, what it `leaves` to that, and what it was as a
    `whole`.
    """

    start: int
    apex: int
    end: int
    start_kind: str
    end_kind: str
    line: tuple[int, float, int, float]
    split: str = "none"
    name: str = ""
    is_edited: bool = False
    riders: list["Cut"] = field(default_factory=list, compare=False, repr=False)
    leaves: float = field(default=0.0, compare=False)
    ridden: "Cut | None" = field(default=None, compare=False)
    whole: tuple[Any, ...] | None = field(default=None, compare=False)

    @property
    def skimmed(self) -> float:
        """What riders leave to this peak, those too that were taken away since."""
        return sum(one.leaves for one in self.riders)

    def base(self, places: ArrayLike) -> Floats:
        """Return the baseline at places of the trace."""
        first, low, last, high = self.line
        return np.asarray(low + (high - low) * (np.asarray(places, np.float64) - first) / max(last - first, 1))


def cuts_of(signal: Floats, fine: Floats, spans: Sequence[Span]) -> list[Cut]:
    """Return the peaks cut out of the trace, each with its baseline; `fine` is the smoothed signal."""
    found: list[Cut] = []
    for group in _groups(fine, spans):
        found += _parted(signal, fine, group)
    return found


def _groups(fine: Floats, spans: Sequence[Span]) -> list[list[Span]]:
    """Return spans that touch, or nearly so, together; their ends meet at the valley then."""
    groups: list[list[Span]] = []
    for span in spans:
        last = groups[-1][-1] if groups else None
        if last is not None and span.start - last.end <= _NEAR * min(span.width, last.width, span.start - last.apex):
            valley = last.apex + int(np.argmin(fine[last.apex : span.apex + 1]))
            groups[-1][-1] = Span(last.start, last.apex, valley, last.width)
            groups[-1].append(Span(valley, span.apex, span.end, span.width))
        else:
            groups.append([span])
    return groups


def _parted(signal: Floats, fine: Floats, group: Sequence[Span]) -> list[Cut]:
    """Return the cuts of one group, the line parted where a low valley or a dip below it asks for that."""
    first, last = _under(fine, group[0].start, group[-1].end, (group[0].apex, group[-1].apex))
    knots = [first, *(one.end for one in group[:-1]), last]
    corners = [first, last]
    for i in range(1, len(group)):
        before, after = group[i - 1], group[i]
        straight = Cut(first, before.apex, last, "B", "B", (first, float(fine[first]), last, float(fine[last])))
        above = float(fine[knots[i]] - straight.base(knots[i]))
        tall = min(float(fine[one.apex] - straight.base(one.apex)) for one in (before, after))
        is_apart = resolution(fine, straight, before, after) >= _APART
        if above <= 0 or (is_apart and above < _LOW_VALLEY * tall):
            corners.append(knots[i])
    corners.sort()
    found = []
    for i, span in enumerate(group):
        a, b = knots[i], knots[i + 1]
        left = max(one for one in corners if one <= a)
        right = min(one for one in corners if one >= b)
        kinds = ["B" if one in corners else "V" for one in (a, b)]
        split = "drop" if "V" in kinds else "none"
        line = (left, float(fine[left]), right, float(fine[right]))
        found.append(Cut(a, span.apex, b, kinds[0], kinds[1], line, split))
    return found


def _under(fine: Floats, start: int, end: int, apexes: tuple[int, int]) -> tuple[int, int]:
    """Return ends moved inwards until the straight line between them does not cut into the flanks."""
    for _ in range(20):
        line = np.interp(np.arange(start, end + 1), (start, end), (fine[start], fine[end]))
        below = fine[start : end + 1] - line
        left = int(np.argmin(below[: apexes[0] - start + 1]))
        right = int(np.argmin(below[apexes[1] - start :])) + apexes[1] - start
        slack = 1e-9 * float(np.ptp(fine[start : end + 1]))
        moved = (start + left if below[left] < -slack else start, start + right if below[right] < -slack else end)
        if moved == (start, end) or moved[0] >= apexes[0] or moved[1] <= apexes[1]:
            break
        start, end = moved
    return start, end


def resolution(fine: Floats, line: Cut, before: Span, after: Span) -> float:
    """Return the resolution of two neighbours by their widths at half height (USP <621>)."""
    widths = [half_width(fine, line, *ends) for ends in ((before.start, before.apex, before.end),
                                                         (after.start, after.apex, after.end))]  # fmt: skip
    total = sum(one or 0.0 for one in widths)
    return _OF_HALF_WIDTHS * (after.apex - before.apex) / total if total else 0.0


def half_width(signal: Floats, line: Cut, start: int, apex: int, end: int, part: float = 0.5) -> float | None:
    """Return the width in points at a part of the height; a flank that ends above it is taken as long as the other."""
    sides = flanks(signal, line, start, apex, end, part)
    known = [one for one in sides if one is not None]
    if not known:
        return None
    return known[0] + known[-1]


def flanks(
    signal: Floats, line: Cut, start: int, apex: int, end: int, part: float
) -> tuple[float | None, float | None]:
    """Return how far left and right of the apex, in points, the peak falls to a part of its height."""
    above = signal[start : end + 1] - line.base(np.arange(start, end + 1))
    level = part * float(above[apex - start])
    found: list[float | None] = []
    for side in (above[: apex - start + 1][::-1], above[apex - start :]):
        low = np.flatnonzero(side <= level)
        if not low.size or low[0] == 0:
            found.append(None)
            continue
        i = int(low[0])
        drop = float(side[i - 1] - side[i])
        found.append(i - 1 + (float(side[i - 1]) - level) / drop if drop > 0 else float(i))
    return found[0], found[1]
