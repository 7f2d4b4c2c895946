"""Of those who read a record and save it at once, one saves and the others are told; nothing is overwritten unseen."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600), pytest.mark.xdist_group("races")]


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh database."""
    found = {"LIQI_DATA": str(tmp_path)}
    if request.param == "postgresql":
        found["LIQI_DATABASE_URL"] = course.new_database(request.getfixturevalue("postgresql"))
    return found


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_of_four_who_save_at_once_one_saves(where: dict[str, str]) -> None:
    rounds, racers = 25, 4
    environment = {**os.environ, "PYTHONPATH": f"{course.ROOT / 'src'}{os.pathsep}{course.ROOT}"}
    environment.pop("LIQI_DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.races.edit", "--rounds", str(rounds), "--racers", str(racers)]
    done = subprocess.run(
        command, env={**environment, **where}, cwd=course.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["processes"] == racers
    assert seen["outcomes"] == {"saved": rounds, "conflict": rounds * (racers - 1)}
    assert (seen["changes"], seen["chained"]) == (rounds, True)
