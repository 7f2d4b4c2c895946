"""A rider skimmed by the tangent: what lies below it stays with the large peak on whose flank it rides.

The tangent runs from the valley to where it touches the flank behind the rider, or before it (Dyson, Chromatographic
Integration Methods, 2nd ed., Royal Society of Chemistry 1998, chapter 3).
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

    Raise `BadParameter` where it touches no peak.
    """
    if cut.split == SKIM:
        return
    parent = _parent(cuts, cut, fine)
    if parent is None:
        raise BadParameter("edits", "a peak that stands alone", "a peak that touches a larger one, to skim it off")
    is_behind = parent.end == cut.start
    start, end = _tangent(fine, cut, is_behind)
    if ends is not None and cut.start <= ends[0] < cut.apex < ends[1] <= cut.end:
        start, end = ends
    whole = np.arange(cut.start, cut.end + 1)
    tangent = np.interp(whole, [start, end], [fine[start], fine[end]])
    below = np.where((whole >= start) & (whole <= end), np.minimum(tangent, fine[whole]), fine[whole])
    cut.ridden = parent
    parent.skimmed[id(cut)] = float(np.trapezoid(below - parent.base(whole)))
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
    del parent.skimmed[id(cut)]
    cut.start, cut.end, cut.start_kind, cut.end_kind, cut.line = cut.whole
    cut.split, cut.ridden, cut.whole = DROP, None, None
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
        start, end = _tangent(fine, cut, parent.end == cut.start)
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


def _tangent(fine: Floats, cut: Cut, is_behind: bool) -> tuple[int, int]:
    """Return the ends of the tangent: from the valley to the point beyond the apex that the line touches."""
    if is_behind:
        steps = np.arange(cut.apex + 1, cut.end + 1)
        slopes = (fine[steps] - fine[cut.start]) / (steps - cut.start)
        return cut.start, int(steps[np.argmin(slopes)])
    steps = np.arange(cut.start, cut.apex)
    slopes = (fine[steps] - fine[cut.end]) / (cut.end - steps)
    return int(steps[np.argmin(slopes)]), cut.end
