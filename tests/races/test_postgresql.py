"""The tests of records, bookings, money, answers and the interface hold on PostgreSQL as they do on SQLite."""

import os
import subprocess
import sys

import pytest

from tests.races import course

FOLDERS = ("access", "accounts", "answers", "catalogue", "observatory", "web/api")


@pytest.mark.postgresql
@pytest.mark.timeout(1200)
@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tests_of_a_folder_pass_on_postgresql(folder: str, postgresql: str) -> None:
    address = course.tables_for_tests(postgresql, folder.replace("/", "_"))
    command = [sys.executable, "-m", "pytest", f"tests/{folder}", "-q", "-n", "0", "--reuse-db"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        env={**os.environ, "LIQI_TEST_DATABASE_URL": address},
        cwd=course.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout
