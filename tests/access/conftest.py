"""A small world: an institution with an instrument, a member of it, a guest from elsewhere, a steward."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from liqi.access.models import Steward
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue.models import Institution, Instrument

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # Saturday 09:00 in Shanghai


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A moment of Monday 2026-11-23 (or another day of that month) by the clock of UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def make_instrument(institution: Institution | None = None, **fields: Any) -> Instrument:
    """A shared, bookable instrument, open round the clock."""
    number = Instrument.objects.count() + 1
    given = {
        "key": f"i{number}",
        "name": f"Mass spectrometer {number}",
        "source": "test",
        "institution": institution,
        "shared": True,
        "bookable": True,
        "time_zone": "Asia/Shanghai",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Instrument.objects.create(**(given | fields))


def make_person(name: str, organisation: Organisation | None = None, **fields: Any) -> Person:
    """Somebody with an address under example.org."""
    person = Person(email=f"{name.lower()}@example.org", name=name, **fields)
    person.set_unusable_password()
    person.save()
    if organisation:
        Membership.objects.create(person=person, organisation=organisation)
    return person


@pytest.fixture
def home(db: None) -> Organisation:
    return Organisation.objects.create(name="Home University", kind=Organisation.Kind.INSTITUTION)


@pytest.fixture
def institution(home: Organisation) -> Institution:
    return Institution.objects.create(
        key="home", name="Home University", source="test", organisation=home, created_at=NOW, updated_at=NOW
    )


@pytest.fixture
def instrument(institution: Institution) -> Instrument:
    return make_instrument(institution)


@pytest.fixture
def member(home: Organisation) -> Person:
    group = Organisation.objects.create(name="Lin group", parent=home)
    return make_person("Lin", group)


@pytest.fixture
def guest(db: None) -> Person:
    return make_person("Gast", Organisation.objects.create(name="Small firm", kind=Organisation.Kind.FIRM))


@pytest.fixture
def steward(home: Organisation, instrument: Instrument) -> Person:
    person = make_person("Wei", home)
    Steward.objects.create(person=person, instrument=instrument)
    return person
