"""Payments: recorded from a bank file or by hand, matched to invoices, taken off again by reversal."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from liqi.access.models import Account, Invoice, Payment, PaymentMatch
from liqi.access.money import amounts, books, ledger
from liqi.access.money.amounts import fen
from liqi.access.money.refusal import Unable
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution

__all__ = ["Proposal", "Row", "bring_in", "match", "proposals", "read_bank", "record", "unmatch"]

COLUMNS = {
    "on": ("date", "交易日期", "记账日期", "入账日期", "日期", "booking date", "value date"),
    "amount": ("amount", "贷方发生额", "收入金额", "收入", "贷方金额", "金额", "credit"),
    "payer": ("payer", "对方户名", "付款人名称", "付款人", "对方名称", "name"),
    "reference": ("reference", "附言", "摘要", "用途", "备注", "purpose", "remittance"),
}
"""The headers of common bank files, in the order in which they are preferred."""
LIKE = 80
"""From this likeness of names (0 to 100) on a payer is taken for the buyer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a bank file that brings money in."""

    line: int
    on: date
    amount: Decimal
    payer: str
    reference: str
    like: int = 0
    """How many rows above it in the file say the same: they are other transfers."""

    @property
    def source(self) -> str:
        """The same for the same row of the same file, however often it is read."""
        said = "|".join((self.on.isoformat(), str(self.amount), self.payer, self.reference))
        said += f"|{self.like}" if self.like else ""
        return "bank:" + hashlib.sha256(said.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An invoice that a payment may be for, how sure that is, and why."""

    invoice: Invoice
    score: int
    why: str


def record(
    *, seller: Institution, received_on: date, amount: Decimal, person: Person, now: datetime, payer: str = "",
    reference: str = "", source: str = "", synthetic: bool = False,
) -> Payment:  # fmt: skip
    """The money is in the bank and owed to nobody in particular yet; the same source again gives the first one."""
    books.require(person, seller)
    source = source or f"typed:{seller.pk}:{now.isoformat()}:{amount}"
    if amount <= 0:
        raise Unable(_("Found amount %(found)s; expected more than 0.") % {"found": amount})
    with transaction.atomic():
        kept = Payment.objects.filter(source=f"{seller.pk}:{source}"[:80]).first()
        if kept is not None:
            return kept
        lines = [
            (ledger.account(seller, Account.Code.BANK), amount),
            (ledger.account(seller, Account.Code.ADVANCES), -amount),
        ]
        text = f"{payer} {reference}".strip()
        entry = ledger.post(
            seller, "payment", lines, person=person, now=now, on=received_on, text=text, synthetic=synthetic
        )
        payment = Payment.objects.create(
            seller=seller, received_on=received_on, amount=amount, payer=payer[:200], reference=reference[:300],
            source=f"{seller.pk}:{source}"[:80], made_by=person, made_at=now, entry=entry, synthetic=synthetic,
        )  # fmt: skip
        journal.write(person=person, verb="recorded", thing=payment, at=now, amount=str(amount), payer=payer)
    return payment


def match(
    payment: Payment, invoice: Invoice, *, person: Person, now: datetime, amount: Decimal | None = None
) -> PaymentMatch:
    """So much of the payment (all that fits, if not said) pays the invoice; the database lets neither go over."""
    books.require(person, payment.seller)
    with transaction.atomic():
        invoice = (
            Invoice.objects.select_for_update(of=("self",)).select_related("organisation", "person").get(pk=invoice.pk)
        )
        payment = Payment.objects.select_for_update(of=("self",)).select_related("seller").get(pk=payment.pk)
        amount = min(payment.open, invoice.open) if amount is None else amount
        right = invoice.seller_id == payment.seller_id and invoice.state == Invoice.State.OPEN
        if not right or not 0 < amount <= min(payment.open, invoice.open):
            raise Unable(
                _("¥ %(left)s of the payment and ¥ %(open)s of %(number)s are open; choose an amount within both.")
                % {"left": payment.open, "open": invoice.open, "number": invoice.number}
            )
        buyer = invoice.person if invoice.organisation is None else None
        receivable = ledger.account(
            payment.seller, Account.Code.RECEIVABLE, organisation=invoice.organisation, person=buyer
        )
        lines = [(ledger.account(payment.seller, Account.Code.ADVANCES), amount), (receivable, -amount)]
        entry = ledger.post(
            payment.seller, "matched", lines, person=person, now=now, text=invoice.number, synthetic=payment.synthetic
        )
        try:
            with transaction.atomic():
                made = PaymentMatch.objects.create(payment=payment, invoice=invoice, amount=amount, at=now, entry=entry)
        except IntegrityError:
            raise Unable(_("This payment pays that invoice already; take it off first.")) from None
        Payment.objects.filter(pk=payment.pk).update(matched=payment.matched + amount)
        paid = invoice.paid + amount
        state = Invoice.State.PAID if amount == invoice.open else Invoice.State.OPEN
        Invoice.objects.filter(pk=invoice.pk).update(paid=paid, state=state)
        journal.write(person=person, verb="matched", thing=payment, at=now, invoice=invoice.number, amount=str(amount))
    return made


