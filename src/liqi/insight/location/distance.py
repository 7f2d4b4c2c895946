"""Distances on the sphere, in kilometres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable
from liqi.taxonomy import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def between_km(
    latitudes: Sequence[float] | NDArray[np.float64],
    longitudes: Sequence[float] | NDArray[np.float64],
    other_latitudes: Sequence[float] | NDArray[np.float64] | None = None,
    other_longitudes: Sequence[float] | NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Every distance from each point to each other point: an array (n, m); without others, (n, n) among themselves."""
    import numpy as np

    a, lon = np.radians(points(latitudes, 90)), np.radians(points(longitudes))
    b = a if other_latitudes is None else np.radians(points(other_latitudes, 90))
    other = lon if other_longitudes is None else np.radians(points(other_longitudes))
    h = np.sin((a[:, None] - b) / 2) ** 2
    h += np.cos(a)[:, None] * np.cos(b) * np.sin((lon[:, None] - other) / 2) ** 2
    found: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1)))
    return found


def points(degrees: Sequence[float] | NDArray[np.float64], most: int = 360) -> NDArray[np.float64]:
    """The coordinates as floats, every one known and no farther than `most` degrees from 0 (latitudes: 90)."""
    import numpy as np

    found = np.asarray(degrees, dtype=float)
    if lost := int((~np.isfinite(found)).sum()):
        raise UnusableTable(
            f"found {lost} of {found.size} points without coordinates; expected latitude and longitude in degrees; "
            "add them or leave those rows out."
        )
    if (off := np.abs(found) > most).any():
        raise UnusableTable(
            f"found the coordinate {found[off].flat[0]:g}; expected degrees from -{most} to {most}; correct it, or "
            "exchange latitude and longitude."
        )
    return found
