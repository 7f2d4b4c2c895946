"""/api/money: charges corrected, invoices written and taken back, payments recorded and matched, months closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from liqi.access.models import Budget, Charge, ClosedMonth, Invoice, Payment, PaymentMatch
from liqi.access.money import books, charges, invoices, ledger, payments, quotes
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.api.money import Bill, Received, bill, received, router
from liqi.web.asked import signed_in

__all__ = ["router"]

Sum = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
MOST_BYTES = 5_000_000

# The addresses stand in the router of `money`, for one address answers GET there and POST here.


class CorrectedLine(Sent):
    """A line of a charge as it should be."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class ChargeCorrected(Sent):
    """The lines that a charge should have, and why."""

    lines: Annotated[list[CorrectedLine], Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class PaidBy(Sent):
    """The budget that pays, by number; null for an invoice."""

    budget: Number | None


class ToInvoice(Sent):
    """The confirmed charges of one payer at one institution that stand on one invoice, and when it is due."""

    charges: Annotated[list[Number], Field(min_length=1, max_length=500)]
    due_on: date | None = None


class TakenBack(Sent):
    """Why the invoice is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class PaymentIn(Sent):
    """Money that is in the bank; the same `source`, such as the bank's own number, is the same payment."""

    seller: str
    received_on: date
    amount: Sum
    payer: Annotated[str, Field(max_length=200)] = ""
    reference: Annotated[str, Field(max_length=300)] = ""
    source: Annotated[str, Field(max_length=60)] = ""


class MatchIn(Sent):
    """The invoice that the payment pays, by number, and how much; null for all that fits."""

    invoice: Annotated[str, Field(min_length=1, max_length=40)]
    amount: Sum | None = None


class MatchOut(Schema):
    """So much of a payment pays an invoice."""

    id: int
    invoice: str
    amount: Decimal
    payment: Received


class BankList(Schema):
    """How many payments of the bank's list are new, and how many were there."""

    new: int
    known: int


class MonthIn(Sent):
    """The institution, and the month that is closed, such as 2026-10."""

    seller: str
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class MonthOut(Schema):
    """A month in which nothing is written any more."""

    seller: str
    month: str
    closed_by: str


@router.put("/charges/{int:id}/lines", response=Bill, summary="Correct a charge")
def correct(request: HttpRequest, id: int, sent: ChargeCorrected) -> Any:
    """A proposed charge has other lines, with the reason on record."""
    lines = quotes.lines_of([line.dict() for line in sent.lines])
    made = charges.correct(
        _charge(id), lines=lines, reason=sent.reason, person=signed_in(request), now=timezone.now()
    )  # fmt: skip
    return bill(made)


@router.put("/charges/{int:id}/payer", response=Bill, summary="Say what pays a charge")
def pay_by(request: HttpRequest, id: int, sent: PaidBy) -> Any:
    """The charge is paid from this budget of the group, or stands on an invoice."""
    found, person = _charge(id), signed_in(request)
    books.require(person, found.seller)
    budget = get_object_or_404(Budget, pk=sent.budget) if sent.budget is not None else None
    return bill(charges.pay_by(found, budget, person=person, now=timezone.now()))


@router.post("/invoices", response={201: Bill}, summary="Write an invoice")
def write(request: HttpRequest, sent: ToInvoice) -> Any:
    """The charges stand on one numbered invoice; their payer and leads are told."""
    person = signed_in(request)
    rows = list(Charge.objects.filter(pk__in=sent.charges, seller__in=books.kept_by(person)))
    if len(rows) < len(set(sent.charges)):
        raise Unable(_("Found charges that there are not; choose charges of the list."))
    return Status(201, bill(invoices.write(rows, person=person, now=timezone.now(), due_on=sent.due_on)))


@router.post("/invoices/{str:number}/take-back", response={201: Bill}, summary="Take an invoice back")
def take_back(request: HttpRequest, number: str, sent: TakenBack) -> Any:
    """A numbered credit note takes the whole invoice back; its charges can be corrected and invoiced anew."""
    made = invoices.take_back(_invoice(number), reason=sent.reason, person=signed_in(request), now=timezone.now())
    return Status(201, bill(made))


@router.post("/payments", response={201: Received}, summary="Record a payment")
def record(request: HttpRequest, sent: PaymentIn) -> Any:
    """The money is on record and pays nothing in particular yet; the same source again gives the first."""
    person, facts = signed_in(request), sent.dict(exclude={"seller"})
    made = payments.record(seller=_seller(sent.seller, person), person=person, now=timezone.now(), **facts)
    made.refresh_from_db()
    return Status(201, received(made))


@router.post("/payments/bank-list", response=BankList, summary="Bring a bank's list in")
def bring_in(request: HttpRequest, seller: Form[str], file: File[UploadedFile]) -> Any:
    """Every row of the bank's CSV that brings money in is a payment, all or none; rows that are there stay one."""
    person = signed_in(request)
    if file.size is None or file.size > MOST_BYTES:
        raise Unable(_("Found no file, or one above 5 MB; choose the bank's list as CSV."))
    made, known = payments.bring_in(_seller(seller, person), file.read(), person=person, now=timezone.now())
    return {"new": len(made), "known": known}


@router.post("/payments/{int:id}/matches", response={201: MatchOut}, summary="Match a payment to an invoice")
def match(request: HttpRequest, id: int, sent: MatchIn) -> Any:
    """So much of the payment pays the invoice; neither goes over."""
    person = signed_in(request)
    found = get_object_or_404(Payment.objects.select_related("seller"), pk=id)
    books.require(person, found.seller)
    made = payments.match(found, _invoice(sent.invoice), person=person, now=timezone.now(), amount=sent.amount)
    found.refresh_from_db()
    facts = {"id": made.pk, "invoice": made.invoice.number, "amount": made.amount}
    return Status(201, facts | {"payment": received(found)})


@router.delete("/matches/{int:id}", response={204: None}, summary="Take a payment off an invoice")
def unmatch(request: HttpRequest, id: int) -> Any:
    """The payment pays that invoice no longer; the ledger says so by a reversal."""
    found = get_object_or_404(PaymentMatch.objects.select_related("payment__seller", "invoice", "entry"), pk=id)
    payments.unmatch(found, person=signed_in(request), now=timezone.now())
    return Status(204, None)


@router.get("/closed-months", response=Page[MonthOut], summary="Closed months")
def months(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Those of the institutions whose money one looks after."""
    rows = ClosedMonth.objects.filter(seller__in=books.kept_by(signed_in(request)))
    found, following = page(rows.select_related("seller", "person"), paged)
    return {"items": [_month(one) for one in found], "next": following}


@router.post("/closed-months", response={201: MonthOut}, summary="Close a month")
def close_month(request: HttpRequest, sent: MonthIn) -> Any:
    """Nothing is written in that month any more; not while it runs or charges of it wait. Nothing undoes it."""
    person, first_on = signed_in(request), date.fromisoformat(f"{sent.month}-01")
    made = ledger.close_month(_seller(sent.seller, person), first_on=first_on, person=person, now=timezone.now())
    return Status(201, _month(made))


def _charge(id: int) -> Charge:
    rows = Charge.objects.select_related("organisation", "person", "seller", "budget", "order")
    found: Charge = get_object_or_404(rows, pk=id)
    return found


def _invoice(number: str) -> Invoice:
    rows = Invoice.objects.select_related("organisation", "person", "seller")
    found: Invoice = get_object_or_404(rows, number=number)
    return found


def _seller(key: str, person: Person) -> Institution:
    found: Institution = get_object_or_404(Institution, key=key)
    books.require(person, found)
    return found


def _month(one: ClosedMonth) -> dict[str, Any]:
    return {"seller": one.seller.key, "month": f"{one.first_on:%Y-%m}", "closed_by": str(one.person)}
