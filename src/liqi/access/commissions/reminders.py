"""What falls due by the clock: results that are late, samples kept past their day; each is told of once."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from liqi.access.commissions import keepers
from liqi.access.commissions.progress import today
from liqi.access.models import Commission, Order, Sample
from liqi.accounts import journal, notices
from liqi.accounts.models import JournalEntry

__all__ = ["remind"]

MOST = 200


def remind(*, now: datetime) -> int:
    """The facility was told of every order that is late since today, and of every order with samples kept too long."""
    day = today(now)
    late = Commission.objects.filter(due_on__lt=day, state__in=_GOING).values("order")
    kept = Sample.objects.held().filter(keep_until__lt=day).values("order")
    told = _tell("order.overdue", Order.objects.filter(pk__in=late), now)
    return told + _tell("samples.overdue", Order.objects.filter(pk__in=kept), now)


_GOING = ("received", "in work", "measured", "in review")


def _tell(kind: str, orders: QuerySet[Order], now: datetime) -> int:
    """Tell of those that were not told of yet; the journal remembers."""
    line = JournalEntry.objects.filter(thing="access.order", verb=kind, thing_id=Cast(OuterRef("pk"), CharField()))
    fresh = list(orders.filter(~Exists(line), service__isnull=False).select_related("service__institution")[:MOST])
    for order in fresh:
        with transaction.atomic():
            day = _day(kind, order)
            assert order.service is not None
            notices.tell(
                keepers.keepers_of(order.service), kind=kind, now=now, link=f"/orders/{order.key}/",
                title=order.title, day=day.isoformat() if day else "",
            )  # fmt: skip
            journal.write(person=None, verb=kind, thing=order, at=now)
    return len(fresh)


def _day(kind: str, order: Order) -> date | None:
    if kind == "order.overdue":
        return order.commission.due_on
    return order.samples.held().order_by("keep_until").values_list("keep_until", flat=True).first()
