"""Chromatographic peaks of a run: ions followed from scan to scan, their traces smoothed, split and measured.

Everything works on many traces at once; only the step from scan to scan is a loop.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._columns import Points

SAME_ION_PPM = 10.0
MISSED_SCANS = 2
LEAST_POINTS = 4
_SMOOTHING = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
_PAD = 3
_SHOULDER = 0.75
_EDGE = 0.05
_OVER_EDGES = 3.0
_AT_ONCE = 1 << 15
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Peaks:
    """Chromatographic peaks, one entry each, by m/z: times in s, heights as recorded, areas in height times s."""

    mz: Floats
    apex_s: Floats
    start_s: Floats
    end_s: Floats
    height: Floats
    area: Floats


def find_peaks(points: Points, ppm: float = SAME_ION_PPM) -> Peaks:
    """Return the peaks of at least four scans that rise to three times what is left at one of their ends."""
    trace = _follow(points.mz, points.scan, points.time_s.size, ppm)
    enough = np.bincount(trace, minlength=1)[trace] >= LEAST_POINTS if trace.size else np.empty(0, bool)
    chosen = np.flatnonzero(enough)
    trace = trace[chosen]
    order = np.argsort(trace, kind="stable")
    chosen, trace = chosen[order], trace[order]
    parts = []
    for start, end in _blocks(trace):
        part = chosen[start:end]
        parts.append(_pick(points.mz[part], points.intensity[part], points.scan[part], trace[start:end], points.time_s))
    columns = [np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)]) for name in Peaks.__slots__]
    by_mz = np.argsort(columns[0], kind="stable")
    return Peaks(*(column[by_mz] for column in columns))


def _blocks(trace: Ints) -> list[tuple[int, int]]:
    """Return where to cut so that traces stay whole and few are in work at once: that takes most of the memory."""
    firsts = np.flatnonzero(np.diff(trace, prepend=-1))
    cuts = firsts[np.flatnonzero(np.diff(firsts // _AT_ONCE, prepend=-1))].tolist()
    return list(zip(cuts, [*cuts[1:], trace.size], strict=True))


def _follow(mz: Floats, scan: Ints, scans: int, ppm: float) -> Ints:
    """Return the trace of each point: the nearest ion of the last scans within the tolerance, or a new one."""
    trace = np.full(mz.size, -1, np.int64)
    bounds = np.searchsorted(scan, np.arange(scans + 1))
    open_mz, open_id, open_last = np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64)
    made = 0
    for number in range(scans):
        part = slice(bounds[number], bounds[number + 1])
        here = mz[part]
        ids = np.full(here.size, -1, np.int64)
        if open_mz.size and here.size:
            points, owners = _nearest(here, open_mz, ppm)
            ids[points] = open_id[owners]
            open_mz[owners] += 0.3 * (here[points] - open_mz[owners])
            open_last[owners] = number
        fresh = np.flatnonzero(ids < 0)
        ids[fresh] = np.arange(made, made + fresh.size)
        made += fresh.size
        trace[part] = ids
        kept = open_last >= number - MISSED_SCANS
        open_mz = np.concatenate([open_mz[kept], here[fresh]])
        order = np.argsort(open_mz, kind="stable")
        open_mz = open_mz[order]
        open_id = np.concatenate([open_id[kept], ids[fresh]])[order]
        open_last = np.concatenate([open_last[kept], np.full(fresh.size, number)])[order]
    return trace


def _nearest(here: Floats, open_mz: Floats, ppm: float) -> tuple[Ints, Ints]:
    """Return pairs of point and open trace, each of either at most once, the nearest first."""
    right = np.minimum(np.searchsorted(open_mz, here), open_mz.size - 1)
    left = np.maximum(right - 1, 0)
    nearest = np.where(here - open_mz[left] <= open_mz[right] - here, left, right)
    away = np.abs(here - open_mz[nearest])
    points = np.flatnonzero(away <= ppm * 1e-6 * here)
    points = points[np.lexsort((away[points], nearest[points]))]
    owners = nearest[points]
    first = np.ones(points.size, bool)
    first[1:] = owners[1:] != owners[:-1]
    return points[first], owners[first]


def _pick(mz: Floats, intensity: Floats, scan: Ints, trace: Ints, time_s: Floats) -> Peaks:
    place, raw, dense_scan = _laid_out(intensity, scan, trace)
    smooth = np.convolve(raw, _SMOOTHING, "same")
    tops = _tops(smooth, dense_scan)
    starts, ends = _bounds(smooth, tops)
    seconds = time_s[dense_scan]
    steps = np.where(np.diff(dense_scan, prepend=-9) == 1, np.diff(seconds, prepend=seconds[:1]), 0.0)
    area = np.cumsum(steps * (raw + np.roll(raw, 1)) / 2)
    owner = np.searchsorted(starts, place, side="right") - 1
    inside = (owner >= 0) & (place <= ends[np.maximum(owner, 0)])
    owner, point_mz, weight = owner[inside], mz[inside], intensity[inside]
    number = tops.size
    total = np.bincount(owner, weight, number)
    points = np.bincount(owner, minlength=number)
    height = np.zeros(number)
    np.maximum.at(height, owner, weight)
    before = np.where(dense_scan[starts] == 0, raw[starts + _PAD], smooth[starts])  # it may have begun before the run
    after = np.where(dense_scan[ends] == time_s.size - 1, raw[ends - _PAD], smooth[ends])
    good = (points >= LEAST_POINTS) & (smooth[tops] >= _OVER_EDGES * np.minimum(before, after))
    centre = np.bincount(owner, weight * point_mz, number)[good] / total[good]
    tops, starts, ends = tops[good], starts[good], ends[good]
    return Peaks(centre, seconds[tops], seconds[starts], seconds[ends], height[good], area[ends] - area[starts])


def _laid_out(intensity: Floats, scan: Ints, trace: Ints) -> tuple[Ints, Floats, Ints]:
    """Return where each point stands when every trace has one place a scan, the values there, and the scans.

    Missed scans are filled in straight lines; three empty places stand before and after every trace,
    with the scan that is next to them.
    """
    first = np.flatnonzero(np.diff(trace, prepend=-1))
    last = np.append(first[1:], trace.size) - 1
    spans = scan[last] - scan[first] + 1 + 2 * _PAD
    begins = np.concatenate([[0], np.cumsum(spans)])
    which = np.repeat(np.arange(first.size), last - first + 1)
    place = begins[which] + _PAD + scan - scan[first][which]
    edges = np.concatenate([begins[:-1] + i for i in range(_PAD)] + [begins[1:] - 1 - i for i in range(_PAD)])
    known = np.concatenate([place, edges])
    values = np.concatenate([intensity, np.zeros(edges.size)])
    order = np.argsort(known)
    dense = np.arange(begins[-1])
    owner = np.repeat(np.arange(first.size), spans)
    raw = np.interp(dense, known[order], values[order])
    within = dense - begins[owner] - _PAD + scan[first][owner]
    return place, raw, np.clip(within, scan[first][owner], scan[last][owner])


def _tops(smooth: Floats, dense_scan: Ints) -> Ints:
    """Return the local maxima, a lower one being left out where hardly a valley parts it from its neighbour."""
    padded = np.concatenate([[0.0], smooth, [0.0]])
    tops = np.flatnonzero((smooth > padded[:-2]) & (smooth >= padded[2:]) & (smooth > 0))
    while tops.size > 1:
        valley = np.minimum.reduceat(smooth, tops)[:-1]
        low = np.minimum(smooth[tops[:-1]], smooth[tops[1:]])
        shoulder = valley > _SHOULDER * low
        if not shoulder.any():
            break
        drop = np.zeros(tops.size, bool)
        left = smooth[tops[:-1]] < smooth[tops[1:]]
        drop[:-1] |= shoulder & left
        drop[1:] |= shoulder & ~left
        tops = tops[~drop]
    return tops


def _bounds(smooth: Floats, tops: Ints) -> tuple[Ints, Ints]:
    """Return the first and last place of each peak: the valley beside it, or where 5 % of its height is left."""
    places = np.arange(smooth.size)
    lowest = np.minimum.reduceat(smooth, tops) if tops.size else smooth[:0]
    segment = np.searchsorted(tops, places, side="right") - 1
    is_valley = (segment >= 0) & (smooth == lowest[np.maximum(segment, 0)])
    valleys = places[is_valley]
    _, index = np.unique(segment[is_valley], return_index=True)
    right = valleys[index]
    left = np.concatenate([[0], right[:-1]])
    right[-1] = smooth.size - 1
    owner = np.clip(np.searchsorted(left, places, side="right") - 1, 0, tops.size - 1)
    below = smooth < _EDGE * smooth[tops][owner]
    before = np.maximum.accumulate(np.where(below, places, -1))[tops]
    after = np.minimum.accumulate(np.where(below, places, smooth.size)[::-1])[::-1][tops]
    return np.maximum(left, before), np.minimum(right, after)
