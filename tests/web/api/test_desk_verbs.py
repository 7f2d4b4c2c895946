"""Tablets, meters, the inbox, incidents, courses, organisations by program: the rules of the pages hold there too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liqi.access import agents, booking
from liqi.access.metering import kiosk
from liqi.access.models import (
    Agent,
    Chore,
    Incident,
    KioskPass,
    MeteringTerms,
    SafetyDocumentVersion,
    Session,
    StockItem,
)
from liqi.accounts.models import Membership, Person
from liqi.answers.models import Arrival
from tests.web.access import Place, place
from tests.web.api.test_metering import client_of
from tests.web.roles import PNG

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> Place:
    settings.LIQI_DATA = tmp_path
    cache.clear()
    return place()


def ask(client: Client, method: str, address: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    sent = "" if body is None else json.dumps(body)
    answer = client.generic(method, address, sent, "application/json", headers={"Accept-Language": "en"} | headers)
    return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def tablet(home: Place) -> dict[str, str]:
    """The header of a tablet at the orbitrap that its steward registered by program."""
    status, made = ask(
        client_of(home.manager), "POST", "/api/metering/kiosks", {"instrument": "orbitrap", "name": "Door"}
    )
    assert status == 201
    kiosk.set_pass(person=home.member, now=NOW, pin="2481", badge="04:A2:19")
    return {"Authorization": f"Bearer {made['token']}"}


def begun(home: Place) -> int:
    start = datetime.now(UTC) - timedelta(minutes=2)
    made = booking.book(
        instrument=home.orbitrap, person=home.member, starts_at=start + timedelta(hours=3),
        ends_at=start + timedelta(hours=5), now=start,
    )  # fmt: skip
    kept = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    type(made).objects.filter(pk=made.pk).update(**kept, held_from=start, held_until=kept["ends_at"])
    return int(made.pk)


def test_a_tablet_shows_now_and_next_and_starts_and_ends_by_pin_and_badge(home: Place, tablet: dict[str, str]) -> None:
    booked = begun(home)
    status, shown = ask(Client(), "GET", "/api/kiosk", **tablet)
    assert (status, shown["instrument"], [one["booking"] for one in shown["coming"]]) == (200, "orbitrap", [booked])
    status, made = ask(Client(), "POST", "/api/kiosk/start", {"booking": booked, "pin": "2481"}, **tablet)
    assert (status, made["booking"]) == (201, booked)
    shown = ask(Client(), "GET", "/api/kiosk", **tablet)[1]
    assert [one["session"] for one in shown["running"]] == [made["id"]]
    status, over = ask(Client(), "POST", "/api/kiosk/end", {"badge": "04:A2:19"}, **tablet)
    assert (status, over["id"], Session.objects.get().ended_at is not None) == (200, made["id"], True)
    assert ask(Client(), "POST", "/api/kiosk/end", {"badge": "04:A2:19"}, **tablet)[0] == 422


def test_a_tablet_is_known_by_its_token_alone_and_a_revoked_one_opens_nothing(
    home: Place, tablet: dict[str, str]
) -> None:  # fmt: skip
    assert ask(client_of(home.manager), "GET", "/api/kiosk")[0] == 401
    assert ask(Client(), "GET", "/api/kiosk", Authorization="Bearer guess")[0] == 401
    assert ask(Client(), "GET", "/api/bookings", **tablet)[0] == 401, "and it opens nothing else"
    listed = ask(client_of(home.manager), "GET", "/api/metering/kiosks?instrument=orbitrap")[1]["items"]
    assert ask(client_of(home.other), "POST", f"/api/metering/kiosks/{listed[0]['id']}/revoke")[0] == 403
    assert ask(client_of(home.manager), "POST", f"/api/metering/kiosks/{listed[0]['id']}/revoke")[0] == 200
    assert ask(Client(), "GET", "/api/kiosk", **tablet)[0] == 401


def test_five_wrong_pins_lock_the_pin_also_when_each_is_sent_under_a_key(home: Place, tablet: dict[str, str]) -> None:
    sent = {"email": "member@example.org", "pin": "0000", "words": "No gas"}
    for n in range(5):
        status, said = ask(Client(), "POST", "/api/kiosk/problems", sent, **tablet, **{"Idempotency-Key": f"k{n}"})
        assert (status, "PIN" in said["detail"]) == (403, True)
    assert KioskPass.objects.get().failures == 5
    assert ask(Client(), "POST", "/api/kiosk/problems", sent | {"pin": "2481"}, **tablet)[0] == 403
    assert Incident.objects.count() == 0


def test_a_problem_sent_twice_under_a_key_is_one_and_answered_again(home: Place, tablet: dict[str, str]) -> None:
    sent, key = {"badge": "04:A2:19", "words": "No gas"}, {"Idempotency-Key": "once"}
    first = ask(Client(), "POST", "/api/kiosk/problems", sent, **tablet, **key)
    again = ask(Client(), "POST", "/api/kiosk/problems", sent, **tablet, **key)
    assert (first, Incident.objects.count()) == (again, 1)
    assert ask(Client(), "POST", "/api/kiosk/problems", sent | {"badge": "x"}, **tablet, **key)[0] == 422


def test_a_meter_is_set_up_by_program_and_its_agent_can_send_at_once(home: Place) -> None:
    keeper = client_of(home.manager)
    status, made = ask(keeper, "POST", "/api/metering/meters", {"instrument": "orbitrap", "name": "plug"})
    assert (status, made["unit"], made["active"]) == (201, "W", True)
    token = agents.issue(instrument=home.orbitrap, name="PC", person=home.manager, now=NOW).token
    head = {"Authorization": f"Bearer {token}"}
    reading = {"readings": [{"meter": "plug", "at": NOW.isoformat(), "value": 3}]}
    assert ask(Client(), "POST", "/api/metering/readings", reading, **head)[1] == {"taken": 1, "known": 0}
    wrong = {"name": "plug", "on_from": 500}
    status, _said = ask(keeper, "PUT", f"/api/metering/meters/{made['id']}", wrong)
    assert status == 422, "it would be working before it is on"
    assert ask(keeper, "POST", f"/api/metering/meters/{made['id']}/remove")[1]["active"] is False
    assert ask(Client(), "POST", "/api/metering/readings", reading, **head)[0] == 422
    again = ask(keeper, "POST", "/api/metering/meters", {"instrument": "orbitrap", "name": "plug"})[1]
    assert (again["id"], again["active"]) == (made["id"], True)


def test_the_terms_of_metering_are_kept_within_their_limits(home: Place) -> None:
    keeper, terms = client_of(home.manager), {"startup": 10, "post": 20, "idle_after": 5, "forgotten_after": 30}
    assert ask(keeper, "PUT", "/api/metering/terms/orbitrap", terms | {"walk_up": False})[0] == 200
    assert ask(keeper, "GET", "/api/metering/terms/orbitrap")[1] == terms | {"walk_up": False}
    status, said = ask(keeper, "PUT", "/api/metering/terms/orbitrap", terms | {"walk_up": True, "forgotten_after": 1})
    assert (status, "5" in said["detail"]) == (422, True)
    assert MeteringTerms.objects.get().walk_up is False


def arrived(home: Place, count: int = 2) -> list[str]:
    agent = agents.issue(instrument=home.orbitrap, name="PC", person=home.manager, now=NOW).agent
    assert isinstance(agent, Agent)
    return [
        Arrival.objects.create(
            instrument=home.orbitrap, agent=agent, path=f"run {n}.raw", sha256=f"{n:064d}", size=3, modified_at=NOW,
            arrived_at=NOW, why="nobody",
        ).key
        for n in range(count)
    ]  # fmt: skip


def test_files_of_the_inbox_are_put_aside_and_taken_back_all_or_none(home: Place) -> None:
    keys, keeper = arrived(home), client_of(home.manager)
    waiting = ask(keeper, "GET", "/api/inbox?instrument=orbitrap")[1]["items"]
    assert {one["key"] for one in waiting} == set(keys)
    assert ask(client_of(home.other), "GET", "/api/inbox")[1]["items"] == []
    assert ask(client_of(home.other), "POST", "/api/inbox/aside", {"files": keys})[0] == 404
    assert ask(keeper, "POST", "/api/inbox/aside", {"files": [*keys, "nobodys"]})[0] == 404
    assert Arrival.objects.waiting().count() == 2
    status, moved = ask(keeper, "POST", "/api/inbox/aside", {"files": keys})
    assert (status, {one["state"] for one in moved}) == (200, {"aside"})
    status, said = ask(keeper, "POST", "/api/inbox/file", {"files": keys, "order": "no-such"})
    assert (status, "no-such" in said["detail"]) == (422, True)
    assert {one["state"] for one in ask(keeper, "POST", "/api/inbox/back", {"files": keys})[1]} == {"inbox"}


def test_pictures_of_an_incident_come_by_program_and_are_for_its_reporter_and_stewards(home: Place) -> None:
    member, keeper = client_of(home.member), client_of(home.manager)
    made = ask(member, "POST", "/api/care/incidents", {"instrument": "orbitrap", "words": "No vacuum"})[1]
    address = f"/api/care/incidents/{made['id']}"
    broken = member.post(f"{address}/pictures", {"pictures": SimpleUploadedFile("a.png", PNG)})
    assert broken.status_code == 422
    whole = member.post(f"{address}/pictures", {"pictures": SimpleUploadedFile("a.png", DOT)})
    assert (whole.status_code, whole.json()["pictures"][0]["width"]) == (201, 1)
    at = whole.json()["pictures"][0]["bytes_at"]
    shown = keeper.get(at)
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("image/png", DOT)
    shown.close()
    assert client_of(home.other).get(at).status_code == 403
    outage = ask(keeper, "POST", f"{address}/outage")[1]
    assert outage == ask(keeper, "POST", f"{address}/outage")[1]
    assert ask(member, "POST", f"{address}/outage")[0] == 403
    ask(keeper, "POST", f"{address}/close", {"lesson": "Oil it"})
    assert ask(keeper, "POST", f"{address}/reopen")[1]["closed"] is None


DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
"""One red pixel."""


def test_a_course_is_written_changed_closed_and_its_document_published(home: Place) -> None:
    keeper = client_of(home.manager)
    course = {"title": "Safe handling", "facility": "ms-platform", "instruments": ["triple"], "needs_quiz": True}
    status, made = ask(keeper, "POST", "/api/training/desk/courses", course)
    assert (status, made["instruments"], made["facility"]) == (201, ["triple"], "ms-platform")
    assert ask(client_of(home.other), "POST", "/api/training/desk/courses", course)[0] == 403
    assert ask(keeper, "POST", "/api/training/desk/courses", course | {"instruments": ["gone"]})[0] == 422
    assert ask(keeper, "POST", "/api/training/desk/courses", course | {"instrument": "triple"})[0] == 422
    address = f"/api/training/desk/courses/{made['key']}"
    assert ask(keeper, "PUT", address, {"title": "Safer handling"})[1]["title"] == "Safer handling"
    assert ask(keeper, "POST", f"{address}/close")[1]["closed_at"] is not None
    assert ask(Client(), "GET", "/api/training/courses")[1]["items"] == []
    assert ask(keeper, "POST", f"{address}/open")[1]["closed_at"] is None
    paper = {"title": "Gas", "text": "Open a window.", "instrument": "orbitrap"}
    key = ask(keeper, "POST", "/api/training/desk/documents", paper)[1]["key"]
    again = ask(keeper, "POST", f"/api/training/desk/documents/{key}/versions", {"text": "Open two.", "grace_days": 3})
    assert (again[0], again[1]["version"], SafetyDocumentVersion.objects.count()) == (201, 2, 2)
    assert ask(keeper, "POST", f"/api/training/desk/documents/{key}/withdraw")[1]["withdrawn_at"] is not None
    assert ask(keeper, "POST", f"/api/training/desk/documents/{key}/restore")[1]["withdrawn_at"] is None


def test_qualifications_come_in_from_a_table_all_or_none(home: Place) -> None:
    keeper = client_of(home.manager)
    key = ask(keeper, "POST", "/api/training/desk/courses", {"title": "Safe", "instrument": "orbitrap"})[1]["key"]
    good = f"person,course,granted_on\nmember@example.org,{key},2026-01-05\n"
    bad = good + f"nobody@example.org,{key},2026-01-05\n"
    address = "/api/training/desk/qualifications"
    found = ask(keeper, "POST", address, {"text": bad, "keep": True})[1]
    assert (found["kept"], [one["row"] for one in found["problems"]]) == (False, [3])
    assert ask(keeper, "POST", address, {"text": good})[1] == {"new": 1, "known": 0, "kept": False, "problems": []}
    assert ask(keeper, "POST", address, {"text": good, "keep": True})[1]["kept"] is True
    assert ask(keeper, "POST", address, {"text": good, "keep": True})[1]["known"] == 1


def test_an_organisation_is_founded_and_keeps_its_last_lead(home: Place) -> None:
    member, other = client_of(home.member), client_of(home.other)
    status, made = ask(member, "POST", "/api/organisations", {"name": "Tea group", "kind": "group"})
    assert (status, made["role"]) == (201, "lead")
    address = f"/api/organisations/{made['id']}"
    assert ask(other, "GET", address)[0] == 403
    added = ask(member, "POST", f"{address}/members", {"email": "other@example.org"})[1]
    assert (added["role"], ask(other, "GET", address)[1]["role"]) == ("member", "member")
    assert ask(other, "POST", f"{address}/members", {"email": "manager@example.org"})[0] == 403
    assert ask(member, "POST", f"{address}/members", {"email": "gone@example.org"})[0] == 422
    mine = f"{address}/members/{home.member.pk}"
    assert ask(member, "DELETE", mine)[0] == 403, "the last lead stays"
    ask(member, "POST", f"{address}/members", {"email": "other@example.org", "role": "lead"})
    assert ask(member, "DELETE", mine)[0] == 204
    assert list(Membership.objects.filter(organisation=made["id"]).values_list("person__name", "role")) == [
        ("Other", "lead")
    ]
    assert ask(other, "PUT", f"{address}/order-terms", {"lead_accepts": True})[1]["lead_accepts"] is True
    project = ask(other, "POST", f"{address}/projects", {"code": "T-1", "title": "Tea"})[1]
    assert ask(other, "POST", f"{address}/projects", {"code": "T-1", "title": "Tea"})[0] == 422
    closed = [ask(other, "POST", f"{address}/projects/{project['id']}/close")[1]["closed_on"] for _each in range(2)]
    assert closed[0] is not None
    assert closed[0] == closed[1]
    assert ask(other, "POST", f"{address}/projects/{project['id']}/open")[1]["closed_on"] is None


def test_billing_details_are_a_leads_and_the_class_of_price_an_operators(home: Place) -> None:
    group = home.project.organisation
    address, details = f"/api/money/billing/{group.pk}", {"legal_name": "Guest group Ltd", "country": "CN"}
    member = client_of(home.member)
    assert ask(member, "GET", address)[1]["written"] is False
    assert ask(member, "PUT", address, details)[0] == 403
    Membership.objects.filter(person=home.member).update(role="lead")
    assert ask(member, "PUT", address, details | {"place": "34"})[0] == 422
    assert ask(member, "PUT", address, details | {"user_class": "internal"})[0] == 422
    assert ask(member, "PUT", address, details)[1]["legal_name"] == "Guest group Ltd"
    boss = client_of(Person.objects.create_user("boss@example.org", name="Boss", is_operator=True))
    assert ask(boss, "PUT", address, details | {"user_class": "nobility"})[0] == 422
    assert ask(boss, "PUT", address, details | {"user_class": "academic"})[1]["user_class"] == "academic"
    assert ask(member, "PUT", address, details)[1]["user_class"] == "academic", "a lead leaves it as it is"


def test_stock_is_kept_counted_and_given_back_by_program(home: Place) -> None:
    keeper, item = client_of(home.manager), {"facility": "ms-platform", "name": "Vials", "unit": "box"}
    status, made = ask(keeper, "POST", "/api/care/stock", item)
    assert status == 201
    assert ask(client_of(home.member), "POST", "/api/care/stock", item)[0] == 403
    address = f"/api/care/stock/{made['id']}"
    ask(keeper, "POST", f"{address}/receive", {"number": "L1", "quantity": "9"})
    (issued,) = ask(keeper, "POST", f"{address}/issue", {"quantity": "4"})[1]
    assert ask(keeper, "POST", f"{address}/back", {"movement": issued["id"], "quantity": "5"})[0] == 422
    assert ask(keeper, "POST", f"{address}/back", {"movement": issued["id"], "quantity": "1"})[0] == 201
    (lot,) = ask(keeper, "GET", f"{address}/lots")[1]["items"]
    assert lot["left"] == "6"
    assert ask(keeper, "POST", f"{address}/count", {"lot": lot["id"], "found": "5"})[1]["left"] == "5"
    assert ask(keeper, "POST", f"{address}/end")[0] == 422
    ask(keeper, "POST", f"{address}/dispose", {"lot": lot["id"], "quantity": "5", "words": "broken"})
    assert (ask(keeper, "POST", f"{address}/end")[1]["ended"], StockItem.objects.get().ended_at is None) == (
        True,
        False,
    )


def test_who_may_not_write_a_task_learns_nothing_of_addresses(home: Place) -> None:
    task = {"instrument": "orbitrap", "title": "Oil", "assignee": "nobody@example.org"}
    stranger = ask(client_of(home.other), "POST", "/api/care/tasks", task)
    known = ask(client_of(home.other), "POST", "/api/care/tasks", task | {"assignee": "member@example.org"})
    assert stranger == known
    assert stranger[0] == 403
    status, said = ask(client_of(home.manager), "POST", "/api/care/tasks", task)
    assert (status, "nobody@example.org" in said["detail"], Chore.objects.count()) == (422, True, 0)
    made = ask(client_of(home.manager), "POST", "/api/care/tasks", task | {"assignee": "Member@example.org"})[1]
    assert made["assignee"] == "Member"


def test_an_agent_is_restored_and_may_be_silent_for_a_while(home: Place) -> None:
    keeper, agent = client_of(home.manager), agents.issue(
        instrument=home.orbitrap, name="PC", person=home.manager, now=NOW
    ).agent  # fmt: skip
    ask(keeper, "POST", f"/api/agents/{agent.pk}/revoke")
    assert ask(keeper, "POST", f"/api/agents/{agent.pk}/restore")[1]["revoked_at"] is None
    assert ask(keeper, "PUT", f"/api/agents/{agent.pk}/silence", {"minutes": 90})[1]["silence_minutes"] == 90
    assert ask(client_of(home.other), "PUT", f"/api/agents/{agent.pk}/silence", {"minutes": 90})[0] == 403
    assert ask(keeper, "PUT", f"/api/agents/{agent.pk}/silence", {"minutes": 1})[0] == 422
