"""/api/samples: a sample with its chain of custody, its hand-overs, its aliquots."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from liqi.access import orders
from liqi.access.commissions import custody
from liqi.access.commissions.custody import HandOver
from liqi.access.models import Sample, StoragePlace
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["samples"], auth=SIGNED_IN)

Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=4, ge=0)]
Degrees = Annotated[Decimal, Field(max_digits=5, decimal_places=1, ge=-273, le=999)]


class HandOverIn(Sent):
    """What is written down at a hand-over."""

    verb: str
    place: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    slot: Annotated[str, Field(max_length=4)] = ""
    giver: Annotated[str, Field(max_length=120)] = ""
    temperature_c: Degrees | None = None
    condition: str = ""
    quantity: Amount | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class SampleOut(Schema):
    """A sample as it stands; `place` is the number of the storage place, blank where it is not in the facility."""

    key: str
    number: int
    name: str
    kind: str
    matrix: str
    quantity: Decimal | None
    unit: str
    container: str
    hazards: list[str]
    storage: str
    barcode: str
    note: str
    facts: dict[str, Any]
    state: str
    slot: str
    keep_until: date | None
    synthetic: bool
    place: int | None


class Link(Schema):
    """One hand-over: who wrote it down, who gave the sample, where it went, how it was found."""

    number: int
    verb: str
    at: datetime
    giver: str
    slot: str
    temperature_c: Decimal | None
    condition: str
    quantity: Decimal | None
    note: str
    person: str
    place: int | None


class Doubt(Schema):
    """What is doubtful in the chain, at the link of this number."""

    number: int
    words: str


class SampleWithChain(SampleOut):
    """A sample with its order, its chain of custody and what is doubtful in it."""

    order: str
    custody: list[Link]
    gaps: list[Doubt]


@router.get("/{key}", response=SampleWithChain, summary="One sample")
def sample(request: HttpRequest, key: str) -> Any:
    """The sample with its chain of custody and what is doubtful in it."""
    return _with_chain(_found(request, key))


@router.post("/{key}/custody", response={201: SampleWithChain}, summary="Hand a sample over")
def hand_over(request: HttpRequest, key: str, wish: HandOverIn) -> Any:
    """The next link of the chain: send, receive, move, take, consume, count, return or dispose."""
    found = _found(request, key)
    place = get_object_or_404(StoragePlace, pk=wish.place) if wish.place is not None else None
    facts = HandOver(place, wish.slot, wish.giver, wish.temperature_c, wish.condition, wish.quantity, wish.note)
    custody.hand_over(sample=found, verb=wish.verb, person=signed_in(request), now=timezone.now(), facts=facts)
    return Status(201, _with_chain(_found(request, key)))


@router.post("/{key}/aliquots", response={201: list[SampleOut]}, summary="Split a sample")
def split(request: HttpRequest, key: str, parts: list[Amount]) -> Any:
    """As many aliquots as amounts are given, each with a label and a chain of its own."""
    made = custody.split(sample=_found(request, key), parts=parts, person=signed_in(request), now=timezone.now())
    return Status(201, [sample_shown(one) for one in made])


def sample_shown(one: Sample) -> dict[str, Any]:
    """The sample as the interface shows it."""
    names = ("key", "number", "name", "kind", "matrix", "quantity", "unit", "container", "hazards", "storage")
    more = ("barcode", "note", "facts", "state", "slot", "keep_until", "synthetic")
    return {name: getattr(one, name) for name in (*names, *more)} | {"place": one.place_id}


def _with_chain(one: Sample) -> dict[str, Any]:
    links = list(one.custody.select_related("person", "place"))
    names = ("number", "verb", "at", "giver", "slot", "temperature_c", "condition", "quantity", "note")
    chain = [
        {**{name: getattr(link, name) for name in names}, "person": str(link.person), "place": link.place_id}
        for link in links
    ]
    doubts = [{"number": gap.number, "words": gap.words} for gap in custody.gaps(one, links)]
    return {**sample_shown(one), "order": one.order.key, "custody": chain, "gaps": doubts}


def _found(request: HttpRequest, key: str) -> Sample:
    rows = Sample.objects.select_related("order__service__institution", "order__person", "order__organisation", "place")
    one = get_object_or_404(rows, key=key)
    orders.require_sight(one.order, signed_in(request))
    return one
