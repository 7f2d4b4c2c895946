"""A group never has more than its quota, also where its members book different instruments at the same moment."""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12


def test_two_of_eight_members_book_what_their_group_may_still_have(where: dict[str, str]) -> None:
    seen = course.program("quota", "--rounds", str(ROUNDS), where=where)
    assert seen["outcomes"] == {"booked": 2 * ROUNDS, "refused: quota_group": 6 * ROUNDS}
    assert (seen["most"], seen["live"]) == (2, 2 * ROUNDS)
