"""Answers under idempotency keys: taken once, given again, dropped, taken over from the dead, deleted at last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from liqi.access import kept_answers
from liqi.access.kept_answers import KEPT, LEASE, OtherRequest, StillRunning
from liqi.access.models import Agent, KeptAnswer
from liqi.accounts.models import Person
from tests.access.conftest import NOW, make_instrument, make_person

SOON = NOW + timedelta(seconds=1)


@pytest.fixture
def lin(db: None) -> Person:
    return make_person("Lin")


def take(caller: Person | Agent, *, what: str = "a", now: object = NOW, key: str = "k") -> kept_answers.Claim:
    return kept_answers.claim(caller=caller, key=key, fingerprint=what, now=now)  # type: ignore[arg-type]


def test_the_first_answer_is_given_again(lin: Person) -> None:
    first = take(lin)
    assert first.fresh
    kept_answers.keep(first, status=201, headers={"Location": "/x"}, body="{}")
    again = take(lin, now=SOON)
    assert (again.fresh, again.answer.status, again.answer.headers) == (False, 201, {"Location": "/x"})


def test_a_repeat_meanwhile_is_told_that_the_first_is_at_work(lin: Person) -> None:
    take(lin)
    with pytest.raises(StillRunning):
        take(lin, now=SOON)


def test_another_request_under_the_key_is_refused(lin: Person) -> None:
    take(lin)
    with pytest.raises(OtherRequest, match="new key"):
        take(lin, what="b", now=SOON)


def test_two_people_and_an_agent_have_keys_of_their_own(lin: Person) -> None:
    instrument = make_instrument()
    agent = Agent.objects.create(instrument=instrument, name="PC", digest="d", hint="h", issued_at=NOW)
    assert [take(lin).fresh, take(make_person("Mo")).fresh, take(agent).fresh] == [True, True, True]


def test_a_key_under_which_nothing_changed_is_free_again(lin: Person) -> None:
    kept_answers.drop(take(lin))
    assert take(lin, what="b", now=SOON).fresh


def test_a_dead_request_loses_its_key_and_cannot_answer_any_more(lin: Person) -> None:
    dead = take(lin)
    alive = take(lin, now=NOW + LEASE)
    assert alive.fresh
    with pytest.raises(StillRunning, match="too long"):
        kept_answers.keep(dead, status=201, headers={}, body="dead")
    kept_answers.drop(dead)
    kept_answers.keep(alive, status=201, headers={}, body="alive")
    assert KeptAnswer.objects.get().body == "alive"


def test_after_two_days_the_key_is_free_and_upkeep_deletes_what_is_old(lin: Person) -> None:
    kept_answers.keep(take(lin), status=201, headers={}, body="{}")
    assert kept_answers.due(now=NOW + KEPT - timedelta(seconds=1)) == 0
    assert take(lin, what="b", now=NOW + KEPT).fresh
    take(lin, key="other")
    assert kept_answers.due(now=NOW + KEPT) == 1
    assert KeptAnswer.objects.get().fingerprint == "b"


@pytest.mark.parametrize("key", ["", "k" * 81])
def test_a_key_that_is_none_is_refused(lin: Person, key: str) -> None:
    with pytest.raises(OtherRequest, match="1 to 80"):
        take(lin, key=key)


def test_the_database_itself_holds_one_answer_a_key_and_one_caller_an_answer(lin: Person) -> None:
    take(lin)
    for wrong in ({"person": lin, "key": "k"}, {"key": "other"}, {"person": lin, "key": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            KeptAnswer.objects.create(fingerprint="a", at=NOW, **wrong)
