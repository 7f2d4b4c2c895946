"""Those who want different things of one booking at the same moment: one order of turns explains what is left.

`./run bench races --kinds rivals-outage rivals-answer rivals-exchange rivals-proposal` runs them at full size.
"""

from typing import Any

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12


def race(kind: str, where: dict[str, str]) -> dict[str, Any]:
    """What came of the race, once no bookings meet, no change is lost, and each round can be explained."""
    seen = course.program("rivals", kind, "--rounds", str(ROUNDS), where=where)
    assert (seen["doubles"], seen["lost"], seen["strange"]) == (0, 0, 0), seen
    assert sum(seen["outcomes"].values()) == ROUNDS * seen["processes"]
    return seen


def test_everybody_whose_booking_an_outage_strikes_is_told_however_late_it_was_made(where: dict[str, str]) -> None:
    outcomes = race("outage", where)["outcomes"]
    assert outcomes.pop("declare: done") == ROUNDS
    assert outcomes.keys() <= {
        f"{part}: {how}" for part in ("book", "move", "restore") for how in ("done", "taken", "outage")
    }
    held = sum(outcomes.get(f"{part}: done", 0) for part in ("book", "move", "restore"))
    # in rounds with a head start the outage is first: one place of two is left, or none; the others fill every place
    assert ROUNDS // 4 <= held <= ROUNDS * 3 // 2


def test_a_request_that_is_answered_and_cancelled_at_once_ends_as_its_journal_says(where: dict[str, str]) -> None:
    seen = race("answer", where)
    assert seen["outcomes"].keys() <= {
        "approve: done", "approve: not_requested", "refuse: done", "refuse: not_requested", "cancel: done",
    }  # fmt: skip
    assert seen["outcomes"]["cancel: done"] == 3 * ROUNDS
    assert sum(seen["stories"].values()) == ROUNDS
    assert seen["stories"].get("refused", 0) + seen["stories"].get("approved cancelled", 0) >= 1  # stewards came first


def test_a_swap_and_a_move_of_the_same_booking_never_both_stand(where: dict[str, str]) -> None:
    seen = race("exchange", where)
    assert seen["outcomes"].keys() <= {"swap: done", "swap: changed", "move: done", "move: changed", "move: taken"}
    assert set(seen["stories"]) == {"swapped swapped", "moved"}  # each side was first in some rounds


def test_a_proposal_is_accepted_or_closed_once_and_never_of_a_booking_that_moved(where: dict[str, str]) -> None:
    seen = race("proposal", where)
    assert sum(seen["stories"].values()) == ROUNDS
    assert set(seen["stories"]) <= {"swapped swapped", "moved"}
    assert {key.partition(": ")[2] for key in seen["outcomes"]} <= {"done", "closed_proposal", "changed"}
    won = seen["stories"].get("swapped swapped", 0)
    assert seen["outcomes"].get("accept: done", 0) == 3 * won
    assert seen["outcomes"].get("move: done", 0) == 2 * (ROUNDS - won)
