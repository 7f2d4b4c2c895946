"""Redemption of vouchers: evidence of every use, handed in to the authority as one settlement file, paid by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Account, VoucherBatch, VoucherEvidence, VoucherProgramme, VoucherUse
from liqi.access.money import books, ledger
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, membership
from liqi.accounts.models import Person
from liqi.catalogue import deposit
from liqi.catalogue.models import Institution

__all__ = ["HEADER", "MOST_BYTES", "NEEDED", "add_evidence", "hand_in", "lacking", "paid", "path_of", "rows"]

NEEDED = ("contract", "result")
"""Beside the invoice, which is ours, the documents without which no use is handed in."""
MOST_BYTES = 10_000_000
EVIDENCE = "evidence"
"""The folder of the documents within the data folder."""
STARTS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04", b"RIFF")
"""PDF, PNG, JPEG, office files and WebP by their first bytes."""
HEADER = (
    *("batch", "programme", "voucher", "firm", "tax_number", "provider", "order", "invoice", "invoice_date"),
    *("contract_cny", "voucher_cny", "firm_cny", "evidence_sha256"),
)


def path_of(sha256: str) -> Path:
    """Where the bytes of the document with this hash lie."""
    return deposit.path_of(EVIDENCE, sha256)


def add_evidence(
    use: VoucherUse, *, kind: str, name: str, content: bytes, person: Person, now: datetime
) -> VoucherEvidence:
    """The document is kept with the use; the same one again changes nothing."""
    if not (books.keeps(person, use.seller) or membership.may_act_for(person, use.voucher.organisation)):
        membership.require(person, use.voucher.organisation)
    if kind not in VoucherEvidence.Kind.values:
        raise Unable(_("Found kind “%(kind)s”; expected contract, invoice, result or payment.") % {"kind": kind[:40]})
    if not content.startswith(STARTS) or len(content) > MOST_BYTES:
        raise Unable(_("Found a file that is no PDF, picture or office file of at most 10 MB; save it as PDF."))
    sha256 = deposit.keep(EVIDENCE, content)
    with transaction.atomic():
        made, new = VoucherEvidence.objects.get_or_create(
            use=use, kind=kind, sha256=sha256,
            defaults={"name": Path(name).name[:200] or kind, "size": len(content), "person": person, "at": now},
        )  # fmt: skip
        if new:
            journal.write(person=person, verb="added evidence", thing=use, at=now, kind=kind, sha256=sha256)
    return made


def lacking(use: VoucherUse) -> list[str]:
    """The kinds of documents that still lack before the use can be handed in."""
    there = {each.kind for each in use.evidence.all()}
    return [kind for kind in NEEDED if kind not in there]


def hand_in(
    programme: VoucherProgramme, seller: Institution, uses: Iterable[VoucherUse], *, person: Person, now: datetime
) -> VoucherBatch:
    """These used vouchers are handed in together, each with its evidence, under one number."""
    books.require(person, seller)
    wanted = [use.pk for use in uses]
    with transaction.atomic():
        rows = VoucherUse.objects.select_for_update(of=("self",)).filter(pk__in=wanted, seller=seller)
        found = list(rows.filter(voucher__programme=programme).select_related("voucher").prefetch_related("evidence"))
        if not found or len(found) != len(set(wanted)):
            raise Unable(
                _("Found no use, or one of another programme or institution; choose used vouchers of one programme.")
            )
        for use in found:
            if use.state != VoucherUse.State.USED:
                raise Unable(
                    _("Voucher %(number)s is not on an invoice, or handed in already.") % {"number": use.voucher}
                )
            if lack := lacking(use):
                raise Unable(
                    _("Voucher %(number)s lacks %(kinds)s; add these documents first.")
                    % {"number": use.voucher, "kinds": ", ".join(lack)}
                )
        batch = VoucherBatch.objects.create(
            number=books.number("VB", seller, books.day_of(now)), programme=programme, seller=seller, made_by=person,
            made_at=now,
        )  # fmt: skip
        VoucherUse.objects.filter(pk__in=wanted).update(state=VoucherUse.State.SUBMITTED, batch=batch)
        journal.write(person=person, verb="handed in", thing=batch, at=now, number=batch.number, uses=len(found))
    return batch


def paid(batch: VoucherBatch, *, on: date, person: Person, now: datetime) -> VoucherBatch:
    """The authority has paid: its debt is off the books and every use redeemed; again changes nothing."""
    books.require(person, batch.seller)
    with transaction.atomic():
        waiting = VoucherBatch.objects.filter(pk=batch.pk, state=VoucherBatch.State.SUBMITTED)
        if waiting.update(state=VoucherBatch.State.PAID, paid_on=on):
            amount = sum((use.amount for use in batch.uses.all()), ZERO)
            lines: list[tuple[Account, Decimal]] = [
                (ledger.account(batch.seller, Account.Code.BANK), amount),
                (ledger.account(batch.seller, Account.Code.VOUCHERS, name=batch.programme.key), -amount),
            ]
            ledger.post(batch.seller, "voucher paid", lines, person=person, now=now, on=on, text=batch.number)
            batch.uses.update(state=VoucherUse.State.REDEEMED)
            journal.write(person=person, verb="was paid", thing=batch, at=now, number=batch.number, amount=str(amount))
    batch.refresh_from_db()
    return batch


def rows(batch: VoucherBatch) -> list[tuple[str, ...]]:
    """The settlement file line by line, under HEADER: one used voucher a line, amounts with two places."""
    uses = batch.uses.select_related("voucher__organisation__billing", "invoice", "order").prefetch_related("evidence")
    found: list[tuple[str, ...]] = []
    for use in uses.order_by("pk"):
        firm, invoice = use.voucher.organisation, use.invoice
        profile = getattr(firm, "billing", None)
        proof = " ".join(f"{each.kind}:{each.sha256}" for each in use.evidence.all())
        found.append((
            batch.number, batch.programme.title, use.voucher.number, profile.legal_name if profile else firm.name,
            profile.tax_number if profile else "", batch.seller.name, use.order.key, invoice.number if invoice else "",
            str(invoice.issued_on) if invoice else "", str(use.contract), str(use.amount),
            str(use.contract - use.amount), proof,
        ))  # fmt: skip
    return found
