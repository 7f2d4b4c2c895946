"""The database that a race is run on."""

from pathlib import Path

import pytest

from tests.races import course


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a fresh database, once on SQLite and once on PostgreSQL."""
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    return course.fresh(tmp_path, server)
