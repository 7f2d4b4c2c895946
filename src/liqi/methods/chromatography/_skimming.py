"""A rider skimmed by the tangent: what lies below it stays with the large peak on whose flank it rides.

The tangent touches the signal on either side of the top and lies nowhere above it: from the valley, where there is
one, to the flank (Dyson, Chromatographic Integration Methods, 2nd ed., Royal Society of Chemistry 1998, chapter 3). A
shoulder that no tangent passes under is none that can be skimmed.
"""

from collections.abc import Sequence

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.chromatography._baseline import Cut
from liqi.methods.chromatography._peak import DROP, SKIM
from liqi.methods.chromatography._trace import Floats

_RIDER = 0.2
"""A peak lower than this share of its neighbour is a rider where skimming is asked for all."""


def skim(cuts: Sequence[Cut], cut: Cut, fine: Floats, ends: tuple[int, int] | None = None) -> None:
    """Give a rider its tangent, or a line between `ends`, and its parent what lies below.

    Raise `BadParameter` where it touches no peak, or does not rise above the tangent.
    """
    if cut.split == SKIM:
        return
    parent = _parent(cuts, cut, fine)
    if parent is None:
        raise BadParameter("edits", "a peak that stands alone", "a peak that touches a larger one, to skim it off")
    is_behind = parent.end == cut.start
    start, end = _tangent(fine, cut)
    if ends is not None and cut.start <= ends[0] < cut.apex < ends[1] <= cut.end:
        start, end = ends
    if _above(fine, start, end) <= 0:
        raise BadParameter("edits", "a shoulder that no tangent passes under", "a peak that rises above it, or a drop")
    whole = np.arange(cut.start, cut.end + 1)
    tangent = np.interp(whole, [start, end], [fine[start], fine[end]])
    below = np.where((whole >= start) & (whole <= end), np.minimum(tangent, fine[whole]), fine[whole])
    cut.ridden = parent
    parent.riders.append(cut)
    cut.leaves = float(np.trapezoid(below - parent.base(whole)))
    cut.whole = (cut.start, cut.end, cut.start_kind, cut.end_kind, cut.line)
    cut.line, cut.split = (start, float(fine[start]), end, float(fine[end])), SKIM
    cut.start, cut.end, cut.start_kind, cut.end_kind = start, end, "T", "T"
    if is_behind:
        parent.end_kind = "T"
    else:
        parent.start_kind = "T"


def release(cut: Cut) -> None:
    """Take the tangent of a rider away again: it is parted by the perpendicular as before."""
    if cut.split != SKIM or cut.ridden is None or cut.whole is None:
        return
    parent = cut.ridden
    parent.riders = [one for one in parent.riders if one is not cut]
    cut.start, cut.end, cut.start_kind, cut.end_kind, cut.line = cut.whole
    cut.split, cut.ridden, cut.whole, cut.leaves = DROP, None, None, 0.0
    if parent.end == cut.start:
        parent.end_kind = "V"
    else:
        parent.start_kind = "V"


def skim_riders(cuts: Sequence[Cut], fine: Floats) -> None:
    """Skim every peak that is far lower than the neighbour it touches."""
    for cut in sorted(cuts, key=lambda one: _height(one, fine)):
        parent = _parent(cuts, cut, fine)
        if parent is None:
            continue
        start, end = _tangent(fine, cut)
        if _above(fine, start, end) <= 0:
            continue
        above = float(fine[cut.apex] - np.interp(cut.apex, [start, end], [fine[start], fine[end]]))
        if above < _RIDER * _height(parent, fine):
            skim(cuts, cut, fine)


def _height(cut: Cut, fine: Floats) -> float:
    return float(fine[cut.apex] - cut.base(cut.apex))


def _parent(cuts: Sequence[Cut], cut: Cut, fine: Floats) -> Cut | None:
    """Return the larger of the neighbours that a peak touches and that are higher than it."""
    touching = [
        one for one in cuts
        if one is not cut and one.split != SKIM
        and ((one.end == cut.start and cut.start_kind == "V") or (one.start == cut.end and cut.end_kind == "V"))
        and _height(one, fine) > _height(cut, fine)
    ]  # fmt: skip
    return max(touching, key=lambda one: _height(one, fine), default=None)


def _above(fine: Floats, start: int, end: int) -> float:
    """Return how much of the signal lies above the straight line between two of its points."""
    line = np.linspace(fine[start], fine[end], end - start + 1)
    return float(np.trapezoid(fine[start : end + 1] - line))


def _tangent(fine: Floats, cut: Cut) -> tuple[int, int]:
    """Return where the lower hull of a peak's signal leaves it before the apex and meets it again behind."""
    hull: list[int] = []
    for place in range(cut.start, cut.end + 1):
        while len(hull) > 1 and _is_no_corner(fine, hull[-2], hull[-1], place):
            hull.pop()
        hull.append(place)
    after = next((n for n, place in enumerate(hull) if place > cut.apex), len(hull) - 1)
    return hull[max(after - 1, 0)] if hull[after] > cut.apex else cut.start, hull[after]


def _is_no_corner(fine: Floats, before: int, here: int, after: int) -> bool:
    """Whether the signal here lies on or above the line from one place to another."""
    return float((fine[here] - fine[before]) * (after - before)) >= float(
        (fine[after] - fine[before]) * (here - before)
    )
