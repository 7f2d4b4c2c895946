"""The last places of a session go to as many people as there are places, and those given back to the first in line.

`./run bench races --kinds seat` runs it at full size.
"""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12


def test_two_places_are_had_by_two_of_eight_and_passed_on_to_two(where: dict[str, str]) -> None:
    assert course.program("seat", "--rounds", str(ROUNDS), where=where)["outcomes"] == {
        "enrolled": 2 * ROUNDS,
        "waiting": 6 * ROUNDS,
        "then: seats [0, 1], waiting 6": ROUNDS,
        "left: seats [0, 1], waiting 4, tries 1": ROUNDS,
    }
