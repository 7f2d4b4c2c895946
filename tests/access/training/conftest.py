"""A course of an instrument, its steward, and ways to have it taken."""

from typing import Any

import pytest

from liqi.access.models import Course
from liqi.access.training import course as courses
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW


def make_course(instrument: Instrument, steward: Person, **fields: Any) -> Course:
    """A course of the instrument that one session teaches."""
    return courses.write(of=instrument, by=steward, now=NOW, fields={"title": "Mass spectrometer 1"} | fields)


@pytest.fixture
def course(instrument: Instrument, steward: Person) -> Course:
    return make_course(instrument, steward)
