"""What a session or an order used of the stock, at the prices of its issues."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from liqi.access.models import Order, Session, StockItem, StockMovement

Kind = StockMovement.Kind
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Used:
    """What a session or an order used of an item at one price, less what was brought back; None: it is not charged."""

    item: StockItem
    quantity: Decimal
    unit_price_cny: Decimal | None

    @property
    def amount_cny(self) -> Decimal | None:
        """What it costs, to the fen; below zero where more was brought back than taken."""
        price = self.unit_price_cny
        return None if price is None else (self.quantity * price).quantize(CENT, ROUND_HALF_UP)


def used(*, session: Session | None = None, order: Order | None = None, after: int = 0) -> list[Used]:
    """What a session used, or an order beside its sessions, by item and price of issue: what is charged for it.

    With ``after`` only the movements that came after the one of this number.
    """
    rows = StockMovement.objects.filter(kind__in=(Kind.ISSUE, Kind.RETURN), pk__gt=after)
    if session is not None:
        rows = rows.filter(session=session)
    else:
        rows = rows.filter(order=order, order__isnull=False, session=None)
    sums: dict[tuple[int, Decimal | None], tuple[StockItem, Decimal]] = {}
    for one in rows.select_related("lot__item").order_by("pk"):
        key = (one.lot.item_id, one.unit_price_cny)
        item, quantity = sums.get(key, (one.lot.item, Decimal(0)))
        sums[key] = (item, quantity - one.quantity)
    return [Used(item, quantity, price) for (_item, price), (item, quantity) in sums.items() if quantity]
