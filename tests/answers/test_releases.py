"""Releases: who may, to whom, from when, and that nobody sees more than was released."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from liqi.access import orders
from liqi.access.models import Order
from liqi.accounts import membership, organisation
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.answers import execution, releases, run, storage
from liqi.answers.licences import AGREED, LICENCES
from liqi.answers.models import Release, Run, StoredFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""In the past, so that what is in force then is in force when the test runs."""
LATER = NOW + timedelta(hours=1)
FAR = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def done(person: Person) -> Run:
    file = storage.keep(io.BytesIO(b"hello"), name="hello.txt", person=person, now=NOW)
    one = run.start(method="test.count", files=[file], person=person, now=NOW)
    execution.perform(key=one.key, clock=lambda: NOW)
    one.refresh_from_db()
    return one


@pytest.fixture
def firm(other: Person) -> Organisation:
    return organisation.found(name="厂", kind="company", person=other, now=NOW)


def release(one: Run, person: Person, **more: Any) -> Release:
    given = {"licence": "CC-BY-4.0", "to_everybody": True} | more
    return releases.release(run=one, person=person, now=LATER, **given)


def seen_by(one: Run, people: Sequence[Person | None]) -> list[bool]:
    return [Run.objects.visible_to(person).filter(pk=one.pk).exists() for person in people]


def test_released_to_everybody_a_visitor_sees_the_answer(done: Run, person: Person, other: Person) -> None:
    assert seen_by(done, [None, other, person]) == [False, False, True]
    release(done, person)
    assert seen_by(done, [None, other, person]) == [True, True, True]
    line = JournalEntry.objects.get(verb="released answer")
    assert (line.thing_id, line.facts["licence"], line.facts["to"]) == (str(done.pk), "CC-BY-4.0", "everybody")


def test_released_to_an_organisation_its_members_alone_see_it(
    done: Run, person: Person, other: Person, firm: Organisation
) -> None:
    stranger = Person.objects.create_user("he@example.org", name="He")
    release(done, person, to_everybody=False, organisations=[firm], licence=AGREED)
    assert seen_by(done, [None, other, stranger]) == [False, True, False]
    membership.join(person=stranger, organisation=firm, by=other, now=NOW)
    assert seen_by(done, [stranger]) == [True]


def test_row_001_21_before_the_embargo_is_over_nobody_new_sees_it(done: Run, person: Person, other: Person) -> None:
    release(done, person, embargo_until=FAR)
    assert seen_by(done, [None, other, person]) == [False, False, True]
    Release.objects.update(embargo_until=LATER + timedelta(days=1))
    assert seen_by(done, [None, other]) == [True, True]


def test_a_withdrawn_release_shows_nothing_and_stays_on_record(done: Run, person: Person, other: Person) -> None:
    release(done, person)
    releases.withdraw(run=done, person=person, reason="the sample was mixed up", now=LATER)
    assert seen_by(done, [None, other, person]) == [False, False, True]
    assert [one.reason for one in releases.all_of(done)] == ["the sample was mixed up"]
    assert releases.standing(done) is None
    assert JournalEntry.objects.get(verb="withdrew release").facts["reason"] == "the sample was mixed up"
    release(done, person, licence="CC0-1.0")
    assert len(releases.all_of(done)) == 2


def test_files_go_with_the_answer_only_where_that_is_said(done: Run, person: Person) -> None:
    release(done, person)
    assert not StoredFile.objects.visible_to(None).exists()
    releases.withdraw(run=done, person=person, reason="files too", now=LATER)
    release(done, person, with_files=True)
    assert [file.name for file in StoredFile.objects.visible_to(None)] == ["hello.txt"]
    other = storage.keep(io.BytesIO(b"mine"), name="mine.txt", person=person, now=NOW)
    assert other not in StoredFile.objects.visible_to(None)


def test_only_the_owner_releases_and_an_operator(done: Run, person: Person, other: Person) -> None:
    with pytest.raises(NotAllowed, match="its owner Lin"):
        release(done, other)
    operator = Person.objects.create_user("op@example.org", name="Op", is_operator=True)
    release(done, operator)
    with pytest.raises(NotAllowed, match="not yours to withdraw"):
        releases.withdraw(run=done, person=other, reason="x", now=LATER)
    releases.withdraw(run=done, person=operator, reason="asked to", now=LATER)


def test_an_example_is_nobodys_to_release(person: Person) -> None:
    one = run.start_example(method="ms.identify", person=None, now=NOW)
    with pytest.raises(NotAllowed):
        release(one, person)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"licence": "WTFPL"}, "expected one of CC0-1.0"),
        ({"licence": ""}, "Found licence –"),
        ({"to_everybody": False}, "expected everybody or at least one organisation"),
        ({"licence": AGREED}, "needs a public licence"),
        ({"embargo_until": NOW}, "an embargo that is over already"),
    ],
)
def test_what_is_not_sound_is_refused_with_a_sentence(done: Run, person: Person, wrong: Any, said: str) -> None:
    with pytest.raises(releases.NotPossible, match=said):
        release(done, person, **wrong)
    assert not Release.objects.exists()


def test_a_run_without_an_answer_or_with_a_release_is_refused(done: Run, person: Person) -> None:
    waiting = run.start(method="test.count", files=list(done.files.all()), person=person, now=NOW, anew=True)
    with pytest.raises(releases.NotPossible, match="expected one that is done"):
        release(waiting, person)
    release(done, person)
    with pytest.raises(releases.NotPossible, match="released already"):
        release(done, person)
    releases.withdraw(run=done, person=person, reason="once", now=LATER)
    with pytest.raises(releases.NotPossible, match="nothing to withdraw"):
        releases.withdraw(run=done, person=person, reason="twice", now=LATER)
    with pytest.raises(releases.NotPossible, match="expected one sentence"):
        releases.withdraw(run=done, person=person, reason=" ", now=LATER)


def test_the_database_refuses_what_the_verb_would(done: Run, person: Person) -> None:
    facts = {"run": done, "licence": "CC0-1.0", "to_everybody": True, "released_at": NOW, "released_by": person}
    Release.objects.create(**facts)
    for wrong in (
        {},
        {"withdrawn_at": NOW},
        {"withdrawn_at": NOW, "withdrawn_by": person},
        {"licence": "", "withdrawn_at": NOW, "withdrawn_by": person, "reason": "x"},
        {"licence": AGREED, "withdrawn_at": NOW, "withdrawn_by": person, "reason": "x"},
        {"embargo_until": NOW, "withdrawn_at": NOW, "withdrawn_by": person, "reason": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(**facts | wrong)


def test_an_outsider_is_who_sees_it_by_the_release_alone(done: Run, person: Person, other: Person) -> None:
    release(done, person)
    assert [releases.outsider(one, done) for one in (None, other, person)] == [True, True, False]


def test_a_run_of_ones_own_order_is_released_by_who_started_it(done: Run, person: Person) -> None:
    order = orders.open(title="Water", person=person, now=NOW)
    Run.objects.filter(pk=done.pk).update(order=order)
    done.refresh_from_db()
    assert done.order is not None
    assert done.order.kind == Order.Kind.OWN_USE
    assert releases.may_release(person, done)


def test_every_public_licence_has_its_address() -> None:
    assert all(one.url.startswith("https://") for one in LICENCES.values() if one.open)
    assert [one.spdx for one in LICENCES.values() if not one.open] == [AGREED]
