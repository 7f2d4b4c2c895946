"""An answered example in the browser: its test names the method, as `METHOD`, and asks for `answered`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liqi.accounts.models import Person
from liqi.answers import execution, run
from liqi.answers.models import Run


@pytest.fixture
def person(transactional_db: None) -> Person:
    return Person.objects.create_user("lin@example.org", "long-enough-word", name="Lin", language="en")


@pytest.fixture
def answered(request: pytest.FixtureRequest, settings: Any, tmp_path: Path, person: Person) -> Run:
    """The example of the test's method, run and answered, its files in a folder of the test's own."""
    settings.LIQI_DATA = tmp_path
    one = run.start_example(method=request.module.METHOD, person=person, now=datetime.now(UTC))
    execution.perform(key=one.key, clock=lambda: datetime.now(UTC))
    one.refresh_from_db()
    return one
