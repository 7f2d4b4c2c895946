"""Two stewards advance one order, one barcode is given twice, one position is filled twice: one of them wins."""

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
def test_of_those_who_want_one_thing_at_once_one_has_it(where: dict[str, str]) -> None:
    rounds, racers = 8, 4
    environment = {**os.environ, "PYTHONPATH": f"{course.ROOT / 'src'}{os.pathsep}{course.ROOT}"}
    environment.pop("LIQI_DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.races.steps", "--rounds", str(rounds), "--racers", str(racers)]
    done = subprocess.run(
        command, env={**environment, **where}, cwd=course.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    outcomes = seen["outcomes"]
    for kind in ("refuse", "barcode", "position"):
        assert outcomes[f"{kind}: won"] == rounds, outcomes
        assert outcomes[f"{kind}: refused"] == rounds * (racers - 1), outcomes
    known = {f"{kind}: {how}" for kind in ("barcode", "position", "custody", "refuse") for how in ("won", "refused")}
    assert set(outcomes) <= known, outcomes
    assert (seen["barcodes"], seen["positions"] <= rounds) == (rounds, True), seen
    assert (seen["steps"], seen["chains_whole"]) == (rounds, True)
