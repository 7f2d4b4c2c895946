"""/api/orders and /api/services: forms, orders of services and their steps, samples in bulk, custody, results."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from liqi.access import orders
from liqi.access.commissions import (
    bulk,
    custody,
    drafts,
    forms,
    progress,
    queue,
    quoting,
    results,
    samples,
    states,
    subsidy,
)
from liqi.access.commissions.custody import HandOver
from liqi.access.commissions.samples import Entry
from liqi.access.models import Commission, Order, Result, Sample, StoragePlace
from liqi.access.money import books
from liqi.accounts.models import Person
from liqi.catalogue.models import Service
from liqi.web.api import _cursor
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

services = Router(tags=["services"])
router = Router(tags=["orders"], auth=SIGNED_IN)
sample_router = Router(tags=["samples"], auth=SIGNED_IN)

Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=40)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=4, ge=0)]
Degrees = Annotated[Decimal, Field(max_digits=5, decimal_places=1, ge=-273, le=999)]


class Form(Schema):
    """A form of a service: two JSON Schemas 2020-12, one about the order, one about each sample."""

    version: int
    order: dict[str, Any]
    sample: dict[str, Any]


class NewForm(Schema):
    """The questions of the next version."""

    order: dict[str, Any] = {}
    sample: dict[str, Any] = {}


class NewOrder(Schema):
    """An order to be drafted."""

    service: str
    title: Short = ""
    need: Text
    answers: dict[str, Any] = {}
    fate: str = "dispose"
    voucher: Number = ""


class Draft(Schema):
    """What a draft says."""

    answers: dict[str, Any] = {}
    need: Text | None = None
    title: Short | None = None
    fate: str = ""
    purchase_number: Annotated[str, Field(max_length=60)] = ""
    voucher: Number | None = None


class NamedVoucher(Schema):
    """The number of the voucher that pays a part of the order; blank for none."""

    voucher: Number = ""


class Step(Schema):
    """Why a step is taken; needed where the other side must know."""

    reason: Text = ""


class SampleIn(Schema):
    """A sample as it is written down."""

    name: Annotated[str, Field(max_length=80)]
    kind: str = ""
    matrix: str = ""
    quantity: str = ""
    unit: str = ""
    container: str = ""
    hazards: list[str] = []
    storage: str = ""
    barcode: str = ""
    note: str = ""
    facts: dict[str, Any] = {}


class HandOverIn(Schema):
    """What is written down at a hand-over."""

    verb: str
    place: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    slot: Annotated[str, Field(max_length=4)] = ""
    giver: Annotated[str, Field(max_length=120)] = ""
    temperature_c: Degrees | None = None
    condition: str = ""
    quantity: Amount | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class ResultIn(Schema):
    """One result: the value as text, with < or > before a limit."""

    sample: str
    quantity: Short
    value: Annotated[str, Field(max_length=40)]
    uncertainty: Annotated[str, Field(max_length=40)] = ""
    unit: Annotated[str, Field(max_length=24)] = ""
    method: Annotated[str, Field(max_length=160)] = ""
    coverage: Annotated[str, Field(max_length=8)] = "2"


@services.get("/{key}/form", response=Form, auth=None, summary="The form of a service")
def form(request: HttpRequest, key: str) -> Any:
    """The newest version; version 0 without questions where the service has none."""
    found = forms.newest(get_object_or_404(Service, key=key))
    if found is None:
        return {"version": 0, "order": {}, "sample": {}}
    return {"version": found.version, "order": found.schema, "sample": found.sample_schema}


@services.put("/{key}/form", response=Form, auth=SIGNED_IN, summary="A new version of the form")
def define(request: HttpRequest, key: str, wish: NewForm) -> Any:
    """The schemas become the form that new orders answer; the same schemas again make no new version."""
    made = forms.define(
        service=get_object_or_404(Service.objects.select_related("institution"), key=key),
        fields=forms.fields_of(wish.order), sample_fields=forms.fields_of(wish.sample),
        person=signed_in(request), now=timezone.now(),
    )  # fmt: skip
    return {"version": made.version, "order": made.schema, "sample": made.sample_schema}


@router.get("", summary="Orders of services")
def listed(
    request: HttpRequest, side: str = "customer", state: str = "", cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=_cursor.MOST)] = 50,
) -> Any:  # fmt: skip
    """The person's orders, or with ``side=facility`` those that they answer for; by id, `next` is the next cursor."""
    person = signed_in(request)
    rows: QuerySet[Order] = queue.rows(person) if side == "facility" else queue.mine(person)
    rows = rows.filter(kind=Order.Kind.COMMISSIONED)
    if state:
        rows = rows.filter(commission__state=state)
    found, more = _cursor.page(rows, cursor, limit)
    return {"items": [_short(one.commission, one) for one in found], "next": more}


