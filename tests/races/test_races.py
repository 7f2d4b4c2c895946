"""Whatever sixteen processes do at once, no two live bookings of an instrument meet.

Each slot is wanted by eight racers at the same moment, on SQLite and on PostgreSQL, through the verb and
over HTTP. `./run bench races` runs every race at full size.
"""

from typing import Any

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]


def wins(seen: dict[str, Any], *, live: int, won: int) -> None:
    """Every racer won or was told kindly; each slot is held once."""
    tries = seen["slots"] * seen["racers"]
    assert seen["processes"] == 16
    assert {name: count for name, count in seen["outcomes"].items() if count} == {
        name: count for name, count in (("won", won), ("taken", tries - won)) if count
    }
    assert (seen["doubles"], seen["lost"], seen["live"]) == (0, 0, live)


def told(seen: dict[str, Any]) -> dict[str, int]:
    """The outcomes, once nothing but a win or a kind word came and no two bookings meet."""
    assert seen["processes"] == 16
    outcomes = {name: count for name, count in seen["outcomes"].items() if count}
    assert set(outcomes) <= {"won", "taken", "same"}, outcomes
    assert sum(outcomes.values()) == seen["slots"] * seen["racers"]
    assert (seen["doubles"], seen["lost"], seen["close"]) == (0, 0, 0)
    return outcomes


@pytest.mark.parametrize(("kind", "slots"), [("create", 60), ("move", 20), ("revive", 20), ("override", 20)])
def test_of_eight_who_want_a_slot_one_gets_it(where: dict[str, str], kind: str, slots: int) -> None:
    seen = course.run(kind, slots=slots, where=where)
    wins(seen, live=slots * 8 if kind == "move" else slots, won=slots)


@pytest.mark.parametrize(("kind", "each"), [("together", 2), ("import", 2)])
def test_of_eight_who_want_two_things_at_once_one_gets_both(where: dict[str, str], kind: str, each: int) -> None:
    seen = course.run(kind, slots=20, where=where)
    wins(seen, live=20 * each, won=20)


def test_eight_series_that_meet_leave_no_half_of_one(where: dict[str, str]) -> None:
    seen = course.run("series", slots=10, where=where)
    won = told(seen)["won"]
    assert 2 * won <= seen["live"] <= 3 * won


@pytest.mark.parametrize("kind", ["resize", "family"])
def test_neighbours_that_grow_or_are_set_up_anew_never_meet(where: dict[str, str], kind: str) -> None:
    assert told(course.run(kind, slots=20, where=where))["won"] >= 20


def test_eight_who_want_three_positions_fill_them(where: dict[str, str]) -> None:
    seen = course.run("positions", slots=20, where=where)
    wins(seen, live=60, won=60)


def test_of_eight_changes_of_one_booking_one_stands_and_seven_are_told(where: dict[str, str]) -> None:
    seen = course.run("change", slots=20, where=where)
    wins(seen, live=20, won=20)
    assert seen["changes"] == 20


def test_of_eight_answers_to_one_request_one_stands(where: dict[str, str]) -> None:
    outcomes = told(course.run("approve", slots=20, where=where))
    assert outcomes["won"] == 20


def test_eight_who_swap_the_same_two_bookings_swap_them_once(where: dict[str, str]) -> None:
    seen = course.run("swap", slots=20, where=where)
    assert told(seen) == {"won": 160}
    assert (seen["live"], seen["changes"]) == (40, 40)


def test_eight_identical_requests_of_one_person_give_one_booking_to_all(where: dict[str, str]) -> None:
    wins(course.run("repeat", slots=20, where=where), live=20, won=160)


def test_one_request_key_sent_eight_times_makes_one_booking_and_never_a_second_one(where: dict[str, str]) -> None:
    wins(course.run("keyed", slots=20, where=where), live=20, won=80)


def test_of_eight_who_want_a_slot_over_http_one_gets_it(where: dict[str, str]) -> None:
    wins(course.run("create", slots=30, where=where, way="http"), live=30, won=30)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_eight_identical_requests_over_http_give_one_booking_to_all(where: dict[str, str]) -> None:
    wins(course.run("repeat", slots=20, where=where, way="http"), live=20, won=160)
