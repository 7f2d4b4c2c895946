"""Sessions that are quick to make, and somebody who stands for them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from liqi.access.models import Confirmation, Session
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at


def used(instrument: Instrument, person: Person, hours: str, day: int = 2, **fields: Any) -> Session:
    """A session of that many effective hours that ended on a day of November 2026."""
    ended = fields.pop("ended_at", at(12, day=day))
    return Session.objects.create(
        instrument=instrument, person=person, started_at=ended - timedelta(hours=20), ended_at=ended,
        effective_hours=Decimal(hours), **fields,
    )  # fmt: skip


def confirmed(*sessions: Session) -> Confirmation:
    """The sessions with somebody who stands for them."""
    made = Confirmation.objects.create(
        person=sessions[0].person, at=NOW, starts_at=at(0, day=1), ends_at=at(0, day=20), sessions=len(sessions)
    )
    Session.objects.filter(pk__in=[one.pk for one in sessions]).update(confirmation=made)
    return made
