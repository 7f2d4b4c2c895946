"""The four sources of an instrument, read and reconciled: what agrees, what is amiss, what a steward settled."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from liqi.access.metering import terms
from liqi.access.models import (
    HOLDING,
    Booking,
    LogOn,
    MeteredStretch,
    MeteringTerms,
    Session,
    Settlement,
)
from liqi.access.opening import utc
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Checked, Claim, Finding, Held, Level, LoggedOn, Sources, Stretch, reconcile

__all__ = ["FileTime", "Files", "Seen", "no_files", "read", "read_one"]

_Row = TypeVar("_Row", Session, Booking, LogOn, Settlement)

BESIDE = timedelta(hours=24)
"""What lies beside the period is read too, so that nothing is cut where it begins or ends."""
PAST = (*HOLDING, "released")
"""Bookings that say when somebody was to come."""


@dataclass(frozen=True)
class FileTime:
    """A data file of an instrument and the moment at which it was written there."""

    instrument: int
    at: datetime
    name: str


Files = Callable[[Sequence[int], datetime, datetime], Iterable[FileTime]]
"""Gives the data files of instruments in a period; `answers` keeps them, which access does not know."""


def no_files(instruments: Sequence[int], starts_at: datetime, ends_at: datetime) -> Iterable[FileTime]:
    """No data file is known."""
    return ()


@dataclass(frozen=True)
class Seen:
    """One instrument in a period."""

    instrument: int
    sources: Sources
    checked: Checked
    open: tuple[Finding, ...]
    """What nobody has settled."""
    settled: tuple[tuple[Finding, Settlement], ...]
    sessions: dict[int, Session]
    files: tuple[FileTime, ...]

    @property
    def contested(self) -> frozenset[int]:
        """The sessions with an open finding."""
        return frozenset(finding.claim for finding in self.open if finding.claim is not None)


def read_one(
    instrument: Instrument, starts_at: datetime, ends_at: datetime, *, now: datetime, files: Files = no_files
) -> Seen:
    """The instrument in [starts_at, ends_at); at most six queries and those of ``files``."""
    return read([instrument.pk], starts_at, ends_at, now=now, files=files)[instrument.pk]


def read(
    instruments: Sequence[int], starts_at: datetime, ends_at: datetime, *, now: datetime, files: Files = no_files
) -> dict[int, Seen]:
    """Each instrument in [starts_at, ends_at), as far as it is over; the number of queries does not grow with them.

    A finding belongs to the period in which it begins.
    """
    starts_at, ends_at, now = utc(starts_at), utc(ends_at), utc(now)
    wide = starts_at - BESIDE, min(ends_at + BESIDE, now)
    known = terms.of_many(instruments)
    sessions = _by_instrument(_sessions(instruments, *wide))
    bookings = _by_instrument(
        Booking.objects.filter(instrument__in=instruments, state__in=PAST)
        .meeting(*wide)
        .only("pk", "instrument", "starts_at", "ends_at", "person")
    )
    at_the_pc = LogOn.objects.filter(instrument__in=instruments, started_at__lt=wide[1])
    log_ons = _by_instrument(at_the_pc.exclude(ended_at__lte=wide[0]))
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    rows = MeteredStretch.objects.filter(meter__instrument__in=instruments).meeting(*wide)
    for instrument, level, start, end in rows.values_list("meter__instrument", "level", "starts_at", "ends_at"):
        stretches[instrument].append(Stretch(Level(level), start, end))
    written: dict[int, list[FileTime]] = defaultdict(list)
    for one in files(instruments, *wide):
        written[one.instrument].append(one)
    settled = _by_instrument(_settlements(instruments, *wide))
    found = {}
    for instrument in instruments:
        sources = Sources(
            claims=[_claim(one, now) for one in sessions[instrument]],
            bookings=[_held(one) for one in bookings[instrument]],
            log_ons=[_logged(one, now) for one in log_ons[instrument]],
            stretches=stretches[instrument],
            files=sorted(one.at for one in written[instrument]),
        )
        its = known.get(instrument) or MeteringTerms()
        found[instrument] = _seen(
            instrument, reconcile(sources, its.limits), sources, sessions[instrument], settled[instrument],
            written[instrument], (starts_at, ends_at), now,
        )  # fmt: skip
    return found


def _seen(
    instrument: int, checked: Checked, sources: Sources, sessions: list[Session], settlements: list[Settlement],
    written: list[FileTime], period: tuple[datetime, datetime], now: datetime,
) -> Seen:  # fmt: skip
    start, end = period
    verdicts = {(one.kind, one.starts_at, one.ends_at): one for one in settlements}
    running = {one.pk for one in sessions if one.is_running}
    mine = tuple(  # what goes on now is judged when it is over
        finding
        for finding in checked.findings
        if start <= finding.starts_at < end and finding.claim not in running and finding.ends_at <= now
    )
    of = {id(finding): verdicts.get((finding.kind.value, finding.starts_at, finding.ends_at)) for finding in mine}
    return Seen(
        instrument=instrument,
        sources=sources,
        checked=replace(checked, findings=mine),
        open=tuple(finding for finding in mine if of[id(finding)] is None),
        settled=tuple((finding, one) for finding in mine if (one := of[id(finding)]) is not None),
        sessions={one.pk: one for one in sessions},
        files=tuple(sorted(written, key=lambda one: one.at)),
    )


def _sessions(instruments: Sequence[int], starts_at: datetime, ends_at: datetime) -> Iterable[Session]:
    rows = Session.objects.filter(instrument__in=instruments).meeting(starts_at, ends_at)
    return rows.select_related("person", "organisation", "staff", "booking__order").order_by("started_at", "pk")


def _settlements(instruments: Sequence[int], starts_at: datetime, ends_at: datetime) -> Iterable[Settlement]:
    rows = Settlement.objects.filter(instrument__in=instruments, starts_at__gte=starts_at, starts_at__lt=ends_at)
    return rows.select_related("person")


def _by_instrument(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.instrument_id].append(row)
    return found


def _claim(session: Session, now: datetime) -> Claim:
    ends_at = session.ended_at or max(now, session.started_at)
    return Claim(session.pk, session.started_at, ends_at, session.idle, session.person_id)


def _held(booking: Booking) -> Held:
    return Held(booking.pk, booking.starts_at, booking.ends_at, booking.person_id)


def _logged(log_on: LogOn, now: datetime) -> LoggedOn:
    return LoggedOn(log_on.pk, log_on.started_at, log_on.ended_at or max(now, log_on.started_at), log_on.person_id)
