"""Clocks change while instruments are booked: real hours are held, the wall clock is kept, and nothing meets.

Every path is taken over both changes of two zones, on an instrument of two places with buffers, by people who live
elsewhere. The constraint of the database is on, as everywhere.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from liqi.access import booking, free, series, swap, terms, together, waiting, whole_job
from liqi.access.booking import Refused, SlotTaken, Wanted
from liqi.access.models import Booking, Offer
from liqi.access.rules import clock
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import make_instrument, make_person

HOUR, QUARTER, DAY = timedelta(hours=1), timedelta(minutes=15), timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """A night in which the clocks of a zone change, and how many hours that day has."""

    zone: str
    day: date
    hours: int

    @property
    def here(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def now(self) -> datetime:
        """Nine in the morning, four days before."""
        return self.wall(9, days=-4)

    def wall(self, hour: int, minute: int = 0, *, days: int = 0, fold: int = 0) -> datetime:
        """The moment at which clocks there show this on that day, or days later; in their own zone, not in UTC."""
        return datetime.combine(self.day + timedelta(days=days), time(hour, minute, fold=fold), self.here)


CHANGES = [
    Change("Europe/Berlin", date(2027, 3, 28), 23),
    Change("Europe/Berlin", date(2027, 10, 31), 25),
    Change("America/New_York", date(2027, 3, 14), 23),
    Change("America/New_York", date(2027, 11, 7), 25),
]
AUTUMN = [each for each in CHANGES if each.hours == 25]
ids = {"ids": lambda each: f"{each.zone.partition('/')[2]}-{each.hours}h"}
every = pytest.mark.parametrize("change", CHANGES, **ids)
autumn = pytest.mark.parametrize("change", AUTUMN, **ids)


@pytest.fixture
def people(db: None) -> list[Person]:
    """Six people, whose own clocks show something else."""
    zones = ["Asia/Shanghai", "Australia/Lord_Howe", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC"]
    return [make_person(name, time_zone=zone) for name, zone in zip("ABCDEF", zones, strict=True)]


def two_places(institution: Institution, change: Change, steward: Person, **fields: Any) -> Instrument:
    """An instrument there with two places and a quarter of an hour after each booking."""
    made = make_instrument(institution, time_zone=change.zone, horizon_days=90, **fields)
    terms.change(made, person=steward, now=change.now, positions=2, after_minutes=15)
    return made


@pytest.fixture
def operator(db: None) -> Person:
    return make_person("Op", is_operator=True)


def book(instrument: Instrument, person: Person, starts_at: datetime, ends_at: datetime, now: datetime) -> Booking:
    return booking.book(instrument=instrument, person=person, starts_at=starts_at, ends_at=ends_at, now=now)


def real(booked: Booking) -> timedelta:
    """How long it lasts, whatever clocks show."""
    return booked.ends_at.astimezone(UTC) - booked.starts_at.astimezone(UTC)


def walls(rows: list[Booking], change: Change) -> list[str]:
    """What clocks there show at the starts."""
    return [f"{row.starts_at.astimezone(change.here):%d %H:%M}" for row in rows]


def require_apart(instrument: Instrument) -> None:
    """No two holds of one place meet, and the database refuses one that would."""
    rows = list(Booking.objects.live().filter(instrument=instrument).order_by("held_from"))
    assert rows
    for one, other in combinations(rows, 2):
        if one.position == other.position:
            assert one.held_until <= other.held_from, (one, other)
    last = rows[-1]
    middle = last.starts_at + (last.ends_at - last.starts_at) / 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(
            order=last.order, instrument=instrument, person=last.person, position=last.position, state="confirmed",
            starts_at=middle, ends_at=middle + HOUR, held_from=middle, held_until=middle + HOUR,
            created_at=last.created_at,
        )  # fmt: skip


@every
def test_a_night_is_booked_in_real_hours_on_both_places_and_no_third(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    first, second = (book(thing, each, change.wall(0), change.wall(0, days=1), change.now) for each in people[:2])
    assert (first.position, second.position) == (0, 1)
    assert real(first) == change.hours * HOUR
    with pytest.raises(SlotTaken) as taken:
        book(thing, people[2], change.wall(4), change.wall(5), change.now)
    assert taken.value.nearest[-1][0] == change.wall(0, 15, days=1).astimezone(UTC)
    require_apart(thing)


@autumn
def test_the_hour_that_comes_twice_is_two_hours(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = make_instrument(institution, time_zone=change.zone)
    twice = 2 if change.zone.startswith("Europe") else 1
    first = book(thing, people[0], change.wall(twice), change.wall(twice, fold=1), change.now)
    second = book(thing, people[1], change.wall(twice, fold=1), change.wall(twice + 1), change.now)
    assert real(first) == real(second) == HOUR
    assert first.ends_at == second.starts_at
    assert clock(first.starts_at, thing) != clock(second.starts_at, thing)
    with pytest.raises(SlotTaken):
        book(thing, people[2], change.wall(twice, 30), change.wall(twice, 30, fold=1), change.now)
    require_apart(thing)


@every
def test_opening_hours_of_that_night_have_as_many_hours_as_the_night(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator, opening_hours={"sun": [["00:00", "06:00"]]})
    [(opens, closes)] = free.periods_of(thing, change.wall(0), change.wall(0, days=1))
    assert closes - opens == (change.hours - 18) * HOUR
    booked = book(thing, people[0], opens, closes, change.now)
    assert walls([booked], change) == [f"{change.day:%d} 00:00"]
    with pytest.raises(Refused, match="open"):
        book(thing, people[1], change.wall(0), change.wall(0).astimezone(UTC) + (change.hours - 17) * HOUR, change.now)
    require_apart(thing)


@every
def test_a_booking_is_moved_and_made_longer_over_the_change(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    other = book(thing, people[1], change.wall(5), change.wall(7), change.now)
    made = book(thing, people[0], change.wall(22, days=-2), change.wall(4, days=-1), change.now)
    moved = booking.move(
        booking=made, person=people[0], starts_at=change.wall(22, days=-1), ends_at=change.wall(4), now=change.now
    )
    assert (real(moved), moved.position) == ((change.hours - 18) * HOUR, other.position)
    longer = booking.resize(booking=moved, person=people[0], ends_at=change.wall(6), now=change.now)
    assert longer.held_until == change.wall(6, 15).astimezone(UTC)
    assert longer.position != other.position
    third = book(thing, people[2], change.wall(8), change.wall(9), change.now)
    with pytest.raises(SlotTaken):
        booking.resize(booking=third, person=people[2], starts_at=change.wall(6), now=change.now)
    require_apart(thing)


@every
@pytest.mark.parametrize("clash", ["skip", "shift"])
def test_a_series_of_nights_goes_around_the_night_that_is_taken(
    change: Change, clash: str, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    for each in people[:2]:
        book(thing, each, change.wall(1), change.wall(4), change.now)
    made = series.book(
        [Wanted(thing, change.wall(1, days=-2), change.wall(3, days=-2))], person=people[2], rule="FREQ=DAILY;COUNT=5",
        time_zone=change.zone, now=change.now, clash=clash, tolerance=6 * HOUR,
    )  # fmt: skip
    states = [date.state for date in made.dates]
    assert states == ["free", "free", "skipped" if clash == "skip" else "shifted", "free", "free"]
    usual = [row for row in made.bookings if row.starts_at == row.occurrence_at]
    assert {wall[3:] for wall in walls(usual, change)} == {"01:00"}
    assert {real(row) for row in made.bookings} == {2 * HOUR}
    if clash == "shift":
        [moved] = [row for row in made.bookings if row not in usual]
        before = change.wall(1).astimezone(UTC) - 2 * HOUR - QUARTER  # its own quarter of an hour lies behind it
        after = change.wall(4, 15).astimezone(UTC)
        asked = change.wall(1).astimezone(UTC)
        assert moved.starts_at == (after if after - asked <= asked - before else before)
    require_apart(thing)


@every
def test_whole_days_one_after_the_other_fill_each_day_and_never_meet(
    change: Change, institution: Institution, people: list[Person]
) -> None:
    thing = make_instrument(institution, time_zone=change.zone, horizon_days=90)
    made = series.book(
        [Wanted(thing, change.wall(0, days=-2), change.wall(0, days=-1))], person=people[0],
        rule="FREQ=DAILY;COUNT=5", time_zone=change.zone, now=change.now,
    )  # fmt: skip
    assert {wall[3:] for wall in walls(made.bookings, change)} == {"00:00"}
    assert [real(row) // HOUR for row in made.bookings] == [24, 24, change.hours, 24, 24]
    assert all(one.ends_at == other.starts_at for one, other in pairwise(made.bookings))
    require_apart(thing)
    moved = series.move(
        booking=made.bookings[0], scope="all", person=people[0], starts_at=change.wall(6, days=-2),
        ends_at=change.wall(6, days=-1), now=change.now,
    )  # fmt: skip
    assert {wall[3:] for wall in walls(moved, change)} == {"06:00"}
    assert [real(row) // HOUR for row in moved] == [24, change.hours, 24, 24, 24]
    require_apart(thing)


@every
def test_weekends_end_when_the_clock_says_so(change: Change, institution: Institution, people: list[Person]) -> None:
    thing = make_instrument(institution, time_zone=change.zone, horizon_days=90, max_minutes=62 * 60)
    made = series.book(
        [Wanted(thing, change.wall(18, days=-9), change.wall(8, days=-6))], person=people[0],
        rule="FREQ=WEEKLY;COUNT=3", time_zone=change.zone, now=change.now - 9 * DAY,
    )  # fmt: skip
    assert [f"{row.ends_at.astimezone(change.here):%a %H:%M}" for row in made.bookings] == ["Mon 08:00"] * 3
    assert [real(row) // HOUR for row in made.bookings] == [62, 62 + change.hours - 24, 62]


@autumn
def test_a_series_that_begins_in_the_second_of_two_hours_begins_there(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    twice = 2 if change.zone.startswith("Europe") else 1
    start = change.wall(twice, 30, fold=1)
    made = series.book(
        [Wanted(thing, start, start.astimezone(UTC) + HOUR)], person=people[0], rule="FREQ=DAILY;COUNT=3",
        time_zone=change.zone, now=change.now,
    )  # fmt: skip
    assert made.bookings[0].starts_at == start.astimezone(UTC)
    assert {wall[3:] for wall in walls(made.bookings, change)} == {f"0{twice}:30"}
    later = series.move(
        booking=made.bookings[0], scope="all", person=people[0], starts_at=start,
        ends_at=start.astimezone(UTC) + 2 * HOUR, now=change.now,
    )  # fmt: skip
    assert later[0].starts_at == start.astimezone(UTC)
    assert {real(row) for row in later} == {2 * HOUR}
    require_apart(thing)


@every
def test_those_that_follow_are_moved_on_the_clock_of_the_series(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    made = series.book(
        [Wanted(thing, change.wall(1, days=-2), change.wall(4, days=-2))], person=people[0], rule="FREQ=DAILY;COUNT=5",
        time_zone=change.zone, now=change.now,
    )  # fmt: skip
    for each in people[1:3]:
        book(thing, each, change.wall(21, days=1), change.wall(23, days=1), change.now)
    moved = series.move(
        booking=made.bookings[1], scope="following", person=people[0], starts_at=change.wall(21, days=-1),
        ends_at=change.wall(0), now=change.now, clash="skip",
    )  # fmt: skip
    assert [wall[3:] for wall in walls(moved, change)] == ["21:00", "21:00", "01:00", "21:00"]
    assert real(moved[0]) == 3 * HOUR
    require_apart(thing)


@every
def test_time_that_falls_free_that_night_is_offered_whole(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    held = [book(thing, each, change.wall(0), change.wall(6), change.now) for each in people[:2]]
    hours = change.hours - 18
    for number, minutes in ((2, hours * 60), (3, hours * 60 + 15)):
        waiting.join(
            person=people[number], instruments=[thing], earliest_at=change.wall(0),
            latest_at=change.wall(6).astimezone(UTC) + (number == 3) * QUARTER, minutes=minutes, now=change.now,
        )  # fmt: skip
    booking.cancel(booking=held[0], person=people[0], now=change.now + HOUR)
    assert waiting.due(now=change.now + HOUR) == 1
    offer = Offer.objects.select_related("booking__instrument", "wish__person").get()
    assert (offer.wish.person, offer.booking.position) == (people[2], 0)
    assert (offer.booking.starts_at, offer.booking.ends_at) == (
        change.wall(0).astimezone(UTC), change.wall(6).astimezone(UTC),
    )  # fmt: skip
    with pytest.raises(SlotTaken):
        book(thing, people[4], change.wall(3), change.wall(4), change.now + HOUR)
    taken = waiting.accept(offer=offer, person=people[2], now=change.now + 2 * HOUR)
    assert (taken.state, real(taken)) == ("confirmed", hours * HOUR)
    require_apart(thing)


@every
def test_a_whole_job_goes_through_that_night_in_real_hours(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    bench = two_places(institution, change, operator)
    far = make_instrument(
        institution, time_zone="Asia/Shanghai", horizon_days=90,
        opening_hours={day: [["00:00", "24:00"]] for day in ("sat", "sun", "mon")},
    )  # fmt: skip
    for each in people[:2]:
        book(bench, each, change.wall(20, days=-1), change.wall(1), change.now)
    steps = [
        whole_job.JobStep((bench,), 180, "prepare"),
        whole_job.JobStep((far,), 60, "measure", shortest_gap_minutes=30, longest_gap_minutes=30),
    ]
    [way] = whole_job.first(
        steps, person=people[2], now=change.now, not_before=change.wall(22, days=-1), not_after=change.wall(12), count=1
    )
    assert way.starts_at == change.wall(1, 15).astimezone(UTC)
    made = whole_job.book(way=way, person=people[2], now=change.now)
    assert [real(each) for each in made] == [3 * HOUR, HOUR]
    assert made[1].starts_at - made[0].ends_at == HOUR / 2
    with pytest.raises(SlotTaken):
        together.book(
            [Wanted(bench, change.wall(7), change.wall(8)), Wanted(far, made[1].starts_at, made[1].ends_at)],
            person=people[3], now=change.now,
        )  # fmt: skip
    require_apart(bench)


@every
def test_two_nights_are_swapped_and_each_keeps_its_real_hours(
    change: Change, institution: Institution, operator: Person, people: list[Person]
) -> None:
    thing = two_places(institution, change, operator)
    one = book(thing, people[0], change.wall(0), change.wall(6), change.now)
    other = book(thing, people[1], change.wall(0, days=1), change.wall(6, days=1), change.now)
    swap.swap(one=one, other=other, person=operator, now=change.now)
    mine, theirs = (Booking.objects.live().get(person=each) for each in people[:2])
    assert (real(theirs), real(mine)) == ((change.hours - 18) * HOUR, 6 * HOUR)
    require_apart(thing)
