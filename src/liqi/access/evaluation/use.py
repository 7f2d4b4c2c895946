"""What instruments did in a year: hours of confirmed sessions, of all sessions, or as their source declared them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from liqi.access.models import UseTally
from liqi.catalogue.models import Instrument, Service
from liqi.insight.evaluation import Edition
from liqi.insight.evaluation.use import Shares, Sums, shares_of

__all__ = ["BASES", "CONFIRMED", "DECLARED", "METERED", "SUMS", "counting", "ended_in", "of", "shares", "sums"]

CONFIRMED, METERED, DECLARED = "confirmed", "metered", "declared"
BASES = (CONFIRMED, METERED, DECLARED)
"""Which hours count: those that a steward stands for, all that were metered, or what the record's source declared."""
_HOURS = DecimalField(max_digits=14, decimal_places=4, null=True)
_NONE = Value(None, output_field=_HOURS)


def counting(rows: QuerySet[Instrument], hours: Edition) -> QuerySet[Instrument]:
    """Of the instruments those that the figures count: of at least the registration value and not retired."""
    return rows.filter(value_cny__gte=Decimal(str(hours.values["from_cny"]))).exclude(status="retired")


def of(rows: QuerySet[Instrument], year: int, basis: str) -> QuerySet[Instrument]:
    """The instruments with `effective_h`, `outside_h`, `used_sessions`, `waiting` and `open` of the year.

    Hours are None where nothing can be known: nothing was metered in the year and nobody can book it here. `waiting`
    counts sessions that nobody confirmed; `open` is whether it takes bookings or samples.
    """
    mine = UseTally.objects.filter(instrument=OuterRef("pk"), year=year)
    served = Service.objects.filter(instruments=OuterRef("pk"), open=True)
    takes = Q(bookable=True) | ~Q(booking_url="") | Exists(served)
    return rows.annotate(
        effective_h=_hours(mine, year, basis, "effective_h", "run_hours"),
        outside_h=_hours(mine, year, basis, "outside_h", "outside_hours"),
        used_sessions=_count(mine if basis == METERED else mine.filter(confirmed=True)),
        waiting=_count(mine.filter(confirmed=False)),
        open=Case(When(takes, then=True), default=False, output_field=BooleanField()),
    )


def _hours(mine: QuerySet[UseTally], year: int, basis: str, name: str, declared: str) -> Case:
    if basis == DECLARED:
        return Case(When(hours_year=year, then=F(declared)), default=_NONE, output_field=_HOURS)
    chosen = mine if basis == METERED else mine.filter(confirmed=True)
    added = chosen.order_by().values("instrument").annotate(sum=Sum(name)).values("sum")
    known = Exists(mine) | Q(bookable=True)
    return Case(
        When(known, then=Coalesce(Subquery(added), Decimal(0), output_field=_HOURS)), default=_NONE, output_field=_HOURS
    )


def _count(mine: QuerySet[UseTally]) -> Coalesce:
    added = mine.order_by().values("instrument").annotate(n=Sum("sessions")).values("n")
    return Coalesce(Subquery(added), 0, output_field=IntegerField())


def shares(rows: QuerySet[Instrument], year: int, basis: str, hours: Edition) -> Shares:
    """Utilisation, sharing, open share and mean hours of the instruments that count; two queries at most."""
    counted = of(counting(rows, hours), year, basis)
    found = counted.aggregate(**SUMS)
    return shares_of(sums(found), hours)


def sums(row: Mapping[str, Any]) -> Sums:
    """What a row of SUMS says."""
    n = row["n"]
    return Sums(n, row["known"], _decimal(row["effective"]), _decimal(row["outside"]), n, row["takes"])


SUMS = {
    "n": Count("pk"),
    "known": Count("effective_h"),
    "effective": Sum("effective_h"),
    "outside": Sum("outside_h"),
    "takes": Count("pk", filter=Q(open=True)),
}
"""What is added up over instruments that `of` gave."""


def ended_in(zones: Iterable[str], year: int) -> Q:
    """The sessions that ended in the year by the clock of their instrument, whose zone is one of these."""
    met = Q(pk__in=[])
    for zone in sorted(set(zones)):
        clock = ZoneInfo(zone or "UTC")
        starts_at, ends_at = (datetime(one, 1, 1, tzinfo=clock).astimezone(UTC) for one in (year, year + 1))
        met |= Q(instrument__time_zone=zone, ended_at__gte=starts_at, ended_at__lt=ends_at)
    return met


def _decimal(value: object) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))
