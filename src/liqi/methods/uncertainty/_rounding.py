"""Results rounded as they are stated: the uncertainty to two significant digits, the value to as many decimals."""

import math


def rounded(value: float, uncertainty: float) -> tuple[float, float]:
    """Return both rounded to the second significant digit of the uncertainty (JCGM 100:2008, 7.2.6).

    >>> rounded(83.98861, 1.75066), rounded(0.12345678, 0.0)
    ((84.0, 1.8), (0.12345678, 0.0))
    """
    if not uncertainty > 0 or not math.isfinite(uncertainty):
        return value, uncertainty
    digits = 1 - math.floor(math.log10(float(f"{uncertainty:.1e}")))
    return round(value, digits), round(uncertainty, digits)


def stated(value: float, uncertainty: float | None) -> tuple[str, str]:
    """Return value and standard uncertainty in words, rounded together; the second is empty where there is none.

    >>> stated(11.91313, 0.18309), stated(440, 20.97), stated(12345.6, 234.5), stated(1.9996, 0.0996)
    (('11.91', '0.18'), ('440', '21'), ('12350', '230'), ('2.00', '0.10'))
    >>> stated(0.25, None)
    ('0.25', '')
    """
    if uncertainty is None or not uncertainty > 0 or not math.isfinite(uncertainty):
        return f"{value:.6g}", ""
    first, second = rounded(value, uncertainty)
    decimals = max(0, 1 - math.floor(math.log10(second)))
    return f"{first:.{decimals}f}", f"{second:.{decimals}f}"
