"""Two people who wait for an instrument that a third has booked."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from liqi.access import booking, waiting
from liqi.access.models import Booking, Wish
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, english, guest, home, institution, instrument, make_person, member, steward

__all__ = ["english", "guest", "home", "institution", "instrument", "member", "steward"]

HOUR = timedelta(hours=1)


@pytest.fixture
def first(db: None) -> Person:
    return make_person("Ada")


@pytest.fixture
def second(db: None) -> Person:
    return make_person("Bo")


@pytest.fixture
def taken(instrument: Instrument, member: Person) -> Booking:
    """Monday from 9 to 11 is the member's."""
    return booking.book(instrument=instrument, person=member, starts_at=at(9), ends_at=at(11), now=NOW)


def wish(person: Person, *instruments: Instrument, now: datetime = NOW, **given: Any) -> Wish:
    """The person waits for an hour on Monday between 9 and 11."""
    said: dict[str, Any] = {"earliest_at": at(9), "latest_at": at(11), "minutes": 60} | given
    return waiting.join(person=person, instruments=instruments, now=now, **said)
