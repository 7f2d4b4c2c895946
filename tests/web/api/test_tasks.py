"""/api/care/tasks, plans and records: what the pages of tasks and maintenance do, by the same rules."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from liqi.access.models import Chore
from liqi.accounts.models import Notice, Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def lab() -> Place:
    return place()


def ask(person: Person, method: str, path: str, body: Any = None, key: str = "") -> Any:
    client = Client(headers={"Idempotency-Key": key} if key else {})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.generic(method, f"/api/care/{path}", json.dumps(body or {}), "application/json")


def written(lab: Place, key: str = "") -> Any:
    body = {"instrument": "triple", "title": "Oil", "assignee": lab.member.email, "lines": ["drain", "fill"]}
    return ask(lab.manager, "POST", "tasks", body, key)


def test_a_task_goes_from_written_to_done(lab: Place) -> None:
    made, again = written(lab, "t").json(), written(lab, "t").json()
    assert (made, Chore.objects.count()) == (again, 1)
    assert Notice.objects.filter(person=lab.member, kind="chore.given").count() == 1
    path = f"tasks/{made['id']}"
    early = ask(lab.member, "POST", f"{path}/done")
    assert (early.status_code, "2 lines" in early.json()["detail"]) == (422, True)
    for line in made["lines"]:
        ticked = ask(lab.member, "PUT", f"{path}/lines/{line['id']}", {"done": True})
    assert [line["by"] for line in ticked.json()["lines"]] == [str(lab.member)] * 2
    said = ask(lab.member, "POST", f"{path}/remarks", {"words": "It was black"})
    assert [each["words"] for each in said.json()["remarks"]] == ["It was black"]
    assert ask(lab.member, "POST", f"{path}/done").json()["state"] == "done"
    assert ask(lab.member, "GET", "tasks?state=open").json()["items"] == []
    assert ask(lab.member, "POST", f"{path}/reopen").json()["state"] == "open"
    assert ask(lab.manager, "POST", f"{path}/drop").json()["state"] == "dropped"


def test_what_is_not_named_of_a_task_stays(lab: Place) -> None:
    path = f"tasks/{written(lab).json()['id']}"
    changed = ask(lab.manager, "PATCH", path, {"due_on": "2026-12-01"}).json()
    assert (changed["due_on"], changed["assignee"], changed["priority"]) == ("2026-12-01", str(lab.member), 2)
    changed = ask(lab.manager, "PATCH", path, {"assignee": "", "due_on": None, "priority": 1}).json()
    assert (changed["due_on"], changed["assignee"], changed["priority"]) == (None, "", 1)
    assert ask(lab.manager, "PATCH", path, {"priority": 9}).status_code == 422


def test_a_task_is_for_who_is_to_do_it_and_the_stewards(lab: Place) -> None:
    path = f"tasks/{written(lab).json()['id']}"
    seen = [ask(one, "GET", path).status_code for one in (lab.member, lab.manager, lab.other)]
    assert seen == [200, 200, 403]
    assert [len(ask(one, "GET", "tasks").json()["items"]) for one in (lab.member, lab.manager, lab.other)] == [1, 1, 0]
    assert ask(lab.member, "PATCH", path, {"priority": 1}).status_code == 403
    assert ask(lab.member, "POST", "tasks", {"instrument": "triple", "title": "X"}).status_code == 403
    assert ask(lab.member, "GET", "tasks?state=lost").status_code == 422
    nobody = {"instrument": "triple", "title": "X", "assignee": "nobody@example.org"}
    assert ask(lab.other, "POST", "tasks", nobody).status_code == 403, "who has an account is not told"
    assert ask(lab.manager, "POST", "tasks", nobody).status_code == 422


def test_a_plan_is_begun_done_and_ended_by_stewards(lab: Place) -> None:
    body = {"instrument": "triple", "name": "Oil", "every_months": 6, "first_on": "2027-01-31"}
    assert ask(lab.member, "POST", "plans", body).status_code == 403
    made = ask(lab.manager, "POST", "plans", body).json()
    assert (made["due_on"], made["ended"]) == ("2027-01-31", False)
    assert ask(lab.manager, "POST", "plans", body | {"name": "None", "every_months": None}).status_code == 422
    work = {"done_on": str(NOW.date()), "done_by": "Wu", "words": "Changed"}
    assert ask(lab.manager, "POST", f"maintenance/{made['id']}/done", work).status_code == 201
    (one,) = ask(lab.manager, "GET", "records?instrument=triple").json()["items"]
    assert (one["plan"], one["done_by"], one["result"]) == (made["id"], "Wu", "passed")
    assert ask(lab.member, "GET", "records").json()["items"] == []
    assert ask(lab.member, "POST", f"plans/{made['id']}/end").status_code == 403
    assert ask(lab.manager, "POST", f"plans/{made['id']}/end").json()["ended"] is True
