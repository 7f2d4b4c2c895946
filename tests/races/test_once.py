"""Eight programs send one order under one key at the same moment: one order is made, and all hear of that one."""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]
ROUNDS = 10


def test_of_eight_requests_under_one_key_one_makes_the_order_and_seven_hear_of_it(where: dict[str, str]) -> None:
    seen = course.program("once", "--rounds", str(ROUNDS), "--racers", "8", where=where)
    assert seen["outcomes"] == {"made it": ROUNDS, "heard it again": 7 * ROUNDS}
    assert (seen["orders"], seen["titles"], seen["kept"], seen["open"]) == (ROUNDS, ROUNDS, ROUNDS, 0)
