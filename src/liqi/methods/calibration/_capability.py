"""What a calibration can tell from nothing, and from a limit: LOD, LOQ, ISO 11843, the decision limit."""

import math
from dataclasses import dataclass

from liqi.methods.calibration._line import Line
from liqi.methods.uncertainty import student_t

_TO_DETECT, _TO_QUANTIFY = 3.3, 10.0
_ONE_SIDED = {0.05: 1.64, 0.01: 2.33}


@dataclass(frozen=True, slots=True)
class Capability:
    """Concentrations of ISO 11843-2: what is called present, and what is then missed with probability beta."""

    critical: float
    minimum_detectable: float


def detection_limits(line: Line) -> tuple[float, float]:
    """Return limit of detection and of quantification, 3.3 s/b and 10 s/b (ICH Q2(R2), 2023).

    s is the residual standard deviation at the lowest calibrant, so that weights count where the limits lie.
    """
    low = line.residual_sd / math.sqrt(float(line.weight_at(line.x.min()))) / abs(line.slope)
    return _TO_DETECT * low, _TO_QUANTIFY * low


def capability(line: Line, replicates: int = 1, alpha: float = 0.05, beta: float = 0.05) -> Capability:
    """Return critical value and minimum detectable value of ISO 11843-2:2000, equations 9 and 11.

    The noncentrality of the second is taken as t(alpha) + t(beta), which for alpha = beta is the standard's 2 t.
    """
    low = float(line.weight_at(line.x.min()))
    spread = math.sqrt(1 / (replicates * low) + 1 / line.x.size + line.mean_x**2 / line.sum_squares_x)
    unit = line.residual_sd / abs(line.slope) * spread
    dof = line.degrees_of_freedom
    first, second = student_t(1 - alpha, dof), student_t(1 - beta, dof)
    return Capability(first * unit, (first + second) * unit)


def decision_limit(limit: float, uncertainty: float, alpha: float = 0.05) -> float:
    """Return CCalpha: the concentration from which a result is non-compliant with error probability alpha.

    Limit + k times the combined standard uncertainty at the limit; k = 1.64 at 5 % (substances with a maximum
    residue limit) and 2.33 at 1 % (prohibited ones): Regulation (EU) 2021/808, annex I.

    >>> round(decision_limit(100.0, 10.0), 1)
    116.4
    """
    factor = _ONE_SIDED.get(alpha)
    return limit + (student_t(1 - alpha, math.inf) if factor is None else factor) * uncertainty
