"""Plans: the proved optimum, a bound that is never too low, rules that are never broken, and sentences."""

import gzip
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqi.planning import schedule
from liqi.planning.schedule import Placed

WEEK = gzip.decompress((Path(__file__).parent / "sis-3x50-s7.json.gz").read_bytes()).decode()


def small(seed: int, **more: Any) -> str:
    """Two instruments, one operator and four requests on twelve slots, of which two go together."""
    chance = random.Random(seed)
    requests = [
        {
            "tech": 0, "fam": chance.randrange(3), "value": chance.randint(1, 9),
            "mode": chance.choice(["self", "assist"]),
            "dur": {str(each): chance.randint(1, 4) for each in chance.sample([0, 1], chance.randint(1, 2))},
            "windows": [sorted(chance.sample(range(13), 2))], "attend": chance.randint(1, 2),
        }
        for _ in range(4)
    ]  # fmt: skip
    requests[3] |= {"prev": 2, "lag": 3}
    return json.dumps(
        {
            "H": 12, "day": 6, "setup": [[[chance.choice([0, 0, 1, 4]) for _ in range(3)] for _ in range(3)]],
            "instruments": [{"tech": 0, "maint": [[3, 4]]}, {"tech": 0, "init_fam": 1, "open": [[1, 6], [7, 12]]}],
            "operators": [{"techs": [0], "shifts": [[0, 5], [6, 11]]}],
            "requests": requests,
        }
        | more
    )  # fmt: skip


def best_of_all(problem: schedule.Problem) -> float:
    """Every way to place the requests, judged by the checker."""
    choices: list[list[Placed | None]] = []
    for request in problem.requests:
        there: list[Placed | None] = [None]
        for where, slots in request.slots.items():
            for begin, end in request.windows:
                operators = problem.qualified(request, where) if request.attend else [None]
                there += [
                    Placed(where, start, start + slots, who)
                    for start in range(begin, end - slots + 1)
                    for who in operators
                ]
        choices.append([each for each in there if each is None or fits_alone(problem, request.id, each)])
    best = 0.0
    for placed in itertools.product(*choices):
        plan = {request: at for request, at in enumerate(placed) if at is not None}
        worth = schedule.value(problem, plan)
        if worth > best and not schedule.broken(problem, plan):
            best = worth
    return best


def fits_alone(problem: schedule.Problem, request: int, at: Placed) -> bool:
    """Whether the request breaks no rule but, perhaps, that of its pair, or of set-up, which another may shorten."""
    return all("together" in fault or "set-up" in fault for fault in schedule.broken(problem, {request: at}))


def test_the_week_whose_best_plan_is_proved_is_planned_to_it():
    found = schedule.plan(schedule.read(WEEK), moves=8_000, seed=1)
    assert (found.objective, found.bound, found.status, found.gap) == (1957, 1957, "optimal", 0)
    assert len(found.placed) + len(found.unplaced) == 50


def test_patience_by_value_is_what_it_was_measured_to_be():
    problem = schedule.read(WEEK)
    orders: dict[Any, float] = {"first come": 1558, "value": 1707}
    assert {order: schedule.value(problem, schedule.greedy(problem, order)) for order in orders} == orders


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_small_problem_has_a_plan_above_the_best_of_all_and_no_bound_is_below_it(seed):
    problem = schedule.read(small(seed))
    found, best = schedule.plan(problem, moves=300), best_of_all(problem)
    assert found.objective <= best <= found.bound
    assert schedule.broken(problem, found.placed) == []


@pytest.mark.parametrize("seed", range(80))
def test_small_problems_get_the_best_of_all_plans(seed):
    problem = schedule.read(small(seed))
    assert schedule.plan(problem, moves=300).objective == best_of_all(problem)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_place_that_is_told_to_who_waits_keeps_all_other_rules(seed):
    problem = schedule.read(small(seed, operators=[]))
    plan = schedule.greedy(problem)
    for one in schedule.unplaced(problem, plan):
        assert one.said()
        at = one.otherwise
        if at is None or not at.instead_of or problem.requests[one.request].attend:
            continue
        left = {key: placed for key, placed in plan.items() if key not in at.instead_of}
        faults = schedule.broken(problem, left | {one.request: Placed(at.instrument, at.start, at.end, None)})
        assert all("together" in fault or "slots after" in fault for fault in faults)


