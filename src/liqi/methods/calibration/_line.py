"""The calibration line: weighted least squares, its bands, and the concentration that a response stands for.

Weights are scaled to a mean of one, so that the residual standard deviation is that of a point of mean weight
(Miller and Miller, Statistics and Chemometrics for Analytical Chemistry, 6th ed., 5.4-5.10).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqi.arguments import explained
from liqi.methods._errors import BadParameter
from liqi.methods.uncertainty import student_t

Floats = NDArray[np.float64]
WEIGHTINGS = ("none", "1/x", "1/x2")
_POWER = {"none": 0, "1/x": 1, "1/x2": 2}
LEAST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A concentration read from a line, with its standard uncertainty and that uncertainty's degrees of freedom."""

    value: float
    uncertainty: float
    degrees_of_freedom: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval of the concentration at a level."""
        half = student_t((1 + level) / 2, self.degrees_of_freedom) * self.uncertainty
        return self.value - half, self.value + half


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line y = intercept + slope x with the points it was fitted to; `weights` have a mean of one."""

    x: Floats
    y: Floats
    weights: Floats
    weighting: str
    slope: float
    intercept: float
    residual_sd: float
    u_slope: float
    u_intercept: float
    mean_x: float
    mean_y: float
    sum_squares_x: float

    @property
    def degrees_of_freedom(self) -> int:
        """Points less the two that the line takes."""
        return int(self.x.size) - 2

    @property
    def covariance(self) -> float:
        """The covariance of slope and intercept."""
        return -self.mean_x * self.residual_sd**2 / self.sum_squares_x

    @property
    def residuals(self) -> Floats:
        """Measured less fitted response of each point."""
        return np.asarray(self.y - self.at(self.x))

    @property
    def r_squared(self) -> float:
        """The weighted coefficient of determination."""
        total = float((self.weights * (self.y - self.mean_y) ** 2).sum())
        return 1.0 - float((self.weights * self.residuals**2).sum()) / total if total > 0 else 0.0

    @explained
    def at(self, x: ArrayLike) -> Floats:
        """Return the fitted response."""
        return np.asarray(self.intercept + self.slope * np.asarray(x, np.float64))

    def weight_at(self, x: ArrayLike) -> Floats:
        """Return the weight of a point there; outside the points, and for weights given one by one, the nearest's."""
        order = np.argsort(self.x, kind="stable")
        ascending, weights = self.x[order], self.weights[order]
        inside = np.clip(np.asarray(x, np.float64), ascending[0], ascending[-1])
        if self.weighting in _POWER:
            power = _POWER[self.weighting]
            scale = float(weights[-1] * ascending[-1] ** power)
            return np.asarray(scale / inside**power if power else np.full(inside.shape, scale))
        return np.asarray(np.interp(inside, ascending, weights))

    @explained
    def band(self, x: ArrayLike, level: float = 0.95, replicates: float = 1.0) -> tuple[Floats, Floats]:
        """Return the prediction interval of the mean of so many responses; infinitely many give the line's own.

        ISO 8466-1 and ICH Q2(R2); with weights as in Miller and Miller.
        """
        places = np.asarray(x, np.float64)
        one = 0.0 if math.isinf(replicates) else 1.0 / (replicates * self.weight_at(places))
        spread = one + 1 / self.x.size + (places - self.mean_x) ** 2 / self.sum_squares_x
        half = student_t((1 + level) / 2, self.degrees_of_freedom) * self.residual_sd * np.sqrt(spread)
        fitted = self.at(places)
        return fitted - half, fitted + half

    @explained
    def read(self, response: float, replicates: int = 1, weight: float | None = None) -> Reading:
        """Return the concentration of the mean of so many responses, with its standard uncertainty.

        u = s/b sqrt(1/(m w0) + 1/n + (y0 - ymean)^2 / (b^2 Sxx)): Draper and Smith; EURACHEM/CITAC CG 4 (2012),
        appendix E.3; Miller and Miller 5.6 and, weighted, 5.10. Raises BadParameter where the line is level.
        """
        if not self.slope:
            raise BadParameter("calibration", "a level line", "responses that follow the concentration")
        value = (response - self.intercept) / self.slope
        own = float(self.weight_at(value)) if weight is None else weight
        away = (response - self.mean_y) ** 2 / (self.slope**2 * self.sum_squares_x)
        spread = 1 / (replicates * own) + 1 / self.x.size + away
        uncertainty = self.residual_sd / abs(self.slope) * math.sqrt(spread)
        return Reading(value, uncertainty, self.degrees_of_freedom)

    def back_calculated(self) -> Floats:
        """Return the concentration that each calibrant's own response gives."""
        return np.asarray((self.y - self.intercept) / self.slope)

    def accuracy(self) -> Floats:
        """Return each calibrant's back-calculated concentration as a share of its own (1 is right, NaN at zero)."""
        nominal = np.where(self.x > 0, self.x, np.nan)
        return np.asarray(self.back_calculated() / nominal)


