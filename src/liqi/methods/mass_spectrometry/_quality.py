"""How good a set of answers is: rank, ranking of right above wrong, coverage, calibration."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats, Integers

NOT_IN_LIBRARY = -1
_PLACES = 10
_UNKNOWN_NAMED = 0.05
_PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over queries with truth.

    `first` and `among_five`: share of known queries whose compound stands first, or in the first five.
    `right_against_rest`: area under the ROC curve of the best candidate's confidence, right answers against all
    other queries. `at_five_percent`: share of known answered right at the threshold where 5 % of the unknowns get
    a name. `coverage`: share of known answered right where all answers together are 95 % right.
    `calibration_error`: mean |confidence - share right| over ten equal steps of confidence.
    """

    queries: int
    first: float
    among_five: float
    right_against_rest: float
    at_five_percent: float
    coverage: float
    calibration_error: float

    def as_json(self) -> dict[str, float]:
        """Return the figures, four decimals each."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def quality(query: Integers, compound: Integers, confidence: Floats, truth: Integers) -> Quality:
    """Return the figures for candidates of queries 0..n-1; `truth` is a compound, or -1 for an unknown."""
    number = truth.size
    order = np.lexsort((-confidence, query))
    ranked = query[order]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if ranked.size else ranked
    best, sure = np.full(number, NOT_IN_LIBRARY - 1), np.zeros(number)
    best[ranked[first]], sure[ranked[first]] = compound[order][first], confidence[order][first]
    place = np.arange(order.size) - np.repeat(first, np.diff(np.append(first, order.size)))
    hit = (compound[order] == truth[ranked]) & (place < 5)
    known = truth != NOT_IN_LIBRARY
    right = known & (best == truth)
    return Quality(
        queries=number,
        first=_share(right[known]),
        among_five=_share(np.bincount(ranked[hit], minlength=number)[known] > 0),
        right_against_rest=area_under_curve(sure[right], sure[~right]),
        at_five_percent=_at_five_percent(sure, right, known),
        coverage=_coverage(sure, right, known),
        calibration_error=calibration_error(sure, right),
    )


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if flags.size else 0.0


def area_under_curve(high: Floats, low: Floats) -> float:
    """Return the chance that one of `high` is above one of `low`, ties counted half (Mann-Whitney U / nm).

    >>> area_under_curve(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    if not high.size or not low.size:
        return 0.0
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left") + np.searchsorted(ordered, high, side="right")
    return float(below.mean() / 2 / low.size)


def _at_five_percent(sure: Floats, right: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    unknown = np.sort(sure[~known])[::-1]
    if not unknown.size or not known.any():
        return 0.0
    threshold = unknown[int(_UNKNOWN_NAMED * unknown.size)]
    return float((right & (sure > threshold)).sum() / known.sum())


def _coverage(sure: Floats, right: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    order = np.argsort(-sure, kind="stable")
    rights = np.cumsum(right[order])
    enough = np.flatnonzero(rights >= _PRECISION * np.arange(1, sure.size + 1))
    return float(rights[enough[-1]] / known.sum()) if enough.size and known.any() else 0.0


def calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten equal steps of confidence."""
    places = np.minimum((sure * _PLACES).astype(int), _PLACES - 1)
    counts = np.bincount(places, minlength=_PLACES)
    gaps = np.abs(np.bincount(places, sure, _PLACES) - np.bincount(places, right, _PLACES))
    return float(gaps[counts > 0].sum() / max(1, sure.size))