def test_the_same_seed_and_moves_give_the_same_plan_and_a_search_can_be_ended():
    problem = schedule.read(WEEK)
    one, other = (schedule.plan(problem, moves=200, seed=3) for _ in range(2))
    assert one.as_json() == other.as_json()
    start = schedule.greedy(problem)
    assert schedule.search(problem, start, moves=10**9, told=lambda share, worth: False).keys() >= start.keys()
    with pytest.raises(ValueError, match="one of them"):
        schedule.search(problem, start)


WEEK_OF_ONE = {"H": 8, "setup": [[[0]]], "instruments": [{"tech": 0, "open": [[0, 6]], "maint": [[4, 5]]}]}


@pytest.mark.parametrize(
    ("requests", "rule", "place"),
    [
        ([{"dur": {"0": 3}, "windows": [[0, 2]]}], "window", (0, 3)),
        ([{"dur": {"0": 2}, "windows": [[5, 8]]}], "closed", (5, 7)),
        ([{"dur": {"0": 3}, "windows": [[2, 6]]}], "maintenance", (2, 5)),
        ([{"dur": {"0": 2}, "mode": "assist"}], "no operator", (0, 2)),
        ([{"dur": {"0": 4}, "value": 9}, {"dur": {"0": 2}}], "taken", (0, 2)),
        ([{"dur": {"0": 2}}, {"dur": {"0": 1}, "prev": 0, "lag": 0, "windows": [[5, 6]]}], "pair", None),
    ],
)
def test_who_waits_is_told_the_rule_and_the_place_without_it(requests, rule, place):
    asked = [{"tech": 0, **each} for each in requests]
    found = schedule.plan(schedule.read(json.dumps(WEEK_OF_ONE | {"requests": asked})), moves=50)
    waits = found.unplaced[-1]
    assert waits.why == rule
    assert (waits.otherwise and (waits.otherwise.start, waits.otherwise.end)) == place
    assert waits.as_json()["rule"] == rule


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"H": 0}, "H: found 0"),
        ({"H": 1e9}, "H: found"),
        ({"setup": None}, "setup: found null"),
        ({"setup": [[[0, 1], [0]]]}, "square"),
        ({"setup": [5]}, r"setup\[0\]: found 5; expected a list"),
        ({"instruments": [{"tech": 3}]}, "instruments\\[0\\].tech: found 3"),
        ({"instruments": {}}, "instruments: found {}; expected a list"),
        ({"instruments": [{"tech": 0, "maint": [[5, 2]]}]}, "from before until"),
        ({"operators": [{"techs": ["x"], "shifts": []}]}, 'techs: found "x"'),
        ({"requests": [{"tech": 0, "dur": {}}]}, "dur: found {}"),
        ({"requests": [{"tech": 0, "dur": {"7": 1}}]}, "an instrument below 2"),
        ({"requests": [{"tech": 0, "dur": {"0": True}}]}, "found true"),
        ({"requests": [{"tech": 0, "dur": {"0": 1}, "fam": 5}]}, "fam: found 5"),
        ({"requests": [{"tech": 0, "dur": {"0": 1}, "mode": "robot"}]}, "one of self, assist, train"),
        ({"requests": [{"tech": 0, "dur": {"0": 1}, "value": -1}]}, "value: found -1"),
        ({"requests": [{"tech": 0, "dur": {"0": 1}, "prev": 0}]}, "another request"),
        ({"requests": [{"id": 4, "tech": 0, "dur": {"0": 1}}]}, "its position, 0"),
        ({"requests": ["x"]}, "an object"),
    ],
)
def test_what_is_wrong_in_a_problem_is_told_in_a_sentence(change, words):
    with pytest.raises(ValueError, match=words):
        schedule.read(small(1, **change))


