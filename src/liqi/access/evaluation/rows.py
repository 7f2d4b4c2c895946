"""The records behind a figure, down to one session: what is asked of which institution or instrument and year."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet, Sum

from liqi.access.evaluation import income, scope, use
from liqi.access.evaluation._homes import homes
from liqi.access.models import Feedback, Sample, Session, Steward
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument
from liqi.catalogue.national.figures import year_bounds

__all__ = ["KINDS", "Asked", "Behind", "read"]


@dataclass(frozen=True)
class Asked:
    """Which rows: of an institution or an instrument (else of all that the person sees), in which year."""

    year: int
    basis: str = use.CONFIRMED
    institution: Institution | None = None
    instrument: Instrument | None = None
    side: str = ""
    """`outside` or `inside`; empty for both."""
    counting: Any = None
    """The table of hours, where only instruments count that are worth enough."""


@dataclass(frozen=True)
class Behind:
    """The rows of a figure in order, what they add up to, and what that is."""

    query: QuerySet[Any]
    total: Decimal | None
    """Sum of hours or money, mean of grades; None where rows are only counted."""
    unit: str


def read(kind: str, asked: Asked, person: Person) -> Behind:
    """The rows of that kind that the person may see; KeyError for a kind that there is not."""
    return KINDS[kind](asked, person)


def instruments(asked: Asked, person: Person) -> QuerySet[Instrument]:
    """The instruments asked for, as far as the person sees them."""
    rows = scope.instruments(person)
    if asked.institution is not None:
        rows = rows.filter(institution=asked.institution)
    if asked.instrument is not None:
        rows = rows.filter(pk=asked.instrument.pk)
    return rows if asked.counting is None else use.counting(rows, asked.counting)


def sessions(asked: Asked, person: Person) -> Behind:
    """The sessions whose hours count: confirmed ones, or all; those nobody confirmed for the basis `waiting`."""
    mine = instruments(asked, person)
    zones = mine.order_by().values_list("time_zone", flat=True).distinct()
    rows = Session.objects.filter(use.ended_in(zones, asked.year), instrument__in=mine, withdrawn=False)
    if asked.basis != use.METERED:
        rows = rows.filter(confirmation__isnull=asked.basis == "waiting")
    if asked.side:
        rows = rows.filter(outside=asked.side == "outside")
    total = rows.aggregate(sum=Sum("effective_hours"))["sum"]
    near = rows.select_related("instrument", "person", "organisation", "confirmation__person")
    return Behind(near.order_by("-ended_at", "-pk"), _hours(total), "h")


def charges(asked: Asked, person: Person) -> Behind:
    """The charges that count as income, credits among them."""
    rows = income.charges(asked.year)
    if asked.instrument is not None:
        rows = rows.filter(instrument__in=instruments(asked, person))
    else:
        mine = Q(seller__in=scope.institutions(person)) | Q(instrument__in=scope.instruments(person))
        rows = rows.filter(mine)
        if asked.institution is not None:
            rows = rows.filter(seller=asked.institution)
    if asked.side:
        rows = income.of_one_side(rows, asked.side == "outside")
    total = rows.aggregate(sum=Sum("net"))["sum"]
    near = rows.select_related("organisation", "instrument", "session", "order", "person", "seller")
    return Behind(near.order_by("-used_on", "-pk"), total, "CNY")


def grades(asked: Asked, person: Person) -> Behind:
    """The grades that outside users gave."""
    starts_at, ends_at = year_bounds(asked.year)
    mine = scope.institutions(person)
    if asked.institution is not None:
        mine = mine.filter(pk=asked.institution.pk)
    rows = Feedback.objects.filter(at__gte=starts_at, at__lt=ends_at)
    rows = rows.filter(Q(order__service__institution__in=mine) | Q(order__instrument__institution__in=mine))
    pairs = rows.order_by().values_list(
        "order__organisation", "order__service__institution", "order__instrument__institution"
    )
    known, met = homes(), Q(pk__in=[])
    for organisation, of_service, of_instrument in set(pairs):
        if known.outside(organisation, of_service or of_instrument):
            of = Q(order__service__institution=of_service, order__instrument__institution=of_instrument)
            met |= of & Q(order__organisation=organisation)
    rows = rows.filter(met)
    mean = rows.aggregate(mean=Avg("grade"))["mean"]
    near = rows.select_related("order__organisation", "order__service", "order__instrument")
    return Behind(near.order_by("-at", "-pk"), None if mean is None else Decimal(str(mean)), "of 5")


def technicians(asked: Asked, person: Person) -> Behind:
    """The stewards of instruments and facilities; a person with several stewardships counts once."""
    seen = scope.instruments(person)
    near = Q(instrument__in=seen) | Q(facility__institution__in=scope.institutions(person))
    rows = Steward.objects.filter(near)
    if asked.institution is not None:
        host = asked.institution
        rows = rows.filter(Q(instrument__institution=host) | Q(facility__institution=host))
    if asked.instrument is not None:
        of = Q(instrument=asked.instrument)
        if asked.instrument.facility_id is not None:
            of |= Q(facility=asked.instrument.facility_id)
        rows = rows.filter(of)
    total = rows.aggregate(n=Count("person", distinct=True))["n"]
    near_rows = rows.select_related("person", "instrument", "facility")
    return Behind(near_rows.order_by("person__name", "pk"), Decimal(total), "people")


def samples(asked: Asked, person: Person) -> Behind:
    """The samples of orders of the year on services with the instrument, that the facility had in its hands."""
    starts_at, ends_at = year_bounds(asked.year)
    mine = instruments(asked, person)
    rows = Sample.objects.filter(order__created_at__gte=starts_at, order__created_at__lt=ends_at)
    rows = rows.filter(order__service__instruments__in=mine).exclude(state=Sample.State.EXPECTED).distinct()
    return Behind(rows.select_related("order__service").order_by("-order__created_at", "number"), None, "samples")


KINDS: dict[str, Callable[[Asked, Person], Behind]] = {
    "sessions": sessions, "charges": charges, "grades": grades, "technicians": technicians, "samples": samples,
}  # fmt: skip
"""The kinds of rows that a figure can open."""


def _hours(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.0001"))
