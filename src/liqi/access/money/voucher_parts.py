"""What vouchers pay of an invoice: cut where an order became cheaper, reserved again where it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access.models import Invoice, VoucherUse
from liqi.access.money import voucher_caps
from liqi.access.money.amounts import ZERO
from liqi.access.money.refusal import Unable

__all__ = ["cut", "due", "give_back", "put_on", "trim"]

State = VoucherUse.State
FEN = Decimal("0.01")


def due(costs: Mapping[int, Decimal], *, now: datetime) -> list[VoucherUse]:
    """The reserved uses for these orders, cut down where the agreed price of an order became less than its contract.

    One that is cut to nothing has the amount 0 and pays for something else from now on.
    ``costs`` says for each order what of its agreed price is invoiced, tax included.
    """
    voucher_caps.queue(costs)
    rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order__in=costs, state=State.RESERVED)
    found = list(rows.select_related("voucher__programme", "allowance").order_by("pk"))
    for use in found:
        _cut(use, costs[use.order_id], now)
    return found


def put_on(invoice: Invoice, uses: Iterable[VoucherUse]) -> None:
    """The uses pay their part of the invoice; of one that it cut to nothing it is kept which invoice did so."""
    for use in uses:
        if use.amount > 0:
            VoucherUse.objects.filter(pk=use.pk).update(state=State.USED, invoice=invoice)
        else:
            VoucherUse.objects.filter(pk=use.pk).update(cut_by=invoice)


def cut(costs: Mapping[int, Decimal], *, invoice: Invoice, now: datetime) -> list[tuple[VoucherUse, Decimal]]:
    """The vouchers on the invoice pay less where these orders became cheaper, tax included: each with how much less.

    Raises Unable where the voucher's part was handed in to the authority already.
    """
    voucher_caps.queue(costs)
    rows = VoucherUse.objects.select_for_update(of=("self",)).filter(order__in=costs, invoice=invoice)
    found = []
    for use in rows.select_related("voucher__programme", "allowance").order_by("pk"):
        if costs[use.order_id] < use.contract and use.state != State.USED:
            raise Unable(_("Its voucher was handed in to the authority already; credit the charge instead."))
        if less := _cut(use, costs[use.order_id], now):
            found.append((use, less))
    return found


def give_back(invoice: Invoice) -> None:
    """The uses on the invoice, which is taken back, are reserved for their orders again.

    One that the invoice had cut pays of its whole contract again where its caps still leave that, else what it paid;
    one that it had cut to nothing does where its order has no other voucher meanwhile.
    """
    mine = VoucherUse.objects.filter(Q(invoice=invoice) | Q(cut_by=invoice, state=State.RELEASED))
    voucher_caps.queue(mine.values_list("order", flat=True))
    rows = VoucherUse.objects.select_for_update(of=("self",)).select_related("voucher__programme", "allowance")
    for pk in list(mine.order_by("pk").values_list("pk", flat=True)):
        use = rows.get(pk=pk)  # one by one: two may be of one voucher
        gone = use.state == State.RELEASED
        more = use.whole_amount - (ZERO if gone else use.amount)
        fits = more <= voucher_caps.room(use)
        if gone and (not fits or _has_other(use)):
            continue
        if more > 0 and fits:
            voucher_caps.move(use.voucher.programme, use.allowance, use.voucher, more)
            use.contract, use.amount = use.whole_contract, use.whole_amount
        use.state, use.invoice, use.cut_by = State.RESERVED, None, None
        use.save(update_fields=["contract", "amount", "state", "invoice", "cut_by"])


def trim(uses: Iterable[VoucherUse], most: Decimal) -> Decimal:
    """The uses pay a fen less each, until they pay ``most`` less; how much less, for some pay whole steps only."""
    left = most
    for use in uses:
        less = use.voucher.programme.step
        if less <= min(left, FEN) and use.amount > less:
            voucher_caps.move(use.voucher.programme, use.allowance, use.voucher, -less)
            use.amount -= less
            VoucherUse.objects.filter(pk=use.pk).update(amount=use.amount)
            left -= less
    return most - left


def _cut(use: VoucherUse, cost: Decimal, now: datetime) -> Decimal:
    """The use pays the same share of an order that became so cheap, in whole steps; how much less that is."""
    if cost >= use.contract:
        return ZERO
    cost = max(cost, ZERO)
    programme, before = use.voucher.programme, use.amount
    fair = (use.amount * cost / use.contract / programme.step).quantize(Decimal(1), rounding=ROUND_FLOOR)
    amount = (fair * programme.step).quantize(Decimal("0.01"))
    voucher_caps.move(programme, use.allowance, use.voucher, amount - before)
    if amount <= 0:
        VoucherUse.objects.filter(pk=use.pk).update(state=State.RELEASED, invoice=None, at=now)
    else:
        VoucherUse.objects.filter(pk=use.pk).update(amount=amount, contract=cost)
    use.amount, use.contract = amount, cost
    less: Decimal = before - amount
    return less


def _has_other(use: VoucherUse) -> bool:
    """Whether a voucher pays a part of its order now."""
    return VoucherUse.objects.filter(order=use.order_id).exclude(state=State.RELEASED).exists()