@pytest.mark.parametrize("text", ["", "[1]", '{"H": NaN}', "{" * 5000, "[" * 200_000])
def test_what_is_no_problem_is_told_in_a_sentence(text):
    with pytest.raises(ValueError, match="expected"):
        schedule.read(text)


def test_who_makes_room_takes_along_the_request_that_is_served_together_with_it():
    requests = [{"dur": {"0": 2}, "value": 9}, {"dur": {"0": 2}, "value": 9, "prev": 0}, {"dur": {"0": 2}}]
    week = WEEK_OF_ONE | {"requests": [{"tech": 0, **each} for each in requests]}
    (waits,) = schedule.plan(
        schedule.read(json.dumps(week | {"instruments": [{"tech": 0, "open": [[0, 5]]}]})), moves=9
    ).unplaced
    assert (waits.request, sorted(waits.otherwise.instead_of)) == (2, [0, 1])


def test_a_plan_that_serves_all_reaches_its_bound_in_whatever_order_values_are_added():
    asked = [{"tech": 0, "dur": {"0": 1}, "value": value} for value in (0.1, 0.2, 0.3)]
    found = schedule.plan(schedule.read(json.dumps(WEEK_OF_ONE | {"requests": asked})), moves=1)
    assert (found.status, found.gap, len(found.placed)) == ("optimal", 0, 3)


def test_a_small_bound_counts_whole_requests_and_so_proves_the_best_plan():
    asked = [{"tech": 0, "dur": {"0": 8}, "value": 9}, {"tech": 0, "dur": {"0": 5}, "value": 6}]
    problem = schedule.read(json.dumps({"H": 12, "setup": [[[0]]], "instruments": [{"tech": 0}], "requests": asked}))
    assert (schedule.bound(problem), schedule.bound(problem, whole=False)) == (9, 13)  # 8 slots and 5 are more than 12
    assert schedule.plan(problem, moves=1).status == "optimal"


def test_nothing_asked_is_planned_to_nothing():
    found = schedule.plan(schedule.read(small(1, requests=[])), moves=1)
    assert (found.objective, found.bound, found.gap, found.status, found.unplaced) == (0, 0, 0, "optimal", [])


def test_row_004_03_the_price_of_a_slot_is_the_dual_of_the_bound():
    week = {"H": 8, "day": 4, "setup": [[[0]]], "instruments": [{"tech": 0}, {"tech": 0, "maint": [[0, 8]]}]}
    few = [{"tech": 0, "dur": {"0": 2}, "value": 6, "windows": [[0, 4]]}]
    many = [*few, *({"tech": 0, "dur": {"0": 2}, "value": v, "windows": [[0, 4]]} for v in (10, 4))]
    idle, busy = (schedule.prices(schedule.read(json.dumps(week | {"requests": asked}))) for asked in (few, many))
    assert [(one.instrument, one.day, one.value) for one in idle] == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0)]
    first = {(one.instrument, one.day): one.value for one in busy}
    assert (
        2 <= first[0, 0] <= 3
    )  # between the worth of a slot of the last served (6 / 2) and of the first refused (4 / 2)
    assert first[0, 1] == 0


def test_one_slot_more_adds_no_more_than_its_price():
    def open_for(slots):
        asked = [{"tech": 0, "dur": {"0": n}, "value": v} for n, v in ((3, 9), (2, 5), (4, 6))]
        week = {"H": 12, "day": 12, "setup": [[[0]]], "instruments": [{"tech": 0, "open": [[0, slots]]}]}
        return schedule.read(json.dumps(week | {"requests": asked}))

    for slots in range(4, 9):
        (price,) = schedule.prices(open_for(slots))
        less, more = (schedule.bound(open_for(many), whole=False) for many in (slots, slots + 1))
        assert more - less <= price.value + 1  # values are whole numbers, and so are bounds
        assert price.value == pytest.approx(1.5 if slots >= 5 else 2.5, abs=1.01)
