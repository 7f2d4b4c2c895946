"""Concentration: how much of the whole the largest hold, and how unevenly it is spread."""

import math
from collections.abc import Callable, Mapping, Sequence


class UnusableSizes(ValueError):
    """The sizes cannot be shared out; the message says what was found and what was expected."""


def shares(sizes: Sequence[float]) -> list[float]:
    """Each size as a share of the sum, largest first; an empty list stays empty."""
    if bad := [size for size in sizes if size < 0 or not math.isfinite(size)]:
        raise UnusableSizes(f"found the size {bad[0]}; expected numbers from 0 up; correct or drop that row.")
    whole = math.fsum(sizes)
    return sorted((size / whole for size in sizes), reverse=True) if whole else []


def hhi(sizes: Sequence[float]) -> float:
    """Herfindahl-Hirschman index: the sum of squared shares, 1/n to 1.

    >>> round(hhi([20, 50, 20, 10]), 2)
    0.34
    """
    return math.fsum(share**2 for share in shares(sizes))


def hhi_normalised(sizes: Sequence[float]) -> float:
    """The index moved to run from 0 (all equal) to 1 (one holds all); 1 for a single holder.

    >>> round(hhi_normalised([20, 50, 20, 10]), 2)
    0.12
    """
    n = len(sizes)
    return (hhi(sizes) - 1 / n) / (1 - 1 / n) if n > 1 else 1.0


def equivalent_number(sizes: Sequence[float]) -> float:
    """How many equal holders would give this index: 1 / HHI.

    >>> round(equivalent_number([20, 50, 20, 10]), 2)
    2.94
    """
    return 1 / hhi(sizes)


def largest(sizes: Sequence[float], k: int = 4) -> float:
    """The share of the k largest (CR4 where k is 4).

    >>> largest([8, 7, 5], 1)
    0.4
    """
    return math.fsum(shares(sizes)[:k])


def entropy(sizes: Sequence[float]) -> float:
    """Shannon entropy of the shares in nats, 0 to ln n."""
    return -math.fsum(share * math.log(share) for share in shares(sizes) if share)


def gini(sizes: Sequence[float], *, corrected: bool = False) -> float:
    """Gini coefficient, 0 to 1 - 1/n; `corrected` multiplies by n / (n - 1) so that it reaches 1.

    >>> round(gini([10, 20, 20, 50]), 4), round(gini([10, 20, 20, 50], corrected=True), 4)
    (0.3, 0.4)
    """
    n, rising = len(sizes), sorted(shares(sizes))
    plain = math.fsum((2 * i - n - 1) * share for i, share in enumerate(rising, 1)) / n
    return plain * n / (n - 1) if corrected and n > 1 else plain


def theil(sizes: Sequence[float]) -> float:
    """Theil's T, 0 to ln n; empty holders add nothing.

    >>> round(theil([10, 20, 20, 50]), 6)
    0.165687
    """
    n = len(sizes)
    return math.fsum(share * math.log(share * n) for share in shares(sizes) if share)


def mean_log_deviation(sizes: Sequence[float]) -> float:
    """Theil's L: the mean of ln(mean / size); every size must be above zero.

    >>> round(mean_log_deviation([10, 20, 20, 50]), 6)
    0.167358
    """
    if any(size == 0 for size in sizes):
        raise UnusableSizes("found a size of 0; the mean log deviation expects sizes above 0; drop the empty rows.")
    n = len(sizes)
    return math.fsum(-math.log(share * n) for share in shares(sizes)) / n


MEASURES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "hhi": hhi,
    "hhi_normalised": hhi_normalised,
    "equivalent_number": equivalent_number,
    "cr1": lambda sizes: largest(sizes, 1),
    "cr4": lambda sizes: largest(sizes, 4),
    "entropy": entropy,
    "gini": gini,
    "gini_corrected": lambda sizes: gini(sizes, corrected=True),
    "theil": theil,
    "mean_log_deviation": mean_log_deviation,
}
"""Every measure by the name that the registry of indicators uses."""
UNITS: Mapping[str, str] = {
    **dict.fromkeys(MEASURES, "index"),
    **dict.fromkeys(("cr1", "cr4"), "share"),
    "equivalent_number": "holders",
    "entropy": "nats",
}
FORMULAS: Mapping[str, str] = {
    "hhi": "sum of squared shares of the holders",
    "hhi_normalised": "(HHI - 1/n) / (1 - 1/n)",
    "equivalent_number": "1 / HHI",
    "cr1": "share of the largest holder",
    "cr4": "share of the four largest holders",
    "entropy": "- sum of s ln s",
    "gini": "sum of (2i - n - 1) s_i / n, rising",
    "gini_corrected": "Gini n / (n - 1)",
    "theil": "sum of s ln(s n)",
    "mean_log_deviation": "mean of ln(mean / size)",
}
