"""/api/money: what a time costs, quotes, charges, invoices, credit notes, payments, budgets and vouchers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.commissions import quoting
from liqi.access.models import Charge, Invoice, Payment, Quote, Refund, Voucher
from liqi.access.money import books, charges, credit_notes, invoices, refunds, tables
from liqi.accounts import membership
from liqi.catalogue.models import Instrument
from liqi.web.api import _cursor
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
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
    """A quote, charge or invoice in short; what a quote or charge is of, and what a voucher pays of an invoice."""

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
    order: str | None = None
    booking: int | None = None
    session: int | None = None
    voucher: Decimal | None = None


class Account(Schema):
    """A budget or voucher with what is left of it."""

    id: int
    title: str
    payer: str
    left: Decimal
    held: Decimal
    state: str


class CreditedLine(Sent):
    """A line of the invoice, counted from 1, and what of it is credited, tax excluded; null for all that is left."""

    line: Annotated[int, Field(ge=1)]
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)] | None = None


class CreditAsked(Sent):
    """The lines of an invoice that are credited, and why."""

    lines: Annotated[list[CreditedLine], Field(min_length=1, max_length=500)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Received(Schema):
    """A payment that came in; `open` is matched to no invoice and not given back."""

    id: int
    received_on: date
    amount: Decimal
    matched: Decimal
    refunded: Decimal
    open: Decimal
    payer: str
    reference: str
    synthetic: bool


class RefundAsked(Sent):
    """How much went back on which day; an amount of null gives back all that is open."""

    paid_on: date
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)] | None = None
    reference: Annotated[str, Field(max_length=300)] = ""


class Returned(Schema):
    """Money that went back, and the payment as it stands now."""

    id: int
    amount: Decimal
    paid_on: date
    reference: str
    payment: Received


class Decision(Sent):
    """The charges that a steward decides at once, all or none."""

    charges: Annotated[list[Number], Field(min_length=1, max_length=500)]
    reason: Annotated[str, Field(max_length=300)] = ""


@router.get("/price", response=Price, summary="What a time costs me")
def price(request: HttpRequest, instrument: str, start: datetime, end: datetime) -> Any:
    """The price of a period for who asks, line by line; 404 where none is on record."""
    if start.tzinfo is None or end.tzinfo is None or not start < end:
        raise ValueError(_("Found no two moments with a time zone, the end after the start; send such as %(example)s.")
                         % {"example": "2026-11-23T09:00:00+08:00"})  # fmt: skip
    thing = get_object_or_404(Instrument.objects.select_related("institution__organisation"), key=instrument)
    home = membership.home_of(signed_in(request))
    found = tables.of_instrument(thing, organisation=home, starts_at=start, ends_at=end)
    if found is None:
        raise Http404(_("Found no price on record; ask the stewards of the instrument for a quote."))
    lines = [line.as_json() for line in found.lines]
    return {"lines": lines, "net": found.net, "tax": found.tax, "gross": found.gross,
            "tax_percent": found.tax_percent, "table": found.table}  # fmt: skip


@router.get("/quotes", response=Page[Bill], summary="Quotes")
def list_quotes(request: HttpRequest, paged: Asked) -> Any:
    """Quotes made for me and my organisations, and by institutions whose money I look after."""
    person = signed_in(request)
    mine = Q(organisation__memberships__person=person) | Q(person=person) | Q(seller__in=books.kept_by(person))
    return _bills(Quote.objects.filter(mine).select_related("organisation", "person", "order").distinct(), paged)


@router.post("/quotes/{str:number}/{str:answer}", response=Bill, summary="Accept, decline or withdraw a quote")
def answer_quote(request: HttpRequest, number: str, answer: str) -> Any:
    """The quote is accepted, declined or withdrawn."""
    quote = get_object_or_404(Quote.objects.select_related("organisation", "person", "seller", "order"), number=number)
    return bill(quoting.answer(quote=quote, verb=answer, person=signed_in(request), now=timezone.now()))


@router.get("/charges", response=Page[Bill], summary="Charges of my institutions")
def list_charges(request: HttpRequest, paged: Asked, state: Annotated[str, Query()] = "proposed") -> Any:
    """Charges in that state at institutions whose money I look after."""
    kept = books.kept_by(signed_in(request))
    rows = Charge.objects.filter(seller__in=kept, state=one_of(state, Charge.State.values))
    return _bills(rows.select_related("organisation", "person", "order"), paged)


@router.post("/charges/{str:step}", response=list[Bill], summary="Confirm, waive or undo charges")
def decide_charges(request: HttpRequest, step: str, asked: Decision) -> Any:
    """All of the charges are confirmed, waived or proposed again; sending it again changes nothing."""
    person, now = signed_in(request), timezone.now()
    rows = list(Charge.objects.filter(pk__in=asked.charges))
    if one_of(step, ("confirm", "waive", "undo")) == "waive":
        done = charges.waive(rows, reason=asked.reason, person=person, now=now)
    else:
        done = (charges.confirm if step == "confirm" else charges.undo)(rows, person=person, now=now)
    return [bill(each) for each in done]


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
    return bill(invoice)


@router.post("/invoices/{str:number}/credit-notes", response={201: Bill}, summary="Credit lines of an invoice")
def credit_lines(request: HttpRequest, number: str, asked: CreditAsked) -> Any:
    """A numbered credit note takes so much off these lines; what was paid too much is matched to nothing any more."""
    invoice = get_object_or_404(Invoice.objects.select_related("organisation", "person", "seller"), number=number)
    parts = {one.line: one.amount for one in asked.lines}
    if len(parts) < len(asked.lines):
        raise ValueError(_("Found a line twice; give each line once."))
    note = credit_notes.write(
        invoice, parts, reason=asked.reason, person=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return Status(201, bill(note))


@router.get("/payments", response=Page[Received], summary="Payments to my institutions")
def list_payments(request: HttpRequest, paged: Asked, open: bool = False) -> Any:
    """Money that came in at institutions whose money I look after; ``open`` gives what is matched to nothing alone."""
    rows = Payment.objects.filter(seller__in=books.kept_by(signed_in(request)))
    if open:
        rows = rows.filter(matched__lt=F("amount") - F("refunded"))
    found, following = _cursor.page(rows, paged)
    return {"items": [received(each) for each in found], "next": following}


@router.post("/payments/{int:id}/refunds", response={201: Returned}, summary="Give a payment back")
def give_back(request: HttpRequest, id: int, asked: RefundAsked) -> Any:
    """So much of what is open of the payment went back out of the bank."""
    payment = get_object_or_404(Payment.objects.select_related("seller"), pk=id)
    made = refunds.give(payment, person=signed_in(request), now=timezone.now(), **asked.dict())
    payment.refresh_from_db()
    facts = {"id": made.pk, "amount": made.amount, "paid_on": made.paid_on, "reference": made.reference}
    return Status(201, facts | {"payment": received(payment)})


@router.delete("/refunds/{int:id}", response={204: None}, summary="Undo a refund")
def undo_refund(request: HttpRequest, id: int) -> Any:
    """The money did not go out, or came back; the payment is open again."""
    made = get_object_or_404(Refund.objects.select_related("payment__seller", "entry"), pk=id)
    refunds.undo(made, person=signed_in(request), now=timezone.now())
    return Status(204, None)


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


def received(payment: Payment) -> dict[str, Any]:
    """The payment as the interface shows it."""
    names = ("received_on", "amount", "matched", "refunded", "open", "payer", "reference", "synthetic")
    return {"id": payment.pk, **{name: getattr(payment, name) for name in names}}


def _bills(rows: Any, paged: Paged) -> dict[str, Any]:
    found, following = _cursor.page(rows, paged)
    return {"items": [bill(each) for each in found], "next": following}


def bill(made: Any) -> dict[str, Any]:
    """A quote, charge or invoice as the interface shows it."""
    order = getattr(made, "order", None)
    on = getattr(made, "issued_on", None) or getattr(made, "used_on", None) or made.made_at.date()
    return {
        "id": made.pk, "number": getattr(made, "number", getattr(made, "cause", "")),
        "title": getattr(made, "title", ""), "kind": getattr(made, "kind", "quote"), "state": made.state,
        "payer": books.named(made.organisation, made.person), "net": made.net, "tax": made.tax, "gross": made.gross,
        "lines": [{"quantity": 0, "price": 0, "amount": 0} | line for line in made.lines], "on": on,
        "due_on": getattr(made, "due_on", getattr(made, "valid_until", None)), "open": getattr(made, "open", None),
        "order": order.key if order is not None else None, "booking": getattr(made, "booking_id", None),
        "session": getattr(made, "session_id", None), "voucher": getattr(made, "voucher", None),
    }  # fmt: skip
