"""An order by program from the draft to the grade, and the records behind the figures that count it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liqi.access.models import Feedback, Order, Sample, Steward
from liqi.accounts.models import Membership, Person
from tests.web.access import PASSWORD
from tests.web.world import World, world

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def here(settings: Any, tmp_path: Any) -> World:
    settings.LIQI_DATA = tmp_path
    return world()


def program(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def released(here: World) -> str:
    """The key of an order that went by program from its draft to the release of its results."""
    customer, keeper = program(here.place.member), program(here.place.manager)
    made = customer.post("/api/orders", {"service": "unknowns", "need": "Is there lead?"}, content_type=JSON)
    key: str = made.json()["key"]
    rows = customer.post(f"/api/orders/{key}/samples", [{"name": "A"}, {"name": "B"}], content_type=JSON).json()
    gone = f"/api/orders/{key}/samples/{rows[1]['key']}"
    assert program(here.place.other).delete(gone).status_code == 403
    assert customer.delete(gone).status_code == 204
    assert customer.post(f"/api/orders/{key}/steps/submit", {}, content_type=JSON).status_code == 200
    offer = {"lines": [{"text": "Work", "quantity": "2", "price": "800"}], "tax_percent": "6", "note": "by Friday"}
    assert customer.post(f"/api/orders/{key}/quotes", offer, content_type=JSON).status_code == 403
    quote = keeper.post(f"/api/orders/{key}/quotes", offer, content_type=JSON)
    assert (quote.status_code, quote.json()["gross"]) == (201, "1696.00")
    number = quote.json()["number"]
    assert customer.post(f"/api/money/quotes/{number}/accept", {}, content_type=JSON).status_code == 200
    sample = rows[0]["key"]
    assert keeper.post(f"/api/samples/{sample}/custody", {"verb": "receive"}, content_type=JSON).status_code == 201
    for verb in ("begin", "measure"):
        keeper.post(f"/api/orders/{key}/steps/{verb}", {}, content_type=JSON)
    result = [{"sample": sample, "quantity": "lead", "value": "1.5", "unit": "mg/kg"}]
    assert keeper.post(f"/api/orders/{key}/results", result, content_type=JSON).status_code == 201
    said = keeper.put(f"/api/orders/{key}/conclusion", {"text": "A little lead."}, content_type=JSON)
    assert said.json()["conclusion"] == "A little lead."
    assert keeper.post(f"/api/orders/{key}/steps/review", {}, content_type=JSON).status_code == 200
    early = customer.put(f"/api/orders/{key}/feedback", {"grade": 5}, content_type=JSON)
    assert early.status_code == 422, "nothing is graded before it may be seen"
    reviewer = Person.objects.create_user("review@example.org", PASSWORD, name="Review", language="en")
    Steward.objects.create(person=reviewer, facility=here.place.facility)
    assert program(reviewer).post(f"/api/orders/{key}/steps/release", {}, content_type=JSON).status_code == 200
    return key


def test_the_customer_gives_one_of_five_grades_and_may_change_it(here: World) -> None:
    key = released(here)
    address, customer = f"/api/orders/{key}/feedback", program(here.place.member)
    assert customer.get(address).status_code == 404
    for wrong in (0, 6, 2**63):
        assert customer.put(address, {"grade": wrong}, content_type=JSON).status_code == 422
    assert program(here.place.manager).put(address, {"grade": 5}, content_type=JSON).status_code == 403
    assert customer.put(address, {"grade": 4, "words": "quick"}, content_type=JSON).json()["grade"] == 4
    assert customer.put(address, {"grade": 3, "words": "slow"}, content_type=JSON).status_code == 200
    kept = Feedback.objects.get()
    assert (kept.grade, kept.words, customer.get(address).json()["words"]) == (3, "slow", "slow")
    assert Sample.objects.filter(order__key=key).count() == 1


def test_the_records_behind_the_evaluation_are_read_by_who_sees_the_figures(here: World) -> None:
    key = released(here)
    program(here.place.member).put(f"/api/orders/{key}/feedback", {"grade": 4}, content_type=JSON)
    year = Feedback.objects.get().at.year
    boss = program(Person.objects.create_user("boss@example.org", name="Boss", is_operator=True))
    grades = boss.get(f"/api/evaluation/rows/grades?year={year}").json()
    assert ([one["order"] for one in grades["items"]], grades["count"], grades["unit"]) == ([key], 1, "of 5")
    sessions = boss.get(f"/api/evaluation/rows/sessions?year={year}&basis=metered&instrument=orbitrap")
    assert sessions.status_code == 200
    assert sessions.json()["count"] == len(sessions.json()["items"])
    assert program(here.place.other).get(f"/api/evaluation/rows/grades?year={year}").json()["items"] == []
    theirs = f"/api/evaluation/rows/sessions?year={year}&instrument=orbitrap"
    assert program(here.place.other).get(theirs).status_code == 403
    assert boss.get(f"/api/evaluation/rows/moods?year={year}").status_code == 422
    Membership.objects.filter(person=here.place.other).update(role="lead")
    assert [one["order"] for one in program(here.place.other).get(
        f"/api/evaluation/rows/grades?year={year}").json()["items"]] == [key]  # fmt: skip


def test_a_thread_of_own_use_is_opened_finished_and_never_ends_a_commission(here: World) -> None:
    customer = program(here.place.member)
    assert customer.post("/api/orders/own-use", {}, content_type=JSON).status_code == 422
    sent = {"need": "Is there caffeine?\nIn tea.", "instrument": "orbitrap", "project": here.place.project.pk}
    made = customer.post("/api/orders/own-use", sent, content_type=JSON).json()
    assert (made["title"], made["project"], made["instrument"]) == ("Is there caffeine?", "P-1", "orbitrap")
    stranger = program(here.place.other).post("/api/orders/own-use", sent, content_type=JSON)
    assert stranger.status_code == 404, "a project of others is not there for them"
    done = customer.post(f"/api/orders/own-use/{made['key']}/finish", {}, content_type=JSON)
    assert (done.json()["state"], Order.objects.get(key=made["key"]).state) == ("done", "done")
    ours = f"/api/orders/own-use/{here.commissioned.key}/finish"
    assert customer.post(ours, {}, content_type=JSON).status_code == 422
