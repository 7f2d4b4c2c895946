"""Credit notes over some lines of an invoice: what was paid too much comes free, the voucher is cut with the price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from liqi.access.models import Charge, Invoice, PaymentMatch, VoucherUse
from liqi.access.money import books, charges, invoices, ledger, parties, payments, voucher_parts
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Unable
from liqi.accounts import journal, notices
from liqi.accounts.models import Person

__all__ = ["left", "write"]

State = Invoice.State


def left(invoice: Invoice) -> list[Decimal]:
    """What of each line of the invoice can still be credited, tax excluded; 0 for lines that are credits themselves."""
    if invoice.kind != Invoice.Kind.INVOICE or invoice.state == State.CREDITED:
        return [ZERO for _line in invoice.lines]
    given: dict[int, Decimal] = {}
    for line in _credited_lines(invoice):
        number = int(line.get("credits", 0))
        given[number] = given.get(number, ZERO) - Decimal(str(line["amount"]))
    credits = Sum("corrections__net", filter=~Q(corrections__state=Charge.State.WAIVED))
    rows = Charge.objects.filter(invoice=invoice).annotate(credits=credits).values_list("pk", "net", "credits")
    by_charge = {pk: net + (credits or ZERO) for pk, net, credits in rows}
    found = []
    for number, line in enumerate(invoice.lines, start=1):
        rest = Decimal(str(line["amount"])) - given.get(number, ZERO)
        found.append(max(min(rest, by_charge.get(line.get("charge"), rest)), ZERO))
    return found


def write(
    invoice: Invoice, parts: Mapping[int, Decimal | None], *, reason: str, person: Person, now: datetime
) -> Invoice:
    """A numbered credit note takes so much (tax excluded; None: all that is left) off these lines, counted from 1.

    A voucher that paid a part of an order that became cheaper pays less by the same share. What the buyer paid too
    much is matched to nothing any more, so that it is given back or pays another invoice. Raises NotAllowed, Unable.
    """
    books.require(person, invoice.seller)
    if not reason.strip() or not parts:
        raise Unable(_("Found no reason or no line; choose what is credited, and say in a few words why."))
    with transaction.atomic():
        rows = Invoice.objects.select_for_update(of=("self",)).select_related("seller", "organisation", "person")
        invoice = rows.get(pk=invoice.pk)
        _require_invoice(invoice)
        lines = _chosen(invoice, parts, reason)
        net = sum((Decimal(line["amount"]) for line in lines), ZERO)
        earlier = _credited_lines(invoice)
        tax = _tax(earlier + lines) - _tax(earlier)
        made = _credit_charges(invoice, lines, reason, person, now)
        uses = voucher_parts.cut(_costs(invoice, made), invoice=invoice, now=now)
        voucher = sum((less for _use, less in uses), ZERO)
        _require_sense(invoice, -net - tax, uses)
        today = books.day_of(now)
        booked = invoices.booked(invoice, net, tax, [(use, -less) for use, less in uses])
        entry = ledger.post(
            invoice.seller, "credit note", booked, person=person, now=now, text=invoice.number,
            synthetic=invoice.synthetic,
        )  # fmt: skip
        note = Invoice.objects.create(
            number=books.number("CN", invoice.seller, today), kind=Invoice.Kind.CREDIT_NOTE, seller=invoice.seller,
            organisation=invoice.organisation, person=invoice.person, lines=lines, tax_percent=invoice.tax_percent,
            net=net, tax=tax, voucher=-voucher, parties=invoice.parties, issued_on=today, due_on=today,
            made_by=person, made_at=now, reason=reason.strip()[:300], corrects=invoice, entry=entry,
            state=State.PAID, synthetic=invoice.synthetic,
        )  # fmt: skip
        Charge.objects.filter(pk__in=[one.pk for one in made]).update(state=Charge.State.INVOICED, invoice=note)
        _take_off(invoice, -note.payable, person, now)
        journal.write(
            person=person, verb="credited", thing=invoice, at=now, credit_note=note.number, gross=str(-note.gross),
            reason=reason.strip()[:300],
        )  # fmt: skip
        notices.tell(
            parties.told(invoice.organisation, invoice.person), kind="invoice.part_credited", now=now,
            link=f"/invoices/{note.number}/", number=invoice.number, credit=note.number, amount=str(-note.payable),
        )  # fmt: skip
    return note


def _credited_lines(invoice: Invoice) -> list[dict[str, Any]]:
    return [line for note in invoice.credit_notes.order_by("pk") for line in note.lines]


def _tax(lines: list[dict[str, Any]]) -> Decimal:
    """The tax of all these together: so the notes of an invoice never have more of it than the invoice."""
    return sum((amount for _percent, _net, amount in invoices.taxes(lines)), ZERO)


def _require_invoice(invoice: Invoice) -> None:
    if invoice.kind != Invoice.Kind.INVOICE or invoice.state == State.CREDITED:
        raise Unable(_("%(number)s is a credit note or was taken back already.") % {"number": invoice.number})


def _require_sense(invoice: Invoice, gross: Decimal, uses: list[tuple[VoucherUse, Decimal]]) -> None:
    """The buyer owes less by the note, and not more than is owed at all."""
    less = sum((each for _use, each in uses), ZERO)
    if gross < less:
        raise Unable(
            _(
                "The voucher would pay ¥ %(less)s less, for it pays whole ¥ %(step)s, and that is more than the "
                "¥ %(gross)s that are credited; credit more, or take the invoice back and write it anew."
            )
            % {"less": less, "step": uses[0][0].voucher.programme.step, "gross": gross}
        )
    rest = invoice.payable - invoice.credited
    if gross - less > rest:
        raise Unable(
            _("¥ %(gross)s would be credited, and only ¥ %(rest)s of %(number)s are left to the buyer; credit less.")
            % {"gross": gross - less, "rest": rest, "number": invoice.number}
        )


def _chosen(invoice: Invoice, parts: Mapping[int, Decimal | None], reason: str) -> list[dict[str, Any]]:
    """The lines of the note, each below zero and with the number of the line that it credits."""
    rest = left(invoice)
    lines = []
    for number, wanted in sorted(parts.items()):
        if not 1 <= number <= len(rest):
            raise Unable(
                _("Found line %(found)s; %(number)s has the lines 1 to %(most)s.")
                % {"found": number, "number": invoice.number, "most": len(rest)}
            )
        amount = rest[number - 1] if wanted is None else wanted
        if not ZERO < amount <= rest[number - 1]:
            raise Unable(
                _("Found ¥ %(found)s for line %(line)s; expected more than 0 and at most ¥ %(most)s.")
                % {"found": amount, "line": number, "most": rest[number - 1]}
            )
        line = invoice.lines[number - 1]
        if amount == Decimal(str(line["amount"])):
            kept = line | {"quantity": str(-Decimal(str(line["quantity"])))}
        else:
            names = ("title", "on", "tax_percent", "charge", "order")
            kept = {name: line[name] for name in names if name in line}
            kept |= {"unit": "credit", "quantity": "1", "price": str(-amount), "text": reason.strip()[:200]}
        lines.append(kept | {"amount": str(-amount), "credits": number})
    return lines


def _credit_charges(
    invoice: Invoice, lines: list[dict[str, Any]], reason: str, person: Person, now: datetime
) -> list[Charge]:
    """A confirmed credit a charge, so that hours, shares and statements know of it."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line["charge"]] = sums.get(line["charge"], ZERO) - Decimal(line["amount"])
    whole = Charge.objects.filter(invoice=invoice).in_bulk(sums)
    return [
        charges.credit(whole[number], amount, reason=reason, person=person, now=now)
        for number, amount in sorted(sums.items())
    ]


