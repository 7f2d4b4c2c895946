"""Targets: how far each is, against how much of its time is gone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liqi.observatory import targets
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Target
from tests.observatory.conftest import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_004_05_and_004_10_targets_stand_at_35_percent_and_6_8_percent(loaded):
    lines = {one.target.name: one for one in targets.standings(Target.objects.there(), on=TODAY)}
    assert lines["院所"].standing.done == pytest.approx(0.35)
    assert lines["院所"].per_km2 == pytest.approx(1.1667, abs=1e-4)
    assert lines["院所"].standing.state == "missed"
    assert lines["示范线建成"].standing.done == pytest.approx(0.0678, abs=1e-4)
    assert lines["产业规模"].standing.state == "not known"


def test_row_002_15_the_work_plan_has_its_four_tasks(loaded):
    assert Target.objects.exclude(task="").values("task").distinct().count() == 4


def test_a_reading_of_a_day_to_come_is_refused(operator, loaded):
    target = Target.objects.first()
    with pytest.raises(NotPossible, match="a day to come"):
        targets.record(target, on=TODAY + timedelta(1), amount=Decimal(1), person=operator, now=NOW)
    made = targets.record(target, on=TODAY, amount=Decimal(1), person=operator, now=NOW)
    targets.forget(target, made, person=operator, now=NOW)
    assert not target.readings.exists()
