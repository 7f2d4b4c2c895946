"""What voucher programmes, firms and vouchers have left: one lock, and three sums that change together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q

from liqi.access.models import Voucher, VoucherAllowance, VoucherProgramme, VoucherUse
from liqi.access.money.amounts import fen

__all__ = ["move", "queue", "room"]

State = VoucherUse.State


def queue(orders: Iterable[int]) -> None:
    """Nobody else moves what the vouchers of these orders pay until the transaction ends.

    The programme is locked before any use of it, here as in ``vouchers.reserve``, so that no two wait for each other.
    """
    moving = Q(state__in=(State.RESERVED, State.USED)) | Q(cut_by__isnull=False)
    paid = VoucherUse.objects.filter(moving, order__in=set(orders)).values("voucher__programme")
    list(VoucherProgramme.objects.select_for_update().filter(pk__in=paid).order_by("pk").values_list("pk"))


def room(use: VoucherUse) -> Decimal:
    """The least that its voucher, its firm's year and its programme have left."""
    programme, allowance = use.voucher.programme, use.allowance
    left: list[Decimal] = [use.voucher.left, allowance.cap - allowance.reserved]
    if programme.total is not None:
        left.append(programme.total - programme.reserved)
    return min(left)


def move(programme: VoucherProgramme, allowance: VoucherAllowance, voucher: Voucher, amount: Decimal) -> None:
    """The three sums change together; the database refuses each above its cap."""
    VoucherProgramme.objects.filter(pk=programme.pk).update(reserved=F("reserved") + fen(amount))
    VoucherAllowance.objects.filter(pk=allowance.pk).update(reserved=F("reserved") + fen(amount))
    Voucher.objects.filter(pk=voucher.pk).update(reserved=F("reserved") + fen(amount))
