"""What the system proposes to charge: sessions, late cancellations, times nobody came to, orders that are done."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from liqi.access.models import Booking, Charge, Order, PriceTable, Quote, Session, VoucherUse
from liqi.access.money import books, budgets, charges, pricing, tables
from liqi.access.money.amounts import percent_of
from liqi.access.money.books import BACK
from liqi.access.money.pricing import Line, Priced

__all__ = ["due", "facts", "of_booking", "of_order", "of_session"]

AT_ONCE = 100
"""How many of a kind are looked at in one turn."""
WITH = ("instrument__institution__organisation", "organisation", "person")
Used = TypeVar("Used", Session, Booking)


def due(*, now: datetime) -> int:
    """Charges are proposed for what ended since the last time; how many."""
    done = 0
    for session in _turn("session", _sessions(now), by="ended_at"):
        done += of_session(session, now=now) is not None
    for booking in _turn("booking", _bookings(now), by="pk"):
        done += of_booking(booking, now=now) is not None
    return done


def of_session(session: Session, *, now: datetime) -> Charge | None:
    """The charge for a session that ended, idle time left out; None while it runs or without a price."""
    if session.ended_at is None:
        return None
    ends_at = session.ended_at - session.idle
    if ends_at <= session.started_at:
        return None
    found = tables.of_instrument(
        session.instrument, organisation=session.organisation, starts_at=session.started_at, ends_at=ends_at
    )
    if found is None or not found.lines:
        return None
    order = session.booking.order if session.booking else None
    given = facts(session, order) | {"session": session, "booking": session.booking, "kind": Charge.Kind.USE}
    return charges.keep(f"session:{session.pk}", found, now=now, used_on=books.day_of(session.started_at), **given)


def of_booking(booking: Booking, *, now: datetime) -> Charge | None:
    """The charge for a cancellation too late, or for a time nobody came to; None where the table asks for nothing."""
    table = tables.found(booking.instrument, on=books.day_of(booking.starts_at))
    if table is None:
        return None
    absent = booking.state == Booking.State.RELEASED
    late = booking.cancelled_at is not None and booking.cancelled_at > booking.starts_at - timedelta(
        hours=table.late_hours
    )
    percent = table.absent_percent if absent else table.late_percent if late else Decimal(0)
    kind = Charge.Kind.ABSENT if absent else Charge.Kind.LATE
    whole = tables.of_instrument(
        booking.instrument, organisation=booking.organisation, starts_at=booking.starts_at, ends_at=booking.ends_at
    )
    if not percent or whole is None or not whole.net:
        return None
    amount = percent_of(whole.net, percent)
    found = pricing.total([Line(str(kind), Decimal(1), amount, amount)], whole.tax_percent, whole.table)
    given = facts(booking, booking.order) | {"booking": booking, "kind": kind}
    return charges.keep(f"booking:{booking.pk}", found, now=now, used_on=books.day_of(booking.starts_at), **given)


def of_order(order: Order, *, now: datetime) -> Charge | None:
    """The charge for an order whose work is done: what its accepted quote says; None without one.

    A budget pays it, but where a voucher pays a part it is invoiced, for only an invoice is split.
    """
    quote = Quote.objects.filter(order=order, state=Quote.State.ACCEPTED).select_related("seller").first()
    if quote is None:
        return None
    found = Priced(tuple(Line.of_json(line) for line in quote.lines), quote.net, quote.tax, quote.tax_percent)
    split = VoucherUse.objects.filter(order=order, state=VoucherUse.State.RESERVED).exists()
    budget = None if split else budgets.of(quote.organisation, quote.seller, order.project)
    return charges.keep(
        f"order:{order.pk}", found, now=now, kind=Charge.Kind.SERVICE, title=order.title, seller=quote.seller,
        organisation=quote.organisation, person=quote.person, service=order.service, instrument=order.instrument,
        order=order, budget=budget, used_on=books.day_of(now), synthetic=order.synthetic,
    )  # fmt: skip


def facts(used: Session | Booking, order: Order | None) -> dict[str, Any]:
    """Who pays whom for a session or booking, and from what."""
    instrument = used.instrument
    seller = instrument.institution
    project = order.project if order else None
    return {
        "title": instrument.name[:200], "instrument": instrument, "seller": seller, "person": used.person,
        "organisation": used.organisation, "order": order, "synthetic": used.synthetic,
        "budget": budgets.of(used.organisation, seller, project),
    }  # fmt: skip


def _turn(name: str, rows: QuerySet[Used], *, by: str) -> list[Used]:
    """The next of these behind those of the last turn, then from the first again.

    So what comes to no charge, such as the free hours of one's own people, holds up nobody behind it.
    """
    key = f"liqi-proposals:{name}"
    if after := cache.get(key):
        at, pk = after
        rows = rows.filter(Q(**{f"{by}__gt": at}) | Q(**{by: at, "pk__gt": pk}), **{f"{by}__gte": at})
    found = list(rows.order_by(by, "pk")[:AT_ONCE])
    cache.set(key, (getattr(found[-1], by), found[-1].pk) if len(found) == AT_ONCE else None, None)
    return found


def _sessions(now: datetime) -> QuerySet[Session]:
    """Ended ones without a charge on instruments that have a price; synthetic ones are charged by the example."""
    charged = Charge.objects.filter(session=OuterRef("pk"), kind=Charge.Kind.USE)
    priced = PriceTable.objects.filter(seller=OuterRef("instrument__institution"), published=True)
    rows = Session.objects.filter(ended_at__gt=now - BACK, ended_at__lte=now, effective_hours__gt=0, synthetic=False)
    rows = rows.filter(~Exists(charged), instrument__institution__isnull=False)
    rows = rows.filter(Q(instrument__price_cny_per_hour__gt=0) | Exists(priced))
    return rows.select_related(*WITH, "booking__order__project")


def _bookings(now: datetime) -> QuerySet[Booking]:
    """Cancelled or released ones without a charge whose institution asks for something then."""
    charged = Charge.objects.filter(booking=OuterRef("pk"))
    asking = PriceTable.objects.filter(seller=OuterRef("instrument__institution"), published=True)
    longest = PriceTable.objects.filter(published=True, late_percent__gt=0).aggregate(hours=Max("late_hours"))["hours"]
    late_from = F("starts_at") - timedelta(hours=longest or 0)
    late = Q(state=Booking.State.CANCELLED, cancelled_at__gt=now - BACK) & Q(cancelled_at__gt=late_from)
    absent = Q(state=Booking.State.RELEASED, ends_at__gt=now - BACK, starts_at__lte=now)
    rows = Booking.objects.filter(
        late & Exists(asking.filter(late_percent__gt=0)) | absent & Exists(asking.filter(absent_percent__gt=0))
    )
    return rows.filter(~Exists(charged), synthetic=False).select_related(*WITH, "order__project")
