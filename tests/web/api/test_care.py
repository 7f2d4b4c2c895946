"""/api/care: problems, what falls due, stock and fittings, by the same rules as the pages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from liqi.access.care import control_charts, fittings, plans, stock
from liqi.access.models import ControlChart, KeptAnswer
from liqi.accounts.models import Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


@pytest.fixture
def lab() -> Place:
    return place()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client: Client, path: str, body: dict[str, Any], key: str = "") -> Any:
    return client.post(f"/api/care/{path}", body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_problem_is_reported_once_and_read_by_those_it_concerns(lab: Place) -> None:
    body = {"instrument": "triple", "words": "No gas", "severity": "blocking"}
    mine = browser(lab.member)
    assert [send(mine, "incidents", body).status_code for _ in range(2)] == [201, 200]
    assert send(mine, "incidents", body | {"severity": "x"}).status_code == 422
    for person, count in ((lab.member, 1), (lab.manager, 1), (lab.other, 0)):
        assert len(browser(person).get("/api/care/incidents").json()["items"]) == count
    assert Client().get("/api/care/incidents").status_code == 401


def test_what_falls_due_is_for_those_who_look_after_it(lab: Place) -> None:
    plans.begin(instrument=lab.triple, person=lab.manager, name="Oil", every_hours=100, now=NOW)
    (one,) = browser(lab.manager).get("/api/care/maintenance").json()["items"]
    assert (one["plan"], one["state"], Decimal(str(one["hours_left"]))) == ("Oil", "fine", Decimal(100))
    assert browser(lab.member).get("/api/care/maintenance").json()["items"] == []


def test_stock_is_issued_once_under_one_key_and_only_by_stewards(lab: Place) -> None:
    item = stock.add(facility=lab.facility, person=lab.manager, name="Vials", unit="box", minimum=Decimal(5), now=NOW)
    stock.receive(item=item, person=lab.manager, number="L", quantity=Decimal(6), now=NOW)
    keeper, path = browser(lab.manager), f"stock/{item.pk}/issue"
    assert keeper.get("/api/care/stock?low=true").json()["items"] == []
    first = send(keeper, path, {"quantity": "2.5"}, "k")
    again = send(keeper, path, {"quantity": "2.5"}, "k")
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert not KeptAnswer.objects.exists(), "the movement keeps the key, and nothing else does"
    other = send(keeper, path, {"quantity": "1"}, "k")
    assert (other.status_code, "new key" in other.json()["detail"]) == (422, True)
    (level,) = keeper.get("/api/care/stock?low=true").json()["items"]
    assert Decimal(str(level["left"])) == Decimal("3.5")
    assert send(keeper, path, {"quantity": "99"}).status_code == 422
    assert send(browser(lab.member), path, {"quantity": "1"}).status_code == 403


def test_what_is_fitted_is_read_by_who_is_signed_in(lab: Place) -> None:
    column = fittings.add(instrument=lab.triple, person=lab.manager, name="Column", choices=["C18"], now=NOW)
    fittings.fit(fitting=column, person=lab.manager, value="C18", now=NOW)
    assert browser(lab.other).get("/api/care/fittings/triple").json()["items"][0]["value"] == "C18"


def test_a_chart_that_holds_its_instrument_is_read_and_released_with_a_reason(lab: Place) -> None:
    asked = {"instrument": "triple", "name": "Caffeine", "method": "ms.quantify", "finding": "area"}
    keeper, member = browser(lab.manager), browser(lab.member)
    assert send(member, "charts", asked).status_code == 403
    assert send(keeper, "charts", asked | {"rules": ["by feeling"]}).status_code == 422
    made = send(keeper, "charts", asked | {"centre": 10, "sigma": 1})
    assert (made.status_code, made.json()["state"], made.json()["points"]) == (201, "within", 0)
    path = f"charts/{made.json()['key']}"
    again = send(keeper, "charts", asked)
    assert (again.status_code, again["Content-Type"]) == (422, "application/problem+json")
    chart = ControlChart.objects.get()
    for number, value in enumerate((10.5, 14.0)):
        control_charts.add_point(chart=chart, value=value, unit="mg", run=f"r{number}", now=NOW)
    (held,) = keeper.get("/api/care/charts?held=true").json()["items"]
    assert (held["state"], held["outage"]) == ("out", chart.instrument.outages.get().pk)
    (bad,) = keeper.get(f"/api/care/{path}/points?broken=true").json()["items"]
    assert (bad["value"], bad["broken"], bad["run"]) == (14.0, ["beyond 3 sigma"], "r1")
    assert len(keeper.get(f"/api/care/{path}/points").json()["items"]) == 2
    assert send(keeper, f"{path}/end", {}).status_code == 422
    assert send(member, f"{path}/release", {"reason": "x"}).status_code == 403
    assert send(keeper, f"{path}/release", {"reason": " "}).status_code == 422
    assert send(keeper, f"{path}/release", {"reason": "new column"}).json()["state"] == "within"
    assert keeper.get("/api/care/charts?held=true").json()["items"] == []
    assert send(keeper, f"{path}/end", {}).json()["state"] == "ended"
    assert member.get("/api/care/charts").json()["items"] == []
    assert member.get(f"/api/care/{path}").status_code == 403


def test_a_steward_closes_incidents_records_maintenance_receives_stock_and_says_what_is_fitted(lab: Place) -> None:
    keeper, member = browser(lab.manager), browser(lab.member)
    told = send(member, "incidents", {"instrument": "triple", "words": "No gas"}).json()
    assert send(member, f"incidents/{told['id']}/close", {"lesson": "x"}).status_code == 403
    closed = send(keeper, f"incidents/{told['id']}/close", {"lesson": "A second bottle stands ready"}).json()
    assert (closed["lesson"], bool(closed["closed"])) == ("A second bottle stands ready", True)

    plan = plans.begin(instrument=lab.triple, person=lab.manager, name="Oil", every_months=6, now=NOW)
    done = {"done_on": NOW.date().isoformat(), "done_by": "Wu", "words": "Oil changed"}
    assert send(member, f"maintenance/{plan.pk}/done", done).status_code == 403
    later = done | {"done_on": (NOW.date() + timedelta(days=2)).isoformat()}
    assert send(keeper, f"maintenance/{plan.pk}/done", later).status_code == 422
    assert send(keeper, f"maintenance/{plan.pk}/done", done).json()["result"] == "passed"
    (due,) = keeper.get("/api/care/maintenance").json()["items"]
    assert due["days_left"] > 150

    item = stock.add(facility=lab.facility, person=lab.manager, name="Vials", unit="box", minimum=Decimal(1), now=NOW)
    lot = {"number": "L1", "quantity": "6"}
    came = [send(keeper, f"stock/{item.pk}/receive", lot, "k") for _ in range(2)]
    assert ([one.status_code for one in came], came[0].json()) == ([201, 200], came[1].json())
    assert send(member, f"stock/{item.pk}/receive", lot).status_code == 403
    (level,) = keeper.get("/api/care/stock").json()["items"]
    assert Decimal(str(level["left"])) == 6

    fittings.add(instrument=lab.triple, person=lab.manager, name="Column", choices=["C18", "HILIC"], now=NOW)
    (column,) = keeper.get("/api/care/fittings/triple").json()["items"]
    path = f"fittings/{column['id']}/fit"
    assert send(member, path, {"value": "HILIC"}).status_code == 403
    assert send(keeper, path, {"value": "C4"}).status_code == 422
    assert send(keeper, path, {"value": "HILIC"}).status_code == 204
    assert keeper.get("/api/care/fittings/triple").json()["items"][0]["value"] == "HILIC"
