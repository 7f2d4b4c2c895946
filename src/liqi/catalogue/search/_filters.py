"""What hits must be beside meeting the words: codes, ranges, a place and its surroundings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from tantivy import FieldType, Index, Occur, Query

from liqi.catalogue.search._schema import CAN, SCHEMA
from liqi.taxonomy import class_prefix, distance_km

LISTS = {
    "kinds": "kind",
    "classes": "class_below",
    "places": "where",
    "makers": "maker",
    "origins": "origin",
    "made_in": "made_in",
    "techniques": "technique",
    "values": "value",
    "years": "year",
    "statuses": "status",
    "owners": "owner",
    "facilities": "facility",
    "stages": "stage",
    "sources": "source",
}
"""Filters that are lists of codes, and the field of the index that each asks."""

FILTER_OF = {
    **{"kind": "kinds", "class": "classes", "class_middle": "classes", "class_small": "classes", "place": "places"},
    **{"country": "places", "maker": "makers", "origin": "origins", "made_in": "made_in", "technique": "techniques"},
    **{"value": "values", "year": "years", "status": "statuses", "owner": "owners", "facility": "facilities"},
    **{"stage": "stages", "source": "sources", "shared": "shared", "bookable": "bookable"},
}
"""Each facet and the filter that a choice of it sets."""


class UnknownFilter(ValueError):
    """A filter names something that the taxonomy does not know; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Ability:
    """A quantity that an instrument can do with a value in this range, in the unit of the quantity."""

    quantity: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many kilometres of a point in degrees; `place` is what the point is called."""

    latitude: float
    longitude: float
    km: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be; several values of one filter mean any of them. Codes are those of the taxonomy."""

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    made_in: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    shared: bool | None = None
    bookable: bool | None = None
    min_value_cny: Decimal | None = None
    max_value_cny: Decimal | None = None
    from_year: int | None = None
    to_year: int | None = None
    abilities: tuple[Ability, ...] = ()
    near: Near | None = None
    added_after: datetime | None = None

    def without(self, facet: str) -> "Filters":
        """The filters but the one that this facet sets: so a facet shows the counts of the choices not taken."""
        name = FILTER_OF[facet]
        emptied: Any = {name: None if name in ("shared", "bookable") else ()}
        return self if getattr(self, name) in (None, ()) else replace(self, **emptied)

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return any(getattr(self, one.name) not in (None, ()) for one in fields(self))


def queries(filters: Filters, points: Sequence[str]) -> list[Query]:
    """One query for each filter that is set; `points` are all places on earth that the index has."""
    found = []
    for name, field in LISTS.items():
        values = getattr(filters, name)
        if name == "classes":
            values = tuple(class_prefix(code) for code in values)
        if values:
            found.append(_any([_term(field, value) for value in values]))
    for field, wanted in (("shared", filters.shared), ("bookable", filters.bookable)):
        if wanted is not None:
            found.append(_term(field, str(int(wanted))))
    for field, low, high in (
        ("value_cny", filters.min_value_cny, filters.max_value_cny),
        ("built_year", filters.from_year, filters.to_year),
    ):
        if low is not None or high is not None:
            found.append(_between(field, low, high))
    for one in filters.abilities:
        found += _able(one)
    if filters.added_after is not None:
        second = int(filters.added_after.timestamp()) + 1
        found.append(Query.range_query(SCHEMA, "added", FieldType.Unsigned, second, None))
    if filters.near is not None:
        found.append(Query.term_set_query(SCHEMA, "point", within(filters.near, points)))
    return found


def within(near: Near, points: Sequence[str]) -> list[str]:
    """Those of the points that lie within the distance."""
    centre = (near.latitude, near.longitude)
    return [point for point in points if distance_km(centre, place_of(point)) <= near.km]


def place_of(point: str) -> tuple[float, float]:
    """Latitude and longitude of a point as the index writes it."""
    latitude, longitude = point.split(",")
    return float(latitude), float(longitude)


def _able(one: Ability) -> list[Query]:
    """What an instrument can do from its lowest to its highest value meets the range that is asked."""
    ends = []
    if one.low is not None:
        ends.append(f"{CAN}.{one.quantity}_high:[{one.low!r} TO *]")
    if one.high is not None:
        ends.append(f"{CAN}.{one.quantity}_low:[* TO {one.high!r}]")
    return [_parser().parse_query(end, []) for end in ends]


@cache
def _parser() -> Index:
    """An empty index, whose only use is that ranges within a JSON field can be written as text alone."""
    return Index(SCHEMA)


def _between(field: str, low: Any, high: Any) -> Query:
    bounds = (float(low) if low is not None else None, float(high) if high is not None else None)
    return Query.range_query(SCHEMA, field, FieldType.Float, *bounds)


def _term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, index_option="basic")


def _any(asked: list[Query]) -> Query:
    return asked[0] if len(asked) == 1 else Query.boolean_query([(Occur.Should, one) for one in asked])


__all__ = ["FILTER_OF", "LISTS", "Ability", "Filters", "Near", "UnknownFilter", "place_of", "queries", "within"]
