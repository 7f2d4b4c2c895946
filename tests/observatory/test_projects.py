"""The pipeline: projects move, are counted in the funnel, and are screened for a budget."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from liqi.accounts import journal
from liqi.insight import pipeline
from liqi.observatory import boards, projects
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Project
from tests.observatory.conftest import NOW, TODAY, put, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_project_moves_and_the_last_move_is_taken_back(operator):
    one = put("projects", operator, name="A", level="4", begun_on="2024-01-01")
    projects.move(one, level=7, state="signed", on=date(2025, 1, 1), person=operator, now=NOW)
    assert (one.level, one.state, one.moves.count()) == (7, "signed", 2)
    with pytest.raises(NotPossible, match="before the last move"):
        projects.move(one, level=8, state="signed", on=date(2024, 6, 1), person=operator, now=NOW)
    with pytest.raises(NotPossible, match="9 for what is sold"):
        projects.move(one, level=8, state="signed", on=TODAY, person=operator, now=NOW, sold=True)
    with pytest.raises(NotPossible, match="follow from its moves"):
        boards.change(boards.board("projects"), one, {"level": "9"}, person=operator, now=NOW)
    again = table("name,level,begun_on\nA,9,2024-01-01\n", operator, "projects")
    assert "follow from its moves" in again.problems[0].message
    one.refresh_from_db()
    assert not boards.can_undo(journal.read(one).first())
    projects.take_back(one, person=operator, now=NOW)
    assert (Project.objects.get().level, one.state) == (4, "found")
    with pytest.raises(NotPossible, match="no move to take back"):
        projects.take_back(one, person=operator, now=NOW)


def test_row_003_08_six_signed_projects_stand_in_the_funnel_and_the_times_are_told(operator):
    for number in range(10):
        one = put("projects", operator, name=f"P{number}", level="4", begun_on="2024-01-01")
        if number < 6:
            on = date(2024, 1, 1) + timedelta(100 * (number + 1))
            projects.move(one, level=7, state="signed", on=on, person=operator, now=NOW)
        elif number == 6:
            projects.move(one, level=4, state="found", on=TODAY, person=operator, now=NOW, exit="sold_away")
    found = projects.read_all(now=NOW)
    rungs = {rung.state: rung for rung in found.funnel}
    assert (rungs["signed"].reached, rungs["signed"].of_first) == (6, 0.6)
    assert found.left["sold_away"] == 1
    sample = next(stay for stay in found.stays if stay.form == "sample")
    assert (sample.spells, sample.ended, sample.median_days) == (10, 7, 500)
    assert found.forms == {"idea": 0, "sample": 3, "product": 6, "commodity": 0}
    assert found.mid_gap == pytest.approx(1.0)


def test_row_003_07_a_screening_takes_the_best_set_without_conflicts_and_without_judges_of_interest(operator):
    made = []
    for name, cost, score in (("a", 10, 60), ("b", 20, 100), ("c", 30, 90)):
        one = put("projects", operator, name=name, cost_cny=str(cost), begun_on="2024-01-01", fields="分析仪器")
        projects.judge(one, judge="Li", score=Decimal(score), interest=False, person=operator, now=NOW)
        made.append(one)
    assert [x.project.name for x in projects.screen(Decimal(50)).lines if x.taken] == ["b", "c"]
    projects.exclude(made[1], made[2], person=operator, now=NOW)
    assert [x.project.name for x in projects.screen(Decimal(50)).lines if x.taken] == ["b", "a"]
    projects.judge(made[1], judge="Li", score=Decimal(100), interest=True, person=operator, now=NOW)
    found = projects.screen(Decimal(50))
    assert [x.project.name for x in found.lines if x.taken] == ["c", "a"]
    assert found.not_judged == 1
    assert projects.screen(Decimal(50), focus=["海洋仪器"]).score == 0
    with pytest.raises(NotPossible, match="0 to 100"):
        projects.judge(made[0], judge="Li", score=Decimal(101), interest=False, person=operator, now=NOW)


@pytest.mark.parametrize("form", ["idea", "sample", "product", "commodity"])
def test_the_figure_of_a_form_opens_just_its_projects(db, form):
    for level in range(1, 10):
        for sold in (False, True) if level == 9 else (False,):
            for exit_ in ("", "dropped"):
                Project.objects.create(
                    name=f"{level}{sold}{exit_}",
                    level=level,
                    sold=sold,
                    exit=exit_,
                    begun_on=TODAY,
                    created_at=NOW,
                    updated_at=NOW,
                )
    rows = boards.read(boards.BOARDS["projects"], filters={"form": form})
    assert rows.count() == projects.read_all(now=NOW).forms[form] > 0
    assert {pipeline.form(one.level, one.sold) for one in rows} == {form}
    assert not boards.read(boards.BOARDS["projects"], filters={"form": "luck"}).exists()
