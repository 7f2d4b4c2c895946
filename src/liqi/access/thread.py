"""The thread: everything about one order, read as one value in the order of time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liqi.access.commissions import chain
from liqi.access.commissions.states import STEPS, waiting_for
from liqi.access.hours import year_of
from liqi.access.models import Booking, Commission, Custody, Order, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution

__all__ = ["Count", "Next", "Step", "Thread", "read"]


@dataclass(frozen=True)
class Step:
    """One card of the thread: what happened, when, by whom."""

    kind: str
    """need, instrument, service, booking, session, state, custody, feedback; `answers` adds file, run, answer ..."""
    at: datetime
    title: str
    state: str
    who: Person | None
    thing: Any
    """The record itself, for links and actions."""


@dataclass(frozen=True)
class Count:
    """What the evaluation of an institution counts of this order in one year."""

    institution: Institution | None
    year: int
    effective_hours: Decimal
    outside_hours: Decimal

    @property
    def words(self) -> str:
        """The line as the thread shows it."""
        return _(
            "This order counts %(effective)s effective hours, %(outside)s of them outside hours, "
            "for %(institution)s in %(year)d, by the national definition."
        ) % {
            "effective": self.effective_hours.quantize(Decimal("0.01")),
            "outside": self.outside_hours.quantize(Decimal("0.01")),
            "institution": self.institution or _("an institution not on record"),
            "year": self.year,
        }


@dataclass(frozen=True)
class Next:
    """Whose turn it is, and for what."""

    verb: str
    """book, wait, start, end, upload, finish, commission or nothing; `thing` of commission is the Commission."""
    words: str
    at: datetime | None
    thing: Any = None


@dataclass(frozen=True)
class Thread:
    """An order with its whole chain."""

    order: Order
    steps: list[Step]
    bookings: list[Booking]
    sessions: list[Session]
    effective_hours: Decimal
    outside_hours: Decimal
    counts: list[Count]
    next: Next

    def with_steps(self, more: Iterable[Step], then: Next | None = None) -> "Thread":
        """The thread with the steps of other parts set in at their time, and what they say is next."""
        steps = sorted([*self.steps, *more], key=lambda step: step.at)
        return replace(self, steps=steps, next=then or self.next)


def read(order: Order, *, now: datetime) -> Thread:
    """The chain of the order as it stands now: at most four queries, however long it is."""
    bookings = list(order.bookings.select_related("instrument__institution", "person").order_by("starts_at", "pk"))
    sessions = list(
        Session.objects.filter(booking__order=order)
        .select_related("instrument__institution", "person", "booking")
        .order_by("started_at", "pk")
    )
    ended = [session for session in sessions if session.effective_hours is not None]
    commission = Commission.objects.filter(order=order).first() if order.kind == Order.Kind.COMMISSIONED else None
    steps = [*_steps(order, bookings, sessions), *_steps_of(commission)]
    return Thread(
        order=order,
        steps=sorted(steps, key=lambda step: step.at),
        bookings=bookings,
        sessions=sessions,
        effective_hours=_hours(ended),
        outside_hours=_hours(session for session in ended if session.outside),
        counts=_counts(ended),
        next=_next_of(commission) if commission else _next(order, bookings, sessions, now),
    )


def _steps(order: Order, bookings: list[Booking], sessions: list[Session]) -> Iterable[Step]:
    yield Step("need", order.created_at, order.need or order.title, order.state, order.person, order)
    if order.instrument is not None:
        yield Step("instrument", order.created_at, str(order.instrument), "", None, order.instrument)
    if order.service is not None:
        yield Step("service", order.created_at, str(order.service), "", None, order.service)
    for booking in bookings:
        yield Step("booking", booking.created_at, str(booking.instrument), booking.state, booking.person, booking)
    for session in sessions:
        state = "running" if session.is_running else "ended"
        yield Step("session", session.started_at, str(session.instrument), state, session.person, session)


def _steps_of(commission: Commission | None) -> Iterable[Step]:
    """What happened to the order of a service: its steps, the hand-overs of its samples, the feedback."""
    if commission is None:
        return
    for taken in chain.steps(commission):
        yield Step("state", taken.at, str(STEPS[taken.verb].done), taken.after, taken.person, taken)
    for links in chain.links(commission):
        yield Step("custody", links.at, str(Custody.Verb(links.verb).label), links.verb, links.links[0].person, links)
    if given := chain.feedback(commission):
        yield Step("feedback", given.at, given.words, str(given.grade), given.person, given)


def _next_of(commission: Commission) -> Next:
    """What the order of a service waits for."""
    verb = "nothing" if commission.is_over else "commission"
    return Next(verb, waiting_for(commission.state), None, commission)


def _hours(sessions: Iterable[Session]) -> Decimal:
    return sum((session.effective_hours or Decimal(0) for session in sessions), Decimal(0))


def _counts(ended: list[Session]) -> list[Count]:
    found: dict[tuple[Institution | None, int], list[Session]] = defaultdict(list)
    for session in ended:
        assert session.ended_at is not None
        year = year_of(session.ended_at, session.instrument.time_zone)
        found[session.instrument.institution, year].append(session)
    return [
        Count(institution, year, _hours(rows), _hours(row for row in rows if row.outside))
        for (institution, year), rows in found.items()
    ]


def _next(order: Order, bookings: list[Booking], sessions: list[Session], now: datetime) -> Next:
    if order.state != Order.State.OPEN:
        return Next("nothing", _("Finished."), None)
    for session in sessions:
        if session.is_running:
            return Next("end", _("End the session when you leave the instrument."), None, session)
    used = {session.booking_id for session in sessions}
    ahead = [booking for booking in bookings if booking.is_live and booking.ends_at > now and booking.pk not in used]
    if ahead:
        verb = "start" if ahead[0].starts_at <= now else "wait"
        return Next(verb, _("Start the session at the instrument."), ahead[0].starts_at, ahead[0])
    if sessions:
        return Next("upload", _("Add the data file of the session."), None, sessions[-1])
    if order.service is not None:
        return Next("wait", _("The facility answers your order."), None, order.service)
    return Next("book", _("Book a time on an instrument."), None, order.instrument)
