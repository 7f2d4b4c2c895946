"""Synthetic booking terms, a series, a request that waits and a proposed swap, so that their pages show something."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from liqi.access import booking, free, series, swap, terms
from liqi.access.booking import Wanted
from liqi.access.models import Booking, BookingTerms, Series
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["load"]

HOUR = timedelta(hours=1)


def load(*, now: datetime) -> int:
    """The example is there; how many bookings were made. Loading it again makes none."""
    member = Person.objects.filter(email="member@example.org").first()
    operator = Person.objects.filter(is_operator=True).order_by("pk").first()
    instruments = list(
        Instrument.objects.select_related("institution").filter(synthetic=True, bookable=True).order_by("key")[:3]
    )
    if member is None or operator is None or len(instruments) < 3 or BookingTerms.objects.exists():
        return 0
    several, asked, shared = instruments
    families = ["水样", "油样"]
    setup = {"水样": {"油样": 30}, "油样": {"水样": 60}}
    terms.change(several, person=operator, now=now, positions=3, before_minutes=15, after_minutes=15)
    terms.change(shared, person=operator, now=now, families=families, setup_minutes=setup)
    made = _series(several, member, now)
    if theirs := _next(shared, operator, now):
        made.append(theirs)
    if mine := _next(shared, member, now):
        made.append(mine)
        if theirs:
            swap.propose(given=theirs, wanted=mine, person=operator, now=now, words="我的样品次日才到")
    terms.change(asked, person=operator, now=now, approval="always")
    if request := _next(asked, member, now):
        made.append(request)
    Booking.objects.filter(pk__in=[each.pk for each in made]).update(synthetic=True)
    Series.objects.filter(bookings__in=made).update(synthetic=True)
    return len(made)


def _next(instrument: Instrument, person: Person, now: datetime) -> Booking | None:
    """The next free time from two days on, booked."""
    for start, end in free.next_slots(instrument, 4, now=now + 48 * HOUR, minutes=max(instrument.min_minutes, 60)):
        try:
            return booking.book(instrument=instrument, person=person, starts_at=start, ends_at=end, now=now)
        except (booking.SlotTaken, booking.Refused, booking.NotAllowed):
            continue
    return None


def _series(instrument: Instrument, person: Person, now: datetime) -> list[Booking]:
    """A weekly series that leaves out what is taken."""
    first = free.next_slots(instrument, 1, now=now + 48 * HOUR, minutes=max(instrument.min_minutes, 60))
    if not first:
        return []
    day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][first[0][0].astimezone(ZoneInfo(instrument.time_zone)).weekday()]
    try:
        return series.book(
            [Wanted(instrument, *first[0])], person=person, rule=f"FREQ=WEEKLY;BYDAY={day};COUNT=4",
            time_zone=instrument.time_zone, now=now, clash=Series.Clash.SKIP, title="每周一次的老化试验",
        ).bookings  # fmt: skip
    except (booking.SlotTaken, booking.Refused, booking.NotAllowed):
        return []
