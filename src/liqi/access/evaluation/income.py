"""What was earned in a year: confirmed charges less credits, those of outside users apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from liqi.access.evaluation._homes import Homes, homes
from liqi.access.models import Charge
from liqi.catalogue.models import Instrument

__all__ = ["EARNED", "Income", "charges", "of_instruments", "of_one_side", "of_seller"]

EARNED = (Charge.State.CONFIRMED, Charge.State.INVOICED, Charge.State.SETTLED)
"""Charges that a steward confirmed, whether they are paid or not."""


@dataclass(frozen=True)
class Income:
    """Income without tax in CNY, and of how many charges."""

    inside_cny: Decimal = Decimal(0)
    outside_cny: Decimal = Decimal(0)
    charges: int = 0


def charges(year: int) -> QuerySet[Charge]:
    """The charges that count for what was used in the year."""
    return Charge.objects.filter(state__in=EARNED, used_on__year=year)


def of_seller(institution: int, year: int) -> Income | None:
    """What the institution earned; None where no charge of the year is on record: that is not the same as nothing."""
    return _added(charges(year).filter(seller=institution), "seller").get(institution)


def of_instruments(instruments: Iterable[int], year: int) -> dict[int, Income]:
    """What was earned with each instrument whose institution has charges of the year on record; others are absent."""
    pks = list(instruments)
    hosts = dict(Instrument.everything.filter(pk__in=pks).values_list("pk", "institution"))
    selling = set(charges(year).filter(seller__in=set(hosts.values()) - {None}).values_list("seller", flat=True))
    found = _added(charges(year).filter(instrument__in=pks), "instrument")
    return {pk: found.get(pk, Income()) for pk in pks if hosts.get(pk) in selling}


def _added(rows: QuerySet[Charge], by: str) -> dict[int, Income]:
    """By seller or instrument; whether a use was outside its session says, else where the buyer belongs."""
    at = rows.order_by().values_list(by, "seller", "organisation", "session__outside")
    lines = list(at.annotate(net=Sum("net"), n=Count("pk")))
    known: Homes | None = None
    found: dict[int, Income] = {}
    for key, seller, organisation, outside, net, n in lines:
        if outside is None:
            known = known or homes()
            outside = known.outside(organisation, seller)
        before = found.get(key, Income())
        money = Decimal(net or 0)
        found[key] = Income(
            before.inside_cny + (Decimal(0) if outside else money),
            before.outside_cny + (money if outside else Decimal(0)),
            before.charges + n,
        )
    return found


def of_one_side(rows: QuerySet[Charge], outside: bool) -> QuerySet[Charge]:
    """Of the charges those of outside users, or of inside users."""
    known = homes()
    pairs = set(rows.order_by().filter(session=None).values_list("seller", "organisation"))
    met = Q(session__outside=outside)
    for seller, organisation in pairs:
        if known.outside(organisation, seller) == outside:
            met |= Q(session=None, seller=seller, organisation=organisation)
    return rows.filter(met)
