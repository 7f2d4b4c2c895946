"""A POST that comes again under its key: nothing is changed twice, and the first answer is given again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from liqi.access import agents, kept_answers
from liqi.access.commissions import drafts
from liqi.access.models import Agent, KeptAnswer, Order, Reading, Steward
from liqi.catalogue.models import Institution, Service
from liqi.web.api import _once, api
from tests.web.api.test_bookings import World

KEY = {"Accept-Language": "en", "Idempotency-Key": "k1"}


@pytest.fixture
def world(db: None) -> World:
    made = World()
    about: Any = {"source": "test", "created_at": made.now, "updated_at": made.now}
    Service.objects.create(key="tea", name="Tea", institution=Institution.objects.get(), **about)
    return made


WISH = {"service": "tea", "title": "Tea", "need": "Which pesticides?"}


def order(world: World, wish: dict[str, Any] = WISH, **headers: str) -> Any:
    return world.ask(world.member, "POST", "/api/orders", wish, **(headers or KEY))


def test_a_repeated_request_gets_the_first_answer_and_makes_nothing(world: World) -> None:
    first, again = order(world), order(world)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), first["Content-Type"]) == (again.json(), again["Content-Type"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Order.objects.count() == 1


def test_without_a_key_or_under_another_it_is_another_request(world: World) -> None:
    order(world)
    order(world, **{"Idempotency-Key": "k2"})
    world.ask(world.member, "POST", "/api/orders", WISH)
    assert Order.objects.count() == 3


def test_the_key_on_another_body_or_address_is_422(world: World) -> None:
    order(world)
    other = order(world, WISH | {"title": "Water"})
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert "new key" in other.json()["detail"]
    report = {"instrument": "ms1", "words": "No vacuum"}
    assert world.ask(world.member, "POST", "/api/care/incidents", report, **KEY).status_code == 422


def test_somebody_else_has_the_same_key_for_themselves(world: World) -> None:
    order(world)
    assert "Idempotency-Replayed" not in world.ask(world.guest, "POST", "/api/orders", WISH, **KEY)
    assert Order.objects.count() == 2


def test_a_request_that_is_at_work_is_409(world: World) -> None:
    order(world)
    KeptAnswer.objects.update(status=None, at=timezone.now())
    busy = order(world)
    assert (busy.status_code, "at work" in busy.json()["detail"]) == (409, True)


def test_a_refusal_leaves_nothing_behind_and_the_key_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_facts: Any) -> None:
        raise ValueError("found an answer to no question")

    with monkeypatch.context() as patched:
        patched.setattr(drafts, "write", refused)
        assert order(world).status_code == 422
    assert (Order.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    assert order(world).status_code == 201


def test_who_may_no_longer_ask_hears_nothing_of_what_they_heard(world: World) -> None:
    order(world)
    assert world.ask(None, "POST", "/api/orders", WISH, **KEY).status_code == 401
    world.member.is_active = False
    world.member.save()
    assert order(world).status_code == 401


def test_a_fault_of_ours_leaves_the_key_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_facts: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(kept_answers, "keep", broken)
        with pytest.raises(RuntimeError):
            order(world)
    assert (Order.objects.count(), KeptAnswer.objects.count()) == (0, 0)


def test_a_request_that_lost_its_key_meanwhile_is_rolled_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_given: Any, **_facts: Any) -> None:
        raise kept_answers.StillRunning("found a repeat at work")

    monkeypatch.setattr(kept_answers, "keep", late)
    assert order(world).status_code == 409
    assert Order.objects.count() == 0


def test_a_token_that_is_told_once_is_not_kept(world: World) -> None:
    Steward.objects.create(person=world.member, instrument=world.instrument)
    asked = {"instrument": "ms1", "name": "PC"}
    first = world.ask(world.member, "POST", "/api/agents", asked, **KEY).json()
    again = world.ask(world.member, "POST", "/api/agents", asked, **KEY).json()
    assert (again, bool(first["token"])) == (first | {"token": ""}, True)
    assert first["token"] not in KeptAnswer.objects.get().body


def test_an_agent_repeats_its_readings_under_a_key_of_its_own(world: World) -> None:
    from liqi.access.metering import meters

    Steward.objects.create(person=world.member, instrument=world.instrument)
    meters.keep(instrument=world.instrument, person=world.member, now=world.now, name="power")
    secret = agents.issue(instrument=world.instrument, name="PC", person=None, now=world.now).token
    body = {"readings": [{"meter": "power", "at": world.now.isoformat(), "value": 3.0}]}
    head = {**KEY, "Authorization": f"Bearer {secret}"}
    told = [world.ask(None, "POST", "/api/metering/readings", body, **head) for _each in range(2)]
    assert [each.json() for each in told] == [{"taken": 1, "known": 0}] * 2
    assert (KeptAnswer.objects.get().agent, Reading.objects.count()) == (Agent.objects.get(), 1)


def test_a_file_that_is_sent_again_is_the_same_request_and_another_file_is_not(world: World) -> None:
    client = Client(headers=KEY)
    client.force_login(world.member)

    def send(hour: int) -> Any:
        wish = world.wish(hour)
        rows = f"start,end\n{wish['start']},{wish['end']}\n"
        file = SimpleUploadedFile("rows.csv", rows.encode(), "text/csv")
        return client.post("/api/bookings/import?instrument=ms1", {"file": file})

    first, again, other = send(0), send(0), send(5)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()


@pytest.mark.parametrize(("letters", "taken"), [(80, True), (81, False)])
def test_a_key_has_as_many_letters_as_the_document_says_whoever_keeps_it(
    world: World, letters: int, taken: bool
) -> None:
    steps = [{"instrument": "ms1", "start": world.wish(9)["start"], "end": world.wish(9)["end"]}]
    for address, wish in (
        ("orders", WISH),
        ("bookings", world.wish(0)),
        ("bookings/together", {"periods": [{"instrument": "ms1", **world.wish(3)}]}),
        ("waiting/whole-job", {"steps": steps}),
    ):
        key = address[0] + address[-1] * (letters - 1)
        told = world.ask(world.member, "POST", f"/api/{address}", wish, **{"Idempotency-Key": key})
        assert told.status_code == (201 if taken else 422), (address, told.content)


def test_a_whole_job_that_is_sent_again_is_there_already_and_its_key_stands_on_it_alone(world: World) -> None:
    period = world.wish(0)
    job = {"steps": [{"instrument": "ms1", "start": period["start"], "end": period["end"]}]}
    first, again = (world.ask(world.member, "POST", "/api/waiting/whole-job", job, **KEY) for _each in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (again["Idempotency-Replayed"], KeptAnswer.objects.count()) == ("true", 0)


def test_a_key_is_kept_by_the_verb_or_with_the_answer_and_never_by_both() -> None:
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                heard = "idempotency_key" in operation.signature.signature.parameters
                assert heard is getattr(operation.view_func, "keeps_key", False), path


def test_every_post_goes_through_the_step_that_keeps_its_answer() -> None:
    steps = [
        (path, operation)
        for bound in api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        if "POST" in operation.methods
    ]
    assert len(steps) > 40
    for path, operation in steps:
        written = {operation.run.__code__.co_filename, operation.view_func.__code__.co_filename}
        assert written == {_once.__file__}, path


def test_only_these_posts_take_no_key_because_they_change_nothing_or_give_the_same_again() -> None:
    found = {
        operation.view_func.__name__
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
        if "POST" in operation.methods and not _once.takes_key(operation.view_func)
    }
    assert found == {"preview_series", "search", "what_if", "attempt", "check", "export", "feed"}


def test_the_answer_is_json_that_can_be_read_without_its_secrets() -> None:
    assert json.loads(_once._without_secrets('{"secret": "s", "id": 1}')) == {"secret": "", "id": 1}
    assert _once._without_secrets('{"id": 1}') == '{"id": 1}'
