"""The tests of records, bookings, money, answers and the interface hold on PostgreSQL as they do on SQLite."""

import os
import re
import subprocess
import sys

import pytest

from tests.races import course

ROOMS = ("access", "accounts answers catalogue observatory", "web/api")
"""Folders of tests; those with few tests go together, because every start reads the whole house anew."""


@pytest.mark.postgresql
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rooms", ROOMS)
def test_the_tests_of_these_rooms_pass_on_postgresql(rooms: str, postgresql: str) -> None:
    address = course.tables_for_tests(postgresql, re.sub(r"\W", "_", rooms))
    folders = [f"tests/{room}" for room in rooms.split()]
    command = [sys.executable, "-m", "pytest", *folders, "-q", "-n", "0", "--reuse-db"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        env={**os.environ, "LIQI_TEST_DATABASE_URL": address},
        cwd=course.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout
