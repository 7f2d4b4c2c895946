"""Where peaks are: apexes that stand out of the noise, and how far their flanks reach."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from liqi.methods.chromatography._trace import Floats

_ROBUST = 1 / 0.6744897501960817
_OF_SECOND_DIFFERENCES = 6**0.5
_SMOOTHING = 0.12
_STEEP_LEAST, _STEEP_MOST = 1e-4, 1e-2
_QUIET = 0.15


@dataclass(frozen=True, slots=True)
class Span:
    """A peak by its places in the trace: where it starts, its apex, where it ends; `width` at half height, points."""

    start: int
    apex: int
    end: int
    width: float


def noise_of(signal: Floats) -> float:
    """Return the standard deviation of the noise, from second differences, which know neither peaks nor drift.

    Where most neighbours are equal the step of the digits is told instead (a uniform distribution over one step).
    """
    second = np.abs(signal[2:] - 2 * signal[1:-1] + signal[:-2])
    robust = float(np.median(second)) * _ROBUST / _OF_SECOND_DIFFERENCES
    steps = np.abs(np.diff(signal))
    steps = steps[steps > 0]
    digit = float(np.percentile(steps, 1)) if steps.size else 0.0
    return max(robust, digit / 12**0.5 if robust == 0 else 0.0)


def smooth(signal: Floats, sigma: float) -> Floats:
    """Return the signal under a Gaussian of this many points."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(signal, sigma, mode="nearest")) if sigma > 0.3 else signal


def spans_of(signal: Floats, least_height: float, least_signal: float, noise: float) -> tuple[list[Span], Floats]:
    """Return the peaks in order, with the smoothed signal they were found in.

    `least_height` is in the trace's unit, `least_signal` in standard deviations of the noise; a peak's prominence
    reaches both.
    """
    from scipy.signal import find_peaks, peak_widths

    least = max(least_height, least_signal * noise, 1e-12 * float(np.ptp(signal)))
    rough = smooth(signal, 1.0)
    apexes, told = find_peaks(rough, prominence=least)
    if not apexes.size:
        return [], rough
    known = (told["prominences"], told["left_bases"], told["right_bases"])
    widths = peak_widths(rough, apexes, 0.5, known)[0]
    fine = smooth(signal, min(_SMOOTHING * float(np.percentile(widths, 10)), 50.0))
    apexes, told = find_peaks(fine, prominence=least)
    if not apexes.size:
        return [], fine
    known = (told["prominences"], told["left_bases"], told["right_bases"])
    widths = peak_widths(fine, apexes, 0.5, known)[0]
    slope = np.gradient(fine)
    usual = float(np.median(np.abs(slope)))
    walls = _walls(fine, apexes)
    found = []
    for i, apex in enumerate(apexes.tolist()):
        quiet = max(2, int(_QUIET * widths[i]))
        start = apex - _reach(slope[walls[i] : apex + 1][::-1], usual, quiet)
        end = apex + _reach(-slope[apex : walls[i + 1] + 1], usual, quiet)
        found.append(Span(start, apex, end, float(widths[i])))
    return found, fine


def _walls(signal: Floats, apexes: np.ndarray) -> list[int]:
    """Return the lowest place before, between and after apexes."""
    ends = [0, *apexes.tolist(), signal.size - 1]
    return [a + int(np.argmin(signal[a : b + 1])) for a, b in pairwise(ends)]


def _reach(fall: Floats, usual: float, quiet: int) -> int:
    """Return how many points a flank falls: to where it is no steeper than the run usually is, for a while."""
    if fall.size < 2:
        return fall.size - 1
    steepest = int(np.argmax(fall))
    most = float(fall[steepest])
    level = min(max(usual, _STEEP_LEAST * most), _STEEP_MOST * most)
    low = fall[steepest:] <= level
    if not low.any():
        return fall.size - 1
    run = np.convolve(low, np.ones(quiet), "full")[: low.size] >= quiet
    first = int(np.argmax(run)) - quiet + 1 if run.any() else low.size - 1
    return min(steepest + max(first, 0), fall.size - 1)
