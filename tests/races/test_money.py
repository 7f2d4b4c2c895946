"""The last yuan of a budget is spent once, a voucher never pays over its cap, a charge is owed and invoiced once.

`python -m tests.races.money --rounds 1000` runs the race at full size.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600), pytest.mark.xdist_group("races")]

ROUNDS = 10


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh database."""
    given = {"LIQI_DATA": str(tmp_path)}
    if request.param == "postgresql":
        given["LIQI_DATABASE_URL"] = course.new_database(request.getfixturevalue("postgresql"))
    return given


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_money_is_spent_once_whoever_wants_it_at_once(where: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{course.ROOT / 'src'}{os.pathsep}{course.ROOT}", **where}
    if "LIQI_DATABASE_URL" not in where:
        environment.pop("LIQI_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.money", "--rounds", str(ROUNDS)],
        env=environment, cwd=course.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found.pop("outcomes") == {
        "book": ROUNDS, "book refused": 7 * ROUNDS, "reserve": ROUNDS, "reserve refused": 7 * ROUNDS,
        "confirm": 8 * ROUNDS, "invoice": ROUNDS, "invoice refused": 7 * ROUNDS,
    }  # fmt: skip
    assert found == {
        "balanced": True, "overdrawn": 0, "bookings": ROUNDS, "holds": ROUNDS, "uses": ROUNDS,
        "charge entries": ROUNDS, "numbers without holes": True, "invoices": ROUNDS,
    }  # fmt: skip
