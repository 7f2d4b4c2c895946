"""Lines gathered into multiplets, and the couplings that a first-order pattern asks for."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import numpy as np

from liqi.methods.nmr._spectrum import Floats, Spectrum

PATTERNS = {
    "s": (), "d": (2,), "t": (3,), "q": (4,), "quint": (5,), "sext": (6,), "sept": (7,),
    "dd": (2, 2), "dt": (2, 3), "td": (3, 2), "dq": (2, 4), "qd": (4, 2), "tt": (3, 3), "ddd": (2, 2, 2),
    "ddt": (2, 2, 3), "dddd": (2, 2, 2, 2),
}  # fmt: skip
"""Multiplicities by their names, the larger coupling first."""
GAP_HZ = {"1H": 22.0, "19F": 60.0}
_MOST_LINES = 24
_LEAST_HZ = 0.9


@dataclass(frozen=True, slots=True)
class Line:
    """A line: shift in ppm with its standard uncertainty, height above the baseline."""

    ppm: float
    u_ppm: float
    height: float
    width_hz: float


@dataclass(frozen=True, slots=True)
class Multiplet:
    """Lines that belong together: limits in ppm, middle, name of the pattern, couplings in Hz with their uncertainty.

    A pattern that no first-order rule explains is ``m``; `integral` is the sum of the points between the limits.
    """

    low_ppm: float
    high_ppm: float
    ppm: float
    pattern: str
    couplings_hz: Sequence[float]
    u_coupling_hz: float
    lines: Sequence[Line]
    integral: float = 0.0
    u_integral: float = 0.0


def lines_of(spectrum: Spectrum, least_height: float) -> list[Line]:
    """Return the lines whose prominence reaches a height, ascending in ppm, each placed by a parabola.

    What stands out by less than its own rounding has no width, and is no line.
    """
    from scipy.signal import find_peaks, peak_widths

    tops, told = find_peaks(spectrum.intensity, prominence=least_height)
    if not tops.size:
        return []
    known = (told["prominences"], told["left_bases"], told["right_bases"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of widths of 0
        widths = peak_widths(spectrum.intensity, tops, 0.5, known)[0] * spectrum.step_ppm * spectrum.observe_mhz
    found = []
    for i, narrow in zip(tops[widths > 0].tolist(), widths[widths > 0].tolist(), strict=True):
        reached = _half_width(spectrum.intensity, i)
        width = narrow if reached is None else reached * spectrum.step_ppm * spectrum.observe_mhz
        a, b, c = (float(one) for one in spectrum.intensity[i - 1 : i + 2])
        bend = a - 2 * b + c
        shift = (a - c) / (2 * bend) if bend < 0 else 0.0
        place = float(spectrum.ppm[i]) + shift * spectrum.step_ppm
        found.append(Line(place, spectrum.step_ppm / 12**0.5, b - (a - c) * shift / 4, width))
    return found


def _half_width(intensity: Floats, top: int) -> float | None:
    """Return the width in points at half height; a flank that rises again before is taken as long as the other."""
    half = float(intensity[top]) / 2
    sides: list[float] = []
    for step in (-1, 1):
        i = top
        while 0 < i < intensity.size - 1 and half < intensity[i + step] <= intensity[i]:
            i += step
        following = float(intensity[i + step]) if 0 < i < intensity.size - 1 else half + 1
        if following <= half:
            here = float(intensity[i])
            sides.append(abs(i - top) + (here - half) / (here - following))
    return sides[0] + sides[-1] if sides else None


def gathered(lines: Sequence[Line], observe_mhz: float, nucleus: str) -> list[list[Line]]:
    """Return lines in groups between which no line is nearer than couplings of the nucleus are large."""
    gap = GAP_HZ.get(nucleus, 0.0) / observe_mhz
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.ppm - groups[-1][-1].ppm <= gap:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def pattern_of(lines: Sequence[Line], observe_mhz: float) -> tuple[str, list[float], float]:
    """Return the name of the simplest first-order pattern that fits, its couplings in Hz, and the misfit in Hz.

    Candidates for couplings are distances from the outermost line; predicted lines that fall together are one. A
    pattern fits where every line is met within 0.6 line widths (at least 0.35 Hz) and heights the binomial within
    a factor of 2.2, so that roofs are allowed for; where none fits, lines up to 0.7 Hz further apart may be one.
    """
    if len(lines) == 1:
        return "s", [], 0.0
    if len(lines) > _MOST_LINES:
        return "m", [], 0.0
    places = np.array([one.ppm for one in lines]) * observe_mhz
    heights = np.array([one.height for one in lines])
    width = min(one.width_hz for one in lines)
    room = max(0.35, 0.6 * width)
    some = [(name, counts, together) for together in (room, 1.5 * room + 0.7) for name, counts in PATTERNS.items()]
    for name, counts, together in some:
        if not counts or len(lines) > np.prod(counts):
            continue
        fits = [
            (misfit, couplings)
            for couplings in _candidates(places, counts)
            if all(a >= b for a, b in pairwise(couplings))
            and (misfit := _misfit(places, heights, counts, couplings, room, together)) is not None
        ]
        if fits:
            misfit, couplings = min(fits)
            return name, list(couplings), misfit
    return "m", [], 0.0


def _candidates(places: Floats, counts: Sequence[int]) -> Iterator[tuple[float, ...]]:
    """Yield couplings for each part of a pattern that together span the multiplet."""
    span = float(places[-1] - places[0])
    distances = sorted({round(float(one - places[0]), 3) for one in places[1:]})
    distances += [round(float(places[-1] - one), 3) for one in places[1:-1]]
    some = sorted({one for one in distances if one >= _LEAST_HZ})[:14]
    weights = [one - 1 for one in counts]
    if len(counts) == 1:
        yield (span / weights[0],)
        return
    for chosen in combinations(some, len(counts) - 1):
        order = tuple(reversed(chosen))
        rest = span - sum(w * j for w, j in zip(weights[1:], order, strict=True))
        yield (rest / weights[0], *order)
    for one in some:  # couplings that are alike
        yield ((span - sum(weights[1:]) * one) / weights[0], *([one] * (len(counts) - 1)))


def _misfit(
    places: Floats, heights: Floats, counts: Sequence[int], couplings: Sequence[float], room: float, together: float
) -> float | None:
    """Return the root mean square distance of lines from the pattern's, None where it does not fit."""
    offsets, weights = np.zeros(1), np.ones(1)
    for count, coupling in zip(counts, couplings, strict=True):
        steps = (np.arange(count) - (count - 1) / 2) * coupling
        shares = np.array([comb(count - 1, k) for k in range(count)], np.float64)
        offsets = (offsets[:, None] + steps).ravel()
        weights = (weights[:, None] * shares).ravel()
    order = np.argsort(offsets)
    offsets, weights = offsets[order], weights[order]
    groups = np.concatenate([[0], np.cumsum(np.diff(offsets) > together)])
    merged = np.bincount(groups, weights)
    middle = np.bincount(groups, weights * offsets) / merged
    if middle.size != places.size:
        return None
    off = places - (middle + float(places.mean() - middle.mean()))
    if np.abs(off).max() > room:
        return None
    ratio = heights / merged
    if ratio.max() / ratio.min() > 2.2**2 or np.median(np.abs(np.log(ratio / np.median(ratio)))) > np.log(2.2):
        return None
    return float(np.sqrt(np.mean(off**2)))
