"""Charges: proposed by the system, confirmed, corrected or waived by a steward, undone until they are invoiced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liqi.access.models import Account, Budget, Charge, Hold, LedgerEntry, Order, VoucherUse
from liqi.access.money import books, budgets, credited, ledger, pricing
from liqi.access.money.amounts import ZERO
from liqi.access.money.credited import OWED
from liqi.access.money.pricing import Line, Priced
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.accounts import journal, notices
from liqi.accounts.models import Person

__all__ = ["by_invoice", "confirm", "correct", "credit", "is_agreed", "keep", "pay_by", "restore", "undo", "waive"]

State = Charge.State


def keep(cause: str, found: Priced, *, now: datetime, **facts: Any) -> Charge:
    """A proposed charge for this cause is on record; a second time gives the first one."""
    facts["synthetic"] = facts.get("synthetic", False)
    with transaction.atomic():
        charge, made = Charge.objects.get_or_create(
            cause=cause,
            defaults={
                "lines": [line.as_json() for line in found.lines], "net": found.net, "tax": found.tax,
                "tax_percent": found.tax_percent, "made_at": now, **facts,
            },
        )  # fmt: skip
        if made:
            journal.write(person=None, verb="proposed", thing=charge, at=now, cause=cause, gross=str(charge.gross))
    return charge


def confirm(charges: Iterable[Charge], *, person: Person, now: datetime) -> list[Charge]:
    """Each charge is owed: settled from its budget at once, else to be invoiced; confirmed ones stay as they are.

    All or none: raises NotAllowed, Overdrawn where a budget has too little, MonthClosed.
    """
    done = []
    with transaction.atomic():
        for charge in _locked(charges, person):
            if charge.state != State.PROPOSED:
                done.append(charge)
                continue
            credited.require_room(charge)
            _let_go(charge, now)
            entry = _settle(charge, person, now) if charge.budget else _owe(charge, person, now)
            charge.state = State.SETTLED if charge.budget else State.CONFIRMED
            charge.entry, charge.decided_by, charge.decided_at = entry, person, now
            charge.save(update_fields=["state", "entry", "decided_by", "decided_at"])
            journal.write(person=person, verb="confirmed", thing=charge, at=now, gross=str(charge.gross))
            done.append(charge)
    return done


def undo(charges: Iterable[Charge], *, person: Person, now: datetime) -> list[Charge]:
    """Confirmed or waived charges wait again; what was written in the ledger is reversed. Not once invoiced."""
    done = []
    with transaction.atomic():
        for charge in _locked(charges, person):
            if charge.state == State.INVOICED:
                raise Unable(
                    _("“%(title)s” stands on invoice %(number)s; write a credit note instead.")
                    % {"title": charge.title, "number": charge.invoice}
                )
            if charge.corrections.filter(state__in=OWED).exists():
                raise Unable(
                    _("A part of “%(title)s” was credited; take the credit back first.") % {"title": charge.title}
                )
            if charge.state in (State.CONFIRMED, State.SETTLED) and charge.entry is not None:
                ledger.reverse(charge.entry, person=person, now=now)
                kept = _hold_of(charge)
                if charge.state == State.SETTLED and kept is not None and kept.state == Hold.State.SETTLED:
                    Hold.objects.filter(pk=kept.pk).update(state=Hold.State.HELD, at=now)
            if charge.state != State.PROPOSED:
                _save(charge, person, now, "undone", state=State.PROPOSED, entry=None, decided_by=None, decided_at=None)
            done.append(charge)
    return done


def correct(charge: Charge, *, lines: Iterable[Line], reason: str, person: Person, now: datetime) -> Charge:
    """A proposed charge has other lines, with the reason on record."""
    (charge,) = _locked([charge], person)
    _require_proposed(charge)
    if not reason.strip():
        raise Unable(_("Found no reason; say in a few words why the charge is changed."))
    if charge.kind == Charge.Kind.CREDIT:
        raise Unable(_("A credit is confirmed or waived as it is; waive it and credit another amount instead."))
    found = pricing.total(lines, charge.tax_percent)
    before = str(charge.gross)
    if not found.lines:
        raise Unable(_("Found no line; waive the charge if nothing is to be paid."))
    kept = [line.as_json() for line in found.lines]
    return _save(
        charge, person, now, "corrected", lines=kept, net=found.net, tax=found.tax, reason=reason.strip()[:300],
        before=before,
    )  # fmt: skip


def waive(charges: Iterable[Charge], *, reason: str, person: Person, now: datetime) -> list[Charge]:
    """Nothing is to be paid for these; what was set aside for them is given back."""
    done = []
    with transaction.atomic():
        for charge in _locked(charges, person):
            _require_proposed(charge)
            kept = _hold_of(charge)
            if kept is not None:
                budgets.release(kept, now=now)
            done.append(_save(charge, person, now, "waived", state=State.WAIVED, reason=reason.strip()[:300]))
    return done


def restore(charge: Charge, *, person: Person, now: datetime) -> Charge:
    """A waived charge waits again."""
    return undo([charge], person=person, now=now)[0]


def pay_by(charge: Charge, budget: Budget | None, *, person: Person, now: datetime) -> Charge:
    """The charge is paid from this budget, or by invoice where there is none."""
    with transaction.atomic():
        (charge,) = _locked([charge], person)
        _require_proposed(charge)
        own = (charge.seller_id, charge.organisation_id)
        if budget is not None and (budget.seller_id, budget.organisation_id) != own:
            raise Unable(_("Found a budget of another group or institution; choose one of the group that used it."))
        held = VoucherUse.objects.filter(order=charge.order_id, state=VoucherUse.State.RESERVED)
        if budget is not None and charge.order_id is not None and held.exists():
            raise Unable(
                _("A voucher pays a part of this order, so it is invoiced; take the voucher off the order first.")
            )
        return _pay_from(charge, budget, person, now)


def by_invoice(order: Order, *, person: Person, now: datetime) -> list[Charge]:
    """The proposed charges for the agreed price of the order are invoiced, for only an invoice is split.

    They stay locked, so that nobody has a budget pay them before the transaction ends. Who may is asked by the caller.
    """
    with transaction.atomic():
        rows = _held(Charge.objects.filter(order=order, state=State.PROPOSED))
        found = [charge for charge in rows if charge.state == State.PROPOSED and is_agreed(charge)]
        return [_pay_from(charge, None, person, now) for charge in found if charge.budget is not None]


def is_agreed(charge: Charge) -> bool:
    """Whether it is the price of an order's work: of a service as quoted, else of the use of the instrument."""
    if charge.order is None:
        return False
    own_use = charge.order.service_id is None and charge.kind == Charge.Kind.USE
    return own_use or charge.kind == Charge.Kind.SERVICE


