"""Land: what idle parcels could hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from liqi.insight.origin import UnusableTable
from liqi.taxonomy import distance_km


@dataclass(frozen=True, slots=True)
class Parcel:
    """A piece of land: its area, the floor area that a square metre may carry, and what stood there."""

    name: str
    area_m2: float
    floor_ratio: float
    idle: bool = True
    former_use: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def capacity_m2(self) -> float:
        """Floor area that may be built: area times ratio."""
        return self.area_m2 * self.floor_ratio


def capacity(parcels: Sequence[Parcel]) -> float:
    """Floor area that the idle parcels may carry together, in square metres.

    >>> works = Parcel("sewing machine works", 20_000, 1.5, former_use="factory")
    >>> capacity([works, Parcel("in use", 9_000, 2, idle=False)])
    30000.0
    """
    for parcel in parcels:
        if not 0 <= parcel.area_m2 < float("inf") or not 0 <= parcel.floor_ratio < float("inf"):
            raise UnusableTable(
                f"found {parcel.name} with {parcel.area_m2} m2 at a ratio of {parcel.floor_ratio}; "
                "expected numbers from 0 up; correct that row."
            )
    return float(sum(parcel.capacity_m2 for parcel in parcels if parcel.idle))


def near(
    parcels: Sequence[Parcel], latitude: float, longitude: float, *, radius_km: float
) -> list[tuple[Parcel, float]]:
    """The idle parcels with coordinates within the radius, nearest first, each with its distance in km."""
    found = [
        (parcel, distance_km((latitude, longitude), (parcel.latitude, parcel.longitude)))
        for parcel in parcels
        if parcel.idle and parcel.latitude is not None and parcel.longitude is not None
    ]
    return sorted((pair for pair in found if pair[1] <= radius_km), key=lambda pair: pair[1])


def rent_gap(rent: float, hub_rent: float) -> float:
    """How much cheaper than the hub, as a share of the hub's rent; under 0 where it is dearer.

    >>> round(rent_gap(57.5, 100), 3), round(rent_gap(107, 100), 3)
    (0.425, -0.07)
    """
    if hub_rent <= 0 or rent < 0:
        raise UnusableTable(f"found rents of {rent} and {hub_rent}; expected a hub's rent above 0; correct it.")
    return 1 - rent / hub_rent
