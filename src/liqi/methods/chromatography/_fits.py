"""Overlapped peaks told apart by a fit: skew normal or exponentially modified Gaussian peaks, whichever fits better."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods.chromatography._trace import Floats

MOST_PEAKS = 8
MOST_WORK = 800
"""The most that is fitted in a trace: the sum over groups of their peaks to the third power, as time goes with it."""
_MOST_POINTS = 240
_GOOD, _FAIR, _OF_NOISE = 0.001, 0.02, 1.5
_SIGMA = 2 * (2 * np.log(2)) ** 0.5
Shape = Callable[[Floats, Floats | float, Floats | float, Floats | float], Floats]


@dataclass(frozen=True, slots=True)
class Fit:
    """Peaks fitted together: shape, areas in signal times points, each one's curve, and the misfit.

    `misfit` is the root mean square of what is left over as a share of the lowest peak's height; `errors` are the
    areas' standard uncertainties from the residuals.
    """

    shape: str
    areas: Floats
    errors: Floats
    curves: Floats
    misfit: float

    @property
    def is_fair(self) -> bool:
        """Whether the curves tell the peaks' shapes, though the areas need not count."""
        return self.misfit <= _FAIR and bool((self.areas > 0).all())

    def is_good(self, noise: float) -> bool:
        """Return whether little enough is left over for the areas to count, for a trace with this noise."""
        lowest = float(self.curves.max(axis=1).min())
        allowed = max(_GOOD, _OF_NOISE * noise / lowest) if lowest > 0 else 0.0
        return self.misfit <= allowed and bool((self.areas > 0).all())


def skew_normal(x: Floats, place: Floats | float, width: Floats | float, skew: Floats | float) -> Floats:
    """Return the skew normal density (Azzalini, Scand. J. Stat. 12:171, 1985); columns of parameters give rows."""
    from scipy.special import ndtr

    z = (x - place) / width
    return np.asarray(np.exp(-0.5 * z * z) * ndtr(skew * z) * (2 / (width * (2 * np.pi) ** 0.5)))


def modified_gaussian(x: Floats, place: Floats | float, width: Floats | float, skew: Floats | float) -> Floats:
    """Return the exponentially modified Gaussian, `skew` = tau / sigma, fronting where it is negative.

    Kalambet et al., J. Chemometrics 25:352 (2011), in the form that does not overflow.
    """
    from scipy.special import erfcx

    tau = np.maximum(np.abs(skew), 1e-3) * width
    z = (x - place) / width * np.where(np.asarray(skew) >= 0, 1.0, -1.0)
    ratio = width / tau
    w = (ratio - z) / 2**0.5
    high = np.exp(-0.5 * z * z) * erfcx(np.maximum(w, -5.0))
    with np.errstate(over="ignore"):
        low = 2 * np.exp(np.minimum(0.5 * ratio * ratio - ratio * z, 700.0))
    return np.asarray(np.where(w > -5.0, high, low) / (2 * tau))


_SHAPES: dict[str, Shape] = {"skew normal": skew_normal, "modified Gaussian": modified_gaussian}


def within_work(sizes: Sequence[int]) -> int:
    """Return how many groups of so many peaks, from the first on, `MOST_WORK` allows.

    >>> within_work([2] * 40), within_work([8] * 40)
    (40, 1)
    """
    return int(np.searchsorted(np.cumsum(np.asarray(sizes, np.int64) ** 3), MOST_WORK, side="right"))


def fit_peaks(above: Floats, apexes: Sequence[int], widths: Sequence[float]) -> Fit | None:
    """Return the better of two fits to a signal above its baseline; None where neither comes to an end.

    `apexes` are places in `above`, `widths` half-height widths in points.
    """
    found = [one for name in _SHAPES if (one := _fit(name, above, apexes, widths)) is not None]
    return min(found, key=lambda one: one.misfit) if found else None


def _fit(name: str, above: Floats, apexes: Sequence[int], widths: Sequence[float]) -> Fit | None:
    from scipy.optimize import least_squares

    shape = _SHAPES[name]
    step = max(1, above.size // _MOST_POINTS)
    x = np.arange(0, above.size, step, dtype=np.float64)
    y = above[::step]
    scale = float(np.max(np.abs(y))) or 1.0
    starts, count = [], len(apexes)
    for apex, width in zip(apexes, widths, strict=True):
        starts += [float(apex), np.log(max(width / _SIGMA, 1.0)), 0.2 if name == "modified Gaussian" else 0.0]

    def basis(values: Floats, places: Floats) -> Floats:
        at, width, skew = values.reshape(count, 3).T[:, :, None]
        return shape(places, at, np.exp(width), skew)

    def left(values: Floats) -> Floats:
        """The residuals where the areas are the best for these shapes (variable projection)."""
        columns = basis(values, x).T
        areas = np.linalg.lstsq(columns, y, rcond=None)[0]
        return np.asarray((columns @ areas - y) / scale)

    try:
        with np.errstate(all="ignore"):
            done = least_squares(left, np.array(starts), method="lm" if x.size > len(starts) else "trf", max_nfev=400)
            columns = basis(done.x, x).T
            solved, _, rank, _ = np.linalg.lstsq(columns, y, rcond=None)
            areas = np.asarray(solved, np.float64)
            whole = basis(done.x, np.arange(above.size, dtype=np.float64))
            errors = _errors(columns, y, areas)
    except (ValueError, np.linalg.LinAlgError, FloatingPointError):
        return None
    curves = areas[:, None] * whole
    if rank < count or not np.isfinite(curves).all():
        return None
    lowest = float(curves.max(axis=1).min())
    rms = float(np.sqrt(np.mean((above - curves.sum(axis=0)) ** 2)))
    return Fit(name, areas, errors, curves, rms / lowest if lowest > 0 else np.inf)


def _errors(columns: Floats, y: Floats, areas: Floats) -> Floats:
    """Return the areas' standard uncertainties from the scatter about the fit."""
    left = y - columns @ areas
    variance = float(left @ left) / max(y.size - 4 * areas.size, 1)
    return np.asarray(np.sqrt(np.abs(np.diag(np.linalg.pinv(columns.T @ columns))) * variance))
