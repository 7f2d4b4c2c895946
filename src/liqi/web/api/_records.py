"""What the interface shows of every catalogue record."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

Number = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of a record in a body or a query: what the database can hold, so that any other is refused in words."""


class Provenance(Schema):
    """Where a record came from, when it was confirmed, how sure we are; synthetic records are made up."""

    source: str
    source_ref: str
    licence: str
    confirmed_on: date | None
    confidence: str
    synthetic: bool


class Place(Schema):
    """ISO country, six-digit Chinese division, city, and a point in degrees."""

    country: str
    province: str
    city: str
    latitude: float | None
    longitude: float | None


class Named(Schema):
    """A record that another one belongs to."""

    key: str
    name: str
    name_en: str


def provenance(record: Any) -> dict[str, Any]:
    """The record's provenance."""
    return {name: getattr(record, name) for name in Provenance.model_fields}


def place(record: Any) -> dict[str, Any]:
    """The record's place."""
    return {name: getattr(record, name) for name in Place.model_fields}


def named(record: Any) -> dict[str, str] | None:
    """Key and names of the record, None for none."""
    return {"key": record.key, "name": record.name, "name_en": record.name_en} if record else None
