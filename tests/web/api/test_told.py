"""The interface of notices, webhooks, outages and journals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from liqi.access import booking, journals, webhooks
from liqi.access.models import Delivery, MaintenanceWindow, Outage, Webhook
from liqi.accounts import membership, notices
from liqi.accounts.models import JournalEntry, Membership, NoticeWishes, Person
from liqi.catalogue.federation import posting
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lab() -> Place:
    return place()


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Headers of what was posted elsewhere."""
    sent: list[dict[str, str]] = []

    def post(_url: str, _body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        sent.append(headers)
        return 204, ""

    monkeypatch.setattr(posting, "post", post)
    monkeypatch.setattr(posting, "judged", lambda *_given, **_named: None)
    return sent


def ask(person: Person | None, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    client = Client()
    if person is not None:
        client.force_login(person)
    answer = client.generic(method, f"/api/{path}", "" if body is None else json.dumps(body), "application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_notices_are_listed_newest_first_counted_and_read(lab: Place) -> None:
    for title in ("Tea", "Rice"):
        notices.tell([lab.member], kind="order.receive", now=timezone.now(), title=title)
    notices.tell([lab.other], kind="order.receive", now=timezone.now(), title="Not mine")
    seen = ask(lab.member, "GET", "notices")["items"]
    assert [one["facts"]["title"] for one in seen] == ["Rice", "Tea"]
    assert (seen[0]["about"], "Rice" in seen[0]["words"]) == ("order", True)
    assert ask(lab.member, "GET", "notices/count") == {"unread": 2}
    assert ask(lab.member, "POST", "notices/read", {"notices": [seen[0]["id"]]}) == {"unread": 1}
    assert [one["facts"]["title"] for one in ask(lab.member, "GET", "notices?new=true")["items"]] == ["Tea"]
    assert ask(lab.member, "POST", "notices/read", {}) == {"unread": 0}
    assert ask(lab.other, "GET", "notices/count") == {"unread": 1}
    assert "booking" in ask(lab.member, "GET", "notices?about=weather", status=422)["detail"]


def test_wishes_about_notices_are_kept_and_unknown_subjects_refused(lab: Place) -> None:
    assert ask(lab.member, "GET", "notices/wishes")["rhythm"] == "at once"
    wished = {"rhythm": "daily", "hour": 7, "muted": ["swap"], "remind_minutes": 60, "quiet_from": "22:00:00",
              "quiet_until": "06:00:00"}  # fmt: skip
    assert ask(lab.member, "PUT", "notices/wishes", wished) == wished
    assert NoticeWishes.objects.get().person == lab.member
    ask(lab.member, "PUT", "notices/wishes", wished | {"muted": ["weather"]}, status=422)
    ask(lab.member, "PUT", "notices/wishes", wished | {"quiet_until": None}, status=422)


def made(lab: Place, **more: Any) -> Any:
    asked = {"url": "https://example.org/hook", "instrument": "orbitrap", "things": ["booking"]} | more
    return ask(lab.manager, "POST", "webhooks", asked, status=201)


def test_a_webhook_is_made_tested_listed_and_removed_by_its_stewards(lab: Place, posts: list[Any]) -> None:
    hook = made(lab)
    assert hook["secret"].startswith("whsec_")
    (listed,) = ask(lab.manager, "GET", "webhooks")["items"]
    assert (listed["id"], listed["things"], "secret" in listed) == (hook["id"], ["booking"], False)
    tested = ask(lab.manager, "POST", f"webhooks/{hook['id']}/test")
    assert (tested["state"], tested["status"], len(posts)) == ("delivered", 204, 1)
    assert [one["event"] for one in ask(lab.manager, "GET", f"webhooks/{hook['id']}/deliveries")["items"]] == ["test"]
    assert ask(lab.manager, "POST", f"webhooks/{hook['id']}/stop")["stopped_at"]
    assert ask(lab.manager, "POST", f"webhooks/{hook['id']}/restart")["stopped_at"] is None
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret")):
        ask(lab.member, method, f"webhooks/{hook['id']}{path}", status=404)
    ask(lab.manager, "DELETE", f"webhooks/{hook['id']}", status=204)
    assert not Webhook.objects.exists()


def test_a_webhook_is_of_one_place_and_only_its_own(lab: Place, posts: list[Any]) -> None:
    asked = {"url": "https://example.org/", "instrument": "orbitrap"}
    ask(lab.member, "POST", "webhooks", asked, status=403)
    ask(lab.manager, "POST", "webhooks", asked | {"organisation": 1}, status=422)
    ask(lab.manager, "POST", "webhooks", {"url": "https://example.org/"}, status=422)
    ask(lab.manager, "POST", "webhooks", asked | {"things": ["weather"]}, status=422)


def right(secret: str, headers: dict[str, str], body: str) -> bool:
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    own = base64.b64encode(hmac.new(raw, said, hashlib.sha256).digest()).decode()
    return f"v1,{own}" in headers["webhook-signature"].split(" ")


def test_after_a_change_both_secrets_sign_for_a_day_and_then_the_new_one_alone(lab: Place, posts: list[Any]) -> None:
    old = made(lab)["secret"]
    hook = Webhook.objects.get()
    changed = ask(lab.manager, "POST", f"webhooks/{hook.pk}/secret")
    new = changed["secret"]
    assert (new != old, changed["old_secret_until"] is not None) == (True, True)
    hook.refresh_from_db()
    start = hook.old_secret_until - webhooks.OVERLAP  # type: ignore[operator]
    for at, both in ((start, True), (start + DAY - timedelta(seconds=1), True), (start + DAY, False)):
        webhooks.test(hook=hook, person=lab.manager, now=at)
        body = Delivery.objects.latest("pk").body
        assert (right(new, posts[-1], body), right(old, posts[-1], body)) == (True, both)
    line = JournalEntry.objects.get(verb="changed secret")
    assert (line.person, new in str(line.facts)) == (lab.manager, False)


def test_a_secret_changed_twice_leaves_the_last_two(lab: Place, posts: list[Any]) -> None:
    first = made(lab)["secret"]
    hook = Webhook.objects.get()
    second, third = (ask(lab.manager, "POST", f"webhooks/{hook.pk}/secret")["secret"] for _each in range(2))
    hook.refresh_from_db()
    webhooks.test(hook=hook, person=lab.manager, now=timezone.now())
    body = Delivery.objects.latest("pk").body
    assert [right(each, posts[-1], body) for each in (first, second, third)] == [False, True, True]


def test_an_outage_is_declared_put_off_and_ended_and_strikes_bookings(lab: Place) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    held = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=now + DAY, ends_at=now + DAY + timedelta(hours=1), now=now
    )
    asked = {"instrument": "triple", "start": (now + timedelta(hours=20)).isoformat(),
             "end": (now + timedelta(hours=30)).isoformat(), "words": "Pump"}  # fmt: skip
    ask(lab.member, "POST", "outages", asked, status=403)
    outage = ask(lab.manager, "POST", "outages", asked, status=201)
    assert (outage["kind"], outage["struck"]) == ("breakdown", 1)
    assert ask(lab.member, "GET", f"outages/{outage['id']}")["struck"] is None
    assert [one["id"] for one in ask(lab.manager, "GET", "outages?when=ahead")["items"]] == [outage["id"]]
    assert ask(lab.manager, "GET", "outages?when=now")["items"] == []
    assert [one["words"] for one in ask(lab.member, "GET", "outages?instrument=triple")["items"]] == ["Pump"]
    later = {"start": (now + 3 * DAY).isoformat(), "end": (now + 4 * DAY).isoformat()}
    assert ask(lab.manager, "PATCH", f"outages/{outage['id']}", later)["struck"] == 0
    back = {"start": asked["start"], "end": asked["end"]}
    assert ask(lab.manager, "PATCH", f"outages/{outage['id']}", back)["struck"] == 1
    ask(lab.member, "POST", f"outages/{outage['id']}/cancel-bookings", status=403)
    assert ask(lab.manager, "POST", f"outages/{outage['id']}/cancel-bookings") == {"done": 1, "left": []}
    held.refresh_from_db()
    assert held.state == "cancelled"
    assert ask(lab.manager, "POST", f"outages/{outage['id']}/end")["withdrawn_at"]
    assert Outage.objects.get().withdrawn_at is not None
    ask(lab.manager, "POST", "outages", asked | {"words": " "}, status=422)


def test_struck_bookings_move_by_the_rules(lab: Place) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    held = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=now + DAY, ends_at=now + DAY + timedelta(hours=1), now=now
    )
    asked = {"instrument": "triple", "start": (now + DAY).isoformat(),
             "end": (now + DAY + timedelta(hours=2)).isoformat(), "words": "Pump"}  # fmt: skip
    outage = ask(lab.manager, "POST", "outages", asked, status=201)
    assert ask(lab.manager, "POST", f"outages/{outage['id']}/move-bookings") == {"done": 1, "left": []}
    held.refresh_from_db()
    assert held.ends_at <= now + DAY or held.starts_at >= now + DAY + timedelta(hours=2)
    assert ask(lab.manager, "POST", f"outages/{outage['id']}/withdraw")["withdrawn_at"]


def test_a_window_recurs_until_it_is_ended(lab: Place) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + DAY
    asked = {"instrument": "triple", "rule": "FREQ=WEEKLY", "start": start.isoformat(), "minutes": 60, "words": "Oil"}
    ask(lab.member, "POST", "outages/windows", asked, status=403)
    ask(lab.manager, "POST", "outages/windows", asked | {"rule": "NEVER"}, status=422)
    window = ask(lab.manager, "POST", "outages/windows", asked, status=201)
    assert (len(window["next_starts"]), Outage.objects.filter(window=window["id"]).count() > 2) == (3, True)
    assert [one["id"] for one in ask(lab.manager, "GET", "outages/windows")["items"]] == [window["id"]]
    assert ask(lab.manager, "POST", f"outages/windows/{window['id']}/end")["ended_at"]
    assert ask(lab.manager, "GET", "outages/windows?instrument=triple")["items"] == []
    assert MaintenanceWindow.objects.get().ended_at is not None


@pytest.fixture
def done(lab: Place) -> Any:
    """A booking of the member that was cancelled by the steward."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    held = booking.book(
        instrument=lab.triple, person=lab.member, starts_at=now + DAY, ends_at=now + DAY + timedelta(hours=1), now=now
    )
    booking.cancel(booking=held, person=lab.manager, now=now + timedelta(minutes=1))
    return held


def verbs(answer: Any) -> list[tuple[str, str]]:
    return [(one["thing"], one["verb"]) for one in answer["items"]]


def test_the_journal_of_a_booking_is_for_its_people_and_its_stewards(lab: Place, done: Any) -> None:
    lead = Person.objects.create_user("lead@example.org", name="Lead")
    group = lab.project.organisation
    membership.join(person=lead, organisation=group, by=None, now=timezone.now(), role=Membership.Role.LEAD)
    for person in (lab.member, lab.manager, lead):
        lines = ask(person, "GET", f"journal/booking/{done.pk}")["items"]
        assert [(one["verb"], one["person"]) for one in lines] == [("cancelled", "Manager"), ("booked", "Member")]
    ask(lab.other, "GET", f"journal/booking/{done.pk}", status=403)
    ask(None, "GET", f"journal/booking/{done.pk}", status=401)
    ask(lab.member, "GET", "journal/booking/999", status=404)


def test_the_journal_of_an_instrument_holds_what_was_done_there_and_is_for_its_stewards(lab: Place, done: Any) -> None:
    webhooks_before = ask(lab.manager, "GET", "journal/instrument/orbitrap")["items"]
    assert webhooks_before == []
    seen = verbs(ask(lab.manager, "GET", "journal/instrument/triple"))
    assert [each for each in seen if each[0] == "access.booking"] == [
        ("access.booking", "cancelled"), ("access.booking", "booked"),
    ]  # fmt: skip
    ask(lab.member, "GET", "journal/instrument/triple", status=403)


def test_an_order_has_its_journal_for_who_sees_it_and_an_organisation_for_its_leads(lab: Place, done: Any) -> None:
    seen = verbs(ask(lab.member, "GET", f"journal/order/{done.order.key}"))
    assert ("access.booking", "booked") in seen
    ask(lab.other, "GET", f"journal/order/{done.order.key}", status=403)
    group = lab.project.organisation
    ask(lab.member, "GET", f"journal/organisation/{group.pk}", status=403)
    lead = Person.objects.create_user("lead@example.org", name="Lead")
    membership.join(person=lead, organisation=group, by=None, now=timezone.now(), role=Membership.Role.LEAD)
    assert ("accounts.membership", "joined") in verbs(ask(lead, "GET", f"journal/organisation/{group.pk}"))


def test_a_steward_reads_what_is_in_their_care_by_kind_person_and_period(lab: Place, done: Any) -> None:
    mine = verbs(ask(lab.manager, "GET", "journal/care"))
    assert ("access.booking", "booked") in mine
    assert verbs(ask(lab.manager, "GET", "journal/care?kind=outage")) == []
    assert verbs(ask(lab.manager, "GET", "journal/care?kind=booking&person=manager@example.org")) == [
        ("access.booking", "cancelled")
    ]
    late = (timezone.now() + DAY).isoformat().replace("+", "%2B")
    assert verbs(ask(lab.manager, "GET", f"journal/care?since={late}")) == []
    assert verbs(ask(lab.member, "GET", "journal/care")) == []
    ask(lab.manager, "GET", "journal/care?kind=weather", status=422)
    ask(lab.manager, "GET", "journal/care?person=nobody@example.org", status=422)
    assert ("access.booking", "booked") in verbs(ask(lab.member, "GET", "journal"))


def test_an_operator_has_all_in_their_care(lab: Place, done: Any) -> None:
    operator = Person.objects.create_user("op@example.org", name="Op", is_operator=True)
    everything = JournalEntry.objects.count()
    assert len(ask(operator, "GET", "journal/care?limit=200")["items"]) == everything >= 2
    assert {one[0] for one in verbs(ask(operator, "GET", "journal/care?kind=booking"))} == {"access.booking"}


def test_each_kind_of_a_journal_is_a_thing_with_the_way_that_is_named() -> None:
    tables = (journals.AT_INSTRUMENT, journals.AT_FACILITY, journals.OF_ORDER, journals.OF_GROUP)
    for kind, way in ((kind, way) for table in tables for kind, way in table.items()):
        assert apps.get_model(journals._label(kind)).objects.filter(**{f"{way}__in": []}).count() == 0
