"""Accessibility: who goes where, what is within reach, and what lies near but not in the middle."""

from __future__ import annotations

import math
from collections.abc import Sequence

from liqi.insight.origin import UnusableTable
from liqi.taxonomy import distance_km

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def huff(sizes: Sequence[float], distances: Sequence[Sequence[float]], *, decay: float = 2.0) -> list[list[float]]:
    """The share of each origin's visits that each place draws: size / distance^decay over the sum (Huff 1963).

    Rows are origins, columns places. The example of Levy and Weitz: an old store of 5,000 and a new one of 10,000.

    >>> shares = huff([5_000, 10_000], [[10, 5], [5, 15]])
    >>> [round(row[1], 4) for row in shares], round(5e6 * shares[0][1] + 3e6 * shares[1][1])
    ([0.8889, 0.1818], 4989899)
    """
    _positive(sizes, "a size")
    made = []
    for row in distances:
        if len(row) != len(sizes):
            raise UnusableTable(f"found {len(row)} distances for {len(sizes)} places; expected one a place.")
        _positive(row, "a distance")
        pulls = [size / distance**decay for size, distance in zip(sizes, row, strict=True)]
        made.append([pull / math.fsum(pulls) for pull in pulls])
    return made


def hansen(sizes: Sequence[float], distances: Sequence[float], *, decay: float = 2.0) -> float:
    """What can be reached from here: the sum of sizes, each by distance^decay (Hansen 1959).

    >>> hansen([5_000, 10_000], [10, 5])
    450.0
    """
    _positive(distances, "a distance")
    return math.fsum(size / distance**decay for size, distance in zip(sizes, distances, strict=True))


def two_step(
    supplies: Sequence[float], demands: Sequence[float], distances: Sequence[Sequence[float]], *, within: float
) -> list[float]:
    """Supply a head that each origin reaches: two-step floating catchment (Luo and Wang 2003).

    Rows are origins with demand, columns places with supply; who nobody reaches serves nobody.

    >>> two_step([10, 20], [100, 100], [[5, 50], [5, 5]], within=10)
    [0.05, 0.25]
    """
    ratios = []
    for at, supply in enumerate(supplies):
        asked = math.fsum(demand for demand, row in zip(demands, distances, strict=True) if row[at] <= within)
        ratios.append(supply / asked if asked else 0.0)
    return [math.fsum(ratio for ratio, km in zip(ratios, row, strict=True) if km <= within) for row in distances]


def near_but_not_in(km: float, *, inside_km: float, peak_km: float, decay_km: float) -> float:
    """How good a distance from the hub is: 0 inside its ring of high rents, 1 at the peak, fading beyond.

    Rises in a straight line from the inner edge to the peak, then falls by e every `decay_km`.

    >>> [round(near_but_not_in(d, inside_km=20, peak_km=60, decay_km=80), 3) for d in (10, 40, 60, 140)]
    [0.0, 0.5, 1.0, 0.368]
    """
    if not 0 <= inside_km < peak_km or decay_km <= 0 or km < 0:
        raise UnusableTable(
            f"found an inner edge of {inside_km} km, a peak at {peak_km} km and a decay of {decay_km} km; "
            "expected 0 <= edge < peak and a decay above 0."
        )
    if km <= inside_km:
        return 0.0
    return (km - inside_km) / (peak_km - inside_km) if km < peak_km else math.exp((peak_km - km) / decay_km)


def within(centre: Point, points: Sequence[tuple[Point, float]], *, radius_km: float) -> float:
    """The sum of what lies within the radius of the centre: people, graduates, engineers.

    >>> boston, waltham, amherst = (42.358, -71.060), (42.376, -71.236), (42.370, -72.520)
    >>> within(boston, [(boston, 40_000), (waltham, 9_000), (amherst, 30_000)], radius_km=30)
    49000
    """
    return sum(count for point, count in points if distance_km(centre, point) <= radius_km)


def _positive(numbers: Sequence[float], what: str) -> None:
    if bad := [one for one in numbers if not 0 < one < math.inf]:
        raise UnusableTable(f"found {what} of {bad[0]}; expected finite numbers above 0; correct or drop that row.")
