"""Whether a line is the right model, and calibration in the sample itself by standard addition."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.calibration._line import Line, Reading, fit_line
from liqi.methods.uncertainty import fisher_tail


@dataclass(frozen=True, slots=True)
class FitTest:
    """The F test of lack of fit: a small probability says that the line is not straight, or not weighted rightly."""

    ratio: float
    of_levels: int
    of_replicates: int
    probability: float


@dataclass(frozen=True, slots=True)
class Addition:
    """The concentration in the sample by standard addition, with the line it was read from."""

    line: Line
    reading: Reading


def lack_of_fit(line: Line) -> FitTest | None:
    """Return the test of the scatter of levels against that of replicates; None without replicated levels.

    Draper and Smith, Applied Regression Analysis, 3rd ed., 2.1; needs more levels than two.
    """
    levels, place = np.unique(line.x, return_inverse=True)
    if levels.size < 3 or levels.size == line.x.size:
        return None
    weight = np.bincount(place, line.weights)
    mean = np.bincount(place, line.weights * line.y) / weight
    pure = float((line.weights * (line.y - mean[place]) ** 2).sum())
    lack = float((weight * (mean - line.at(levels)) ** 2).sum())
    first, second = int(levels.size) - 2, int(line.x.size - levels.size)
    ratio = math.inf if pure <= 0 else (lack / first) / (pure / second)
    return FitTest(ratio, first, second, 0.0 if math.isinf(ratio) else fisher_tail(ratio, first, second))


def standard_addition(added: Sequence[float], response: Sequence[float]) -> Addition:
    """Return the sample's own concentration: where the line of added amounts meets zero response.

    Miller and Miller, 6th ed., 5.8: u = s/b sqrt(1/n + ymean^2 / (b^2 Sxx)). Raises BadParameter for a line that
    does not rise.
    """
    line = fit_line(added, response)
    if line.slope <= 0:
        raise BadParameter("calibration", f"a slope of {line.slope:g}", "a response that rises with what is added")
    spread = 1 / line.x.size + line.mean_y**2 / (line.slope**2 * line.sum_squares_x)
    uncertainty = line.residual_sd / line.slope * math.sqrt(spread)
    return Addition(line, Reading(line.intercept / line.slope, uncertainty, line.degrees_of_freedom))