def unmatch(made: PaymentMatch, *, person: Person, now: datetime) -> None:
    """The payment pays that invoice no longer; the ledger says so by a reversal."""
    payment, invoice = made.payment, made.invoice
    books.require(person, payment.seller)
    with transaction.atomic():
        gone, _by = PaymentMatch.objects.filter(pk=made.pk).delete()
        if gone:
            ledger.reverse(made.entry, person=person, now=now)
            Payment.objects.filter(pk=payment.pk).update(matched=F("matched") - fen(made.amount))
            Invoice.objects.filter(pk=invoice.pk).update(paid=F("paid") - fen(made.amount), state=Invoice.State.OPEN)
            journal.write(
                person=person, verb="took off", thing=payment, at=now, invoice=invoice.number, amount=str(made.amount)
            )


def proposals(payment: Payment, *, among: list[Invoice] | None = None) -> list[Proposal]:
    """Invoices the payment may be for, surest first: its number in the reference, the amount, the payer's name."""
    rows = among
    if rows is None:
        rows = list(open_invoices(payment.seller))
    found = []
    for invoice in rows:
        why, score = [], 0
        if invoice.number.replace("-", "").lower() in re.sub(r"[\s\-]", "", payment.reference).lower():
            why.append(_("its number stands in the reference"))
            score += 100
        if payment.open == invoice.open:
            why.append(_("the amount is the same"))
            score += 40
        names = [str(invoice.parties.get("buyer", {}).get(key, "")) for key in ("name", "unit")]
        like = max((fuzz.token_set_ratio(payment.payer, name) for name in names if name and payment.payer), default=0)
        if like >= LIKE:
            why.append(_("the payer is called alike"))
            score += 30
        if score >= 40:
            found.append(Proposal(invoice, min(score, 100), ", ".join(why)))
    return sorted(found, key=lambda each: (-each.score, each.invoice.due_on))[:5]


def open_invoices(seller: Institution) -> list[Invoice]:
    """Invoices of the institution that wait for money, the oldest first."""
    rows = Invoice.objects.filter(seller=seller, state=Invoice.State.OPEN, kind=Invoice.Kind.INVOICE)
    return list(rows.select_related("organisation", "person").order_by("due_on")[:2000])


def bring_in(seller: Institution, content: bytes, *, person: Person, now: datetime) -> tuple[list[Payment], int]:
    """Every row of the bank file is a payment, all or none; and how many were there already."""
    rows = read_bank(content)
    with transaction.atomic():
        before = set(Payment.objects.filter(seller=seller).values_list("source", flat=True))
        made = [
            record(seller=seller, received_on=row.on, amount=row.amount, person=person, now=now, payer=row.payer,
                   reference=row.reference, source=row.source) for row in rows
        ]  # fmt: skip
    fresh = {payment.pk: payment for payment in made if payment.source not in before}
    return list(fresh.values()), len(made) - len(fresh)


def read_bank(content: bytes) -> list[Row]:
    """The rows of a bank's CSV that bring money in (UTF-8 or GB 18030); Unable names the line that cannot be read."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unable(_("Found a file that is neither UTF-8 nor GB 18030 text; save the bank's list as CSV."))
    lines = text.splitlines()
    separator = max(",;\t", key=lambda sign: sum(line.count(sign) for line in lines[:20]))
    table = list(csv.reader(io.StringIO(text), delimiter=separator))
    head, columns = _header(table)
    found: list[Row] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for number, cells in enumerate(table[head + 1 :], start=head + 2):
        said = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if not said["amount"] or not said["on"]:
            continue
        try:
            amount = amounts.read(said["amount"], least=None)
            on = date.fromisoformat(re.sub(r"[./年月]", "-", said["on"].rstrip("日"))[:10])
        except ValueError as problem:
            raise Unable(_("Line %(line)s cannot be read: %(why)s") % {"line": number, "why": problem}) from None
        if amount > 0:
            facts = (on, amount, said.get("payer", ""), said.get("reference", ""))
            found.append(Row(number, *facts, like=seen[facts]))
            seen[facts] += 1
    return found


def _header(table: list[list[str]]) -> tuple[int, dict[str, int]]:
    """The line with the headers and the column of each thing we read."""
    for number, cells in enumerate(table[:30]):
        names = [cell.strip().lower() for cell in cells]
        columns = {}
        for key, known in COLUMNS.items():
            at = next((names.index(name) for name in known if name in names), None)
            if at is not None:
                columns[key] = at
        if {"on", "amount"} <= columns.keys():
            return number, columns
    raise Unable(
        _("Found no line with a date and an amount column, such as 交易日期 and 贷方发生额, or Date and Amount.")
    )
