"""The search is compared with trying every way there is, and with a day drawn by hand."""

import itertools
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqi.planning import whole_job
from liqi.planning.whole_job import NoTime, Period, Step

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def hours(*pairs: tuple[float, float]) -> list[Period]:
    """Free periods, in hours after NOW."""
    return [(NOW + start * HOUR, NOW + end * HOUR) for start, end in pairs]


def test_the_job_that_is_over_first_is_found_and_its_first_step_waits_for_the_second():
    prepare = Step("prepare", HOUR, {"bench": hours((0, 8))})
    measure = Step("measure", 2 * HOUR, {"ms1": hours((1, 2), (5, 8)), "ms2": hours((6, 9))}, longest_gap=HOUR)
    [plan] = whole_job.first([prepare, measure], not_before=NOW)
    assert [(placed.starts_at - NOW) / HOUR for placed in plan.placed] == [4, 5]
    assert [placed.resources for placed in plan.placed] == [("bench",), ("ms1",)]
    assert plan.ends_at == NOW + 7 * HOUR


def test_everybody_free_at_the_time_is_named_the_preferred_one_first():
    step = Step("measure", HOUR, {"far": [], "near": hours((0, 2)), "other": hours((0, 1))})
    [plan] = whole_job.first([step], not_before=NOW)
    assert plan.placed[0].resources == ("near", "other")


def test_further_plans_start_apart_and_are_over_first_among_those():
    step = Step("measure", HOUR, {"ms": hours((0, 2), (5, 9))})
    plans = whole_job.first([step], not_before=NOW, count=5, apart=2 * HOUR)
    assert [(plan.starts_at - NOW) / HOUR for plan in plans] == [0, 5, 7]


def test_starts_lie_on_the_grid_though_free_time_does_not():
    ragged = [(NOW + timedelta(minutes=7), NOW + timedelta(minutes=68))]
    [plan] = whole_job.first([Step("a", timedelta(minutes=50), {"x": ragged})], not_before=NOW)
    assert plan.starts_at == NOW + QUARTER
    with pytest.raises(NoTime):
        whole_job.first([Step("a", timedelta(minutes=55), {"x": ragged})], not_before=NOW)


def test_a_step_that_is_never_free_long_enough_is_named_with_its_longest_free_time():
    steps = [Step("prepare", HOUR, {"bench": hours((0, 8))}), Step("measure", 3 * HOUR, {"ms": hours((1, 3))})]
    with pytest.raises(NoTime) as problem:
        whole_job.first(steps, not_before=NOW)
    assert (problem.value.index, problem.value.longest_free, problem.value.gap_needed) == (1, 2 * HOUR, None)


def test_a_gap_that_is_too_short_is_named_with_the_gap_that_would_do():
    prepare = Step("prepare", HOUR, {"bench": hours((0, 2))})
    measure = Step("measure", HOUR, {"ms": hours((5, 8))}, longest_gap=2 * HOUR)
    with pytest.raises(NoTime) as problem:
        whole_job.first([prepare, measure], not_before=NOW)
    assert (problem.value.index, problem.value.gap_needed) == (1, 3 * HOUR)
    enough = Step("measure", HOUR, measure.free, longest_gap=3 * HOUR)
    assert whole_job.first([prepare, enough], not_before=NOW)


def test_a_step_that_is_free_only_before_the_others_are_done_has_no_gap_that_would_do():
    prepare, measure = Step("prepare", HOUR, {"bench": hours((5, 7))}), Step("measure", HOUR, {"ms": hours((0, 3))})
    with pytest.raises(NoTime) as problem:
        whole_job.first([prepare, measure], not_before=NOW)
    assert (problem.value.index, problem.value.longest_free, problem.value.gap_needed) == (1, 3 * HOUR, None)


