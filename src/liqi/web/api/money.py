"""/api/money: what a time costs, quotes, charges, invoices, budgets and vouchers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.access.commissions import quoting
from liqi.access.models import Budget, Charge, Invoice, Quote, Voucher
from liqi.access.money import books, charges, invoices, tables
from liqi.accounts import membership
from liqi.catalogue.models import Instrument
from liqi.web.api import _cursor
from liqi.web.api._cursor import Page, Paged
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]


class Line(Schema):
    """One line of a price."""

    unit: str = ""
    text: str = ""
    item: str = ""
    when: str = ""
    user_class: str = ""
    quantity: Decimal
    price: Decimal
    amount: Decimal


class Price(Schema):
    """What a period costs who asks; `table` is blank where the catalogue's price counts."""

    lines: list[Line]
    net: Decimal
    tax: Decimal
    gross: Decimal
    tax_percent: Decimal
    table: str


class Bill(Schema):
    """A quote, charge or invoice in short."""

    id: int
    number: str
    title: str
    kind: str
    state: str
    payer: str
    lines: list[Line]
    net: Decimal
    tax: Decimal
    gross: Decimal
    on: date
    due_on: date | None = None
    open: Decimal | None = None


class Account(Schema):
    """A budget or voucher with what is left of it."""

    id: int
    title: str
    payer: str
    left: Decimal
    held: Decimal
    state: str


class Decision(Schema):
    """The charges that a steward decides at once, all or none."""

    charges: Annotated[list[int], Field(min_length=1, max_length=500)]
    reason: Annotated[str, Field(max_length=300)] = ""


@router.get("/price", response=Price, summary="What a time costs me")
def price(request: HttpRequest, instrument: str, start: datetime, end: datetime) -> Any:
    """The price of a period for who asks, line by line; 404 where none is on record."""
    if start.tzinfo is None or end.tzinfo is None or not start < end:
        raise ValueError("found a period without time zone or that ends before it starts; send two aware moments.")
    thing = get_object_or_404(Instrument.objects.select_related("institution__organisation"), key=instrument)
    home = membership.home_of(signed_in(request))
    found = tables.of_instrument(thing, organisation=home, starts_at=start, ends_at=end)
    if found is None:
        raise Http404("Found no price on record; ask the stewards of the instrument for a quote.")
    lines = [line.as_json() | {"amount": line.amount} for line in found.lines]
    return {"lines": lines, "net": found.net, "tax": found.tax, "gross": found.gross,
            "tax_percent": found.tax_percent, "table": found.table}  # fmt: skip


@router.get("/quotes", response=Page[Bill], summary="Quotes")
def list_quotes(request: HttpRequest, paged: Asked) -> Any:
    """Quotes made for me and my organisations, and by institutions whose money I look after."""
    person = signed_in(request)
    mine = Q(organisation__memberships__person=person) | Q(person=person) | Q(seller__in=books.kept_by(person))
    return _bills(Quote.objects.filter(mine).select_related("organisation", "person").distinct(), paged)


@router.post("/quotes/{str:number}/{str:answer}", response=Bill, summary="Accept, decline or withdraw a quote")
def answer_quote(request: HttpRequest, number: str, answer: str) -> Any:
    """The quote is accepted, declined or withdrawn."""
    quote = get_object_or_404(Quote.objects.select_related("organisation", "person", "seller", "order"), number=number)
    return _bill(quoting.answer(quote=quote, verb=answer, person=signed_in(request), now=timezone.now()))


@router.get("/charges", response=Page[Bill], summary="Charges of my institutions")
def list_charges(request: HttpRequest, paged: Asked, state: Annotated[str, Query()] = "proposed") -> Any:
    """Charges in that state at institutions whose money I look after."""
    rows = Charge.objects.filter(seller__in=books.kept_by(signed_in(request)), state=state)
    return _bills(rows.select_related("organisation", "person"), paged)


@router.post("/charges/{str:step}", response=list[Bill], summary="Confirm, waive or undo charges")
def decide_charges(request: HttpRequest, step: str, asked: Decision) -> Any:
    """All of the charges are confirmed, waived or proposed again; sending it again changes nothing."""
    person, now = signed_in(request), timezone.now()
    rows = list(Charge.objects.filter(pk__in=asked.charges))
    if step == "waive":
        done = charges.waive(rows, reason=asked.reason, person=person, now=now)
    elif step in ("confirm", "undo"):
        done = (charges.confirm if step == "confirm" else charges.undo)(rows, person=person, now=now)
    else:
        raise ValueError(f"found {step[:40]!r}; expected confirm, waive or undo.")
    return [_bill(each) for each in done]


@router.get("/invoices", response=Page[Bill], summary="Invoices")
def list_invoices(request: HttpRequest, paged: Asked) -> Any:
    """Invoices to me and my organisations, and of institutions whose money I look after."""
    person = signed_in(request)
    mine = Q(organisation__memberships__person=person) | Q(organisation=None, person=person)
    rows = Invoice.objects.filter(mine | Q(seller__in=books.kept_by(person)))
    return _bills(rows.select_related("organisation", "person").distinct(), paged)


@router.get("/invoices/{str:number}", response=Bill, summary="One invoice")
def show_invoice(request: HttpRequest, number: str) -> Any:
    """The invoice with its lines."""
    rows = Invoice.objects.select_related("organisation", "person", "seller")
    invoice = get_object_or_404(rows, number=number)
    invoices.require_sight(invoice, signed_in(request))
    return _bill(invoice)


@router.get("/budgets", response=Page[Account], summary="Budgets")
def list_budgets(request: HttpRequest, paged: Asked) -> Any:
    """Budgets of my groups and of institutions whose money I look after, with what is left."""
    person = signed_in(request)
    rows = Budget.objects.filter(Q(organisation__memberships__person=person) | Q(seller__in=books.kept_by(person)))
    rows = rows.select_related("organisation", "available", "reserved").distinct()
    found, following = _cursor.page(rows, paged)
    items = [
        {"id": each.pk, "title": each.title, "payer": str(each.organisation), "left": each.left, "held": each.held,
         "state": "closed" if each.closed else "open"} for each in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get("/vouchers", response=Page[Account], summary="Vouchers of my firms")
def list_vouchers(request: HttpRequest, paged: Asked) -> Any:
    """Vouchers of organisations I act for, with what is left."""
    rows = Voucher.objects.filter(organisation__memberships__person=signed_in(request))
    found, following = _cursor.page(rows.select_related("organisation").distinct(), paged)
    items = [
        {"id": each.pk, "title": each.number, "payer": str(each.organisation), "left": each.left,
         "held": each.reserved, "state": each.state} for each in found
    ]  # fmt: skip
    return {"items": items, "next": following}


def _bills(rows: Any, paged: Paged) -> dict[str, Any]:
    found, following = _cursor.page(rows, paged)
    return {"items": [_bill(each) for each in found], "next": following}


def _bill(made: Any) -> dict[str, Any]:
    on = getattr(made, "issued_on", None) or getattr(made, "used_on", None) or made.made_at.date()
    return {
        "id": made.pk, "number": getattr(made, "number", getattr(made, "cause", "")),
        "title": getattr(made, "title", ""), "kind": getattr(made, "kind", "quote"), "state": made.state,
        "payer": books.named(made.organisation, made.person), "net": made.net, "tax": made.tax, "gross": made.gross,
        "lines": [{"quantity": 0, "price": 0, "amount": 0} | line for line in made.lines], "on": on,
        "due_on": getattr(made, "due_on", getattr(made, "valid_until", None)), "open": getattr(made, "open", None),
    }  # fmt: skip
