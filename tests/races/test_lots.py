"""The last of two lots is issued to as many as there is for, never below zero, and the sum stays right.

`./run bench races --kinds lot` runs it at full size.
"""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12


def test_two_of_eight_have_what_is_left_and_one_request_is_one_issue(where: dict[str, str]) -> None:
    seen = course.program("lot", "--rounds", str(ROUNDS), where=where)
    assert seen["outcomes"] == {
        "wanted: issued": 2 * ROUNDS, "wanted: too little left": 6 * ROUNDS, "sent: 1 movement": 8 * ROUNDS,
        "used: issued": 6 * ROUNDS, "used: charged": 2 * ROUNDS,
    }  # fmt: skip
    assert (seen["strange"], seen["left"]) == (0, {"wanted: 1": ROUNDS, "sent: 3": ROUNDS})
    assert seen["charged"] == {"6.00": ROUNDS}, "every movement of a session is charged once, whichever came first"
