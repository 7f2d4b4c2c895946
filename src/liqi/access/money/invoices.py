"""Invoices: numbered without holes, split with a voucher, never changed, taken back by a credit note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Account, Charge, Invoice, VoucherUse
from liqi.access.money import books, ledger, parties, voucher_parts
from liqi.access.money.amounts import ZERO, percent_of
from liqi.access.money.charges import is_agreed
from liqi.access.money.pricing import Line
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, membership, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution

__all__ = ["agreed", "booked", "ready", "remind", "require_sight", "take_back", "taxes", "write"]

FEN = Decimal("0.01")
REMINDERS = (1, 15, 30)
"""Days after the due day on which the buyer is told again."""


def ready(seller: Institution) -> list[tuple[Organisation | None, Person | None, list[Charge]]]:
    """Confirmed charges that stand on no invoice yet, by who pays."""
    rows = Charge.objects.filter(seller=seller, state=Charge.State.CONFIRMED).select_related("organisation", "person")
    groups: dict[tuple[int, int], list[Charge]] = {}
    for charge in rows.order_by("organisation__name", "person__name", "used_on", "pk"):
        key = (charge.organisation_id or 0, 0 if charge.organisation_id else charge.person_id or 0)
        groups.setdefault(key, []).append(charge)
    return [(own[0].organisation, None if own[0].organisation else own[0].person, own) for own in groups.values()]


def write(charges: Iterable[Charge], *, person: Person, now: datetime, due_on: date | None = None) -> Invoice:
    """These confirmed charges of one buyer stand on a numbered invoice; a reserved voucher pays its part of it.

    Raises Unable where they are not of one buyer and seller, not confirmed, or together not above zero.
    """
    wanted = [charge.pk for charge in charges]
    with transaction.atomic():
        found = _taken(wanted)
        first = found[0]
        seller, organisation = first.seller, first.organisation
        buyer = first.person if organisation is None else None
        books.require(person, seller)
        today = books.day_of(now)
        if due_on is not None and due_on < today:
            words = _("Found %(due)s as the day of payment, before the invoice is written; choose %(today)s or later.")
            raise Unable(words % {"due": due_on, "today": today})
        lines = [line for charge in found for line in _lines(charge)]
        net = sum((charge.net for charge in found), ZERO)
        tax = sum((amount for _percent, _base, amount in taxes(lines)), ZERO)
        gross = net + tax
        if net <= 0:
            raise Unable(_("These charges sum to ¥ %(sum)s; an invoice needs more than 0.") % {"sum": net})
        judged = voucher_parts.due(agreed(found), now=now)
        uses = [use for use in judged if use.amount > 0]
        voucher = _fitted(uses, gross)
        profile = parties.of(organisation)
        both = {"seller": parties.seller(seller), "buyer": parties.buyer(organisation, buyer)}
        days = profile.payment_days if profile else 30
        entry = ledger.post(
            seller, "invoice", booked(first, net, tax, [(use, use.amount) for use in uses]),
            person=person, now=now, synthetic=first.synthetic,
        )  # fmt: skip
        invoice = Invoice.objects.create(
            number=books.number("INV", seller, today), seller=seller, organisation=organisation, person=first.person,
            lines=lines, tax_percent=Counter(charge.tax_percent for charge in found).most_common(1)[0][0], net=net,
            tax=tax, voucher=voucher, parties=both,
            issued_on=today, due_on=due_on or today + timedelta(days=days), made_by=person, made_at=now, entry=entry,
            synthetic=first.synthetic, state=Invoice.State.PAID if gross == voucher else Invoice.State.OPEN,
        )  # fmt: skip
        Charge.objects.filter(pk__in=wanted).update(state=Charge.State.INVOICED, invoice=invoice)
        voucher_parts.put_on(invoice, judged)
        journal.write(
            person=person, verb="invoiced", thing=invoice, at=now, number=invoice.number, gross=str(gross),
            voucher=str(voucher),
        )  # fmt: skip
        notices.tell(
            parties.told(organisation, first.person), kind="invoice.issued", now=now,
            link=f"/invoices/{invoice.number}/", number=invoice.number, amount=str(invoice.payable),
            due=str(invoice.due_on),
        )  # fmt: skip
    return invoice


def take_back(invoice: Invoice, *, reason: str, person: Person, now: datetime) -> Invoice:
    """A numbered credit note takes the whole invoice back; its charges can be corrected and invoiced anew."""
    books.require(person, invoice.seller)
    if not reason.strip():
        raise Unable(_("Found no reason; say in a few words why the invoice is taken back."))
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update(of=("self",)).select_related("seller", "entry").get(pk=invoice.pk)
        uses = list(VoucherUse.objects.filter(invoice=invoice))
        _require_untouched(invoice, uses)
        entry = ledger.reverse(invoice.entry, person=person, now=now, text=f"{invoice.number}: {reason.strip()}")
        today = books.day_of(now)
        lines = [
            line | {"quantity": _minus(line["quantity"]), "amount": _minus(line["amount"])} for line in invoice.lines
        ]
        note = Invoice.objects.create(
            number=books.number("CN", invoice.seller, today), kind=Invoice.Kind.CREDIT_NOTE, seller=invoice.seller,
            organisation=invoice.organisation, person=invoice.person, lines=lines, tax_percent=invoice.tax_percent,
            net=-invoice.net, tax=-invoice.tax, voucher=-invoice.voucher, parties=invoice.parties, issued_on=today,
            due_on=today, made_by=person, made_at=now, reason=reason.strip()[:300], corrects=invoice, entry=entry,
            state=Invoice.State.PAID, synthetic=invoice.synthetic,
        )  # fmt: skip
        Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.CREDITED, credited=invoice.payable)
        Charge.objects.filter(invoice=invoice).update(state=Charge.State.CONFIRMED, invoice=None)
        voucher_parts.give_back(invoice)
        journal.write(person=person, verb="took back", thing=invoice, at=now, credit_note=note.number, reason=reason)
        notices.tell(
            parties.told(invoice.organisation, invoice.person), kind="invoice.credited", now=now,
            link=f"/invoices/{note.number}/", number=invoice.number, credit=note.number,
        )  # fmt: skip
    return note


def agreed(found: list[Charge]) -> dict[int, Decimal]:
    """What of the agreed price of each order is among the charges, tax included, less what was credited of it.

    A voucher pays of that: not of what was billed before it, and not of what was used beside it. The tax is that of
    the sum, as a quote says it: of many small uses, each rounded up, it would be more than the invoice has.
    """
    kept = {charge.order.pk: dict[Decimal, Decimal]() for charge in found if charge.order and is_agreed(charge)}
    for charge in found:
        if charge.order is not None and charge.order.pk in kept and is_agreed(charge.corrects or charge):
            nets = kept[charge.order.pk]
            nets[charge.tax_percent] = nets.get(charge.tax_percent, ZERO) + charge.net
    return {
        order: sum((net + percent_of(net, percent) for percent, net in nets.items()), ZERO)
        for order, nets in kept.items()
    }


def booked(
    of: Charge | Invoice, net: Decimal, tax: Decimal, uses: list[tuple[VoucherUse, Decimal]]
) -> list[tuple[Account, Decimal]]:
    """The lines of the ledger for a bill of this seller to this buyer; below zero for a credit note."""
    code, seller, organisation = Account.Code, of.seller, of.organisation
    owed = ledger.account(seller, code.RECEIVABLE, organisation=organisation, person=of.person)
    lines = [
        (owed, net + tax),
        (ledger.account(seller, code.UNBILLED, organisation=organisation, person=of.person), -net),
        (ledger.account(seller, code.OUTPUT_TAX), -tax),
    ]
    for use, amount in uses:
        lines.append((ledger.account(seller, code.VOUCHERS, name=use.voucher.programme.key), amount))
        lines.append((owed, -amount))
    return lines


def taxes(lines: Sequence[dict[str, Any]]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Rate, net and tax of each rate: the tax is taken once of the sum and rounded half up (EN 16931-1, BR-CO-17)."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        percent = Decimal(str(line.get("tax_percent", "0"))).normalize()
        sums[percent] = sums.get(percent, ZERO) + Decimal(str(line["amount"]))
    return [(percent, net, percent_of(net, percent)) for percent, net in sorted(sums.items())]


def remind(*, now: datetime) -> int:
    """Buyers of invoices that are overdue were told, at most three times each; how many now."""
    today, count = books.day_of(now), 0
    rows = Invoice.objects.filter(
        state=Invoice.State.OPEN, kind=Invoice.Kind.INVOICE, reminded__lt=len(REMINDERS), due_on__lt=today
    )
    for invoice in rows.select_related("organisation", "person").order_by("due_on")[:200]:
        past = (today - invoice.due_on).days
        owed = sum(past >= days for days in REMINDERS)
        if owed <= invoice.reminded:
            continue
        with transaction.atomic():
            if Invoice.objects.filter(pk=invoice.pk, reminded=invoice.reminded).update(reminded=owed):
                notices.tell(
                    parties.told(invoice.organisation, invoice.person), kind="invoice.overdue", now=now,
                    link=f"/invoices/{invoice.number}/", number=invoice.number, amount=str(invoice.open),
                    due=str(invoice.due_on),
                )  # fmt: skip
                journal.write(person=None, verb="reminded", thing=invoice, at=now, days=past)
                count += 1
    return count


def require_sight(invoice: Invoice, person: Person) -> None:
    """Raise NotAllowed unless it is theirs, their organisation's, or of an institution whose money they look after."""
    if invoice.person_id == person.pk and invoice.organisation_id is None:
        return
    if invoice.organisation is not None and membership.may_act_for(person, invoice.organisation):
        return
    if not books.keeps(person, invoice.seller):
        raise NotAllowed(
            _("This invoice is for %(buyer)s; ask them.") % {"buyer": books.named(invoice.organisation, invoice.person)}
        )


