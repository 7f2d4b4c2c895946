"""The peak of one ion around an expected time: found, cut out at its valleys, and integrated above its baseline."""

import math
from dataclasses import dataclass

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._columns import Trace

_SMOOTHING = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
_EDGE = 0.02
_VALLEY = 0.1
_AROUND = 4.0
_LEAST_SIGNAL = 3.0
LEAST_POINTS = 4


@dataclass(frozen=True, slots=True)
class Peak:
    """A chromatographic peak: times in s, height and area above the baseline, signal over noise (None: no noise)."""

    apex_s: float
    start_s: float
    end_s: float
    height: float
    area: float
    signal_to_noise: float | None
    points: int


def integrate(trace: Trace, expected_s: float | None = None, window_s: float = math.inf) -> Peak | None:
    """Return the highest peak whose apex lies within the window of the expected time; None where there is none.

    The baseline is the median of what surrounds the peak. The peak ends in a valley or where 2 % of its height is
    left, and must rise to three times the noise (1.4826 MAD) in at least four scans.
    """
    time, raw = trace.time_s, trace.intensity
    if time.size < LEAST_POINTS or not raw.any():
        return None
    smooth = np.convolve(raw, _SMOOTHING, "same") if time.size >= _SMOOTHING.size else raw
    within = np.ones(time.size, bool) if expected_s is None else np.abs(time - expected_s) <= window_s
    padded = np.concatenate([[-1.0], smooth, [-1.0]])
    tops = np.flatnonzero(within & (smooth >= padded[:-2]) & (smooth > padded[2:]) & (smooth > 0))
    if not tops.size:
        return None
    top = int(tops[np.argmax(smooth[tops])])
    beside = np.abs(time - time[top]) <= _AROUND * window_s
    baseline, noise = float(np.percentile(smooth[beside], 20)), 0.0
    first, last = top, top
    for _ in range(2):
        first, last = _end(smooth, top, -1, baseline, noise), _end(smooth, top, 1, baseline, noise)
        outside = beside.copy()
        outside[first : last + 1] = False
        if outside.sum() >= LEAST_POINTS:
            baseline, noise = _quiet(raw[outside])
    own = raw[first : last + 1] - baseline
    height = float(smooth[top] - baseline)
    if (own > 0).sum() < LEAST_POINTS or height <= _LEAST_SIGNAL * noise:
        return None
    area = float(np.trapezoid(own, time[first : last + 1]))
    ratio = height / noise if noise > 0 else None
    places = float(time[first]), float(time[last])
    return Peak(_apex(time, smooth, top), *places, height, area, ratio, last - first + 1) if area > 0 else None


def _quiet(values: Floats) -> tuple[float, float]:
    """Return the median and the robust standard deviation of what is no peak."""
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))


def _end(smooth: Floats, top: int, step: int, baseline: float, noise: float) -> int:
    """Return the last place of the peak going one way from its top."""
    height = smooth[top] - baseline
    rise = max(_VALLEY * height, _LEAST_SIGNAL * noise)
    lowest = place = top
    while 0 <= place + step < smooth.size:
        place += step
        if smooth[place] < smooth[lowest]:
            lowest = place
        if smooth[place] <= baseline + _EDGE * height:
            return place
        if smooth[place] > smooth[lowest] + rise:
            return lowest
    return lowest


def _apex(time: Floats, smooth: Floats, top: int) -> float:
    """Return the time of the parabola through the top and its neighbours."""
    if not 0 < top < time.size - 1:
        return float(time[top])
    left, middle, right = smooth[top - 1 : top + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    step = (time[top + 1] - time[top - 1]) / 2
    return float(time[top] + np.clip(shift, -0.5, 0.5) * step)