@router.post("", response={201: dict[str, Any]}, summary="Draft an order")
def make(request: HttpRequest, wish: NewOrder) -> Any:
    """The draft of an order on a service; its samples come next, then the step `submit`."""
    person, now = signed_in(request), timezone.now()
    service = get_object_or_404(Service.objects.select_related("institution", "facility"), key=wish.service)
    with transaction.atomic():
        made = orders.open(
            person=person, title=wish.title or wish.need.partition("\n")[0], need=wish.need, service=service, now=now
        )
        drafts.write(
            commission=made.commission,
            answers=wish.answers,
            person=person,
            now=now,
            fate=wish.fate,
            voucher=wish.voucher,
        )
    return Status(201, _whole(_commission(request, made.key), person))


@router.get("/{key}", summary="One order")
def show(request: HttpRequest, key: str) -> Any:
    """The order with its samples, steps, and, once it may be seen, its results."""
    return _whole(_commission(request, key), signed_in(request))


@router.patch("/{key}", summary="Change a draft")
def change(request: HttpRequest, key: str, draft: Draft) -> Any:
    """The draft says this."""
    person, commission = signed_in(request), _commission(request, key)
    drafts.write(commission=commission, person=person, now=timezone.now(), **draft.dict())
    return _whole(_commission(request, key), person)


@router.put("/{key}/voucher", summary="Name the voucher that pays a part")
def name_voucher(request: HttpRequest, key: str, wish: NamedVoucher) -> Any:
    """The voucher pays a part of the order, held at once where a quote is accepted; 422 with why it cannot."""
    person, commission = signed_in(request), _commission(request, key)
    subsidy.name(commission=commission, number=wish.voucher, person=person, now=timezone.now())
    return _whole(_commission(request, key), person)


@router.post("/{key}/steps/{verb}", summary="Take a step")
def step(request: HttpRequest, key: str, verb: str, why: Step) -> Any:
    """The order makes this step of the table; one that is not possible now is answered 422 with what is."""
    person = signed_in(request)
    progress.take(commission=_commission(request, key), verb=verb, person=person, now=timezone.now(), reason=why.reason)
    return _whole(_commission(request, key), person)


@router.post("/{key}/samples", response={201: list[dict[str, Any]]}, summary="Register samples")
def register(request: HttpRequest, key: str, wish: list[SampleIn]) -> Any:
    """All of the samples are registered, or none; the problems say which rows are wrong."""
    entries = [Entry(**{**one.dict(), "hazards": tuple(one.hazards)}) for one in wish]
    order = _commission(request, key).order
    made = samples.register(order=order, entries=entries, person=signed_in(request), now=timezone.now())
    return Status(201, [_sample(one) for one in made])


@router.post("/{key}/samples/file", response={201: list[dict[str, Any]]}, summary="Register samples of a spreadsheet")
def register_file(request: HttpRequest, key: str, file: File[UploadedFile]) -> Any:
    """A CSV, XLSX or ODS file; all of its samples are registered, or none."""
    order = _commission(request, key).order
    sheet = bulk.read(order, file.read(), name=file.name or "")
    if sheet.problems:
        raise samples.WrongSamples(sheet.problems)
    made = samples.register(order=order, entries=sheet.entries, person=signed_in(request), now=timezone.now())
    return Status(201, [_sample(one) for one in made])


@router.post("/{key}/results", response={201: list[dict[str, Any]]}, summary="Write results down")
def write(request: HttpRequest, key: str, wish: list[ResultIn]) -> Any:
    """The results stand beside their samples, all or none."""
    readings = [results.Reading(**one.dict()) for one in wish]
    order = _commission(request, key).order
    made = results.write(order=order, readings=readings, person=signed_in(request), now=timezone.now())
    return Status(201, [_result(one) for one in made])


@sample_router.get("/{key}", summary="One sample")
def sample(request: HttpRequest, key: str) -> Any:
    """The sample with its chain of custody and what is doubtful in it."""
    return _with_chain(_found(request, key))


