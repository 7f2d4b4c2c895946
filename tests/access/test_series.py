"""Series recur on the clock of their zone, go around clashes, and change as one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liqi.access import booking, outages, series, terms
from liqi.access.booking import NotAllowed, SlotTaken, Wanted
from liqi.access.models import Booking, Series
from liqi.accounts.models import JournalEntry, Person
from tests.access.conftest import NOW, at, make_instrument

WEEKLY = "FREQ=WEEKLY;COUNT=3"
HOUR = timedelta(hours=1)


def wanted(instrument: Any, hour: int = 1, day: int = 23) -> list[Wanted]:
    return [Wanted(instrument, at(hour, day=day), at(hour + 2, day=day))]


def made(instrument: Any, person: Person, rule: str = WEEKLY, **more: Any) -> series.Made:
    asked = {"rule": rule, "time_zone": "Asia/Shanghai", "now": NOW}
    return series.book(wanted(instrument), person=person, **(asked | more))


def days(rows: Any) -> list[int]:
    return [row.starts_at.day for row in rows]


@pytest.mark.parametrize(
    ("zone", "first", "change"),
    [
        ("Europe/Berlin", datetime(2027, 3, 24, 9), "2027-03-28"),
        ("America/New_York", datetime(2027, 3, 10, 9), "2027-03-14"),
    ],
)
def test_the_clock_shows_the_same_hour_across_the_change_to_summer_time(
    zone: str, first: datetime, change: str
) -> None:
    here = ZoneInfo(zone)
    found = series.moments("FREQ=DAILY;COUNT=7", first.replace(tzinfo=here), zone)
    assert {moment.astimezone(here).hour for moment in found} == {9}
    steps = {later - earlier for earlier, later in pairwise(found)}
    assert steps == {timedelta(hours=24), timedelta(hours=23)}
    assert found[4].date().isoformat() >= change


def test_an_hour_that_the_clock_leaps_over_is_read_with_the_offset_before_the_leap() -> None:
    first = datetime(2027, 3, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    found = series.moments("FREQ=DAILY;COUNT=3", first, "Europe/Berlin")
    assert [f"{moment:%d %H:%M}" for moment in found] == ["27 01:30", "28 01:30", "29 00:30"]


def test_an_hour_that_the_clock_shows_twice_is_the_first_of_the_two() -> None:
    first = datetime(2026, 10, 31, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    found = series.moments("FREQ=DAILY;COUNT=3", first, "America/New_York")
    assert [f"{moment:%d %H:%M}" for moment in found] == ["31 05:30", "01 05:30", "02 06:30"]


@pytest.mark.parametrize(
    "rule",
    ["", "weekly", "FREQ=WEEKLY", "FREQ=SECONDLY;COUNT=2", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=201",
     "FREQ=DAILY;UNTIL=tomorrow", "FREQ=WEEKLY;BYDAY=XX;COUNT=2", "FREQ=DAILY;COUNT=2;COUNT=3",
     "FREQ=DAILY;INTERVAL=x;COUNT=2",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"],
)  # fmt: skip
def test_refuses_a_rule_that_it_cannot_read_or_that_has_no_end(rule: str) -> None:
    with pytest.raises(series.BadRule):
        series.moments(rule, at(1), "UTC")


def test_leaves_out_the_dates_that_are_excepted() -> None:
    found = series.moments(WEEKLY, at(1), "Asia/Shanghai", except_dates=["2026-11-30T09:00"])
    assert [moment.day for moment in found] == [23, 7]


def test_books_every_date_under_one_order_and_the_same_request_again_gives_the_same(
    instrument: Any, member: Person
) -> None:
    first = made(instrument, member, request_key="k")
    assert days(first.bookings) == [23, 30, 7]
    assert len({row.order_id for row in first.bookings}) == 1
    assert made(instrument, member, request_key="k").series == first.series
    assert made(instrument, member).series == first.series
    assert (Booking.objects.count(), Series.objects.count()) == (3, 1)
    assert JournalEntry.objects.filter(verb="booked").count() == 3
    with pytest.raises(booking.Refused, match="another series"):
        made(instrument, member, "FREQ=WEEKLY;COUNT=2", request_key="k")


def test_one_taken_date_refuses_all_and_says_which(instrument: Any, member: Person, guest: Person) -> None:
    booking.book(instrument=instrument, person=guest, starts_at=at(2, day=30), ends_at=at(4, day=30), now=NOW)
    with pytest.raises(series.SeriesRefused, match=r"1 of 3 dates.*2026-11-30") as refused:
        made(instrument, member)
    assert [date.state for date in refused.value.dates] == ["free", "taken", "free"]
    assert not Series.objects.exists()
    assert Booking.objects.count() == 1


def test_a_taken_date_is_skipped_or_shifted_to_the_nearest_free_time(
    instrument: Any, member: Person, guest: Person
) -> None:
    booking.book(instrument=instrument, person=guest, starts_at=at(2, day=30), ends_at=at(4, day=30), now=NOW)
    skipped = made(instrument, member, clash="skip")
    assert days(skipped.bookings) == [23, 7]
    other = make_instrument(instrument.institution)
    booking.book(instrument=other, person=guest, starts_at=at(2, day=30), ends_at=at(4, day=30), now=NOW)
    shifted = made(other, member, clash="shift", tolerance=2 * HOUR)
    assert [row.starts_at for row in shifted.bookings] == [at(1), at(0, day=30), datetime(2026, 12, 7, 1, tzinfo=UTC)]
    assert [date.state for date in shifted.dates] == ["free", "shifted", "free"]
    with pytest.raises(series.SeriesRefused):
        made(other, guest, clash="shift", tolerance=HOUR / 2)


def test_a_date_against_the_rules_is_said_in_the_preview(instrument: Any, member: Person) -> None:
    instrument.horizon_days = 10
    seen = series.preview(wanted(instrument), person=member, rule=WEEKLY, time_zone="Asia/Shanghai", now=NOW)
    assert [date.state for date in seen] == ["free", "free", "refused"]
    assert "10 days ahead" in seen[2].words
    assert not Booking.objects.exists()


def test_several_instruments_recur_together(instrument: Any, member: Person, guest: Person) -> None:
    other = make_instrument(instrument.institution)
    booking.book(instrument=other, person=guest, starts_at=at(2, day=30), ends_at=at(4, day=30), now=NOW)
    both = wanted(instrument) + wanted(other)
    done = series.book(
        both, person=member, rule=WEEKLY, time_zone="Asia/Shanghai", now=NOW, clash="skip"
    )  # fmt: skip
    assert len(done.bookings) == 4
    assert len({row.together for row in done.bookings}) == 2


def test_this_and_following_move_by_the_clock_and_become_a_series_of_their_own(instrument: Any, member: Person) -> None:
    first = made(instrument, member, "FREQ=WEEKLY;BYDAY=MO;COUNT=4")
    second = first.bookings[1]
    moved = series.move(
        booking=second, scope="following", person=member, starts_at=at(3, day=1 + 30 - 1) + timedelta(days=1),
        ends_at=at(4, day=30) + timedelta(days=1), now=NOW,
    )  # fmt: skip
    assert len(moved) == 3
    assert {row.starts_at.hour for row in moved} == {3}
    later = Series.objects.exclude(pk=first.series.pk).get()
    assert later.rule == "FREQ=WEEKLY;BYDAY=TU;COUNT=3"
    assert {row.series_id for row in moved} == {later.pk}
    first.series.refresh_from_db()
    assert first.series.until == at(1)
    assert [row.occurrence_at for row in moved] == [row.starts_at for row in moved]


def test_a_daily_series_moves_over_its_own_old_places(instrument: Any, member: Person) -> None:
    first = made(instrument, member, "FREQ=DAILY;COUNT=5")
    moved = series.move(
        booking=first.bookings[0], scope="all", person=member, starts_at=at(1, day=24), ends_at=at(4, day=24), now=NOW
    )
    assert [row.starts_at for row in moved] == [at(1, day=24 + day) for day in range(5)]
    assert Series.objects.count() == 1
    assert Booking.objects.live().count() == 5


def test_a_clash_of_one_leaves_the_whole_series_where_it_was(instrument: Any, member: Person, guest: Person) -> None:
    first = made(instrument, member)
    booking.book(instrument=instrument, person=guest, starts_at=at(5, day=30), ends_at=at(7, day=30), now=NOW)
    where = {"booking": first.bookings[0], "scope": "all", "person": member, "now": NOW}
    with pytest.raises(series.SeriesRefused):
        series.move(**where, starts_at=at(5), ends_at=at(7))
    assert {row.starts_at.hour for row in Booking.objects.live().filter(person=member)} == {1}
    moved = series.move(**where, starts_at=at(5), ends_at=at(7), clash="skip")
    assert [row.starts_at.hour for row in moved] == [5, 1, 5]


def test_this_alone_moves_and_stays_in_the_series(instrument: Any, member: Person) -> None:
    first = made(instrument, member)
    [moved] = series.move(
        booking=first.bookings[1], scope="this", person=member, starts_at=at(5, day=30), ends_at=at(7, day=30), now=NOW
    )
    assert (moved.series, moved.occurrence_at) == (first.series, at(1, day=30))


def test_cancels_and_takes_back_this_and_following(instrument: Any, member: Person, guest: Person) -> None:
    first = made(instrument, member)
    second = first.bookings[1]
    assert len(series.cancel(booking=second, scope="following", person=member, now=NOW)) == 2
    first.series.refresh_from_db()
    assert first.series.until == at(1)
    assert len(series.restore(booking=second, scope="following", person=member, now=NOW)) == 2
    assert Booking.objects.live().count() == 3
    series.cancel(booking=second, scope="following", person=member, now=NOW)
    booking.book(instrument=instrument, person=guest, starts_at=at(1, day=30), ends_at=at(2, day=30), now=NOW)
    with pytest.raises(SlotTaken):
        series.restore(booking=second, scope="following", person=member, now=NOW)
    assert Booking.objects.live().filter(person=member).count() == 1


def test_nobody_else_changes_a_series(instrument: Any, member: Person, guest: Person) -> None:
    first = made(instrument, member)
    with pytest.raises(NotAllowed):
        series.cancel(booking=first.bookings[0], scope="all", person=guest, now=NOW)


def test_a_series_that_is_over_cannot_be_moved(instrument: Any, member: Person) -> None:
    first = made(instrument, member).bookings[0]
    with pytest.raises(booking.Refused) as refused:
        series.move(
            booking=first, scope="all", person=member, starts_at=at(3), ends_at=at(5), now=NOW + timedelta(days=60)
        )
    assert [one.code for one in refused.value.objections] == ["over"]


def test_a_date_that_is_left_where_it_was_keeps_its_place(
    instrument: Any, member: Person, guest: Person, steward: Person
) -> None:
    terms.change(instrument, person=steward, now=NOW, positions=2)
    rival = booking.book(instrument=instrument, person=guest, starts_at=at(1), ends_at=at(3), now=NOW)
    mine = made(instrument, member).bookings
    assert (rival.position, mine[0].position) == (0, 1)
    for person in (guest, steward):  # where the first date is to go, every place is taken
        booking.book(instrument=instrument, person=person, starts_at=at(7), ends_at=at(9), now=NOW)
    series.move(
        booking=mine[1], scope="all", person=member, starts_at=mine[1].starts_at + 6 * HOUR,
        ends_at=mine[1].ends_at + 6 * HOUR, now=NOW, clash="skip",
    )  # fmt: skip
    rows = list(Booking.objects.filter(person=member).order_by("starts_at"))
    assert [(row.starts_at.hour, row.position) for row in rows] == [(1, 1), (7, 0), (7, 0)]


@pytest.mark.parametrize("closed", [False, True])
def test_a_date_that_is_left_takes_another_free_place_where_the_date_before_has_its_own(
    instrument: Any, member: Person, guest: Person, steward: Person, closed: bool
) -> None:
    terms.change(instrument, person=steward, now=NOW, positions=2)
    mine = made(instrument, member, rule="FREQ=DAILY;COUNT=3").bookings
    for person in (guest, steward):  # where the last date is to go, every place is taken
        booking.book(instrument=instrument, person=person, starts_at=at(1, day=26), ends_at=at(3, day=26), now=NOW)
    if closed:  # the other place of the day on which it is left
        outages.declare(
            instrument=instrument, person=steward, words="repair", position=1, starts_at=at(0, day=25),
            ends_at=at(9, day=25), now=NOW,
        )  # fmt: skip

    def move() -> list[tuple[int, int]]:
        series.move(
            booking=mine[0], scope="all", person=member, starts_at=at(1, day=24), ends_at=at(3, day=24), now=NOW,
            clash="skip",
        )  # fmt: skip
        rows = Booking.objects.filter(person=member).order_by("starts_at", "position")
        return [(row.starts_at.day, row.position) for row in rows]

    if closed:
        with pytest.raises(series.SeriesRefused):
            move()
        return
    assert move() == [(24, 0), (25, 0), (25, 1)]