def credit(charge: Charge, amount: Decimal, *, reason: str, person: Person, now: datetime) -> Charge:
    """So much (tax excluded) of a confirmed charge is given back: a charge below zero on the next invoice or budget."""
    books.require(person, charge.seller)
    with transaction.atomic():
        (charge,) = _locked([charge], person)
        given = credited.net(charge)
        if charge.state not in OWED or not reason.strip():
            raise Unable(_("Only a confirmed charge is credited, with a reason; correct or waive a proposed one."))
        if not ZERO < amount <= charge.net - given:
            raise Unable(
                _("Found ¥ %(found)s; expected more than 0 and at most ¥ %(most)s, which is not credited yet.")
                % {"found": amount, "most": charge.net - given}
            )
        found = Priced(
            (Line("credit", Decimal(1), -amount, -amount, text=reason.strip()[:200]),), -amount,
            -credited.tax_of(charge, amount), charge.tax_percent,
        )  # fmt: skip
        made = keep(
            f"credit:{charge.pk}:{charge.corrections.count() + 1}", found, now=now, kind=Charge.Kind.CREDIT,
            title=charge.title, seller=charge.seller, organisation=charge.organisation, person=charge.person,
            instrument=charge.instrument, service=charge.service, order=charge.order, corrects=charge,
            budget=charge.budget if charge.state == State.SETTLED else None, used_on=books.day_of(now),
            reason=reason.strip()[:300], synthetic=charge.synthetic,
        )  # fmt: skip
        return confirm([made], person=person, now=now)[0]


def _pay_from(charge: Charge, budget: Budget | None, person: Person, now: datetime) -> Charge:
    """The charge is paid from there; what another budget has set aside for it can be spent again."""
    before = charge.budget.title if charge.budget else ""
    made = _save(charge, person, now, "paid by", before=before, budget=budget)
    _let_go(made, now)
    return made


def _let_go(charge: Charge, now: datetime) -> None:
    """What a budget has set aside that does not pay the charge, closed meanwhile or passed over, can be spent again."""
    kept = _hold_of(charge)
    if kept is not None and kept.budget_id != charge.budget_id:
        budgets.release(kept, now=now)


