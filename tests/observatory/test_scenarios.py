"""Scenarios are published when all three are named; a trial goes step by step and is insured."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liqi.observatory import boards, scenarios
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Trial
from tests.observatory.conftest import NOW, TODAY, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_row_004_09_an_incomplete_scenario_is_not_published(operator, member):
    scenario = put("scenarios", member, title="x", owner="区", science="大学")
    with pytest.raises(NotPossible, match="Found no Who runs it"):
        scenarios.publish(scenario, person=member, now=NOW)
    boards.change(boards.board("scenarios"), scenario, {"operator": "公司"}, person=member, now=NOW)
    assert not boards.read(boards.board("scenarios")).exists()
    scenarios.publish(scenario, person=member, now=NOW)
    assert boards.read(boards.board("scenarios")).get() == scenario
    scenarios.unpublish(scenario, person=member, now=NOW)
    assert boards.read(boards.board("scenarios"), person=member).get() == scenario


def test_row_004_13_a_trial_goes_trial_log_fix_second_trial_and_is_insured(loaded):
    trial = Trial.objects.get()
    assert [one.kind for one in trial.steps.all()] == ["trial", "log", "fix", "again"]
    assert scenarios.next_steps(trial) == ()
    found = scenarios.insurance(trial, on=TODAY, language="en")
    assert found.amount_cny == Decimal("0.8") * min(Decimal(15_000), Decimal("0.03") * 600_000)


def test_a_step_out_of_order_is_refused_and_the_last_is_taken_back(operator):
    trial = put("trials", operator, title="x")
    with pytest.raises(NotPossible, match="expected trial"):
        scenarios.step(trial, kind="fix", on=TODAY, person=operator, now=NOW)
    with pytest.raises(NotPossible, match="whether it passed"):
        scenarios.step(trial, kind="trial", on=TODAY, person=operator, now=NOW)
    scenarios.step(trial, kind="trial", on=TODAY, person=operator, now=NOW, passed=False)
    with pytest.raises(NotPossible, match="before the step"):
        scenarios.step(trial, kind="log", on=TODAY - timedelta(1), person=operator, now=NOW)
    scenarios.take_back_step(trial, person=operator, now=NOW)
    assert scenarios.next_steps(trial) == ("trial",)


def test_row_002_02_three_scenarios_of_one_device_are_found_by_its_name(loaded):
    found = boards.read(boards.board("scenarios"), text="小型质谱分析系统")
    assert sorted(one.title.partition("：")[2] for one in found) == ["毒品", "牛奶中的抗生素", "肿瘤分型"]
    assert {one.instruments for one in found} == {"小型质谱分析系统"}
    assert all(one.published_at for one in found)
