"""Service records and the figures of a year, computed from metered sessions: never typed, never doubled."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from liqi.access import hours
from liqi.access.models import Order, Session
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, ServiceRecord
from liqi.catalogue.national import figures
from liqi.catalogue.national.figures import Figure

SOURCE = "sessions"
INSIDE, OUTSIDE = "120", "130"
OWN_USE, COMMISSIONED = "1", "3"
_CENT = Decimal("0.01")
_AT_ONCE = 500
COMPUTED = (
    *("starts_at", "ends_at", "amount_cny", "quantity", "quantity_unit", "audience", "source_row", "synthetic"),
    *("applicant", "applicant_email", "applicant_unit"),
)
"""Fields that follow from the session each time; what people added to the record stays."""


def record_year(institution: Institution, year: int, *, now: datetime, person: Person | None = None) -> dict[str, int]:
    """Every session of the year that has ended has its service record; says how many were made, changed, unchanged.

    A session belongs to the year in which it began, on the platform's clock.
    """
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    with transaction.atomic():
        known = {
            one.source_ref: one
            for one in ServiceRecord.objects.select_for_update().filter(
                source=SOURCE, instrument__institution=institution
            )
        }
        new, changed = [], []
        for session in sessions(institution, year):
            made = record_of(session, now)
            there = known.get(made.source_ref)
            if there is None:
                new.append(made)
                counts["created"] += 1
            elif _take_over(there, made, now):
                changed.append(there)
                counts["updated"] += 1
            else:
                counts["unchanged"] += 1
        ServiceRecord.objects.bulk_create(new, batch_size=_AT_ONCE)
        ServiceRecord.objects.bulk_update(changed, [*COMPUTED, "updated_at"], batch_size=_AT_ONCE)
        if new or changed:
            journal.write(person=person, verb="recorded services", thing=institution, at=now, year=year, **counts)
    return counts


def sessions(institution: Institution, year: int) -> Iterator[Session]:
    """The ended sessions on the institution's instruments that began in the year, in order."""
    starts_at, ends_at = figures.year_bounds(year)
    mine = Session.objects.filter(instrument__institution=institution, instrument__removed_at=None)
    mine = mine.filter(ended_at__isnull=False, started_at__gte=starts_at, started_at__lt=ends_at)
    near = mine.select_related("instrument", "person", "organisation", "booking__order__project")
    yield from near.order_by("started_at", "pk")


def record_of(session: Session, now: datetime) -> ServiceRecord:
    """The service record that a session is; the session, its booking and order are named in its source row."""
    order = session.booking.order if session.booking else None
    quantity = (session.effective_hours or Decimal(0)).quantize(_CENT, ROUND_HALF_UP)
    price = session.instrument.price_cny_per_hour
    commissioned = order is not None and order.kind == Order.Kind.COMMISSIONED
    return ServiceRecord(
        source=SOURCE,
        source_ref=f"session-{session.pk}",
        source_row={
            "session": session.pk,
            "booking": session.booking.pk if session.booking else None,
            "order": order.key if order else None,
        },
        synthetic=session.synthetic,
        created_at=now,
        updated_at=now,
        instrument=session.instrument,
        starts_at=session.started_at,
        ends_at=session.ended_at,
        amount_cny=(price * quantity).quantize(_CENT, ROUND_HALF_UP) if price is not None else None,
        quantity=quantity,
        quantity_unit="hours",
        content=(order.title if order else "")[:200],
        ways=[COMMISSIONED if commissioned else OWN_USE],
        audience=OUTSIDE if session.outside else INSIDE,
        subject_name=(order.project.title if order and order.project else "")[:200],
        applicant=session.person.name[:40],
        applicant_email=session.person.email[:120],
        applicant_unit=(session.organisation.name if session.organisation else "")[:120],
    )


def _take_over(there: ServiceRecord, made: ServiceRecord, now: datetime) -> bool:
    """The record carries what the session says now; whether that changed anything."""
    changes = [name for name in COMPUTED if getattr(there, name) != getattr(made, name)]
    if there.quantity_unit == "samples":  # people counted samples for commissioned work: that stays
        changes = [name for name in changes if name not in ("quantity", "quantity_unit")]
    for name in changes:
        setattr(there, name, getattr(made, name))
    if changes:
        there.updated_at = now
    return bool(changes)


def institution_year(institution: Institution, year: int) -> dict[str, Figure]:
    """Every figure of the year with its row count: those of the national interface, and the metered hours beside.

    `effectiveHours` and `outsideHours` add up sessions, `recordedHours` and `recordedOutsideHours` service records:
    where they differ, sessions are not recorded yet, or other systems brought records in.
    """
    metered = hours.report(institution=institution, year=year)
    records = list(figures.service_records(institution, year))
    found: dict[str, Any] = figures.of_year(institution, year, records=records)
    for key, value, formula in (
        ("effectiveHours", metered.total.effective_hours, "sum over sessions"),
        ("outsideHours", metered.total.outside_hours, "sum over sessions of outside users"),
    ):
        rows = metered.total.sessions
        found[key] = Figure(key, Decimal(value) if rows else None, rows, 0, "h", formula)
    return found | _recorded_hours(records)


def recorded_year(institution: Institution, year: int) -> dict[str, Figure]:
    """The figures of the year that rest on service records alone, without reading instruments and sessions."""
    records = list(figures.service_records(institution, year))
    return {one.key: one for one in figures.money(records)} | _recorded_hours(records)


def _recorded_hours(records: Sequence[ServiceRecord]) -> dict[str, Figure]:
    sums = figures.hours(records)
    count = sum(one.records for one in sums.values())
    return {
        key: Figure(key, value if count else None, count, 0, "h", formula)
        for key, value, formula in (
            ("recordedHours", sum((one.run for one in sums.values()), Decimal(0)), "sum over service records"),
            (
                "recordedOutsideHours",
                sum((one.outside for one in sums.values()), Decimal(0)),
                "sum over service records for outside users",
            ),
        )
    }
