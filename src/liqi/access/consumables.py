"""Consumables as charges: what a session or an order used of the stock is proposed to be paid, each movement once.

A charge says in its cause which movement was the last that it covers; what is issued or brought back later stands on
the next one, whatever a steward made of the first. Prices are those of the issues, tax included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from liqi.access.care import stock
from liqi.access.models import Charge, Commission, Order, Session, StockMovement
from liqi.access.money import books, budgets, charges, pricing, proposals
from liqi.access.money.amounts import ZERO
from liqi.access.money.books import BACK
from liqi.access.money.proposals import AT_ONCE

__all__ = ["due", "of_order", "of_session"]

CHUNK = 500
"""Of how many sessions or orders the charges are looked up by one query."""
OVER = (*Commission.OPENED, *Commission.OVER)
"""The states of a sample order in which its consumables are charged; own use is charged at once."""


def due(*, now: datetime) -> int:
    """Charges are proposed for what was used since the last time; how many."""
    moves = StockMovement.objects.filter(unit_price_cny__gt=0, at__gt=now - BACK, at__lte=now, synthetic=False)
    ended = moves.filter(session__ended_at__lte=now, session__synthetic=False)
    ready = moves.filter(session=None, order__synthetic=False).filter(
        Q(order__commission__isnull=True) | Q(order__commission__state__in=OVER)
    )
    return _charge("session", ended, lambda pk: of_session(Session.objects.get(pk=pk), now=now)) + _charge(
        "order", ready, lambda pk: of_order(Order.objects.get(pk=pk), now=now)
    )


def of_session(session: Session, *, now: datetime) -> Charge | None:
    """The charge for what the session used since its last such charge; None while it runs, or for nothing."""
    if session.ended_at is None:
        return None
    with transaction.atomic():
        held = Session.objects.select_for_update(of=("self",)).select_related(
            "instrument__institution__organisation", "organisation", "person", "booking__order__project"
        )
        session = held.get(pk=session.pk)
        if session.instrument.institution is None:
            return None
        order = session.booking.order if session.booking else None
        facts = proposals.facts(session, order) | {"session": session, "used_on": books.day_of(session.started_at)}
        return _keep(f"consumables:session:{session.pk}", facts, now, session=session)


def of_order(order: Order, *, now: datetime) -> Charge | None:
    """The charge for what the order used beside its sessions since its last such charge; None for nothing."""
    with transaction.atomic():
        held = Order.objects.select_for_update(of=("self",)).select_related(
            "service__institution__organisation", "instrument__institution__organisation", "organisation", "person",
            "project",
        )  # fmt: skip
        order = held.get(pk=order.pk)
        thing = order.service or order.instrument
        if thing is None or thing.institution is None:
            return None
        facts = {
            "title": order.title, "seller": thing.institution, "organisation": order.organisation,
            "person": order.person, "service": order.service, "instrument": order.instrument, "order": order,
            "budget": budgets.of(order.organisation, thing.institution, order.project),
            "synthetic": order.synthetic, "used_on": books.day_of(now),
        }  # fmt: skip
        return _keep(f"consumables:order:{order.pk}", facts, now, order=order)


def _keep(cause: str, facts: dict[str, Any], now: datetime, **of: Any) -> Charge | None:
    """One charge for every movement that none covers yet: an extra, or a credit where more came back than went out."""
    covered = _covered(cause)
    rows = StockMovement.objects.filter(pk__gt=covered, unit_price_cny__gt=0, **of)
    last = (rows if "session" in of else rows.filter(session=None)).aggregate(pk=Max("pk"))["pk"]
    found = [one for one in stock.used(**of, after=covered) if one.amount_cny]
    lines = [
        pricing.Line("item", one.quantity, one.unit_price_cny or ZERO, one.amount_cny or ZERO, item=one.item.name)
        for one in found
    ]
    priced = pricing.total(lines, Decimal(0))
    if last is None or not priced.net:
        return None
    kind = Charge.Kind.EXTRA if priced.net > 0 else Charge.Kind.CREDIT
    return charges.keep(f"{cause}:{last}", priced, now=now, kind=kind, **facts)


def _covered(cause: str) -> int:
    """The last movement that stands on a charge of this cause; 0 for none."""
    causes = Charge.objects.filter(cause__startswith=f"{cause}:").values_list("cause", flat=True)
    return max((int(one.rpartition(":")[2]) for one in causes), default=0)


def _charge(what: str, rows: QuerySet[StockMovement], made_for: Callable[[int], Charge | None]) -> int:
    """So many charges were made; what comes to nothing is passed over and holds up nobody behind it."""
    done = 0
    for pk in _uncovered(what, rows):
        done += made_for(pk) is not None
        if done == AT_ONCE:
            break
    return done


def _uncovered(what: str, rows: QuerySet[StockMovement]) -> Iterator[int]:
    """The sessions or orders whose last priced movement stands on no charge yet, oldest first."""
    moves = list(rows.order_by().values(what).annotate(last=Max("pk")).values_list(what, "last").order_by("last"))
    for first in range(0, len(moves), CHUNK):
        last = {f"consumables:{what}:{pk}:{move}": pk for pk, move in moves[first : first + CHUNK]}
        known = set(Charge.objects.filter(cause__in=list(last)).values_list("cause", flat=True))
        yield from (pk for cause, pk in last.items() if cause not in known)
