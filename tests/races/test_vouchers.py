"""A voucher that two orders want pays one of them at a time, also while it is given back, and no budget pays it too.

`./run bench races --kinds voucher` runs it at full size.
"""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 12


def test_a_voucher_given_back_and_wanted_by_two_orders_pays_no_more_than_it_has(where: dict[str, str]) -> None:
    seen = course.program("voucher", "--rounds", str(ROUNDS), where=where)
    outcomes = seen["outcomes"]
    assert outcomes.pop("release: done") == 2 * ROUNDS  # the second finds it given back
    assert outcomes.keys() <= {
        f"{part}: {how}" for part in ("same", "other", "budget") for how in ("done", "unable", "too little left")
    }  # fmt: skip
    assert seen["strange"] == 0
    assert set(seen["paid"]) <= {"same", "other", "nothing", "other same"}
    both = seen["paid"].get("other same", 0)
    assert both <= ROUNDS // 2
    for order in ("same", "other"):
        assert seen["paid"].get(order, 0) + both == outcomes.get(f"{order}: done", 0)
