"""/api/instruments: every instrument, page by page, and one with all that is known of it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.taxonomy import class_prefix
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Named, Place, Provenance, named, place, provenance

router = Router(tags=["catalogue"])


class Brand(Named):
    """The maker, and the country that its brand comes from."""

    brand_country: str


class InstrumentOut(Schema):
    """An instrument; `class_code` is of `class_scheme` in `class_edition`; `made_in` is kept apart from the brand."""

    key: str
    name: str
    name_en: str
    institution: Named | None
    facility: Named | None
    maker: Brand | None
    maker_text: str
    model: str
    serial: str
    identifiers: list[dict[str, Any]]
    class_code: str
    class_scheme: str
    class_edition: str
    techniques: list[str]
    made_in: str
    value_cny: Decimal | None
    acquired_on: date | None
    status: str
    description: str
    website: str
    capabilities: list[dict[str, Any]]
    shared: bool
    bookable: bool
    opening_hours: dict[str, Any]
    time_zone: str
    min_minutes: int
    max_minutes: int
    notice_minutes: int
    price_cny_per_hour: Decimal | None
    place: Place
    provenance: Provenance


_OWN = set(InstrumentOut.model_fields) - {"institution", "facility", "maker", "place", "provenance"}


def shown(one: Instrument) -> dict[str, Any]:
    """The instrument as the interface shows it."""
    maker = named(one.maker)
    return {
        **{name: getattr(one, name) for name in _OWN},
        "institution": named(one.institution),
        "facility": named(one.facility),
        "maker": maker | {"brand_country": one.maker.brand_country} if maker and one.maker else None,
        "place": place(one),
        "provenance": provenance(one),
    }


def _all() -> QuerySet[Instrument]:
    return Instrument.objects.select_related("institution", "facility", "maker")


@router.get("", response=Page[InstrumentOut], summary="List instruments")
def listed(
    request: HttpRequest,
    paged: Annotated[Paged, Query()],
    class_: Annotated[str, Query(alias="class", max_length=120)] = "",
    institution: Annotated[str, Query(max_length=120)] = "",
    bookable: bool | None = None,
    shared: bool | None = None,
) -> Any:
    """Instruments in the order of their arrival; words are asked of /api/search."""
    rows = _all()
    if class_:
        rows = rows.filter(class_code__startswith=class_prefix(search.class_code(class_)))
    if institution:
        rows = rows.filter(institution__key=institution)
    if bookable is not None:
        rows = rows.filter(bookable=bookable)
    if shared is not None:
        rows = rows.filter(shared=shared)
    found, following = page(rows, paged)
    return {"items": [shown(one) for one in found], "next": following}


@router.get("/{key}", response=InstrumentOut, summary="See an instrument")
def one(request: HttpRequest, key: str) -> Any:
    """All that is known of the instrument."""
    return shown(get_object_or_404(_all(), key=key))
