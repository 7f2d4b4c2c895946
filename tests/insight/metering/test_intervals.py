"""The algebra of periods agrees with the same algebra on single minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liqi.insight.metering import Interval, bridge, intersect, length, subtract, union, within

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
minutes = st.integers(0, 60)
some_periods = st.lists(st.tuples(minutes, minutes), max_size=8)


def periods(pairs: list[tuple[int, int]]) -> list[Interval]:
    return [(START + one * MINUTE, START + other * MINUTE) for one, other in pairs]


def as_minutes(found: list[Interval]) -> set[int]:
    return {n for n in range(61) if any(start <= START + n * MINUTE < end for start, end in found)}


@given(some_periods, some_periods)
def test_union_intersection_and_difference_are_those_of_the_minutes(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    some, others = union(periods(one)), union(periods(other))
    assert as_minutes(some) == as_minutes(periods(one))
    assert as_minutes(intersect(some, others)) == as_minutes(some) & as_minutes(others)
    assert as_minutes(subtract(some, others)) == as_minutes(some) - as_minutes(others)
    assert length(some) == len(as_minutes(some)) * MINUTE


@given(some_periods)
def test_a_union_is_in_order_and_none_touches_the_next(one: list[tuple[int, int]]) -> None:
    found = union(periods(one))
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


def test_bridging_fills_gaps_up_to_their_length_and_no_longer_ones() -> None:
    apart = periods([(0, 10), (15, 20), (26, 30)])
    assert bridge(apart, 5 * MINUTE) == periods([(0, 20), (26, 30)])


def test_within_cuts_at_both_ends() -> None:
    assert within(periods([(0, 10), (20, 30)]), START + 5 * MINUTE, START + 25 * MINUTE) == periods([(5, 10), (20, 25)])
