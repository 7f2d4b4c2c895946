"""What of a charge was credited: of its price and of its tax, and whether there is room for more."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from liqi.access.models import Charge
from liqi.access.money.amounts import ZERO, percent_of
from liqi.access.money.refusal import Unable

__all__ = ["OWED", "net", "require_room", "tax", "tax_of"]

State = Charge.State
OWED = (State.CONFIRMED, State.INVOICED, State.SETTLED)
"""What stands in the ledger."""


def net(charge: Charge, *, but: int = 0) -> Decimal:
    """How much of the charge (tax excluded) was credited, or is about to be."""
    rows = charge.corrections.exclude(state=State.WAIVED).exclude(pk=but)
    return -sum((each.net for each in rows), ZERO)


def tax(charge: Charge, *, but: int = 0) -> Decimal:
    """How much of the tax of the charge was credited, or is about to be."""
    rows = charge.corrections.exclude(state=State.WAIVED).exclude(pk=but)
    return -sum((each.tax for each in rows), ZERO)


def tax_of(charge: Charge, amount: Decimal) -> Decimal:
    """The tax of so much more that is credited: the credits of a charge have together what it has, to the fen.

    Rounded one by one, three credits of 0.25 at 6 % would give back 0.06 of the 0.05 that were paid.
    """
    whole: Decimal = min(percent_of(net(charge) + amount, charge.tax_percent), charge.tax)
    return max(whole - tax(charge), ZERO)


def require_room(charge: Charge) -> None:
    """A credit that waited is confirmed only while what it corrects is owed and not credited otherwise."""
    if charge.corrects_id is None:
        return
    whole = Charge.objects.select_for_update().get(pk=charge.corrects_id)
    no_room = -charge.net > whole.net - net(whole, but=charge.pk) or -charge.tax > whole.tax - tax(whole, but=charge.pk)
    if whole.state not in OWED or no_room:
        raise Unable(
            _("“%(title)s” is not owed any more, or was credited otherwise; waive this credit.")
            % {"title": whole.title}
        )
