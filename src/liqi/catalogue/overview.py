"""The whole catalogue at a glance: how many of what, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Max, Q
from django.db.models.functions import Substr

from liqi.catalogue.models import Facility, Institution, Instrument

DOMESTIC = "CN"


@dataclass(frozen=True)
class Kind:
    """A middle class of instruments and how many there are."""

    class_code: str
    instruments: int


@dataclass(frozen=True)
class Spot:
    """A city with its instruments; the point is the mean of theirs, in degrees."""

    country: str
    city: str
    latitude: float
    longitude: float
    instruments: int


@dataclass(frozen=True)
class Overview:
    """The catalogue in figures; `domestic` counts brands of China among `branded` instruments."""

    instruments: int
    synthetic: int
    bookable: int
    facilities: int
    institutions: int
    branded: int
    domestic: int
    confirmed_on: date | None
    kinds: list[Kind]
    spots: list[Spot]

    @property
    def domestic_share(self) -> float | None:
        """Instruments of a Chinese brand among those whose brand's country is on record; None for none."""
        return self.domestic / self.branded if self.branded else None

    @property
    def unbranded_share(self) -> float | None:
        """Share of instruments whose brand's country is not on record; None for an empty catalogue."""
        return 1 - self.branded / self.instruments if self.instruments else None


def read(*, kinds: int = 12, spots: int = 2000) -> Overview:
    """The catalogue as it is now: its largest kinds and its fullest places, in five queries."""
    branded = ~Q(maker__brand_country="") & Q(maker__isnull=False)
    totals = Instrument.objects.aggregate(
        instruments=Count("id"),
        synthetic=Count("id", filter=Q(synthetic=True)),
        bookable=Count("id", filter=Q(bookable=True)),
        branded=Count("id", filter=branded),
        domestic=Count("id", filter=Q(maker__brand_country=DOMESTIC)),
        confirmed_on=Max("confirmed_on"),
    )
    return Overview(
        **totals,
        facilities=Facility.objects.count(),
        institutions=Institution.objects.count(),
        kinds=_kinds(kinds),
        spots=_spots(spots),
    )


def _kinds(most: int) -> list[Kind]:
    rows = (
        Instrument.objects.exclude(class_code="")
        .annotate(middle=Substr("class_code", 1, 4))
        .order_by()
        .values("middle")
        .annotate(count=Count("id"))
        .order_by("-count", "middle")
    )
    return [Kind(f"{row['middle']}00", row["count"]) for row in rows[:most]]


def _spots(most: int) -> list[Spot]:
    rows = (
        Instrument.objects.filter(latitude__isnull=False)
        .order_by()
        .values("country", "city")
        .annotate(count=Count("id"), north=Avg("latitude"), east=Avg("longitude"))
        .order_by("-count", "country", "city")
    )
    return [Spot(row["country"], row["city"], row["north"], row["east"], row["count"]) for row in rows[:most]]
