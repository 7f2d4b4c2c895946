"""What is free is what is open and not taken."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from liqi.access import free
from liqi.accounts.models import Person
from tests.access.conftest import NOW, at
from tests.access.test_booking import book


def test_the_next_slots_lie_between_bookings_on_the_quarter_hour(instrument: Any, member: Person) -> None:
    book(instrument, member, at(1, 10, day=21), at(2, 20, day=21))
    found = free.next_slots(instrument, 2, now=NOW, minutes=60)
    assert found == [(at(2, 30, day=21), at(3, 30, day=21))]
    assert free.next_slots(instrument, 1, now=NOW + timedelta(seconds=1), minutes=30) == [
        (at(2, 30, day=21), at(3, day=21))
    ]


def test_the_nearest_slots_keep_hours_notice_and_horizon(instrument: Any, member: Person) -> None:
    instrument.opening_hours = {"mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]]}
    book(instrument, member, at(1), at(3))
    assert free.nearest(instrument, at(2), at(4), now=NOW) == [(at(1, day=24), at(3, day=24))]
    assert free.nearest(instrument, at(2), at(3), now=NOW) == [(at(3), at(4))]
    instrument.horizon_days = 3
    assert free.nearest(instrument, at(2, day=24), at(3, day=24), now=NOW) == [(at(1, day=24), at(2, day=24))]
    assert free.nearest(instrument, at(4), at(2), now=NOW) == []


def test_an_instrument_that_is_not_booked_here_offers_nothing(instrument: Any) -> None:
    instrument.bookable = False
    assert free.next_slots(instrument, 3, now=NOW) == []


spans = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 20)).map(lambda span: (span[0], span[0] + span[1])))


@given(shown=spans, taken=spans)
def test_gaps_cover_exactly_what_is_open_and_not_taken(shown: Any, taken: Any) -> None:
    apart: list[tuple[int, int]] = []
    for start, end in sorted(shown):
        if not apart or start > apart[-1][1]:
            apart.append((start, end))
    moments = {hour for start, end in apart for hour in range(start, end)}
    moments -= {hour for start, end in taken for hour in range(start, end)}
    found = list(free.gaps(apart, sorted(taken)))
    assert {hour for start, end in found for hour in range(start, end)} == moments
    assert all(start < end for start, end in found)
