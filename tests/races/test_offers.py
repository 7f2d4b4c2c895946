"""An offer that is taken, refused, ended by the clock and wanted by newcomers at once goes to one person.

While somebody waits behind it, that is the person offered or the next in line, never a newcomer.
`./run bench races --kinds offer` runs it at full size.
"""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12
TAKEN, PASSED_ON = "left: [('Racer 0', 'confirmed')]", "left: [('Racer 1', 'offered')]"


def test_an_offer_at_stake_goes_to_one_person_and_never_past_the_line(where: dict[str, str]) -> None:
    seen = course.program("offer", "--rounds", str(ROUNDS), where=where)["outcomes"]
    left = {name: count for name, count in seen.items() if name.startswith("left:")}
    assert left.keys() <= {TAKEN, PASSED_ON}
    assert sum(left.values()) == ROUNDS
    assert seen["newcomer taken"] == 3 * ROUNDS
    assert seen.get("accept", 0) == 2 * left.get(TAKEN, 0)
    assert seen.get("accept refused", 0) == 2 * left.get(PASSED_ON, 0)
    assert seen.get("refuse refused", 0) == left.get(TAKEN, 0)
    assert seen.get("refuse", 0) == left.get(PASSED_ON, 0)
    parts = {"accept", "accept refused", "expire", "refuse", "refuse refused", "newcomer taken", *left}
    assert set(seen) <= parts
