"""What is left of each item, and who hears that it runs low."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Prefetch, Q

from liqi.access.care.stock._movements import say
from liqi.access.models import StockItem, StockLot
from liqi.accounts import notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Facility


@dataclass(frozen=True)
class Level:
    """An item with its lots that hold something, and how much of it is left and not expired."""

    item: StockItem
    lots: tuple[StockLot, ...]
    left: Decimal
    expired: Decimal

    @property
    def low(self) -> bool:
        """Whether it is to be ordered: less than its minimum is left and can be used."""
        return self.left < self.item.minimum


def levels(facilities: Iterable[Facility], *, on: date) -> list[Level]:
    """Every item that is kept there with what is left on that day; two queries however many there are."""
    full = Prefetch("lots", StockLot.objects.filter(left_thousandths__gt=0).order_by("expires_on", "pk"))
    items = StockItem.objects.filter(facility__in=list(facilities), ended_at=None).prefetch_related(full)
    found = []
    for item in items.select_related("facility").order_by("name", "pk"):
        lots = tuple(item.lots.all())
        gone = sum((one.left for one in lots if one.expires_on is not None and one.expires_on < on), Decimal(0))
        found.append(Level(item, lots, sum((one.left for one in lots), Decimal(0)) - gone, gone))
    return found


def due(*, now: datetime) -> int:
    """The stewards hear once that an item runs low, and again after there was enough; upkeep asks."""
    told = 0
    kept = StockItem.objects.filter(Q(minimum__gt=0) | Q(told_at__isnull=False), ended_at=None)
    for level in levels(Facility.objects.filter(pk__in=kept.values("facility")), on=now.date()):
        if not level.low:
            if level.item.told_at is not None:
                StockItem.objects.filter(pk=level.item.pk).update(told_at=None)
            continue
        with transaction.atomic():
            if StockItem.objects.filter(pk=level.item.pk, told_at=None).update(told_at=now):
                people = Person.objects.filter(stewardships__facility=level.item.facility, is_active=True).distinct()
                notices.tell(
                    people, kind="stock.low", now=now, link=f"/desk/stock/{level.item.pk}/", item=level.item.name,
                    left=say(int(level.left * 1000)), unit=level.item.unit,
                )  # fmt: skip
                told += 1
    return told
