"""The last yuan of a budget is spent once, a voucher never pays over its cap, a charge is owed and invoiced once.

`./run bench races --kinds money` runs it at full size.
"""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]

ROUNDS = 10


def test_money_is_spent_once_whoever_wants_it_at_once(where: dict[str, str]) -> None:
    found = course.program("money", "--rounds", str(ROUNDS), where=where)
    assert found.pop("outcomes") == {
        "book": ROUNDS, "book refused": 7 * ROUNDS, "reserve": ROUNDS, "reserve refused": 7 * ROUNDS,
        "confirm": 8 * ROUNDS, "invoice": ROUNDS, "invoice refused": 7 * ROUNDS,
    }  # fmt: skip
    assert found == {
        "balanced": True, "overdrawn": 0, "bookings": ROUNDS, "holds": ROUNDS, "uses": ROUNDS,
        "charge entries": ROUNDS, "numbers without holes": True, "invoices": ROUNDS,
    }  # fmt: skip
