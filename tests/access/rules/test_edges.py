"""The rules at their edges: the last minute that is allowed, the first that is not, and the days clocks change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from liqi.access import booking, rules
from liqi.access.models import RuleSetting
from liqi.access.rules import Refused, Request
from liqi.access.training import documents
from tests.test_every_set_rule import HOUR, NOW, WORKDAYS, World, limits

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return World()


def codes(world: World, start: timedelta, end: timedelta, **facts: Any) -> list[str]:
    return [objection.code for objection in world.ask(start, end, **facts)]


@pytest.mark.parametrize(("most", "found"), [(2, []), (1.99, ["quota_person"])])
def test_a_quota_that_is_just_met_is_kept(world: World, most: float, found: list[str]) -> None:
    world.booked(3 * HOUR, 4 * HOUR)
    world.set("quota", limits("person", most, "hours", "day"))
    assert codes(world, HOUR, 2 * HOUR) == found


def test_hours_over_midnight_count_in_the_day_in_which_they_lie(world: World) -> None:
    """NOW is 09:00 in Shanghai; 23:00 to 02:00 has one hour of today and two of tomorrow."""
    world.set("quota", limits("person", 2, "hours", "day"))
    assert codes(world, 14 * HOUR, 17 * HOUR) == []
    world.booked(HOUR, 3 * HOUR)
    assert codes(world, 14 * HOUR, 17 * HOUR) == ["quota_person"]


@pytest.mark.parametrize(
    ("per", "days", "found"),
    [
        ("week", 6, True),
        ("week", 7, False),
        ("month", 7, True),
        ("month", 8, False),
        ("day", 0, True),
        ("day", 1, False),
    ],
)
def test_weeks_begin_on_monday_and_months_on_the_first(world: World, per: str, days: int, found: bool) -> None:
    """NOW is Monday 23 November 2026."""
    world.booked(2 * HOUR, 3 * HOUR)
    world.set("quota", limits("person", 1, "bookings", per))
    assert bool(codes(world, days * DAY + HOUR, days * DAY + 2 * HOUR)) is found


def test_bookings_ahead_are_those_not_over_and_the_one_moved_does_not_count(world: World) -> None:
    world.booked(-3 * HOUR, -2 * HOUR)
    mine = world.booked(30 * DAY, 30 * DAY + HOUR)
    world.set("quota", limits("person", 1, "bookings", "ahead"))
    assert codes(world, HOUR, 2 * HOUR) == ["quota_person"]
    assert codes(world, HOUR, 2 * HOUR, but=mine) == []


def test_dates_of_a_series_count_beside_each_other(world: World) -> None:
    world.set("quota", limits("person", 2, "bookings", "day"))
    other = (NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert codes(world, HOUR, 2 * HOUR, alongside=(other,)) == []
    third = (NOW + 5 * HOUR, NOW + 6 * HOUR)
    assert codes(world, HOUR, 2 * HOUR, alongside=(other, third)) == ["quota_person"]


def test_a_quota_of_a_group_does_not_count_other_groups(world: World) -> None:
    world.booked(3 * HOUR, 4 * HOUR, world.guest)  # under the same group, by somebody else
    world.set("quota", limits("group", 1, "bookings", "day"))
    assert codes(world, HOUR, 2 * HOUR) == ["quota_group"]
    assert codes(world, HOUR, 2 * HOUR, organisation=world.firm) == []


@pytest.mark.parametrize(("minutes", "found"), [(60, []), (61, ["gap"])])
def test_a_gap_that_is_just_wide_enough_is_kept(world: World, minutes: int, found: list[str]) -> None:
    world.booked(3 * HOUR, 4 * HOUR)
    world.set("gap", {"minutes": minutes})
    assert codes(world, HOUR, 2 * HOUR) == found
    assert codes(world, 5 * HOUR, 6 * HOUR) == found


@pytest.mark.parametrize(("share", "found"), [(5, []), (4, ["peak_share"])])
def test_the_share_of_peak_hours_counts_only_their_part(world: World, share: int, found: list[str]) -> None:
    """Forty peak hours a week; 16:00 to 19:00 has one of them, and one is booked: two are five per cent."""
    world.booked(1 * HOUR, 2 * HOUR)
    world.set("peak", {"windows": WORKDAYS, "share_percent": share})
    assert codes(world, 7 * HOUR, 10 * HOUR) == found
    assert codes(world, 9 * HOUR, 12 * HOUR) == []


@pytest.mark.parametrize(("minute", "found"), [(0, []), (30, []), (1, ["off_grid"]), (29, ["off_grid"])])
def test_the_grid_is_counted_from_midnight_of_the_instrument(world: World, minute: int, found: list[str]) -> None:
    world.instrument.time_zone = "Asia/Kathmandu"  # 5 h 45 min ahead of UTC
    world.instrument.save()
    world.set("grid", {"minutes": 30, "ends_too": False})
    shift = timedelta(minutes=minute + 15)
    assert codes(world, HOUR + shift, 3 * HOUR) == found


def test_a_qualification_must_hold_until_the_last_minute(world: World) -> None:
    """NOW is 09:00 in Shanghai, so midnight there is 15 hours away."""
    world.qualified(world.course(), expires_on=NOW.date() + DAY)
    world.set("qualification", {})
    assert codes(world, 14 * HOUR, 15 * HOUR) == []
    assert codes(world, 14 * HOUR, 15 * HOUR + MINUTE) == ["qualification_expired"]


def test_outside_staffed_hours_a_higher_level_is_asked(world: World) -> None:
    course = world.course()
    world.qualified(course)
    world.set("qualification", {"staffed": WORKDAYS})
    assert codes(world, HOUR, 8 * HOUR) == []
    assert codes(world, HOUR, 8 * HOUR + MINUTE) == ["level_too_low"]
    world.qualified(course, level="out of hours")
    assert codes(world, HOUR, 20 * HOUR) == []


def test_a_revoked_or_later_qualification_does_not_help(world: World) -> None:
    course = world.course()
    world.qualified(course, granted_on=date(2026, 11, 1), revoked_at=NOW, revoked_why="x")
    world.qualified(course, granted_on=NOW.date() + DAY)
    world.set("qualification", {})
    assert codes(world, HOUR, 2 * HOUR) == ["not_qualified"]
    assert codes(world, 24 * HOUR, 25 * HOUR) == []


@pytest.mark.parametrize(("days", "found"), [(13, []), (14, ["document_outdated"])])
def test_an_acceptance_of_the_version_before_counts_for_the_days_of_grace(
    world: World, days: int, found: list[str]
) -> None:
    made = documents.begin(of=world.instrument, title="Laser", text="1", by=world.operator, now=NOW - 90 * DAY)
    documents.accept(version=made.versions.get(), person=world.person, now=NOW - 90 * DAY)
    documents.publish(document=made, text="2", by=world.operator, now=NOW - days * DAY, grace_days=14)
    world.set("safety_documents", {"documents": [made.pk]})
    assert codes(world, HOUR, 2 * HOUR) == found


def test_a_time_reserved_opens_to_others_and_not_to_parts_of_the_reserved_day_before(world: World) -> None:
    reserved = {"organisations": [world.firm.pk], "first_day": "2026-11-25", "last_day": "2026-11-26"}
    world.set("embargo", reserved | {"opens_days_before": 1})
    midnight = 39 * HOUR  # of Wednesday 25 November in Shanghai
    assert codes(world, midnight - 2 * HOUR, midnight) == []
    assert codes(world, midnight - 2 * HOUR, midnight + MINUTE) == ["embargo"]
    assert codes(world, midnight, midnight + HOUR, organisation=world.firm, person=world.guest) == []
    RuleSetting.objects.update(parameters=reserved | {"opens_days_before": 2})
    assert codes(world, midnight, midnight + HOUR) == []


def test_a_part_of_an_organisation_belongs_to_it(world: World) -> None:
    world.set("embargo", {"organisations": [world.home.pk]})
    assert codes(world, HOUR, 2 * HOUR) == []
    assert codes(world, HOUR, 2 * HOUR, person=world.guest, organisation=world.firm) == ["embargo"]


@pytest.mark.parametrize(("later", "code"), [(timedelta(0), []), (MINUTE, ["priority"])])
def test_priority_classes_book_earlier_to_the_minute(world: World, later: timedelta, code: list[str]) -> None:
    mine = {"name": "A", "organisations": [world.group.pk], "days_ahead": 30}
    world.set("priority", {"classes": [mine], "others_days_ahead": 7})
    assert codes(world, 30 * DAY + later, 30 * DAY + HOUR + later) == code
    guest = {"person": world.guest, "organisation": world.firm}
    assert codes(world, 7 * DAY + later, 7 * DAY + HOUR + later, **guest) == code


@pytest.mark.parametrize(("hours", "found"), [(24, []), (23, ["late_change"])])
def test_a_booking_is_moved_freely_until_its_notice(world: World, hours: int, found: list[str]) -> None:
    mine = world.booked(hours * HOUR, (hours + 2) * HOUR)
    world.set("cancellation", {"hours": 24})
    moved = (hours + 5) * HOUR
    assert codes(world, moved, moved + HOUR, but=mine) == found
    assert codes(world, hours * HOUR, (hours + 3) * HOUR, but=mine) == []  # made longer: nothing is given back
    request = Request(world.instrument, world.person, world.group, mine.starts_at, mine.ends_at, NOW, but=mine)
    assert bool(rules.to_giving_back(request)) is bool(found)
    assert rules.to_giving_back(request, waive=["late_cancellation"]) == []


def test_what_was_booked_just_now_is_always_given_back_freely(world: World) -> None:
    mine = world.booked(HOUR, 2 * HOUR)
    mine.created_at = NOW - 14 * MINUTE
    world.set("cancellation", {"hours": 24})
    request = Request(world.instrument, world.person, world.group, mine.starts_at, mine.ends_at, NOW, but=mine)
    assert rules.to_giving_back(request) == []


def test_a_setting_holds_on_the_days_of_the_bookings_start(world: World) -> None:
    row = world.set("gap", {"minutes": 600})
    world.booked(3 * HOUR, 4 * HOUR)
    for since, until, holds in (
        (NOW.date(), None, True), (NOW.date() + DAY, None, False),
        (None, NOW.date(), False), (None, NOW.date() + DAY, True),
    ):  # fmt: skip
        RuleSetting.objects.filter(pk=row.pk).update(since=since, until=until)
        assert bool(codes(world, HOUR, 2 * HOUR)) is holds


def test_all_rules_of_a_request_are_read_in_one_query_and_none_is_read_again(world: World) -> None:
    with CaptureQueriesContext(connection) as plain:
        request = Request(world.instrument, world.person, world.group, NOW + HOUR, NOW + 2 * HOUR, NOW)
        rules.objections(request)
    read = [each for each in plain.captured_queries if "access_rulesetting" in each["sql"]]
    assert len(read) == 1
    following = replace(request, starts_at=NOW + DAY, ends_at=NOW + DAY + HOUR)
    with CaptureQueriesContext(connection) as again:
        rules.objections(following)
    assert not [each for each in again.captured_queries if "access_rulesetting" in each["sql"]]


def test_a_booking_is_not_cancelled_too_late_but_by_a_steward(world: World) -> None:
    mine = world.booked(3 * HOUR, 4 * HOUR)
    world.set("cancellation", {"hours": 24})
    with pytest.raises(Refused) as refused:
        booking.cancel(booking=mine, person=world.person, now=NOW)
    assert [one.code for one in refused.value.objections] == ["late_cancellation"]
    assert booking.cancel(booking=mine, person=world.operator, now=NOW).state == "cancelled"


def test_quotas_hold_when_a_booking_is_made_and_when_it_is_moved(world: World) -> None:
    world.set("quota", limits("person", 2, "hours", "day"))
    first, later = NOW + HOUR, NOW + 3 * HOUR
    made = booking.book(
        instrument=world.instrument, person=world.person, starts_at=first, ends_at=first + 2 * HOUR, now=NOW
    )
    with pytest.raises(Refused):
        booking.book(instrument=world.instrument, person=world.person, starts_at=later, ends_at=later + HOUR, now=NOW)
    moved = booking.move(booking=made, person=world.person, starts_at=later, ends_at=later + 2 * HOUR, now=NOW)
    assert moved.starts_at == later
    with pytest.raises(Refused):
        booking.move(booking=made, person=world.person, starts_at=later, ends_at=later + 3 * HOUR, now=NOW)


def test_a_week_with_a_change_of_the_clocks_is_counted_by_the_wall(world: World) -> None:
    """In London the week of 26 October 2026 begins on Monday 00:00 GMT, after the 25-hour Sunday before it."""
    world.instrument.time_zone = "Europe/London"
    world.instrument.save()
    world.set("quota", limits("person", 1, "bookings", "week"))
    now = datetime(2026, 10, 20, tzinfo=UTC)
    sunday = datetime(2026, 10, 25, 23, 30, tzinfo=UTC)
    other = ((sunday + HOUR, sunday + 2 * HOUR),)
    asked = Request(world.instrument, world.person, world.group, sunday, sunday + HOUR / 2, now, alongside=other)
    assert rules.objections(asked) == []
