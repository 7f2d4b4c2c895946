"""/api/orders: orders of services and the steps they take."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import orders
from liqi.access.commissions import drafts, progress, queue, quoting, results, states, subsidy
from liqi.access.models import Commission, Order, Result
from liqi.access.money import books
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Service
from liqi.web.api import _cursor, _records
from liqi.web.api._cursor import Page, Paged
from liqi.web.api._sent import Sent
from liqi.web.api.samples import SampleOut, sample_shown
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["orders"], auth=SIGNED_IN)

Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=40)]


class NewOrder(Sent):
    """An order to be drafted; for the person's first organisation where no organisation or project is given."""

    service: str
    title: Short = ""
    need: Text
    answers: dict[str, Any] = {}
    fate: str = "dispose"
    purchase_number: Annotated[str, Field(max_length=60)] = ""
    voucher: Number = ""
    organisation: _records.Number | None = None
    project: _records.Number | None = None


class Draft(Sent):
    """What a draft says."""

    answers: dict[str, Any] = {}
    need: Text | None = None
    title: Short | None = None
    fate: str = ""
    purchase_number: Annotated[str, Field(max_length=60)] = ""
    voucher: Number | None = None


class NamedVoucher(Sent):
    """The number of the voucher that pays a part of the order; blank for none."""

    voucher: Number = ""


class Step(Sent):
    """Why a step is taken; needed where the other side must know."""

    reason: Text = ""


class OrderRow(Schema):
    """An order in short; `turn` says whose turn it is."""

    key: str
    title: str
    service: str | None
    state: str
    turn: str
    due_on: date | None
    created_at: datetime
    synthetic: bool


class StepTaken(Schema):
    """A step of the order: who took it, what state came after it."""

    verb: str
    after: str
    at: datetime
    person: str
    reason: str


class ResultOut(Schema):
    """A result of a sample; `text` is how people write it, `coverage` the factor k of the uncertainty."""

    sample: str
    quantity: str
    sign: str
    value: Decimal
    uncertainty: Decimal | None
    coverage: Decimal
    unit: str
    method: str
    at: datetime
    synthetic: bool
    text: str


class VoucherPart(Schema):
    """The voucher that pays a part of the quote that stands; sums are blank before there is one."""

    number: str
    pays: Decimal | None
    rest: Decimal | None
    held: bool
    why_not: str


class OrderOut(OrderRow):
    """An order with its samples and steps; results and conclusion are null until they may be seen."""

    need: str
    answers: dict[str, Any]
    form_version: int
    fate: str
    voucher: VoucherPart | None
    samples: list[SampleOut]
    steps: list[StepTaken]
    results: list[ResultOut] | None
    conclusion: str | None


@router.get("", response=Page[OrderRow], summary="Orders of services")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], side: str = "customer", state: str = "") -> Any:
    """The person's orders, or with ``side=facility`` those that they answer for."""
    person = signed_in(request)
    rows: QuerySet[Order] = queue.rows(person) if side == "facility" else queue.mine(person)
    rows = rows.filter(kind=Order.Kind.COMMISSIONED)
    if state:
        rows = rows.filter(commission__state=state)
    found, following = _cursor.page(rows, paged)
    return {"items": [_short(one.commission, one) for one in found], "next": following}


@router.post("", response={201: OrderOut}, summary="Draft an order")
def make(request: HttpRequest, wish: NewOrder) -> Any:
    """The draft of an order on a service; its samples come next, then the step `submit`."""
    person, now = signed_in(request), timezone.now()
    service = get_object_or_404(Service.objects.select_related("institution", "facility"), key=wish.service)
    made = orders.draft(
        service=service, person=person, now=now, **wish.dict(exclude={"service", "organisation", "project"}),
        organisation=get_object_or_404(Organisation, pk=wish.organisation) if wish.organisation else None,
        project=get_object_or_404(Project, pk=wish.project) if wish.project else None,
    )  # fmt: skip
    return Status(201, whole(commission_of(request, made.key), person))


@router.get("/{key}", response=OrderOut, summary="One order")
def show(request: HttpRequest, key: str) -> Any:
    """The order with its samples, steps, and, once it may be seen, its results."""
    return whole(commission_of(request, key), signed_in(request))


@router.patch("/{key}", response=OrderOut, summary="Change a draft")
def change(request: HttpRequest, key: str, draft: Draft) -> Any:
    """The draft says this."""
    person, commission = signed_in(request), commission_of(request, key)
    drafts.write(commission=commission, person=person, now=timezone.now(), **draft.dict())
    return whole(commission_of(request, key), person)


@router.put("/{key}/voucher", response=OrderOut, summary="Name the voucher that pays a part")
def name_voucher(request: HttpRequest, key: str, wish: NamedVoucher) -> Any:
    """The voucher pays a part of the order, held at once where a quote is accepted; 422 with why it cannot."""
    person, commission = signed_in(request), commission_of(request, key)
    subsidy.name(commission=commission, number=wish.voucher, person=person, now=timezone.now())
    return whole(commission_of(request, key), person)


@router.post("/{key}/steps/{verb}", response=OrderOut, summary="Take a step")
def step(request: HttpRequest, key: str, verb: str, why: Step) -> Any:
    """The order makes this step of the table; one that is not possible now is answered 422 with what is."""
    person = signed_in(request)
    progress.take(
        commission=commission_of(request, key), verb=verb, person=person, now=timezone.now(), reason=why.reason
    )
    return whole(commission_of(request, key), person)


def _short(commission: Commission, order: Order) -> dict[str, Any]:
    return {
        "key": order.key, "title": order.title, "service": order.service.key if order.service else None,
        "state": commission.state, "turn": states.turn_of(commission.state), "due_on": commission.due_on,
        "created_at": order.created_at, "synthetic": order.synthetic,
    }  # fmt: skip


def whole(commission: Commission, person: Person) -> dict[str, Any]:
    """The order as the person may see it."""
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
        "samples": [sample_shown(one) for one in rows],
        "steps": [
            {"verb": one.verb, "after": one.after, "at": one.at, "person": str(one.person), "reason": one.reason}
            for one in commission.steps.select_related("person")
        ],
        "results": [result_shown(one) for row in rows for one in row.results.all()] if sees else None,
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


def result_shown(one: Result) -> dict[str, Any]:
    """The result as the interface shows it."""
    names = ("quantity", "sign", "value", "uncertainty", "coverage", "unit", "method", "at", "synthetic")
    return {"sample": one.sample.key, **{name: getattr(one, name) for name in names}, "text": results.shown(one)}


def commission_of(request: HttpRequest, key: str) -> Commission:
    """The commission of this key; 404 where there is none, 403 where the person may not see it."""
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
