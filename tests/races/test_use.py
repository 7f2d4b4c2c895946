"""Eight people and programs at one instrument at the same moment: one session, each reading once, one correction."""

from typing import Any

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]
ROUNDS = 10


def run(kind: str, where: dict[str, str]) -> dict[str, Any]:
    return course.program("use", kind, "--rounds", str(ROUNDS), where=where)


def test_of_eight_who_start_at_once_one_runs_and_no_booking_is_left_behind(where: dict[str, str]) -> None:
    seen = run("start", where)
    assert seen["outcomes"] == {"won": ROUNDS, "told": 7 * ROUNDS}
    assert (seen["running"], seen["live"]) == (ROUNDS, ROUNDS)


def test_readings_that_eight_send_at_once_are_kept_once_and_say_the_same(where: dict[str, str]) -> None:
    seen = run("send", where)
    assert seen["outcomes"] == {"taken 60": ROUNDS, "taken 0": 7 * ROUNDS}
    assert (seen["readings"], seen["stretches"]) == (60 * ROUNDS, 6 * ROUNDS)


def test_a_finding_that_eight_settle_at_once_is_settled_once(where: dict[str, str]) -> None:
    seen = run("settle", where)
    assert seen["outcomes"] == {"won": ROUNDS, "told": 7 * ROUNDS}
    assert (seen["sessions"], seen["corrections"], seen["settlements"]) == (ROUNDS, ROUNDS, ROUNDS)


def test_a_booking_that_is_started_and_given_free_at_once_is_one_of_the_two(where: dict[str, str]) -> None:
    seen = run("release", where)
    outcomes = seen["outcomes"]
    won = outcomes.get("started", 0) // 4
    assert 0 < won < ROUNDS  # each side was the faster one in some rounds
    assert outcomes.get("started", 0) == 4 * won  # all four hold the one session
    assert (seen["running"], seen["sessions"], seen["live"]) == (won, won, won)
    assert outcomes.get("released", 0) == ROUNDS - won
    assert outcomes.get("refused: released", 0) == 4 * (ROUNDS - won)
    assert set(outcomes) <= {"started", "released", "told", "refused: released"}
