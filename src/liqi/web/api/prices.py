"""/api/money/price-tables: price tables written, copied, published and taken back."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.models import PriceTable
from liqi.access.money import books, tables
from liqi.catalogue.models import Institution, Instrument, Service
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)

Cny = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


class PriceRule(Sent):
    """One price: for a unit, a class of users, hours of the week, above a quantity a year; blank means all."""

    unit: Literal["hour", "sample", "run", "item", "staff hour", "use"]
    item: Annotated[str, Field(max_length=120)] = ""
    user_class: Literal["", "internal", "academic", "industry"] = ""
    when: Literal["", "night", "weekend"] = ""
    above: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)] = Decimal(0)
    price: Cny


class Prices(Sent):
    """What a table says; an instrument, a service or a class of instruments by key, none of them: all instruments."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    instrument: str = ""
    service: str = ""
    class_code: Annotated[str, Field(max_length=20)] = ""
    valid_from: date
    valid_until: date | None = None
    tax_percent: Annotated[Decimal, Field(ge=0, le=50, max_digits=4, decimal_places=2)] = Decimal(6)
    minimum: Cny = Decimal(0)
    step_minutes: Annotated[int, Field(ge=1, le=1440)] = 1
    late_percent: Percent = Decimal(0)
    late_hours: Annotated[int, Field(ge=0, le=9999)] = 24
    absent_percent: Percent = Decimal(0)
    rows: Annotated[list[PriceRule], Field(max_length=500)]


class NewPrices(Prices):
    """A table of an institution, by its key."""

    seller: str


class PriceTableRow(Schema):
    """A price table in short; it counts from its first day on once it is published."""

    id: int
    seller: str
    title: str
    instrument: str
    service: str
    class_code: str
    valid_from: date
    valid_until: date | None
    published: bool
    synthetic: bool


class PriceTableOut(PriceTableRow):
    """A price table with its rows."""

    tax_percent: Decimal
    minimum: Decimal
    step_minutes: int
    late_percent: Decimal
    late_hours: int
    absent_percent: Decimal
    rows: list[PriceRule]


class CopyIn(Sent):
    """The first day of the copy."""

    valid_from: date


@router.get("/price-tables", response=Page[PriceTableRow], summary="Price tables of my institutions")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "", service: str = "") -> Any:
    """Those of the institutions whose money one looks after, drafts too."""
    rows = PriceTable.objects.filter(seller__in=books.kept_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    rows = rows.filter(service__key=service) if service else rows
    found, following = page(rows.select_related("seller", "instrument", "service"), paged)
    return {"items": [_row(one) for one in found], "next": following}


@router.post("/price-tables", response={201: PriceTableOut}, summary="Write a price table")
def write(request: HttpRequest, sent: NewPrices) -> Any:
    """A draft; it counts once it is published. For who looks after the money of the institution."""
    seller = get_object_or_404(Institution, key=sent.seller)
    return Status(201, _whole(_save(request, sent, seller, None)))


@router.get("/price-tables/{int:id}", response=PriceTableOut, summary="One price table")
def show(request: HttpRequest, id: int) -> Any:
    """The table with its rows."""
    return _whole(_found(request, id))


@router.put("/price-tables/{int:id}", response=PriceTableOut, summary="Change a price table")
def change(request: HttpRequest, id: int, sent: Prices) -> Any:
    """The draft says what is given and nothing else; one that is in force is copied instead."""
    found = _found(request, id)
    return _whole(_save(request, sent, found.seller, found))


@router.post("/price-tables/{int:id}/copy", response={201: PriceTableOut}, summary="Copy a price table")
def copy(request: HttpRequest, id: int, sent: CopyIn) -> Any:
    """A draft with the same prices from a later day on."""
    made = tables.copy(_found(request, id), person=signed_in(request), now=timezone.now(), valid_from=sent.valid_from)
    return Status(201, _whole(made))


@router.post("/price-tables/{int:id}/{step}", response=PriceTableOut, summary="Publish a price table")
def publish(request: HttpRequest, id: int, step: Literal["publish", "take-back"]) -> Any:
    """The table counts from its first day on, or is a draft again."""
    found = _found(request, id)
    tables.publish(found, person=signed_in(request), now=timezone.now(), back=step == "take-back")
    return _whole(found)


def _save(request: HttpRequest, sent: Prices, seller: Institution, table: PriceTable | None) -> PriceTable:
    person = signed_in(request)
    books.require(person, seller)
    values = sent.dict(exclude={"seller", "rows"}) | {
        "title": sent.title.strip(),
        "instrument": tables.thing_of(seller, Instrument, sent.instrument),
        "service": tables.thing_of(seller, Service, sent.service),
    }
    rows = [row.dict() | {"item": row.item.strip()} for row in sent.rows]
    return tables.save(seller=seller, person=person, now=timezone.now(), values=values, rows=rows, table=table)


def _found(request: HttpRequest, id: int) -> PriceTable:
    rows = PriceTable.objects.select_related("seller", "instrument", "service")
    found = get_object_or_404(rows, pk=id)
    books.require(signed_in(request), found.seller)
    return found


def _row(one: PriceTable) -> dict[str, Any]:
    names = ("title", "class_code", "valid_from", "valid_until", "published", "synthetic")
    facts = {name: getattr(one, name) for name in names}
    things = {
        "instrument": one.instrument.key if one.instrument else "",
        "service": one.service.key if one.service else "",
    }
    return facts | things | {"id": one.pk, "seller": one.seller.key}


def _whole(one: PriceTable) -> dict[str, Any]:
    names = ("tax_percent", "minimum", "step_minutes", "late_percent", "late_hours", "absent_percent")
    rows = [{name: getattr(row, name) for name in PriceRule.model_fields} for row in one.rows.all()]
    return _row(one) | {name: getattr(one, name) for name in names} | {"rows": rows}
