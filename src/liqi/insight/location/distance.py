"""Distances on the sphere, in kilometres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG 1980)."""


def great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great circle between two points in degrees (haversine).

    >>> round(great_circle_km(42.35843, -71.05977, 42.37649, -71.23561), 2)  # Boston to Waltham
    14.59
    """
    a, b = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(other_longitude - longitude)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def between_km(
    latitudes: Sequence[float] | NDArray[np.float64],
    longitudes: Sequence[float] | NDArray[np.float64],
    other_latitudes: Sequence[float] | NDArray[np.float64] | None = None,
    other_longitudes: Sequence[float] | NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Every distance from each point to each other point: an array (n, m); without others, (n, n) among themselves."""
    import numpy as np

    a, lon = (np.radians(points(one)) for one in (latitudes, longitudes))
    b = a if other_latitudes is None else np.radians(points(other_latitudes))
    other = lon if other_longitudes is None else np.radians(points(other_longitudes))
    h = np.sin((a[:, None] - b) / 2) ** 2
    h += np.cos(a)[:, None] * np.cos(b) * np.sin((lon[:, None] - other) / 2) ** 2
    found: NDArray[np.float64] = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1)))
    return found


def points(degrees: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """The coordinates as floats, every one known, or the error says how many are not."""
    import numpy as np

    found = np.asarray(degrees, dtype=float)
    if lost := int((~np.isfinite(found)).sum()):
        raise UnusableTable(
            f"found {lost} of {found.size} points without coordinates; expected latitude and longitude in degrees; "
            "add them or leave those rows out."
        )
    return found