def _costs(invoice: Invoice, made: list[Charge]) -> dict[int, Decimal]:
    """What each order that a voucher pays a part of costs after the note, tax included."""
    own = Q(invoice=invoice) | Q(invoice__corrects=invoice) | Q(pk__in=[one.pk for one in made])
    touched = {one.order_id for one in made if one.corrects is not None and charges.is_agreed(one.corrects)}
    sums = invoices.agreed(list(Charge.objects.filter(own).select_related("order", "corrects__order")))
    return {order: max(cost, ZERO) for order, cost in sums.items() if order in touched}


def _take_off(invoice: Invoice, amount: Decimal, person: Person, now: datetime) -> None:
    """The buyer owes so much less of the invoice; payments that are more than what is left come free, newest first."""
    credited = invoice.credited + amount
    owed = invoice.payable - credited
    whole = invoice.credit_notes.aggregate(sum=Sum("net"))["sum"] == -invoice.net
    for one in PaymentMatch.objects.filter(invoice=invoice).select_related("payment__seller", "entry").order_by("-pk"):
        invoice.refresh_from_db(fields=["paid"])
        if (more := invoice.paid - owed) <= 0:
            break
        keep, payment = one.amount - min(more, one.amount), one.payment
        payments.unmatch(one, person=person, now=now)
        if keep:
            payments.match(payment, invoice, person=person, now=now, amount=keep)
    invoice.refresh_from_db(fields=["paid"])
    state = State.CREDITED if whole else State.PAID if invoice.paid == owed else State.OPEN
    Invoice.objects.filter(pk=invoice.pk).update(credited=credited, state=state)
