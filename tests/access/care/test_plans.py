"""Plans fall due by date and by counted hours; a calibration shows with the instrument; contracts end."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liqi.access.care import plans
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import MaintenancePlan, MaintenanceRecord, Session
from liqi.accounts.models import Notice, Person
from liqi.catalogue.models import Instrument, RecordChange
from tests.access.conftest import NOW

TODAY = date(2026, 11, 21)


def begin(instrument: Instrument, person: Person, **more: Any) -> MaintenancePlan:
    given: dict[str, Any] = {"name": "Pump oil", "now": NOW}
    return plans.begin(instrument=instrument, person=person, **(given | more))


def done(instrument: Instrument, person: Person, **more: Any) -> MaintenanceRecord:
    given: dict[str, Any] = {"done_on": TODAY, "done_by": "Institute", "words": "As planned", "now": NOW}
    return plans.record(instrument=instrument, person=person, **(given | more))


def used(instrument: Instrument, person: Person, hours: str, days: int, **more: Any) -> None:
    end = NOW + timedelta(days=days)
    Session.objects.create(
        instrument=instrument, person=person, started_at=end - timedelta(hours=1), ended_at=end,
        effective_hours=Decimal(hours), **more,
    )  # fmt: skip


def state(days: int = 0) -> tuple[str, int | None, Decimal | None]:
    (one,) = plans.due_list(MaintenancePlan.objects.all(), now=NOW + timedelta(days=days))
    return one.state, one.days_left, one.hours_left


def test_a_plan_by_date_is_fine_then_soon_then_overdue(instrument: Instrument, steward: Person) -> None:
    begin(instrument, steward, every_months=1)
    assert [state(days) for days in (0, 16, 31)] == [("fine", 30, None), ("soon", 14, None), ("overdue", -1, None)]


def test_a_plan_by_hours_counts_the_hours_since_it_was_last_done(instrument: Instrument, steward: Person) -> None:
    used(instrument, steward, "70", -1)
    plan = begin(instrument, steward, every_hours=100)
    assert state() == ("fine", None, Decimal(100)), "hours before the plan do not count"
    used(instrument, steward, "89", 1)
    used(instrument, steward, "0", 1, withdrawn=True)
    assert state(2)[0] == "fine"
    used(instrument, steward, "2", 2)
    assert state(3) == ("soon", None, Decimal(9))
    used(instrument, steward, "9", 3)
    assert state(4) == ("overdue", None, Decimal(0))
    done(instrument, steward, plan=plan, done_on=TODAY + timedelta(days=4), now=NOW + timedelta(days=4))
    assert state(4) == ("fine", None, Decimal(100))


def test_a_failed_record_leaves_the_plan_due(instrument: Instrument, steward: Person) -> None:
    plan = begin(instrument, steward, every_months=12, first_on=TODAY - timedelta(days=1))
    done(instrument, steward, plan=plan, result="failed")
    assert state()[0] == "overdue"
    done(instrument, steward, plan=plan)
    assert MaintenancePlan.objects.get().due_on == date(2027, 11, 21)
    done(instrument, steward, plan=plan, done_on=TODAY - timedelta(days=300))
    assert MaintenancePlan.objects.get().due_on == date(2027, 11, 21), "an older record moves nothing back"


def test_a_calibration_shows_with_the_instrument_and_in_its_history(instrument: Instrument, steward: Person) -> None:
    plan = begin(instrument, steward, kind="calibration", every_months=12, first_on=date(2026, 12, 1))
    done(instrument, steward, plan=plan)
    instrument.refresh_from_db()
    assert (instrument.calibrated_on, instrument.calibration_due_on) == (TODAY, date(2027, 11, 21))
    assert RecordChange.objects.filter(kind="instrument", key=instrument.key).count() == 2


def test_the_stewards_hear_once_of_what_falls_due(instrument: Instrument, steward: Person) -> None:
    plan = begin(instrument, steward, every_months=1)
    plans.sign(
        instrument=instrument, person=steward, provider="Maker", starts_on=TODAY, ends_on=date(2027, 1, 10), now=NOW
    )
    assert [plans.due(now=NOW + timedelta(days=days)) for days in (0, 16, 17)] == [1, 1, 0]
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["contract.ends", "maintenance.due"]
    done(instrument, steward, plan=plan)
    assert plans.due(now=NOW + timedelta(days=31)) == 1, "done, so it is told when it is due again"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "no interval"),
        ({"every_months": 0}, "Found 0"),
        ({"every_hours": 10**7}, "Found 10000000"),
        ({"every_months": 1, "kind": "x"}, "“x”"),
        ({"every_months": 1, "name": " "}, "Found 0 characters"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(instrument: Instrument, steward: Person, more: Any, said: str) -> None:
    with pytest.raises(NotPossible, match=said):
        begin(instrument, steward, **more)


def test_records_keep_a_certificate_and_refuse_what_is_none(
    instrument: Instrument, steward: Person, settings: Any, tmp_path: Any
) -> None:
    settings.LIQI_DATA = tmp_path
    with pytest.raises(NotPossible, match="PDF"):
        done(instrument, steward, certificate=("x.exe", b"MZ"))
    with pytest.raises(NotPossible, match="still to come"):
        done(instrument, steward, done_on=TODAY + timedelta(days=1))
    made = done(instrument, steward, certificate=("c.pdf", b"%PDF-1.7 x"), cost_cny=Decimal("1200.50"))
    assert plans.path_of(made.certificate_sha256).read_bytes() == b"%PDF-1.7 x"


def test_only_stewards_keep_plans(instrument: Instrument, guest: Person, steward: Person) -> None:
    with pytest.raises(NotAllowed):
        begin(instrument, guest, every_months=1)
    with pytest.raises(NotAllowed):
        done(instrument, guest)
    begin(instrument, steward, every_months=1)
    with pytest.raises(NotPossible, match="already"):
        begin(instrument, steward, every_months=2)
