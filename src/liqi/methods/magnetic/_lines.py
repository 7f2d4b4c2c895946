"""Lines of a CW EPR spectrum: where the derivative crosses zero, how wide it is, g, and the double integral."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.magnetic._sweeps import Floats, Sweep

PLANCK_J_S, BOHR_MAGNETON_J_T = 6.62607015e-34, 9.2740100657e-24
"""CODATA 2022."""
GHZ_PER_MT = BOHR_MAGNETON_J_T / PLANCK_J_S * 1e-12
"""Bohr magneton over Planck constant: frequency = g x this x field in mT."""


@dataclass(frozen=True, slots=True)
class EprLine:
    """One line: the field of its zero crossing and its peak-to-peak width in mT, both with standard uncertainty."""

    field_mt: float
    u_field_mt: float
    width_mt: float
    u_width_mt: float
    amplitude: float
    signal_to_noise: float


def g_of(frequency_ghz: float, field_mt: float) -> float:
    """Return g = h nu / (mu_B B).

    >>> round(g_of(9.58667, 339.9563), 4)
    2.0148
    """
    return frequency_ghz / (GHZ_PER_MT * field_mt)


def field_of(frequency_ghz: float, g: float) -> float:
    """Return the field in mT at which g resonates."""
    return frequency_ghz / (GHZ_PER_MT * g)


def derivative_of(sweep: Sweep) -> tuple[Floats, bool]:
    """Return the first derivative of the absorption, its offset off, and whether the data were that already.

    Both ends stand for the offset: a slope through them would be that of the wings of a broad line.
    """
    from scipy.signal import savgol_filter

    y = sweep.signal
    edge = max(4, len(y) // 20)
    flat = y - (y[:edge].mean() + y[-edge:].mean()) / 2
    low, high = abs(float(flat.min())), abs(float(flat.max()))
    if min(low, high) < 0.25 * max(low, high):
        flat = flat if high >= low else -flat
        window = max(5, 2 * (len(y) // 200) + 1)
        return np.asarray(savgol_filter(flat, window, 2, deriv=1)), False
    return np.asarray(flat), True


def noise_of(y: Floats) -> float:
    """Return the standard deviation of the noise, from the median of second differences."""
    return float(np.median(np.abs(np.diff(y, 2)))) * 1.4826 / math.sqrt(6) if len(y) > 4 else 0.0


def find_lines(sweep: Sweep, least_share: float = 0.08) -> list[EprLine]:
    """Return the lines by field: each a positive extreme followed by a negative one, the sign that of the strongest."""
    from scipy.signal import find_peaks, savgol_filter

    y, is_derivative = derivative_of(sweep)
    noise, tilt = noise_of(y), _tilt(sweep.signal) if is_derivative else 0.0
    window = min(7, len(y) // 2 * 2 - 1)
    smooth = savgol_filter(y, window, 2) if window >= 5 else y
    if float(smooth.max()) <= 0 or float(smooth.min()) >= 0:
        return []
    sign = 1.0 if int(np.argmax(smooth)) < int(np.argmin(smooth)) else -1.0
    y, smooth = sign * y, sign * smooth
    least = max(least_share * float(np.abs(smooth).max()), 4 * noise)
    up, _ = find_peaks(smooth, height=least, prominence=least)
    down, _ = find_peaks(-smooth, height=least, prominence=least)
    found = []
    for place, top in enumerate(up):
        until = up[place + 1] if place + 1 < len(up) else len(y)
        after = [one for one in down if top < one < until]
        if after:
            found.append(_line(sweep.x, y, smooth, int(top), int(after[0]), noise, tilt))
    return [one for one in found if one is not None]


def _tilt(y: Floats) -> float:
    """How uncertain the offset is: itself or half the difference of both ends, taken as uniform."""
    edge = max(4, len(y) // 20)
    ends = float(y[:edge].mean()), float(y[-edge:].mean())
    return max(abs(ends[0] - ends[1]) / 2, abs(ends[0] + ends[1]) / 2) / math.sqrt(3)


def _line(x: Floats, y: Floats, smooth: Floats, top: int, bottom: int, noise: float, tilt: float) -> EprLine | None:
    inner = smooth[top : bottom + 1]
    crossing = np.flatnonzero((inner[:-1] > 0) & (inner[1:] <= 0))
    if not len(crossing):
        return None
    at = top + int(crossing[0])
    half = max(2, (bottom - top) // 4)
    rows = slice(max(top, at - half), min(bottom + 1, at + half + 2))
    xs, ys = x[rows], y[rows]
    if len(xs) < 3:
        return None
    middle = float(xs.mean())
    (slope, start), covariance = np.polyfit(xs - middle, ys, 1, cov="unscaled")
    if not slope < 0:
        return None
    place = middle - start / slope
    spread = max(noise, 1e-15)
    away = place - middle
    u = spread / abs(slope) * math.sqrt(covariance[1, 1] + away**2 * covariance[0, 0])
    u = math.hypot(u, tilt / abs(slope))
    step = float(np.median(np.diff(x)))
    left, right = _vertex(x, smooth, top), _vertex(x, -smooth, bottom)
    u_width = math.hypot(left[1], right[1]) * max(noise, 1e-15) or step / 5
    height = float(smooth[top] - smooth[bottom]) / 2
    ratio = height / noise if noise else math.inf
    return EprLine(float(place), max(float(u), step / 100), right[0] - left[0], max(u_width, step / 2), height, ratio)


_LEAST_BEND = 1e-200
"""A parabola that bends less is a line: what is divided by it is no number."""


def _vertex(x: Floats, y: Floats, at: int) -> tuple[float, float]:
    """The vertex of a parabola over the points around an extreme, and how far one unit of noise moves it."""
    rows = slice(max(0, at - 3), min(len(y), at + 4))
    middle = float(x[at])
    if len(y[rows]) < 4:
        return middle, 0.0
    a, b, _ = np.polyfit(x[rows] - middle, y[rows], 2)
    if not a < -_LEAST_BEND:
        return middle, 0.0
    vertex = float(np.clip(-b / (2 * a), x[rows][0] - middle, x[rows][-1] - middle))
    return middle + vertex, 1 / (2 * abs(a) * float(np.sqrt(((x[rows] - middle) ** 2).sum())))


def double_integral(sweep: Sweep) -> tuple[float, float]:
    """Return the double integral in mT^2 with its standard uncertainty by the noise; absorption is integrated once."""
    y, is_derivative = derivative_of(sweep)
    x = sweep.x
    step = float(np.median(np.diff(x)))
    if not is_derivative:
        flat = np.cumsum(y)
        return float(np.trapezoid(flat, x)), noise_of(sweep.signal) * step * math.sqrt(len(x))
    absorption = np.cumsum(y) * step
    line = np.linspace(absorption[0], absorption[-1], len(x))
    total = float(np.trapezoid(absorption - line, x))
    n = len(x)
    return abs(total), noise_of(y) * step**2 * n * math.sqrt(n / 12)


def splitting(lines: Sequence[EprLine]) -> tuple[float, float] | None:
    """Return the mean distance of three lines or more that stand at even distances, and its standard uncertainty."""
    strong = [one for one in lines if one.amplitude > 0.3 * max(line.amplitude for line in lines)]
    if len(strong) < 2:
        return None
    steps = np.diff([one.field_mt for one in strong])
    mean = float(steps.mean())
    if len(steps) > 1 and float(np.ptp(steps)) > 0.25 * mean:
        return None
    u = float(steps.std(ddof=1)) / math.sqrt(len(steps)) if len(steps) > 1 else 0.0
    ends = math.hypot(strong[0].u_field_mt, strong[-1].u_field_mt) / len(steps)
    return mean, max(math.hypot(u, ends), 1e-6)
