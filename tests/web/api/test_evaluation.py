"""The interface of evaluation says what the pages say, to those who may."""

import json
from decimal import Decimal
from typing import Any

import pytest

from liqi.access.evaluation import tally
from liqi.access.models import EvaluationEdition, GivenFigure, UseTally
from liqi.accounts.models import Person
from tests.web.test_evaluation_pages import HERE, YEAR, World, client, world  # noqa: F401

pytestmark = pytest.mark.django_db


def get(person: Person, path: str) -> Any:
    return client(person).get(f"/api/evaluation/{path}")


def post(person: Person, path: str, sent: dict[str, Any]) -> Any:
    return client(person).post(f"/api/evaluation/{path}", json.dumps(sent), content_type="application/json")


def test_units_are_read_with_score_parts_and_rule(world: World) -> None:  # noqa: F811
    found = get(world.lead, f"units{HERE}").json()
    (unit,) = found["items"]
    assert (unit["institution"], unit["rank"], unit["instruments"]) == ("host", 1, 2)
    assert float(unit["mean_effective_h"]) == 4
    assert len(unit["score"]["parts"]) == 9
    assert unit["score"]["unknown"] == ["coordination", "platform", "running_results", "outside_results"]
    assert found["assumed"] == ["full_at", "grades", "weights"]
    assert get(world.home.member, f"units{HERE}").json()["items"] == []


def test_what_if_gives_before_and_after(world: World) -> None:  # noqa: F811
    asked = {"year": YEAR, "measures": {"shared_hours": 273}, "numbers": {"weights.platform": 0}}
    said = post(world.lead, "units/host/what-if", asked).json()
    assert float(said["after"]["score"]["low"]) > float(said["before"]["score"]["low"])
    wrong = post(world.lead, "units/host/what-if", {"year": YEAR, "numbers": {"weights.charm": 1}})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")
    assert "weights.charm" in wrong.json()["detail"]
    for measures, named in (
        ({"charm": 1}, "expected one of coordination"),
        ({"shared_hours": -5}, "from 0 up"),
        ({"shared_hours": 1e300}, "below 1,0"),
    ):
        wrong = post(world.lead, "units/host/what-if", {"year": YEAR, "measures": measures})
        assert wrong.status_code == 422
        assert named in wrong.json()["detail"]
    assert post(world.home.manager, "units/host/what-if", asked).status_code == 403


def test_instruments_come_by_page_with_their_forms(world: World) -> None:  # noqa: F811
    first = get(world.home.manager, f"instruments{HERE}&limit=1").json()
    second = get(world.home.manager, f"instruments{HERE}&limit=1&cursor={first['next']}").json()
    keys = [page["items"][0]["key"] for page in (first, second)]
    assert sorted(keys) == ["orbitrap", "triple"]
    assert second["next"] is None
    assert float(first["items"][0]["effective_h"]) == (8 if keys[0] == "orbitrap" else 0)
    assert get(world.home.manager, f"instruments{HERE}&cursor=x").status_code == 422


def test_hours_have_four_places_at_most_as_they_are_kept(world: World) -> None:  # noqa: F811
    tally.bring_up()
    UseTally.objects.filter(effective_h__gt=0).update(effective_h=Decimal("39.5667"))
    found = get(world.home.manager, f"instruments{HERE}").json()["items"]
    said = [one["effective_h"] for one in found] + [one["benefit"]["parts"][0]["fed"]["effective_h"] for one in found]
    assert max(len(each.partition(".")[2]) for each in said if each) == 4


def test_totals_and_the_check_before_buying_are_read(world: World) -> None:  # noqa: F811
    checks = {one["name"]: one["agrees"] for one in get(world.lead, f"units/host/totals{HERE}").json()["items"]}
    assert checks["tally_hours"] is True
    found = get(world.home.manager, f"purchase{HERE}&class_code=010201&place=安徽&value_cny=2500000").json()
    assert (found["verdict"], found["due"]) == ("time to spare", True)
    assert get(world.home.manager, f"purchase{HERE}&class_code=1").status_code == 422
    assert get(world.home.member, f"purchase{HERE}&class_code=010201").status_code == 403


def test_figures_are_given_and_taken_back(world: World) -> None:  # noqa: F811
    asked = {"institution": "host", "year": YEAR, "name": "platform", "value": 75, "reason": "seen"}
    assert post(world.lead, "given", asked).status_code == 403
    made = post(world.operator, "given", asked)
    assert made.status_code == 201
    taken = post(world.operator, f"given/{made.json()['id']}/undo", {})
    assert taken.json()["undone_at"] is not None
    assert post(world.operator, "given", asked | {"instrument": "orbitrap"}).status_code == 422
    assert GivenFigure.objects.count() == 1


def test_tables_are_read_by_everybody_and_dated_by_operators(world: World) -> None:  # noqa: F811
    tables = {one["table"]: one for one in get(world.home.member, "tables").json()["items"]}
    assert float(tables["hours"]["numbers"]["survey_full_h"]) == 1600
    asked = {"since": f"{YEAR}-01-01", "source": "Letter", "numbers": {"survey_full_h": 1500}}
    assert post(world.lead, "tables/hours", asked).status_code == 403
    made = post(world.operator, "tables/hours", asked)
    assert made.status_code == 201
    assert post(world.lead, f"tables/editions/{made.json()['id']}/withdraw", {}).status_code == 403
    assert post(world.operator, f"tables/editions/{made.json()['id']}/withdraw", {}).status_code == 200
    assert EvaluationEdition.objects.get().withdrawn_at is not None
    assert post(world.operator, "tables/charm", asked).status_code == 422


def test_nobody_reads_without_signing_in(world: World) -> None:  # noqa: F811
    from django.test import Client

    for path in (f"units{HERE}", f"instruments{HERE}", "tables", f"units/host/totals{HERE}"):
        assert Client().get(f"/api/evaluation/{path}").status_code == 401