@sample_router.post("/{key}/custody", response={201: dict[str, Any]}, summary="Hand a sample over")
def hand_over(request: HttpRequest, key: str, wish: HandOverIn) -> Any:
    """The next link of the chain: send, receive, move, take, consume, count, return or dispose."""
    found = _found(request, key)
    place = get_object_or_404(StoragePlace, pk=wish.place) if wish.place is not None else None
    facts = HandOver(place, wish.slot, wish.giver, wish.temperature_c, wish.condition, wish.quantity, wish.note)
    custody.hand_over(sample=found, verb=wish.verb, person=signed_in(request), now=timezone.now(), facts=facts)
    return Status(201, _with_chain(_found(request, key)))


@sample_router.post("/{key}/aliquots", response={201: list[dict[str, Any]]}, summary="Split a sample")
def split(request: HttpRequest, key: str, parts: list[Amount]) -> Any:
    """As many aliquots as amounts are given, each with a label and a chain of its own."""
    made = custody.split(sample=_found(request, key), parts=parts, person=signed_in(request), now=timezone.now())
    return Status(201, [_sample(one) for one in made])


def _short(commission: Commission, order: Order) -> dict[str, Any]:
    return {
        "key": order.key, "title": order.title, "service": order.service.key if order.service else None,
        "state": commission.state, "turn": states.turn_of(commission.state), "due_on": commission.due_on,
        "created_at": order.created_at, "synthetic": order.synthetic,
    }  # fmt: skip


def _whole(commission: Commission, person: Person) -> dict[str, Any]:
    order = commission.order
    rows = list(order.samples.prefetch_related("results"))
    sees = results.seen_by(order, person)
    return {
        **_short(commission, order),
        "need": order.need,
        "answers": commission.answers,
        "form_version": commission.form.version if commission.form else 0,
        "fate": commission.fate,
        "voucher": _split(order, commission),
        "samples": [_sample(one) for one in rows],
        "steps": [
            {"verb": one.verb, "after": one.after, "at": one.at, "person": str(one.person), "reason": one.reason}
            for one in commission.steps.select_related("person")
        ],
        "results": [_result(one) for row in rows for one in row.results.all()] if sees else None,
        "conclusion": commission.conclusion if sees else None,
    }


def _split(order: Order, commission: Commission) -> dict[str, Any] | None:
    """Which voucher pays what of the quote that stands; the sums are blank before there is one."""
    quote = quoting.standing(order)
    split = subsidy.split(order, quote.gross, on=books.day_of(timezone.now())) if quote else None
    if split is not None:
        number, why_not = split.voucher.number, split.why_not
        return {"number": number, "pays": split.pays, "rest": split.rest, "held": split.held, "why_not": why_not}
    if commission.voucher is None:
        return None
    return {"number": commission.voucher.number, "pays": None, "rest": None, "held": False, "why_not": ""}


def _sample(one: Sample) -> dict[str, Any]:
    names = ("key", "number", "name", "kind", "matrix", "quantity", "unit", "container", "hazards", "storage")
    more = ("barcode", "note", "facts", "state", "slot", "keep_until", "synthetic")
    return {name: getattr(one, name) for name in (*names, *more)} | {"place": one.place_id}


def _result(one: Result) -> dict[str, Any]:
    names = ("quantity", "sign", "value", "uncertainty", "coverage", "unit", "method", "at", "synthetic")
    return {"sample": one.sample.key, **{name: getattr(one, name) for name in names}, "text": results.shown(one)}


def _with_chain(one: Sample) -> dict[str, Any]:
    links = list(one.custody.select_related("person", "place"))
    names = ("number", "verb", "at", "giver", "slot", "temperature_c", "condition", "quantity", "note")
    chain = [
        {**{name: getattr(link, name) for name in names}, "person": str(link.person), "place": link.place_id}
        for link in links
    ]
    doubts = [{"number": gap.number, "words": gap.words} for gap in custody.gaps(one, links)]
    return {**_sample(one), "order": one.order.key, "custody": chain, "gaps": doubts}


def _commission(request: HttpRequest, key: str) -> Commission:
    rows = Commission.objects.select_related(
        "order__service__institution",
        "order__service__facility",
        "order__person",
        "order__organisation",
        "form",
        "voucher",
    )
    commission = get_object_or_404(rows, order__key=key)
    orders.require_sight(commission.order, signed_in(request))
    return commission


def _found(request: HttpRequest, key: str) -> Sample:
    rows = Sample.objects.select_related("order__service__institution", "order__person", "order__organisation", "place")
    one = get_object_or_404(rows, key=key)
    orders.require_sight(one.order, signed_in(request))
    return one


__all__ = ["router", "sample_router", "services"]
