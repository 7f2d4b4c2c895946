"""Hours: what the national definition counts of the metered sessions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from liqi.access.models import Session, SessionQuerySet
from liqi.catalogue.models import Institution, Instrument

QUOTA_HOURS = Decimal(1600)
"""Effective hours of an instrument and year that the national resource survey (2014) takes as full use."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class Use:
    """The counted hours of one instrument, or of many."""

    sessions: int
    effective_hours: Decimal
    """Start-up, measuring and needed post-processing; idle running excluded."""
    outside_hours: Decimal
    """Effective hours for users of other institutions."""

    @property
    def sharing_percent(self) -> Decimal:
        """Outside hours / effective hours x 100; 0 when there are no effective hours (national survey)."""
        return (
            (self.outside_hours / self.effective_hours * 100).quantize(Decimal("0.1")) if self.effective_hours else ZERO
        )


@dataclass(frozen=True)
class Report:
    """The hours of an institution in one calendar year."""

    institution: Institution
    year: int
    total: Use
    by_instrument: dict[int, Use]
    """Instrument id to its hours; instruments that were not used are absent."""
    instruments: int
    """How many instruments the institution has on record, used or not."""

    @property
    def mean_effective_hours(self) -> Decimal | None:
        """Sum of effective hours / number of instruments; None without an instrument."""
        return (self.total.effective_hours / self.instruments).quantize(Decimal("0.1")) if self.instruments else None

    @property
    def mean_outside_hours(self) -> Decimal | None:
        """Sum of outside hours / number of instruments; None without an instrument."""
        return (self.total.outside_hours / self.instruments).quantize(Decimal("0.1")) if self.instruments else None

    @property
    def utilisation_percent(self) -> Decimal | None:
        """Mean effective hours / 1,600 x 100, which may exceed 100 (national survey)."""
        mean = self.mean_effective_hours
        return None if mean is None else (mean / QUOTA_HOURS * 100).quantize(Decimal("0.1"))


def report(*, institution: Institution, year: int) -> Report:
    """What the institution's instruments worked in the year; a session counts in the year in which it ended.

    The year is that of the clock where the instrument stands.
    """
    rows = _ended_about(year).filter(instrument__institution=institution)
    found = defaultdict(list)
    for instrument, zone, ended, hours, outside in rows.values_list(
        "instrument", "instrument__time_zone", "ended_at", "effective_hours", "outside"
    ):
        if ended is not None and year_of(ended, zone) == year:
            found[instrument].append((hours, outside))
    return Report(
        institution=institution,
        year=year,
        total=_sum(row for rows in found.values() for row in rows),
        by_instrument={instrument: _sum(rows) for instrument, rows in found.items()},
        instruments=Instrument.objects.filter(institution=institution).count(),
    )


def of_instrument(*, instrument: Instrument, starts_at: datetime, ends_at: datetime) -> Use:
    """The hours of the sessions on the instrument that ended in [starts_at, ends_at)."""
    rows = Session.objects.filter(instrument=instrument).ended_in(starts_at, ends_at)
    return _sum(rows.values_list("effective_hours", "outside"))


def year_of(moment: datetime, time_zone: str) -> int:
    """The calendar year that the clock of the zone shows at the moment."""
    return moment.astimezone(ZoneInfo(time_zone or "UTC")).year


def _ended_about(year: int) -> SessionQuerySet:
    """The sessions that ended in the year on some clock of the world."""
    margin = timedelta(hours=15)
    return Session.objects.ended_in(
        datetime(year, 1, 1, tzinfo=UTC) - margin, datetime(year + 1, 1, 1, tzinfo=UTC) + margin
    )


def _sum(rows: Iterable[tuple[Decimal | None, bool]]) -> Use:
    sessions, effective, outside_hours = 0, ZERO, ZERO
    for hours, outside in rows:
        sessions += 1
        effective += hours or ZERO
        outside_hours += (hours or ZERO) if outside else ZERO
    return Use(sessions, effective, outside_hours)
