"""The ministry's split of hours counts what is confirmed, each hour once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from liqi.access.metering import confirmation, purposes
from liqi.access.models import Session
from liqi.accounts.models import Person
from tests.access.conftest import at


def test_confirmed_hours_are_split_and_each_is_counted_once(instrument: Any, member: Person, steward: Person) -> None:
    given = [("teaching", False, 1), ("research", False, 2), ("research", True, 4), ("service", True, 8)]
    given += [("", True, 16), ("", False, 32)]
    for n, (purpose, outside, hours) in enumerate(given):
        end = at(1, day=n + 2) + timedelta(hours=hours)
        Session.objects.create(
            instrument=instrument, person=member, started_at=at(1, day=n + 2), ended_at=end, effective_hours=hours,
            purpose=purpose, outside=outside,
        )  # fmt: skip
    assert purposes.of([instrument.pk], at(0, day=1), at(0, day=28)) == {}
    for session in Session.objects.all():
        confirmation.confirm_one(session=session, person=steward, now=at(0, day=28))
    split = purposes.of([instrument.pk], at(0, day=1), at(0, day=28))[instrument.pk]
    assert (split.teaching, split.research, split.service, split.unsaid) == (1, 6, 24, 32)
    assert (split.open, split.total) == (28, Decimal(63))
