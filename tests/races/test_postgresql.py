"""The tests of access, catalogue and observatory hold on PostgreSQL as they do on SQLite."""

import os
import subprocess
import sys

import pytest

from tests.races.course import ROOT


@pytest.mark.postgresql
@pytest.mark.xdist_group("races")
def test_access_catalogue_and_observatory_pass_on_postgresql(postgresql: str) -> None:
    environment = {**os.environ, "LIQI_TEST_DATABASE_URL": postgresql}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/access",
        "tests/catalogue",
        "tests/observatory",
        "tests/web/api",
        "-q",
        "-n",
        "0",
    ]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout
