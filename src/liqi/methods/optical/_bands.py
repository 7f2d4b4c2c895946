"""Bands of a spectrum: baseline, where they are to a fraction of a point, how high and wide, with uncertainty."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.optical._spectrum import Floats, Spectrum

Array = NDArray[np.float64]
_TO_SIGMA = 1.4826
_DIFFERENCE_GAIN = math.sqrt(6.0)
"""A second difference of white noise spreads sqrt(1 + 4 + 1) times as far as the noise."""
_MOST_AT_ONCE = 6
_MOST_ROUNDS = 50
_FLAT = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its centre with standard uncertainty, height above the baseline, full width at half height, area."""

    position: float
    u_position: float
    height: float
    width: float
    area: float
    signal_to_noise: float
    fitted: bool


def noise_of(y: Floats) -> float:
    """Return the standard deviation of the noise, from the median of second differences.

    >>> round(noise_of(np.random.default_rng(0).normal(0, 2.0, 4000)), 1)
    2.0
    """
    if len(y) < 5:
        return 0.0
    return float(np.median(np.abs(np.diff(y, 2)))) * _TO_SIGMA / _DIFFERENCE_GAIN


def baseline_of(y: Floats) -> Floats:
    """Return the slow part under the bands, stiffer for longer spectra: arPLS (Baek et al., Analyst 140:250, 2015)."""
    from pybaselines import Baseline
    from pybaselines.utils import ParameterWarning

    n = len(y)
    if n < 20:
        return np.full(n, float(np.min(y)) if n else 0.0)
    span, low = float(np.ptp(y)) or 1.0, float(y.min())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ParameterWarning)  # nothing lies below the baseline of a flat spectrum
        fitted, _ = Baseline().arpls((y - low) / span, lam=max(1e5 * (n / 1000.0) ** 4, 10.0), max_iter=_MOST_ROUNDS)
    return np.asarray(fitted * span + low)


def find_bands(
    spectrum: Spectrum, signal_to_noise: float = 5.0, least_share: float = 0.01, flat: Floats | None = None
) -> list[Band]:
    """Return the bands that stand out of the noise, each fitted as a pseudo-Voigt with its close neighbours.

    `least_share` is the least height as a share of the highest band's; `flat` the ordinate without its baseline.
    """
    from scipy.signal import find_peaks

    x = spectrum.x
    if len(x) < 7:
        return []
    y = spectrum.bands - baseline_of(spectrum.bands) if flat is None else flat
    noise = noise_of(spectrum.bands)
    smooth = _smooth(y)
    least = max(signal_to_noise * noise / math.sqrt(2.0), least_share * float(smooth.max()), 1e-30)
    tops, facts = find_peaks(smooth, height=least, prominence=least, width=1)
    if not len(tops):
        return []
    widths = np.maximum(facts["widths"], 2.0)
    found: list[Band] = []
    for group in _groups(tops, widths):
        found += _fit(x, y, [int(tops[i]) for i in group], [float(widths[i]) for i in group], noise)
    return sorted(found, key=lambda band: band.position)


def _smooth(y: Floats) -> Floats:
    from scipy.signal import savgol_filter

    return np.asarray(savgol_filter(y, 5, 2)) if len(y) >= 7 else y


def _groups(tops: NDArray[np.int64], widths: Floats) -> list[list[int]]:
    """Indices of neighbours that overlap, six at most together."""
    groups: list[list[int]] = [[0]]
    for i in range(1, len(tops)):
        last = groups[-1][-1]
        near = tops[i] - tops[last] < 1.2 * (widths[i] + widths[last])
        if near and len(groups[-1]) < _MOST_AT_ONCE:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def pseudo_voigt(x: Floats, centre: float, height: float, width: float, share: float) -> Floats:
    """Return a band of this full width at half height, `share` of it Lorentzian, the rest Gaussian.

    >>> pseudo_voigt(np.array([9.0, 10.0, 11.0]), 10.0, 4.0, 2.0, 0.3).round(9).tolist()
    [2.0, 4.0, 2.0]
    """
    away = (x - centre) / (width / 2)
    return np.asarray(height * (share / (1 + away**2) + (1 - share) * np.exp(-math.log(2) * away**2)))


def _model(x: Floats, values: Floats) -> Floats:
    """Bands over a straight line that takes what the baseline left."""
    bands = np.asarray(values[-2] + values[-1] * (x - x.mean()), np.float64)
    for centre, height, width, share in values[:-2].reshape(-1, 4):
        bands = bands + pseudo_voigt(x, centre, height, width, share)
    return np.asarray(bands)


def _fit(x: Floats, y: Floats, tops: Sequence[int], widths: Sequence[float], noise: float) -> list[Band]:
    """Fit overlapping bands together; where the fit fails, the vertex of a parabola stands for each."""
    from scipy.optimize import least_squares

    first = max(0, int(tops[0] - 1.5 * widths[0]) - 2)
    last = min(len(x), int(tops[-1] + 1.5 * widths[-1]) + 3)
    xs, ys = x[first:last], y[first:last]
    step = abs(float(x[min(tops[0] + 1, len(x) - 1)] - x[max(tops[0] - 1, 0)])) / 2 or 1.0
    if len(xs) < 4 * len(tops) + 3:
        return [_vertex(x, y, top, width, step, noise) for top, width in zip(tops, widths, strict=True)]
    scale = float(np.abs(ys).max()) or 1.0
    start, low, high = [], [], []
    for top, width in zip(tops, widths, strict=True):
        wide = width * step
        start += [float(x[top]), max(float(y[top]) / scale, 1e-6), wide, 0.5]
        low += [float(x[top]) - wide, 0.0, 0.5 * step, 0.0]
        high += [float(x[top]) + wide, 4.0, 4 * wide + step, 1.0]
    start += [0.0, 0.0]
    low += [-1.0, -np.inf]
    high += [1.0, np.inf]
    x_scale = np.array([*([step, 0.1, step, 0.1] * len(tops)), 0.1, 0.1 / max(float(np.ptp(xs)), 1e-12)])

    def away(values: Floats) -> Floats:
        return np.asarray(_model(xs, values) - ys / scale)

    try:
        done = least_squares(away, start, bounds=(low, high), x_scale=x_scale, max_nfev=60)
        spread = max(math.sqrt(2 * done.cost / max(len(xs) - len(start), 1)), noise / scale)
        information = done.jac.T @ done.jac
        covariance = np.linalg.pinv(information) * spread**2
    except (ValueError, np.linalg.LinAlgError):
        return [_vertex(x, y, top, width, step, noise) for top, width in zip(tops, widths, strict=True)]
    found = []
    for place, (centre, height, width, share) in enumerate(done.x[:-2].reshape(-1, 4)):
        u = math.sqrt(max(float(covariance[4 * place, 4 * place]), 0.0)) or step / 100
        area = height * scale * width * (share * math.pi / 2 + (1 - share) * math.sqrt(math.pi / (4 * math.log(2))))
        ratio = height * scale / noise if noise else math.inf
        inside = xs[0] <= centre <= xs[-1] and height > 0
        own = Band(float(centre), u, float(height * scale), float(width), float(area), ratio, True)
        found.append(own if inside else _vertex(x, y, tops[place], widths[place], step, noise))
    return found


def _vertex(x: Floats, y: Floats, top: int, width: float, step: float, noise: float) -> Band:
    """The vertex of the parabola through the highest point and its neighbours."""
    left, middle, right = (float(y[min(max(top + i, 0), len(y) - 1)]) for i in (-1, 0, 1))
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    height = middle - 0.25 * (left - right) * shift
    u = step * max(0.5 * noise * math.sqrt(2.0) / abs(bend) if bend else 0.3, 0.05)
    area = height * width * step * math.sqrt(2 * math.pi) / _FLAT
    return Band(
        float(x[top]) + shift * step, u, height, width * step, area, height / noise if noise else math.inf, False
    )
