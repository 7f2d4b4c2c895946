"""Shoulders without a valley: where the second derivative bends twice, and a fit needs a peak more to follow.

A candidate is a minimum of the smoothed second derivative beside the apex (Savitzky and Golay's use of it: Anal. Chem.
36:1627, 1964). It is a peak only where the fit with it leaves little and the fit without it leaves far more, so that a
tail is not taken for a peak.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from liqi.methods.chromatography._baseline import Cut, half_width
from liqi.methods.chromatography._detection import smooth
from liqi.methods.chromatography._fits import MOST_PEAKS, fit_peaks, within_work
from liqi.methods.chromatography._trace import Floats

_SMOOTHING, _LEAST_BEND, _OF_NOISE, _GAIN, _NARROWEST = 0.12, 0.02, 8.0, 0.5, 6.0
_BEND_NOISE = (3 / (8 * np.pi**0.5)) ** 0.5
"""Noise of the second derivative under a Gaussian of s points, times s^-2.5, by that of the signal."""


def with_shoulders(signal: Floats, cuts: Sequence[Cut], noise: float, least: float) -> tuple[list[Cut], int]:
    """Return the cuts with those shoulders parted that a fit bears out, and how many groups were not tried.

    `least` is the least height of a peak. The highest groups are tried first.
    """
    groups = _touching(cuts)
    bends = [{i: _bends(signal, cut, noise, least) for i, cut in enumerate(group)} for group in groups]
    counts = [len(group) + sum(map(len, places.values())) for group, places in zip(groups, bends, strict=True)]
    wanted = [n for n, count in enumerate(counts) if len(groups[n]) < count <= MOST_PEAKS]
    wanted.sort(key=lambda n: -max(signal[cut.apex] for cut in groups[n]))
    tried = set(wanted[: within_work([counts[n] for n in wanted])])
    found: list[Cut] = []
    for n, group in enumerate(groups):
        found += (_parted(signal, group, bends[n], noise, least) if n in tried else None) or group
    return found, len(wanted) - len(tried)


def _touching(cuts: Sequence[Cut]) -> list[list[Cut]]:
    groups: list[list[Cut]] = []
    for cut in cuts:
        if groups and cut.start_kind == "V" and groups[-1][-1].end == cut.start:
            groups[-1].append(cut)
        else:
            groups.append([cut])
    return groups


def _parted(
    signal: Floats, group: Sequence[Cut], places: Mapping[int, Sequence[int]], noise: float, least: float
) -> list[Cut] | None:
    """Return the group with its shoulders, `places` of each cut, None where the fit bears them not out."""
    made: list[Cut] = []
    for i, cut in enumerate(group):
        made += _split(signal, cut, places[i])
    start = group[0].start
    above = np.concatenate([_above(signal, cut)[: None if cut is group[-1] else -1] for cut in group])
    fits = []
    for cuts in (group, made):
        widths = [half_width(signal, cut, cut.start, cut.apex, cut.end) or (cut.end - cut.start) / 3 for cut in cuts]
        fits.append(fit_peaks(above, [cut.apex - start for cut in cuts], widths))
        if fits[0] is not None and fits[0].is_good(noise):
            return None
    without, fit = fits
    if fit is None or not fit.is_good(noise) or float(fit.curves.max(axis=1).min()) < least:
        return None
    if without is None:
        return made
    left = [float(np.sum((above - one.curves.sum(axis=0)) ** 2)) for one in (without, fit)]
    return made if left[1] < _GAIN**2 * left[0] else None


def _above(signal: Floats, cut: Cut) -> Floats:
    places = np.arange(cut.start, cut.end + 1)
    return np.asarray(signal[places] - cut.base(places))


def _bends(signal: Floats, cut: Cut, noise: float, least: float) -> list[int]:
    """Return the places beside the apex where the signal bends down like a peak of its own."""
    from scipy.signal import find_peaks

    width = half_width(signal, cut, cut.start, cut.apex, cut.end)
    if width is None or width < _NARROWEST:
        return []
    sigma = max(_SMOOTHING * width, 1.0)
    low, high = max(cut.start - int(4 * sigma), 0), min(cut.end + int(4 * sigma) + 1, signal.size)
    bend = -np.gradient(np.gradient(smooth(signal[low:high], sigma)))[cut.start - low : cut.end + 1 - low]
    bound = max(_LEAST_BEND * float(bend.max()), _OF_NOISE * _BEND_NOISE * noise * sigma**-2.5)
    tops = find_peaks(bend, height=bound, prominence=bound)[0]
    above = _above(signal, cut)
    own = int(tops[np.argmin(np.abs(tops - (cut.apex - cut.start)))]) if tops.size else -1
    return [cut.start + int(top) for top in tops if top != own and above[top] >= least]


def _split(signal: Floats, cut: Cut, shoulders: Sequence[int]) -> list[Cut]:
    """Return a cut parted where its signal, between apex and shoulders, lies deepest below a straight line."""
    if not shoulders:
        return [cut]
    apexes = sorted([cut.apex, *shoulders])
    knots = [cut.start]
    for a, b in pairwise(apexes):
        inside = signal[a : b + 1] - np.linspace(signal[a], signal[b], b - a + 1)
        knots.append(a + int(np.clip(np.argmin(inside), 1, b - a - 1)))
    knots.append(cut.end)
    kinds = [cut.start_kind, *("V" * len(shoulders)), cut.end_kind]
    return [
        replace(cut, start=a, apex=apex, end=b, start_kind=kinds[i], end_kind=kinds[i + 1], split="drop", riders=[])
        for i, (apex, (a, b)) in enumerate(zip(apexes, pairwise(knots), strict=True))
    ]
