"""The last places of a session go to as many people as there are places, and those given back to the first in line.

`python -m tests.races.seat --rounds 1000` runs the race at full size.
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


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh database."""
    given = {"LIQI_DATA": str(tmp_path)}
    if request.param == "postgresql":
        given["LIQI_DATABASE_URL"] = course.new_database(request.getfixturevalue("postgresql"))
    return given


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_two_places_are_had_by_two_of_eight_and_passed_on_to_two(where: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{course.ROOT / 'src'}{os.pathsep}{course.ROOT}", **where}
    if "LIQI_DATABASE_URL" not in where:
        environment.pop("LIQI_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.seat", "--rounds", str(ROUNDS)],
        env=environment, cwd=course.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["outcomes"] == {
        "enrolled": 2 * ROUNDS,
        "waiting": 6 * ROUNDS,
        "then: seats [0, 1], waiting 6": ROUNDS,
        "left: seats [0, 1], waiting 4, tries 1": ROUNDS,
    }
