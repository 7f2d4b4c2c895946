"""The figures of a chromatogram by USP <621> (harmonised with Ph. Eur. 2.2.46, December 2022)."""

import numpy as np

from liqi.methods.chromatography._trace import Floats

_OF_HALF_WIDTHS, _PLATES = 1.18, 5.54
_NOISE_WIDTHS = 20
_LEAST_QUIET = 20
_USUAL_SPAN = 6.0


def resolution_of(first_time: float, second_time: float, first_width: float, second_width: float) -> float:
    """Return Rs = 1.18 (t2 - t1) / (w1 + w2), widths at half height in the unit of the times.

    >>> round(resolution_of(8.0, 10.0, 0.5, 0.7), 3)
    1.967
    """
    return _OF_HALF_WIDTHS * (second_time - first_time) / (first_width + second_width)


def plates_of(time: float, width: float | None) -> float | None:
    """Return N = 5.54 (t / w)^2, the width at half height; None without a width.

    >>> round(plates_of(10.0, 0.2) or 0)
    13850
    """
    return _PLATES * (time / width) ** 2 if width else None


def symmetry_of(flanks: tuple[float | None, float | None]) -> float | None:
    """Return As = w / (2 d) at one twentieth of the height, d the distance from its front to the top.

    >>> symmetry_of((1.0, 2.0)), symmetry_of((None, 2.0))
    (1.5, None)
    """
    front, back = flanks
    return (front + back) / (2 * front) if front and back is not None else None


def noise_around(signal: Floats, taken: np.ndarray, apex: int, width: float, noise: float) -> float:
    """Return the noise from peak to peak of the nearest free stretch, at most 20 half widths long, its drift taken out.

    USP asks for a blank over 20 half widths; this is its stand-in within the run. Where no free stretch of twenty
    points is near, six standard deviations of the noise are told.
    """
    number = max(int(_NOISE_WIDTHS * width), _LEAST_QUIET)
    free = np.flatnonzero(~taken)
    at = int(np.searchsorted(free, apex))
    near = free[max(0, at - number) : at + number]
    near = near[np.argsort(np.abs(near - apex), kind="stable")[:number]]
    near.sort()
    if near.size < _LEAST_QUIET:
        return _USUAL_SPAN * noise
    parts = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1)
    longest = max(parts, key=len)
    if longest.size < _LEAST_QUIET:
        return _USUAL_SPAN * noise
    x = np.arange(longest.size, dtype=np.float64)
    values = signal[longest]
    centred = x - x.mean()
    slope = float(centred @ values) / float(centred @ centred)
    return float(np.ptp(values - slope * centred))