def fit_line(x: Sequence[float] | Floats, y: Sequence[float] | Floats, weights: str | Sequence[float] = "none") -> Line:
    """Return the weighted least-squares line; weights are ``none``, ``1/x``, ``1/x2`` or one number a point.

    Raises BadParameter for fewer than three points, one concentration alone, or 1/x where x is not above zero.

    >>> line = fit_line([0, 1, 2, 3], [1, 3, 5, 7])
    >>> round(line.slope, 9), round(line.intercept, 9)
    (2.0, 1.0)
    """
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if xs.size != ys.size or xs.size < LEAST_POINTS or not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        found = f"{xs.size} concentrations and {ys.size} responses"
        raise BadParameter("calibration", found, "at least three pairs of finite numbers")
    raw = _weights(xs, weights)
    w = raw / raw.mean()
    mean_x, mean_y = float((w * xs).mean()), float((w * ys).mean())
    sxx = float((w * (xs - mean_x) ** 2).sum())
    if not sxx > 0:
        raise BadParameter("calibration", f"the one concentration {xs[0]:g}", "at least two concentrations")
    slope = float((w * (xs - mean_x) * (ys - mean_y)).sum()) / sxx
    intercept = mean_y - slope * mean_x
    left = float((w * (ys - intercept - slope * xs) ** 2).sum())
    sd = math.sqrt(left / (xs.size - 2))
    u_intercept = sd * math.sqrt(1 / xs.size + mean_x**2 / sxx)
    name = weights if isinstance(weights, str) else "given"
    return Line(xs, ys, w, name, slope, intercept, sd, sd / math.sqrt(sxx), u_intercept, mean_x, mean_y, sxx)


def best_weighting(x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> str:
    """Return the weighting whose back-calculated concentrations are off by the least, relative errors summed.

    Almeida, Castel-Branco and Falcao, J. Chromatogr. B 774:215 (2002).
    """
    errors = {name: float(np.abs(fit_line(x, y, name).accuracy() - 1).sum()) for name in WEIGHTINGS}
    return min(errors, key=lambda name: errors[name])


def _weights(x: Floats, weights: str | Sequence[float]) -> Floats:
    if isinstance(weights, str):
        if weights not in _POWER:
            raise BadParameter("weighting", weights, f"one of {', '.join(WEIGHTINGS)}")
        if _POWER[weights] and not (x > 0).all():
            raise BadParameter("weighting", weights, "concentrations above zero; leave the zero standard out")
        return np.asarray(x ** -float(_POWER[weights]))
    given = np.asarray(weights, np.float64)
    if given.shape != x.shape or not (given > 0).all() or not np.isfinite(given).all():
        raise BadParameter("weights", f"{given.size} weights", f"{x.size} positive numbers")
    return given