def _taken(wanted: list[int]) -> list[Charge]:
    rows = Charge.objects.select_for_update(of=("self",)).select_related("seller__organisation", "organisation__parent")
    found = list(
        rows.select_related("person", "seller__organisation", "organisation", "order", "corrects__order")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    buyers = {
        (charge.seller_id, charge.organisation_id, charge.organisation_id is None and charge.person_id)
        for charge in found
    }
    if not found or len(buyers) != 1:
        raise Unable(
            _("Found charges of %(count)s buyers; an invoice is for one, so choose theirs.") % {"count": len(buyers)}
        )
    for charge in found:
        if charge.state != Charge.State.CONFIRMED:
            raise Unable(
                _("“%(title)s” is %(state)s; only confirmed charges are invoiced.")
                % {"title": charge.title, "state": charge.get_state_display()}
            )
    return sorted(found, key=lambda charge: (charge.used_on, charge.pk))


def _fitted(uses: list[VoucherUse], gross: Decimal) -> Decimal:
    """What the vouchers pay of the invoice together, and never more than it says; Unable where they would.

    The tax of several orders is rounded once, so it can be some fen less than that of each: so much less they pay.
    """
    voucher = sum((use.amount for use in uses), ZERO)
    if voucher > gross and voucher - gross <= FEN * len(uses):
        voucher -= voucher_parts.trim(uses, voucher - gross)
    if voucher > gross:
        words = _(
            "Vouchers pay ¥ %(voucher)s of these, which sum to ¥ %(gross)s; leave credits, or one of the orders, for "
            "another invoice."
        )
        raise Unable(words % {"voucher": voucher, "gross": gross})
    return voucher


def _lines(charge: Charge) -> list[dict[str, Any]]:
    facts = {
        "charge": charge.pk,
        "title": charge.title,
        "on": str(charge.used_on),
        "tax_percent": str(charge.tax_percent),
    }
    if charge.order_id:
        facts["order"] = charge.order_id
    return [Line.of_json(line).as_json() | facts for line in charge.lines]


def _require_untouched(invoice: Invoice, uses: list[VoucherUse]) -> None:
    if invoice.kind != Invoice.Kind.INVOICE or invoice.state == Invoice.State.CREDITED:
        raise Unable(_("%(number)s is a credit note or was taken back already.") % {"number": invoice.number})
    if invoice.credited:
        raise Unable(
            _("A part of %(number)s was credited already; credit the rest of its lines.") % {"number": invoice.number}
        )
    if invoice.paid:
        raise Unable(
            _("¥ %(paid)s of %(number)s are paid; take the payment off it first.")
            % {"paid": invoice.paid, "number": invoice.number}
        )
    if any(use.state not in (VoucherUse.State.USED,) for use in uses):
        raise Unable(_("Its voucher was handed in to the authority already; credit the charge instead."))


def _minus(text: Any) -> str:
    return str(-Decimal(str(text)))
