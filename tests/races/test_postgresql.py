"""The tests of access hold on PostgreSQL as they do on SQLite."""

import os
import subprocess
import sys

import pytest

from tests.races.course import ROOT


@pytest.mark.postgresql
@pytest.mark.xdist_group("races")
def test_every_test_of_access_passes_on_postgresql(postgresql: str) -> None:
    environment = {**os.environ, "LIQI_TEST_DATABASE_URL": postgresql}
    command = [sys.executable, "-m", "pytest", "tests/access", "tests/web/api/test_bookings.py", "-q", "-n", "0"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout
