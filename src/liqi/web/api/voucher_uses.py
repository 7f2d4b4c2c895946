"""/api/money/voucher-uses: what vouchers pay of orders, the documents that prove it, batches handed in and paid."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from liqi.access.commissions import subsidy
from liqi.access.models import Order, VoucherBatch, VoucherUse
from liqi.access.money import books, redemption
from liqi.access.money.refusal import Unable
from liqi.web import voucher_uses
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)


class UseOfVoucher(Schema):
    """A part of a voucher for one order; `lacks` are the documents to add before it can be handed in."""

    id: int
    voucher: str
    programme: str
    order: str
    seller: str
    contract: Decimal
    amount: Decimal
    state: str
    invoice: str
    batch: str
    lacks: list[str]
    at: datetime
    synthetic: bool


class UseAsked(Sent):
    """The order by key and the voucher by number."""

    order: str
    voucher: str


class DocumentOut(Schema):
    """A document that is kept with a use."""

    kind: str
    name: str
    sha256: str
    size: int


class HandedIn(Sent):
    """The uses that go to the authority at once, by number: of one programme and one institution."""

    uses: Annotated[list[Number], Field(min_length=1, max_length=500)]


class BatchOut(Schema):
    """What was handed in under one number, and when it was paid."""

    number: str
    programme: str
    seller: str
    state: str
    made: datetime
    paid_on: date | None


class SettlementLine(Schema):
    """One line of the settlement file: its columns by name."""

    line: int
    columns: dict[str, str]


@router.get("/voucher-uses", response=Page[UseOfVoucher], summary="What vouchers pay")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], state: str = "") -> Any:
    """Uses by my firms, and at institutions whose money I look after."""
    person = signed_in(request)
    firms = person.memberships.values("organisation")
    rows = voucher_uses.rows().filter(Q(voucher__organisation__in=firms) | Q(seller__in=books.kept_by(person)))
    rows = rows.filter(state=state) if state else rows
    found, following = page(rows.select_related("batch"), paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("/voucher-uses", response={201: UseOfVoucher}, summary="Pay an order by voucher")
def use(request: HttpRequest, sent: UseAsked) -> Any:
    """The voucher's part of the order's accepted quote is held for it; for who acts for the firm."""
    person = signed_in(request)
    mine = Order.objects.filter(organisation__memberships__person=person).distinct()
    made = subsidy.use(
        order=get_object_or_404(mine, key=sent.order), number=sent.voucher, person=person, now=timezone.now()
    )
    return Status(201, _shown(_found(made.pk)))


@router.post("/voucher-uses/{int:id}/release", response=UseOfVoucher, summary="Pay an order otherwise")
def release(request: HttpRequest, id: int) -> Any:
    """The voucher can be used for something else; not once it stands on an invoice."""
    subsidy.give_back(use=_found(id), person=signed_in(request), now=timezone.now())
    return _shown(_found(id))


@router.post("/voucher-uses/{int:id}/documents", response={201: DocumentOut}, summary="Add a document of a use")
def add_document(
    request: HttpRequest, id: int, kind: Form[Literal["contract", "invoice", "result", "payment"]],
    file: File[UploadedFile],
) -> Any:  # fmt: skip
    """A PDF, picture or office file of at most 10 MB is kept with the use; the same one again changes nothing."""
    found, person = _found(id), signed_in(request)
    if file.size is None or file.size > redemption.MOST_BYTES:
        raise Unable(_("Found no file, or one above 10 MB; choose a PDF, picture or office file."))
    made = redemption.add_evidence(
        found, kind=kind, name=file.name or kind, content=file.read(), person=person, now=timezone.now()
    )
    return Status(201, {name: getattr(made, name) for name in DocumentOut.model_fields})


@router.get("/voucher-batches", response=Page[BatchOut], summary="Vouchers handed in")
def batches(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Batches of the institutions whose money one looks after."""
    rows = VoucherBatch.objects.filter(seller__in=books.kept_by(signed_in(request)))
    found, following = page(rows.select_related("programme", "seller"), paged)
    return {"items": [_batch(one) for one in found], "next": following}


@router.post("/voucher-batches", response={201: BatchOut}, summary="Hand used vouchers in")
def hand_in(request: HttpRequest, sent: HandedIn) -> Any:
    """These used vouchers go to the authority under one number, each with its documents."""
    first = get_object_or_404(voucher_uses.rows(), pk=sent.uses[0])
    chosen = list(voucher_uses.rows().filter(pk__in=sent.uses))
    books.require(signed_in(request), first.seller)
    if len(chosen) != len(set(sent.uses)):
        raise Unable(_("Found uses that there are not; choose used vouchers of the list."))
    made = redemption.hand_in(
        first.voucher.programme, first.seller, chosen, person=signed_in(request), now=timezone.now()
    )
    return Status(201, _batch(made))


@router.get("/voucher-batches/{str:number}/lines", response=Page[SettlementLine], summary="The settlement file")
def lines(request: HttpRequest, number: str, paged: Annotated[Paged, Query()]) -> Any:
    """A line a used voucher; a batch that was handed in does not change."""
    batch = _found_batch(request, number)
    rows = redemption.rows(batch)
    after, following = among(range(len(rows)), paged, lambda place: place)
    items = [
        {"line": place + 1, "columns": dict(zip(redemption.HEADER, rows[place], strict=True))} for place in after
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post("/voucher-batches/{str:number}/paid", response=BatchOut, summary="The authority has paid")
def paid(request: HttpRequest, number: str) -> Any:
    """The authority's debt is off the books and every use redeemed; again changes nothing."""
    now = timezone.now()
    batch = _found_batch(request, number)
    return _batch(redemption.paid(batch, on=books.day_of(now), person=signed_in(request), now=now))


def _found(id: int) -> VoucherUse:
    found: VoucherUse = get_object_or_404(voucher_uses.rows().select_related("batch"), pk=id)
    return found


def _found_batch(request: HttpRequest, number: str) -> VoucherBatch:
    batch = get_object_or_404(VoucherBatch.objects.select_related("seller", "programme"), number=number)
    books.require(signed_in(request), batch.seller)
    return batch


def _batch(one: VoucherBatch) -> dict[str, Any]:
    return {
        "number": one.number, "programme": one.programme.key, "seller": one.seller.key, "state": one.state,
        "made": one.made_at, "paid_on": one.paid_on,
    }  # fmt: skip


def _shown(one: VoucherUse) -> dict[str, Any]:
    names = ("contract", "amount", "state", "at", "synthetic")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk, "voucher": one.voucher.number, "programme": one.voucher.programme.key, "order": one.order.key,
        "seller": one.seller.key, "invoice": one.invoice.number if one.invoice else "",
        "batch": one.batch.number if one.batch else "", "lacks": redemption.lacking(one),
    }  # fmt: skip
