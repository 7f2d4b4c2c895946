"""Positions: which place of an instrument is free for a period, with buffers and set-up times."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liqi.access.models import Booking, Outage
from liqi.access.opening import Period
from liqi.access.terms import Terms
from liqi.catalogue.models import Instrument

FACTS: Any = (
    "pk", "person_id", "position", "starts_at", "ends_at", "held_from", "held_until", "family",
)  # fmt: skip
__all__ = ["Hold", "Place", "around", "busy", "choose", "shut"]


@dataclass(frozen=True)
class Hold:
    """What a booking holds of its instrument, or an outage, which has no booking and no person."""

    booking: int
    person: int
    position: int
    starts_at: datetime
    ends_at: datetime
    held_from: datetime
    held_until: datetime
    family: str
    outage: bool = False
    """Out of use: no buffer and no set-up lies beside it."""


@dataclass(frozen=True)
class Place:
    """A position that is free, and the period that is held there."""

    position: int
    held_from: datetime
    held_until: datetime


def around(
    instruments: Iterable[Instrument], starts_at: datetime, ends_at: datetime, terms: Mapping[int, Terms]
) -> dict[int, list[Hold]]:
    """What is held on each instrument in the period and as near to it as can matter, by start; one query.

    Where an instrument has several places, one that is out of use is held too (a second query).
    """
    wanted = list(instruments)
    reach = [terms[one.pk] for one in wanted]
    early = starts_at - max(max(each.before, each.longest_setup) for each in reach)
    late = ends_at + max(max(each.after, each.longest_setup) for each in reach)
    rows = Booking.objects.filter(instrument__in=wanted) if len(wanted) > 1 else Booking.objects.filter(
        instrument=wanted[0]
    )  # fmt: skip
    near = rows.holding(early, late).order_by("starts_at", "pk")
    found: dict[int, list[Hold]] = defaultdict(list)
    for row in near.values_list("instrument_id", *FACTS):
        found[row[0]].append(Hold(*row[1:]))
    if several := [one for one in wanted if terms[one.pk].positions > 1]:
        _add_outages(found, several, early, late, terms)
    return found


def busy(
    instruments: Iterable[Instrument], starts_at: datetime, ends_at: datetime, terms: Mapping[int, Terms]
) -> dict[int, list[Hold]]:
    """What is held and what is out of use on each instrument: all that free time has to leave out; two queries."""
    wanted = list(instruments)
    found = around(wanted, starts_at, ends_at, terms)
    _add_outages(found, [one for one in wanted if terms[one.pk].positions == 1], starts_at, ends_at, terms)
    return found


def _add_outages(
    found: dict[int, list[Hold]], instruments: list[Instrument], starts_at: datetime, ends_at: datetime,
    terms: Mapping[int, Terms],
) -> None:  # fmt: skip
    """What is out of use is held as well."""
    if not instruments:
        return
    out = Outage.objects.standing().filter(instrument__in=instruments).meeting(starts_at, ends_at)
    for instrument, position, start, end in out.values_list("instrument_id", "position", "starts_at", "ends_at"):
        until = end or max(ends_at, start)
        for one in range(terms[instrument].positions) if position is None else (position,):
            found[instrument].append(Hold(0, 0, one, start, until, start, until, "", outage=True))


def shut(hold: Hold, terms: Terms, family: str = "") -> Period:
    """Where no booking of that family can lie on the position of this one: its hold, one's own buffers, set-up."""
    if hold.outage:
        return hold.held_from, hold.held_until
    start, end = hold.held_from - terms.after, hold.held_until + terms.before
    if terms.setup:
        start = min(start, hold.starts_at - terms.setup_time(family, hold.family))
        end = max(end, hold.ends_at + terms.setup_time(hold.family, family))
    return start, end


def choose(
    holds: Iterable[Hold],
    terms: Terms,
    starts_at: datetime,
    ends_at: datetime,
    *,
    family: str = "",
    but: Collection[int] = (),
    rather: int | None = None,
) -> Place | None:
    """The lowest free position for [starts_at, ends_at), or ``rather`` that one if it is free; None when all are taken.

    Set-up counts from the neighbours alone: what lies behind them has its own time to them.
    """
    by_position: dict[int, list[Hold]] = defaultdict(list)
    for hold in holds:
        if hold.booking not in but:
            by_position[hold.position].append(hold)
    order = list(range(terms.positions))
    if rather is not None and rather in order:
        order.remove(rather)
        order.insert(0, rather)
    for position in order:
        if _is_free(by_position[position], terms, starts_at, ends_at, family):
            return Place(position, *terms.held(starts_at, ends_at))
    return None


def _is_free(holds: list[Hold], terms: Terms, starts_at: datetime, ends_at: datetime, family: str) -> bool:
    held_from, held_until = terms.held(starts_at, ends_at)
    for hold in holds:
        first, last = (starts_at, ends_at) if hold.outage else (held_from, held_until)
        if hold.held_from < last and hold.held_until > first:
            return False
    if not terms.setup:
        return True
    holds = [hold for hold in holds if not hold.outage]
    before = max((hold for hold in holds if hold.starts_at < starts_at), key=lambda hold: hold.ends_at, default=None)
    after = min((hold for hold in holds if hold.starts_at >= starts_at), key=lambda hold: hold.starts_at, default=None)
    return all(
        shut(hold, terms, family)[0] >= ends_at or shut(hold, terms, family)[1] <= starts_at
        for hold in (before, after)
        if hold is not None
    )
