"""Refunds: money that came in and is owed to nobody here, given back to who paid it; undone where it came back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liqi.access.models import Account, Payment, Refund
from liqi.access.money import books, ledger
from liqi.access.money.amounts import fen
from liqi.access.money.refusal import Unable
from liqi.accounts import journal
from liqi.accounts.models import Person

__all__ = ["give", "undo"]


def give(
    payment: Payment, *, paid_on: date, person: Person, now: datetime, amount: Decimal | None = None,
    reference: str = "",
) -> Refund:  # fmt: skip
    """So much of the payment (all that is open, if not said) went back out of the bank on that day.

    Raises NotAllowed, Unable for more than is open or a day to come, MonthClosed.
    """
    books.require(person, payment.seller)
    if paid_on > books.day_of(now):
        raise Unable(_("Found the day %(day)s, which is to come; give the day of the transfer.") % {"day": paid_on})
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).select_related("seller").get(pk=payment.pk)
        amount = payment.open if amount is None else amount
        if not 0 < amount <= payment.open:
            raise Unable(
                _("¥ %(left)s of the payment are open; give back more than 0 and at most that, or take it off first.")
                % {"left": payment.open}
            )
        lines = [
            (ledger.account(payment.seller, Account.Code.ADVANCES), amount),
            (ledger.account(payment.seller, Account.Code.BANK), -amount),
        ]
        text = f"{payment.payer} {reference}".strip()
        entry = ledger.post(
            payment.seller, "refund", lines, person=person, now=now, on=paid_on, text=text,
            synthetic=payment.synthetic,
        )  # fmt: skip
        made = Refund.objects.create(
            payment=payment, amount=amount, paid_on=paid_on, reference=reference.strip()[:300], made_by=person,
            made_at=now, entry=entry,
        )  # fmt: skip
        Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + fen(amount))
        journal.write(person=person, verb="gave back", thing=payment, at=now, amount=str(amount), paid_on=str(paid_on))
    return made


def undo(made: Refund, *, person: Person, now: datetime) -> None:
    """The money did not go out, or came back: the payment is open again, and the ledger says so by a reversal."""
    books.require(person, made.payment.seller)
    with transaction.atomic():
        gone, _by = Refund.objects.filter(pk=made.pk).delete()
        if gone:
            ledger.reverse(made.entry, person=person, now=now)
            Payment.objects.filter(pk=made.payment_id).update(refunded=F("refunded") - fen(made.amount))
            journal.write(person=person, verb="undid refund", thing=made.payment, at=now, amount=str(made.amount))
