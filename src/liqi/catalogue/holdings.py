"""What a set of instruments is made of: classes, makers, origins by two lenses, places, bands of value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.db.models.functions import Substr

from liqi.catalogue.models import Instrument, Maker
from liqi.catalogue.overview import Spot
from liqi.taxonomy import class_prefix

__all__ = ["BANDS", "Holdings", "Named", "below", "by_class", "read", "version"]

BANDS: tuple[tuple[str, int, int | None], ...] = (
    ("under 500 000", 0, 500_000),
    ("500 000 to 2 000 000", 500_000, 2_000_000),
    ("2 000 000 to 10 000 000", 2_000_000, 10_000_000),
    ("10 000 000 and more", 10_000_000, None),
)
"""Bands of value in CNY, from the first to below the second; 500 000 is where the national registry begins."""


@dataclass(frozen=True)
class Named:
    """A maker or institution with its instruments counted."""

    key: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True)
class Holdings:
    """Counts of one set of instruments; each list is sorted by count, what is not recorded is counted apart."""

    total: int
    bookable: int
    shared: int
    synthetic: int
    classes: list[tuple[str, int]]
    """Middle classes."""
    unclassed: int
    makers: list[Named]
    without_maker: int
    brands: list[tuple[str, int]]
    """Country of the brand."""
    without_brand: int
    made_in: list[tuple[str, int]]
    without_made_in: int
    regions: list[tuple[str, int]]
    """Provinces of China by their codes, other countries and regions by theirs."""
    without_region: int
    bands: list[tuple[str, int]]
    """Bands of value by their names, all of them in order."""
    without_value: int
    spots: list[Spot]


def version() -> str:
    """Changes whenever an instrument or a maker does: what was counted before under another version is stale."""
    instruments = Instrument.everything.aggregate(at=Max("updated_at"))["at"]
    makers = Maker.everything.aggregate(at=Max("updated_at"))["at"]
    return f"{instruments}/{makers}".replace(" ", "T")


def below(code: str) -> Q:
    """The instruments of this class and of those below it; a range, so that the index of the code is used."""
    prefix = class_prefix(code)
    return Q(class_code__gte=prefix, class_code__lt=f"{prefix}~")


def by_class() -> dict[str, int]:
    """How many instruments have each class code, as it is on record; one query."""
    rows = Instrument.objects.order_by().values_list("class_code").annotate(count=Count("id"))
    return dict(rows)


def read(rows: QuerySet[Instrument], *, most: int = 12, spots: int = 500) -> Holdings:
    """What these instruments are, in eight queries however many they are."""
    rows = rows.order_by()
    totals = rows.aggregate(
        total=Count("id"),
        bookable=Count("id", filter=Q(bookable=True)),
        shared=Count("id", filter=Q(shared=True)),
        synthetic=Count("id", filter=Q(synthetic=True)),
        without_value=Count("id", filter=Q(value_cny=None)),
        **{f"band{at}": Count("id", filter=_band(low, high)) for at, (_name, low, high) in enumerate(BANDS)},
    )
    bands = [(name, totals.pop(f"band{at}")) for at, (name, _low, _high) in enumerate(BANDS)]
    classes = _counted(rows.annotate(middle=Substr("class_code", 1, 4)), "middle")
    made_in = _counted(rows, "made_in")
    brands = _counted(rows, "maker__brand_country")
    makers = _makers(rows)
    regions = _regions(rows)
    return Holdings(
        **totals,
        classes=[(f"{code}00", count) for code, count in classes if code][:most],
        unclassed=_blank(classes),
        makers=makers[:most],
        without_maker=totals["total"] - sum(maker.count for maker in makers),
        brands=[row for row in brands if row[0]],
        without_brand=_blank(brands),
        made_in=[row for row in made_in if row[0]],
        without_made_in=_blank(made_in),
        regions=[row for row in regions if row[0]][:most],
        without_region=_blank(regions),
        bands=bands,
        spots=_spots(rows, spots),
    )


def _band(low: int, high: int | None) -> Q:
    found = Q(value_cny__gte=low)
    return found & Q(value_cny__lt=high) if high is not None else found


def _counted(rows: QuerySet[Any], field: str) -> list[tuple[str, int]]:
    found = rows.values_list(field).annotate(count=Count("id")).order_by("-count", field)
    return [(code or "", count) for code, count in found]


def _blank(rows: Iterable[tuple[str, int]]) -> int:
    return sum(count for code, count in rows if not code)


def _makers(rows: QuerySet[Instrument]) -> list[Named]:
    fields = ("maker__key", "maker__name", "maker__name_en")
    found = rows.exclude(maker=None).values_list(*fields).annotate(count=Count("id")).order_by("-count", "maker__name")
    return [Named(*row) for row in found]


def _regions(rows: QuerySet[Instrument]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for country, province, count in rows.values_list("country", "province").annotate(count=Count("id")):
        code = province if country == "CN" and province else country
        counts[code] = counts.get(code, 0) + count
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def _spots(rows: QuerySet[Instrument], most: int) -> list[Spot]:
    found = (
        rows.filter(latitude__isnull=False)
        .values("country", "city")
        .annotate(count=Count("id"), north=Avg("latitude"), east=Avg("longitude"))
        .order_by("-count", "country", "city")
    )
    return [Spot(row["country"], row["city"], row["north"], row["east"], row["count"]) for row in found[:most]]
