"""Melting curves: the peaks of -dF/dT, each with its temperature, width and share.

Derivative by local parabolas (Savitzky and Golay, Anal. Chem. 36:1627, 1964) on even steps of temperature, the top of a
peak by the parabola through its three highest points.
"""

from dataclasses import dataclass

import numpy as np

from liqi.methods.pcr._plate import Floats
from liqi.methods.uncertainty import of_uniform

SPAN_C = 1.6
_FEWEST = 12
_NOISE = 6.0
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Peak:
    """A product that melts: temperature with its standard uncertainty, width at half height, share of all peaks."""

    temperature_c: float
    u_c: float
    width_c: float
    height: float
    share: float


@dataclass(frozen=True, slots=True)
class Melt:
    """The derivative -dF/dT of one curve over temperature, and its peaks, the highest first."""

    temperature_c: Floats
    derivative: Floats
    peaks: tuple[Peak, ...]


def melt(temperature_c: Floats, fluorescence: Floats, least_share: float = 0.1) -> Melt | None:
    """Return the peaks of a curve that hold at least this share of the highest one; None for too few points."""
    from scipy.signal import find_peaks, peak_widths, savgol_filter

    good = np.isfinite(fluorescence) & np.isfinite(temperature_c)
    x, y = temperature_c[good], fluorescence[good]
    if x.size < _FEWEST or x[-1] - x[0] < 2 * SPAN_C:
        return None
    step = float((x[-1] - x[0]) / (x.size - 1))
    even = np.linspace(x[0], x[-1], x.size)
    window = max(5, 2 * round(SPAN_C / step / 2) + 1)
    window = min(window, (x.size - 1) // 2 * 2 - 1)
    slope = -savgol_filter(np.interp(even, x, y), window, 2, deriv=1, delta=step)
    ground = slope - np.minimum(np.interp(even, [even[0], even[-1]], [slope[0], slope[-1]]), slope)
    rough = np.diff(y)
    noise = float(_MAD * np.median(np.abs(np.diff(rough)))) / step / max(1.0, window**1.5 / 4)
    found, facts = find_peaks(ground, prominence=_NOISE * noise)
    if not found.size:
        return Melt(even, slope, ())
    prominences = facts["prominences"]
    keep = prominences >= least_share * prominences.max()
    found, prominences = found[keep], prominences[keep]
    widths = peak_widths(ground, found, rel_height=0.5)[0] * step
    areas = prominences * widths
    tops = [(float(even[0]) + step * _top(ground, at)) for at in found]
    told = zip(tops, widths, prominences, areas / areas.sum(), strict=True)
    u = of_uniform(step / 2)
    peaks = [Peak(top, u, float(width), float(height), float(share)) for top, width, height, share in told]
    return Melt(even, slope, tuple(sorted(peaks, key=lambda one: -one.height)))


def _top(values: Floats, at: int) -> float:
    left, middle, right = (float(values[place]) for place in (at - 1, at, at + 1))
    bend = left - 2 * middle + right
    return at + (0.5 * (left - right) / bend if bend < 0 else 0.0)