def _owe(charge: Charge, person: Person, now: datetime) -> LedgerEntry | None:
    """To be invoiced: the tax is owed when the invoice is written."""
    if not charge.net:
        return None
    seller = charge.seller
    unbilled = ledger.account(seller, Account.Code.UNBILLED, organisation=charge.organisation, person=charge.person)
    lines = [(unbilled, charge.net), (ledger.account(seller, Account.Code.INCOME), -charge.net)]
    return ledger.post(seller, "charge", lines, person=person, now=now, text=charge.title, synthetic=charge.synthetic)


def _settle(charge: Charge, person: Person, now: datetime) -> LedgerEntry | None:
    """Paid from the budget: what was set aside comes back in the same entry, so the two together cannot overdraw."""
    budget, seller = charge.budget, charge.seller
    assert budget is not None
    lines = [
        (budget.available, charge.gross),
        (ledger.account(seller, Account.Code.INCOME), -charge.net),
        (ledger.account(seller, Account.Code.OUTPUT_TAX), -charge.tax),
    ]
    kept = _hold_of(charge)
    if kept is not None and kept.state == Hold.State.HELD and kept.budget_id == budget.pk:
        lines += [(budget.reserved, kept.amount), (budget.available, -kept.amount)]
        Hold.objects.filter(pk=kept.pk).update(state=Hold.State.SETTLED, at=now)
    if not any(amount for _account, amount in lines):
        return None
    try:
        text = charge.title
        entry = ledger.post(seller, "settled", lines, person=person, now=now, text=text, synthetic=charge.synthetic)
    except Overdrawn:
        raise Overdrawn(
            _("“%(title)s” costs ¥ %(amount)s and budget “%(budget)s” has less left; add money or invoice it.")
            % {"title": charge.title, "amount": charge.gross, "budget": budget.title}
        ) from None
    if charge.person is not None:
        notices.tell(
            [charge.person], kind="charge.settled", now=now, link=f"/budgets/{budget.pk}/", title=charge.title,
            amount=str(charge.gross), budget=budget.title,
        )  # fmt: skip
    return entry


def _hold_of(charge: Charge) -> Hold | None:
    if charge.corrects_id is not None or charge.kind == Charge.Kind.EXTRA:
        return None
    rows = Hold.objects.select_related("budget__available", "budget__reserved", "budget__seller")
    if charge.booking_id is not None:
        return rows.filter(booking=charge.booking_id).first()
    if charge.order_id is not None and charge.kind == Charge.Kind.SERVICE:
        return rows.filter(order=charge.order_id).first()
    return None


def _locked(charges: Iterable[Charge], person: Person) -> list[Charge]:
    """The charges as they stand now, for one who keeps the books they are in."""
    found = _held(Charge.objects.filter(pk__in=[charge.pk for charge in charges]))
    for seller in {charge.seller for charge in found}:
        books.require(person, seller)
    return found


def _held(rows: QuerySet[Charge]) -> list[Charge]:
    """These charges as they stand, and, in a transaction, until it ends.

    They are locked before they are read: a row that was waited for comes new from PostgreSQL, but what is joined to it
    as it was before, so that a budget named meanwhile would be taken for none.
    """
    if transaction.get_connection().in_atomic_block:
        rows = Charge.objects.filter(pk__in=list(rows.select_for_update().order_by("pk").values_list("pk", flat=True)))
    return list(
        rows.select_related(
            "seller", "organisation", "person", "order", "budget__available", "budget__reserved", "entry", "invoice"
        ).order_by("pk")
    )


def _require_proposed(charge: Charge) -> None:
    if charge.state != State.PROPOSED:
        raise Unable(
            _("“%(title)s” is %(state)s; take that back first.")
            % {"title": charge.title, "state": charge.get_state_display()}
        )


def _save(charge: Charge, person: Person, now: datetime, verb: str, *, before: str = "", **values: Any) -> Charge:
    for name, value in values.items():
        setattr(charge, name, value)
    with transaction.atomic():
        charge.save(update_fields=list(values))
        more = {"before": before} if before else {}
        if values.get("budget") is not None:
            more["budget"] = values["budget"].title
        reason = values.get("reason", "")
        journal.write(person=person, verb=verb, thing=charge, at=now, gross=str(charge.gross), reason=reason, **more)
    return charge
