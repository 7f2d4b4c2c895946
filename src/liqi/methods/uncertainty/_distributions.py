"""The distributions that uncertainty needs: Student's t, Fisher's F, and what half a width means as one standard."""

import math
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300
_STEPS = 500
_HALVINGS = 200


@lru_cache(maxsize=4096)
def student_t(probability: float, degrees_of_freedom: float) -> float:
    """Return the t that is not exceeded with this probability; infinite degrees of freedom give the normal one.

    >>> round(student_t(0.975, 10), 3), round(student_t(0.995, 16), 2)
    (2.228, 2.92)
    """
    if not 0 < probability < 1 or not degrees_of_freedom > 0:
        raise ValueError("probability lies between 0 and 1, degrees of freedom above 0")
    if probability < 0.5:
        return -student_t(1 - probability, degrees_of_freedom)
    if math.isinf(degrees_of_freedom):
        return NormalDist().inv_cdf(probability)
    outside = 2 * (1 - probability)
    low, high = 0.0, 1.0
    while _two_tails(high, degrees_of_freedom) > outside:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _two_tails(middle, degrees_of_freedom) > outside:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def fisher_tail(ratio: float, numerator: float, denominator: float) -> float:
    """Return the probability of a variance ratio at least so large, by its two degrees of freedom.

    >>> round(fisher_tail(4.96, 1, 10), 3)
    0.05
    """
    if ratio <= 0:
        return 1.0
    return _incomplete_beta(denominator / 2, numerator / 2, denominator / (denominator + numerator * ratio))


def of_uniform(half_width: float) -> float:
    """Return the standard uncertainty of a value that lies anywhere within +- half_width (JCGM 100:2008, 4.3.7).

    >>> round(of_uniform(0.1), 4)
    0.0577
    """
    return half_width / math.sqrt(3)


def of_triangle(half_width: float) -> float:
    """Return the standard uncertainty of a triangular distribution of +- half_width (JCGM 100:2008, 4.3.9)."""
    return half_width / math.sqrt(6)


def of_expanded(expanded: float, coverage_factor: float = 2.0) -> float:
    """Return the standard uncertainty of a certificate's expanded one (JCGM 100:2008, 4.3.3)."""
    return expanded / coverage_factor


def _two_tails(t: float, dof: float) -> float:
    return _incomplete_beta(dof / 2, 0.5, dof / (dof + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return I_x(a, b), by the continued fraction of DLMF 8.17.22 and Lentz's way of evaluating it."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(b, a, 1.0 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    value = c = 1.0
    d = 0.0
    for step in range(_STEPS):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / _away(1.0 + term * d)
        c = _away(1.0 + term / c)
        value *= c * d
        if abs(1.0 - c * d) < 1e-15:
            break
    return front * (value - 1.0)


def _away(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
