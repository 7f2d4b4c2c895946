"""Readings become what the machine did, and noise at a threshold does not switch it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqi.insight.metering import Level, Stretch, Thresholds, levels

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEPS = Thresholds(on_from=10, on_below=5, working_from=100, working_below=80)
QUARTER = timedelta(minutes=15)


def readings(*values: float, every: timedelta = MINUTE) -> list[tuple[datetime, float]]:
    return [(START + n * every, value) for n, value in enumerate(values)]


def test_a_level_holds_until_the_next_reading_of_another() -> None:
    found = levels(readings(0, 20, 20, 150, 150, 3), STEPS, silence=QUARTER)
    assert [(one.level, (one.starts_at - START) // MINUTE, (one.ends_at - START) // MINUTE) for one in found] == [
        (Level.OFF, 0, 1),
        (Level.IDLE, 1, 3),
        (Level.WORKING, 3, 5),
        (Level.OFF, 5, 5),
    ]


def test_noise_between_the_two_values_of_a_step_switches_nothing() -> None:
    found = levels(readings(110, 95, 101, 85, 99, 79), STEPS, silence=QUARTER)
    assert [one.level for one in found] == [Level.WORKING, Level.IDLE]
    assert found[0].ends_at == START + 5 * MINUTE
    rising = levels(readings(79, 99, 85, 99), STEPS, silence=QUARTER)
    assert [one.level for one in rising] == [Level.IDLE]


def test_silence_is_not_taken_for_the_last_level() -> None:
    found = levels(readings(150, 150, every=timedelta(hours=1)), STEPS, silence=QUARTER)
    assert found == [
        Stretch(Level.WORKING, START, START),
        Stretch(Level.WORKING, START + timedelta(hours=1), START + timedelta(hours=1)),
    ]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=40), st.integers(1, 39))
def test_readings_taken_in_two_parts_say_the_same_as_at_once(values: list[float], cut: int) -> None:
    given_ = readings(*values)
    whole = levels(given_, STEPS, silence=QUARTER)
    first = levels(given_[: cut + 1], STEPS, silence=QUARTER)
    again = [(at, value) for at, value in given_ if at >= first[-1].starts_at]
    rest = levels(again, STEPS, silence=QUARTER, before=first[-1].level)
    assert first[:-1] + rest == whole


@pytest.mark.parametrize(
    ("given_", "words"),
    [((10, 20, 100, 80), "lower it"), ((10, 5, 100, 120), "lower it"), ((200, 5, 100, 80), "raise the working")],
)
def test_steps_that_cannot_be_are_refused(given_: tuple[float, ...], words: str) -> None:
    on_from, on_below, working_from, working_below = given_
    with pytest.raises(ValueError, match=words):
        Thresholds(on_from, on_below, working_from, working_below)


def test_no_reading_says_nothing() -> None:
    assert levels([], STEPS, silence=QUARTER) == []
