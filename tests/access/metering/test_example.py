"""The example's meters fit its sessions, contradict some of them, and come once."""

from datetime import timedelta
from typing import Any

import pytest

from liqi.access.example import metering as example_metering
from liqi.access.metering import reconciliation
from liqi.access.models import Confirmation, LogOn, Meter, Reading, Session
from liqi.accounts.models import Person
from tests.access.conftest import NOW, make_person

pytestmark = pytest.mark.django_db


def test_the_example_has_meters_that_bear_out_most_sessions_and_contradict_some(
    instrument: Any, member: Person
) -> None:
    make_person("Op", is_operator=True, synthetic=True)
    for day in range(1, 14):
        start = NOW - timedelta(days=day, hours=-1)
        Session.objects.create(
            instrument=instrument, person=member, started_at=start, ended_at=start + timedelta(hours=3),
            effective_hours=3, synthetic=True,
        )  # fmt: skip
    made = example_metering.load(now=NOW)
    assert (made.meters, Meter.objects.count()) == (1, 1)
    assert made.log_ons == LogOn.objects.count() > 5
    assert Reading.objects.count() == 2 * 24 * 30 + 1
    assert made.confirmed == Session.objects.confirmed().count() == Confirmation.objects.get().sessions > 0
    seen = reconciliation.read_one(instrument, NOW - timedelta(days=14), NOW, now=NOW)
    worked = [pk for pk, support in seen.checked.support.items() if "sensor" in support]
    assert len(worked) == 13
    assert {"idle", "unbooked"} <= {finding.kind.value for finding in seen.open}
    assert example_metering.load(now=NOW).meters == 0
