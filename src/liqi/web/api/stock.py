"""/api/care/stock: items kept at a facility, received, issued, given back, counted, thrown away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.care import stock
from liqi.access.models import Order, Session, StockItem, StockLot, StockMovement
from liqi.catalogue.models import Facility
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._once import Key, keeps_key
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3)]


class ReceiveIn(Sent):
    """So much of an item came in as a lot; a lot of that number grows."""

    number: Annotated[str, Field(min_length=1, max_length=60, description="The number of the lot")]
    quantity: Amount
    expires_on: date | None = None
    place: Annotated[str, Field(max_length=120)] = ""
    words: Annotated[str, Field(max_length=200)] = ""


class LevelOut(Schema):
    """What is left of an item and can be used."""

    id: int
    name: str
    unit: str
    left: Decimal
    expired: Decimal
    minimum: Decimal
    low: bool


class IssueIn(Sent):
    """So much of an item for a session or an order, or for neither."""

    quantity: Amount
    session: Number | None = None
    order: str = ""
    words: Annotated[str, Field(max_length=200)] = ""


class MovementOut(Schema):
    """A movement of a lot; below zero went out."""

    id: int
    lot: str
    kind: str
    quantity: Decimal


class NewItem(Sent):
    """Something that a facility keeps in stock; below the minimum its stewards hear so."""

    facility: str
    name: Annotated[str, Field(min_length=1, max_length=120)]
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    minimum: Amount = Decimal(0)
    price_cny: Annotated[Decimal | None, Field(ge=0, max_digits=12, decimal_places=2)] = None
    supplier: Annotated[str, Field(max_length=120)] = ""
    code: Annotated[str, Field(max_length=60)] = ""


class ItemOut(NewItem):
    """An item as it is kept; one that is `ended` is kept no longer."""

    id: int
    ended: bool
    synthetic: bool


class LotOut(Schema):
    """A lot of an item, and what is left of it."""

    id: int
    number: str
    left: Decimal
    expires_on: date | None
    place: str


class BackIn(Sent):
    """So much of an issue, by the number of its movement, came back."""

    movement: Number
    quantity: Amount


class CountIn(Sent):
    """What was counted of a lot."""

    lot: Number
    found: Amount
    words: Annotated[str, Field(max_length=200)] = ""


class DisposeIn(Sent):
    """So much of a lot was thrown away, and why."""

    lot: Number
    quantity: Amount
    words: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/stock", response=Page[LevelOut], summary="What is left")
def levels(request: HttpRequest, paged: Annotated[Paged, Query()], low: bool = False) -> Any:
    """The items of the facilities in one's care; ``low`` gives those to order alone."""
    mine = stock.facilities_of(signed_in(request))
    rows = [one for one in stock.levels(mine, on=timezone.localdate()) if one.low or not low]
    found, following = among(rows, paged, lambda one: one.item.pk)
    items = [
        {
            "id": one.item.pk, "name": one.item.name, "unit": one.item.unit, "left": one.left, "expired": one.expired,
            "minimum": one.item.minimum, "low": one.low,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post(
    "/stock/{int:id}/issue", response={201: list[MovementOut], 200: list[MovementOut]}, summary="Issue from stock"
)
@keeps_key
def issue(request: HttpRequest, id: int, sent: IssueIn, idempotency_key: Key = "") -> Any:
    """What expires first goes out first: 201 when this request took it, 200 when it was taken under the same key."""
    now = timezone.now()
    item = _found(id)
    session = get_object_or_404(Session.objects.select_related("instrument"), pk=sent.session) if sent.session else None
    order = get_object_or_404(Order, key=sent.order) if sent.order else None
    made = stock.issue(
        item=item, person=signed_in(request), quantity=sent.quantity, session=session, order=order,
        words=sent.words, now=now, request_key=idempotency_key,
    )  # fmt: skip
    return Status(201 if made[0].at == now else 200, [_movement(one) for one in made])


@router.post("/stock/{int:id}/receive", response={201: MovementOut, 200: MovementOut}, summary="Receive into stock")
@keeps_key
def receive(request: HttpRequest, id: int, sent: ReceiveIn, idempotency_key: Key = "") -> Any:
    """A lot came in: 201 when this request brought it, 200 when it was brought under the same key."""
    now = timezone.now()
    item = _found(id)
    one = stock.receive(
        item=item, person=signed_in(request), now=now, request_key=idempotency_key, **sent.dict()
    )  # fmt: skip
    return Status(201 if one.at == now else 200, _movement(one))


@router.post("/stock", response={201: ItemOut}, summary="Keep something in stock")
def add(request: HttpRequest, sent: NewItem) -> Any:
    """The facility keeps the item; for its stewards."""
    facility, facts = get_object_or_404(Facility, key=sent.facility), sent.dict(exclude={"facility"})
    return Status(201, _item(stock.add(facility=facility, person=signed_in(request), now=timezone.now(), **facts)))


@router.post("/stock/{int:id}/end", response=ItemOut, summary="Keep something no longer")
def end(request: HttpRequest, id: int) -> Any:
    """The item is kept no longer; not while something of it is left."""
    found = _found(id)
    stock.end(item=found, person=signed_in(request), now=timezone.now())
    return _item(_found(id))


@router.get("/stock/{int:id}/lots", response=Page[LotOut], summary="The lots of an item")
def lots(request: HttpRequest, id: int, paged: Annotated[Paged, Query()]) -> Any:
    """Every lot with what is left of it; for the stewards of the facility."""
    item = _found(id)
    stock.require(item.facility, signed_in(request))
    found, following = page(StockLot.objects.filter(item=item), paged)
    names = ("number", "left", "expires_on", "place")
    return {"items": [{"id": one.pk} | {name: getattr(one, name) for name in names} for one in found],
            "next": following}  # fmt: skip


@router.post("/stock/{int:id}/back", response={201: MovementOut}, summary="Take an issue back")
def give_back(request: HttpRequest, id: int, sent: BackIn) -> Any:
    """So much of the issue is in its lot again and not charged; never more than went out."""
    rows = StockMovement.objects.select_related("lot__item__facility", "session", "order")
    found = get_object_or_404(rows, pk=sent.movement, lot__item=id)
    made = stock.give_back(movement=found, person=signed_in(request), quantity=sent.quantity, now=timezone.now())
    return Status(201, _movement(made))


@router.post("/stock/{int:id}/count", response=LotOut, summary="Count a lot")
def count(request: HttpRequest, id: int, sent: CountIn) -> Any:
    """The lot holds what was counted; the difference is a movement of its own."""
    found = _lot(id, sent.lot)
    stock.count(lot=found, person=signed_in(request), found=sent.found, now=timezone.now(), words=sent.words)
    again, names = _lot(id, sent.lot), ("number", "left", "expires_on", "place")
    return {"id": again.pk} | {name: getattr(again, name) for name in names}


@router.post("/stock/{int:id}/dispose", response={201: MovementOut}, summary="Throw something away")
def dispose(request: HttpRequest, id: int, sent: DisposeIn) -> Any:
    """So much of the lot is gone, with the reason."""
    made = stock.dispose(
        lot=_lot(id, sent.lot), person=signed_in(request), quantity=sent.quantity, words=sent.words, now=timezone.now()
    )
    return Status(201, _movement(made))


def _found(id: int) -> StockItem:
    found: StockItem = get_object_or_404(StockItem.objects.select_related("facility"), pk=id)
    return found


def _lot(item: int, pk: int) -> StockLot:
    found: StockLot = get_object_or_404(StockLot.objects.select_related("item__facility"), pk=pk, item=item)
    return found


def _item(one: StockItem) -> dict[str, Any]:
    names = ("name", "unit", "minimum", "price_cny", "supplier", "code", "synthetic")
    facts = {"id": one.pk, "facility": one.facility.key, "ended": one.ended_at is not None}
    return facts | {name: getattr(one, name) for name in names}


def _movement(one: StockMovement) -> dict[str, Any]:
    return {"id": one.pk, "lot": one.lot.number, "kind": one.kind, "quantity": one.quantity}
