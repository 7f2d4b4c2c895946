"""Opening hours follow the wall clock where the instrument stands."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.access import opening
from liqi.catalogue.models import Instrument

LONDON = {"time_zone": "Europe/London"}
EVERY_DAY = {day: [["09:00", "17:30"]] for day in opening.DAYS}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_is_always_open_without_hours() -> None:
    start, end = moment("2026-11-23T00:00+08:00"), moment("2026-12-01T00:00+08:00")
    assert opening.periods(Instrument(), start, end) == [(start.astimezone(UTC), end.astimezone(UTC))]
    assert opening.is_open(Instrument(), start, end)


def test_follows_the_clocks_when_they_change() -> None:
    there = Instrument(opening_hours=EVERY_DAY, **LONDON)
    found = opening.periods(there, moment("2026-03-28T00:00+00:00"), moment("2026-03-30T00:00+00:00"))
    assert found == [
        (moment("2026-03-28T09:00+00:00"), moment("2026-03-28T17:30+00:00")),
        (moment("2026-03-29T08:00+00:00"), moment("2026-03-29T16:30+00:00")),
    ]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_whole_day_has_23_or_25_hours_when_the_clocks_change(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/London")
    there = Instrument(opening_hours={day: [["00:00", "24:00"]] for day in ("mon", "sun")}, **LONDON)
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    ((opens, closes),) = opening.periods(there, start, start + timedelta(days=1))
    assert closes - opens == timedelta(hours=hours)


def test_days_that_touch_are_one_period() -> None:
    there = Instrument(opening_hours={"mon": [["20:00", "24:00"]], "tue": [["00:00", "02:00"]]}, time_zone="UTC")
    assert opening.is_open(there, moment("2026-11-23T21:00+00:00"), moment("2026-11-24T01:00+00:00"))
    assert not opening.is_open(there, moment("2026-11-23T21:00+00:00"), moment("2026-11-24T03:00+00:00"))


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    hours=st.integers(1, 24 * 10),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_periods_are_in_order_apart_and_inside(start: datetime, hours: int, zone: str) -> None:
    end = start + timedelta(hours=hours)
    there = Instrument(
        time_zone=zone, opening_hours={day: [["00:00", "12:00"], ["13:30", "24:00"]] for day in opening.DAYS}
    )
    found = opening.periods(there, start, end)
    assert all(start <= one < other <= end for one, other in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))
    shut = sum((two[0] - one[1] for one, two in pairwise(found)), timedelta(0))
    assert shut <= timedelta(minutes=90) * (hours // 24 + 2)