@pytest.mark.parametrize(
    "wrong", [{"length": timedelta(0)}, {"shortest_gap": -HOUR}, {"shortest_gap": 2 * HOUR, "longest_gap": HOUR}]
)
def test_a_step_that_cannot_be_is_refused(wrong: dict[str, timedelta]):
    with pytest.raises(ValueError, match="found a"):
        Step(**{"name": "a", "length": HOUR, "free": {}, **wrong})  # type: ignore[arg-type]


def test_a_job_without_steps_is_refused():
    with pytest.raises(ValueError, match="without steps"):
        whole_job.first([], not_before=NOW)


quarters = st.integers(0, 24)
frees = st.lists(st.tuples(quarters, st.integers(1, 8)), max_size=3)
steps_given = st.lists(
    st.tuples(st.integers(1, 4), st.lists(frees, min_size=1, max_size=2), st.integers(0, 2), st.integers(0, 5)),
    min_size=1, max_size=3,
)  # fmt: skip


def disjoint(pairs: list[tuple[int, int]]) -> list[Period]:
    """Free periods that do not meet, of those drawn."""
    found: list[tuple[int, int]] = []
    for start, length in sorted(pairs):
        if not found or start > found[-1][1]:
            found.append((start, start + length))
    return [(NOW + start * QUARTER, NOW + end * QUARTER) for start, end in found]


def fits(step: Step, start: datetime) -> bool:
    """Whether somebody is free for the step from ``start``."""
    return any(a <= start and start + step.length <= b for periods in step.free.values() for a, b in periods)


def every_way(steps: Sequence[Step]) -> list[tuple[datetime, ...]]:
    """All starts of all steps that keep every rule, by trying all."""
    found = []
    for starts in itertools.product(*([NOW + n * QUARTER for n in range(36)] for _step in steps)):
        if not all(fits(step, start) for step, start in zip(steps, starts, strict=True)):
            continue
        gaps = [b - (a + step.length) for step, a, b in zip(steps, starts, starts[1:], strict=False)]
        kept = zip(steps[1:], gaps, strict=True)
        if all(step.shortest_gap <= gap <= (step.longest_gap or timedelta.max) for step, gap in kept):
            found.append(starts)
    return found


@settings(max_examples=120, deadline=None)
@given(steps_given)
def test_nothing_that_trying_every_way_finds_is_over_sooner(
    drawn: list[tuple[int, list[list[tuple[int, int]]], int, int]],
):
    steps = [
        Step(
            str(number), length * QUARTER, {n: disjoint(pairs) for n, pairs in enumerate(free)}, shortest * QUARTER,
            (shortest + more) * QUARTER if more and shortest + more else None,
        )
        for number, (length, free, shortest, more) in enumerate(drawn)
    ]  # fmt: skip
    ways = every_way(steps)
    if not ways:
        with pytest.raises(NoTime) as problem:
            whole_job.first(steps, not_before=NOW)
        index = problem.value.index
        assert not every_way(steps[: index + 1])
        assert index == 0 or every_way(steps[:index])
        return
    [plan] = whole_job.first(steps, not_before=NOW)
    best = min(ways, key=lambda starts: (starts[-1], -(starts[0] - NOW)))
    assert (plan.placed[-1].starts_at, plan.starts_at) == (best[-1], best[0])
    assert tuple(placed.starts_at for placed in plan.placed) in ways
    assert all(placed.resources for placed in plan.placed)


def test_five_steps_on_fifty_instruments_over_sixty_days_take_a_tenth_of_a_second_at_most():
    random.seed(4)
    steps = []
    for number in range(5):
        free = {}
        for instrument in range(50):
            at, periods = 0, []
            while at < 60 * 96:
                at += random.randint(4, 40)
                length = random.randint(1, 12)
                periods.append((NOW + at * QUARTER, NOW + (at + length) * QUARTER))
                at += length
            free[instrument] = periods
        steps.append(Step(str(number), 10 * QUARTER, free, longest_gap=8 * HOUR))
    began = time.process_time()
    plans = whole_job.first(steps, not_before=NOW, count=5)
    assert len(plans) == 5
    assert time.process_time() - began < 0.4  # 0.06 s when measured; the bound leaves room for a slow machine
