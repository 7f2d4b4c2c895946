"""A series is looked at date by date, and booked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from liqi.access.booking import Asking, Refused, Round, SlotTaken, Wanted, exactly, keep, request_of
from liqi.access.models import HOLDING, Booking, Order, Series
from liqi.access.models.order import new_key
from liqi.access.positions import Place
from liqi.access.rules import Objection
from liqi.access.series._dates import Date, SeriesRefused, plan
from liqi.access.series._recurrence import BadRule, moments, parts, written
from liqi.accounts import journal
from liqi.accounts.models import Organisation, Person, Project

LONGER = timedelta(hours=2)
"""By so much at most is a day longer than another, where clocks change."""


@dataclass(frozen=True)
class Made:
    """A series with its bookings, and what became of each date."""

    series: Series
    bookings: list[Booking]
    dates: list[Date]


def preview(
    wanted: Sequence[Wanted],
    *,
    person: Person,
    rule: str,
    time_zone: str,
    now: datetime,
    except_dates: Sequence[str] = (),
    clash: str = Series.Clash.REFUSE,
    tolerance: timedelta = timedelta(0),
    organisation: Organisation | None = None,
    project: Project | None = None,
    made_by: Person | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> list[Date]:
    """What would become of each date now; nothing is held. Raises BadRule for a rule that cannot be read.

    ``wanted`` is the first date: one period for each instrument.
    """
    starts = moments(rule, wanted[0].starts_at, _zone(time_zone), except_dates=except_dates)
    asking = Asking(
        person, now, organisation, None, project, "", "", made_by, frozenset(waive), reason
    )  # fmt: skip
    asked = round_of(asking, wanted, starts, tolerance)
    return plan(asked, wanted, starts, zone=time_zone, clash=clash, tolerance=tolerance)


def book(
    wanted: Sequence[Wanted],
    *,
    person: Person,
    rule: str,
    time_zone: str,
    now: datetime,
    except_dates: Sequence[str] = (),
    clash: str = Series.Clash.REFUSE,
    tolerance: timedelta = timedelta(0),
    organisation: Organisation | None = None,
    order: Order | None = None,
    project: Project | None = None,
    title: str = "",
    need: str = "",
    request_key: str = "",
    made_by: Person | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> Made:
    """Every date is booked under one order, on the clock of ``time_zone``; a clash is refused, skipped or shifted.

    The same request sent again gives the series of the first. Raises SeriesRefused when the clash policy refuses
    or no date is left, BadRule, NotAllowed; after any of them nothing is changed.
    """
    starts = moments(rule, wanted[0].starts_at, _zone(time_zone), except_dates=except_dates)
    asking = Asking(
        person, now, organisation, order, project, title, need, made_by, frozenset(waive), reason
    )  # fmt: skip
    for instrument in {each.instrument.pk: each.instrument for each in wanted}.values():
        asking.require(instrument)
    text = written(parts(rule))

    def write() -> Made:
        if again := _made_before(wanted, asking, text, time_zone, request_key):
            return again
        asked = round_of(asking, wanted, starts, tolerance)
        dates = plan(asked, wanted, starts, zone=time_zone, clash=clash, tolerance=tolerance)
        placed = [each for date in dates for each in _linked(date)]
        if not placed or (clash != Series.Clash.SKIP and not all(date.is_booked for date in dates)):
            raise SeriesRefused(dates)
        series = Series.objects.create(
            person=person, rule=text, except_dates=list(except_dates), time_zone=time_zone,
            starts_at=wanted[0].starts_at, minutes=(wanted[0].ends_at - wanted[0].starts_at) // timedelta(minutes=1),
            clash=clash, tolerance_minutes=tolerance // timedelta(minutes=1), request_key=request_key, created_at=now,
        )  # fmt: skip
        journal.write(person=asking.actor, verb="began series", thing=series, at=now, rule=text, dates=len(dates))
        return Made(series, keep(placed, asking, asked, series=series), dates)

    return exactly(
        write, instruments=[each.instrument for each in wanted], people=[person],
        taken=lambda: SlotTaken(request_of(wanted[0], asking)),
    )  # fmt: skip


def round_of(
    asking: Asking, wanted: Sequence[Wanted], starts: Sequence[datetime], tolerance: timedelta
) -> Round:  # fmt: skip
    """The round in which all dates are asked: it knows what is held from the first to the last.

    A date whose days are longer than those of the first ends later.
    """
    first = wanted[0].starts_at
    reach = [
        replace(each, starts_at=each.starts_at + shift, ends_at=each.ends_at + shift + LONGER)
        for each in wanted
        for shift in (min(starts) - first - tolerance, max(starts) - first + tolerance)
    ]
    return Round(asking, reach)


def _linked(date: Date) -> list[tuple[Wanted, Place]]:
    """What is placed on the date; several instruments of one date belong together."""
    if len(date.placed) < 2:
        return list(date.placed)
    key = new_key()
    return [(replace(each, together=key), place) for each, place in date.placed]


def _made_before(
    wanted: Sequence[Wanted], asking: Asking, rule: str, time_zone: str, request_key: str
) -> Made | None:  # fmt: skip
    """The series that the same request made earlier; a request key used for another one is refused."""
    mine, first = Series.objects.filter(person=asking.person), wanted[0]
    same = {
        "rule": rule,
        "time_zone": time_zone,
        "starts_at": first.starts_at,
        "minutes": (first.ends_at - first.starts_at) // timedelta(minutes=1),
    }
    found = None
    if request_key:
        found = mine.filter(request_key=request_key).first()
        if found is not None and any(getattr(found, name) != value for name, value in same.items()):
            words = _("This request key belongs to another series of yours; send a new key with a new request.")
            raise Refused([Objection("request_key", words, waivable=False)])
    found = found or mine.filter(**same, bookings__instrument=first.instrument, bookings__state__in=HOLDING).first()
    if found is None:
        return None
    bookings = list(found.bookings.select_related("instrument", "order").order_by("starts_at", "pk"))
    dates = [
        Date(row.occurrence_at or row.starts_at, "booked", row.starts_at, row.ends_at) for row in bookings
    ]  # fmt: skip
    return Made(found, bookings, dates)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        words = _("Found %(zone)s, expected a time zone such as Asia/Shanghai; choose one from the list.")
        raise BadRule(words % {"zone": name}) from None
    return name
