"""An offer that is taken, refused, ended by the clock and wanted by newcomers at once goes to one person.

While somebody waits behind it, that is the person offered or the next in line, never a newcomer.
`python -m tests.races.offer --rounds 1000` runs the race at full size.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600), pytest.mark.xdist_group("races")]

ROUNDS = 25
TAKEN, PASSED_ON = "left: [('Racer 0', 'confirmed')]", "left: [('Racer 1', 'offered')]"


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh database."""
    given = {"LIQI_DATA": str(tmp_path)}
    if request.param == "postgresql":
        given["LIQI_DATABASE_URL"] = course.new_database(request.getfixturevalue("postgresql"))
    return given


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_an_offer_at_stake_goes_to_one_person_and_never_past_the_line(where: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{course.ROOT / 'src'}{os.pathsep}{course.ROOT}", **where}
    if "LIQI_DATABASE_URL" not in where:
        environment.pop("LIQI_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.offer", "--rounds", str(ROUNDS)],
        env=environment, cwd=course.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)["outcomes"]
    left = {name: count for name, count in seen.items() if name.startswith("left:")}
    assert left.keys() <= {TAKEN, PASSED_ON}
    assert sum(left.values()) == ROUNDS
    assert seen["newcomer taken"] == 3 * ROUNDS
    assert seen.get("accept", 0) == 2 * left.get(TAKEN, 0)
    assert seen.get("accept refused", 0) == 2 * left.get(PASSED_ON, 0)
    parts = {"accept", "accept refused", "expire", "refuse", "newcomer taken", *left}
    assert set(seen) <= parts
