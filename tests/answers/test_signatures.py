"""Identifications are edited beside the computed answer, and an answer is signed by two people or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from liqi.access.models import Order
from liqi.accounts import journal, membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Notice, Organisation, Person
from liqi.answers import amendments, answer, execution, reporting, run, signatures
from liqi.answers.amendments import NotPossible
from liqi.answers.models import Amendment, Run, Signing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def firm(person: Person, other: Person) -> Organisation:
    firm = Organisation.objects.create(name="Lab", kind=Organisation.Kind.FIRM)
    for one in (person, other):
        membership.join(person=one, organisation=firm, by=None, now=NOW)
    return firm


@pytest.fixture
def one(person: Person) -> Run:
    started = run.start_example(method="ms.identify", person=person, now=NOW)
    execution.perform(key=started.key, clock=lambda: NOW)
    started.refresh_from_db()
    return started


def amend(one: Run, person: Person, feature: int = 3, kind: str = "confirm", **more: Any) -> Amendment:
    given = {"reason": "seen before", "now": NOW} | more
    return amendments.amend(run=one, feature=feature, kind=kind, person=person, **given)


def test_an_edit_stands_beside_the_answer_and_the_answer_does_not_change(one: Run, person: Person) -> None:
    before = json.dumps(answer.read(one), sort_keys=True)
    amend(one, person, kind="rename", name=" Caffeine  (anhydrous) ", reason=" standard agrees ")
    stands = amendments.standing(one)[3]
    assert (stands.name, stands.reason, stands.person, stands.at) == (
        "Caffeine (anhydrous)", "standard agrees", person, NOW,
    )  # fmt: skip
    assert json.dumps(answer.read(one), sort_keys=True) == before
    line = journal.read(one).first()
    assert line is not None
    assert line.verb == "amended answer"
    assert line.facts["name"] == "Caffeine (anhydrous)"


def test_a_new_edit_takes_the_place_of_the_last_and_both_stay_on_record(one: Run, person: Person) -> None:
    amend(one, person, kind="confirm")
    amend(one, person, kind="reject", now=LATER)
    assert amendments.standing(one)[3].kind == "reject"
    assert [past.kind for past in amendments.history(one, 3)] == ["reject", "confirm"]
    amendments.undo(run=one, feature=3, person=person, now=LATER)
    assert amendments.standing(one) == {}
    assert len(amendments.history(one, 3)) == 2
    with pytest.raises(NotPossible, match="nothing was undone"):
        amendments.undo(run=one, feature=3, person=person, now=LATER)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "  "}, "no reason"),
        ({"feature": 99_999}, "99999"),
        ({"kind": "guess"}, "guess"),
        ({"kind": "rename", "name": " "}, "no name"),
    ],
)
def test_what_is_no_edit_is_refused(one: Run, person: Person, given: dict[str, Any], words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        amend(one, person, **given)
    assert not Amendment.objects.exists()


def test_only_whose_run_it_is_or_who_runs_the_platform_edits(one: Run, other: Person, firm: Organisation) -> None:
    with pytest.raises(NotAllowed, match="Lin"):
        amend(one, other)
    boss = Person.objects.create_user("boss@example.org", name="Boss", is_operator=True)
    assert amend(one, boss).person == boss
    assert not amendments.may_amend(one, None)


def test_a_run_without_an_answer_is_not_edited(person: Person) -> None:
    started = run.start_example(method="ms.identify", person=person, now=NOW)
    with pytest.raises(NotPossible, match="no answer"):
        amend(started, person)


def test_an_answer_without_identifications_is_not_edited(person: Person, tmp_path: Any) -> None:
    from io import BytesIO

    from liqi.answers import storage

    file = storage.keep(BytesIO(b"abc"), name="a.txt", person=person, now=NOW)
    counted = run.start(method="test.count", files=[file], person=person, now=NOW)
    execution.perform(key=counted.key, clock=lambda: NOW)
    counted.refresh_from_db()
    with pytest.raises(NotPossible, match="identifies nothing"):
        amend(counted, person)


def test_a_signed_answer_is_closed_until_it_is_withdrawn(
    one: Run, person: Person, other: Person, firm: Organisation
) -> None:
    amend(one, person)
    made = signatures.sign(run=one, asked=other, person=person, now=NOW)
    assert made.content_sha256 == signatures.content_of(one)
    assert Notice.objects.get(person=other).kind == "answer.countersign"
    assert Run.objects.visible_to(other).filter(pk=one.pk).exists()
    with pytest.raises(NotPossible, match="withdraw their signature"):
        amend(one, person, kind="reject")
    with pytest.raises(NotPossible, match="withdraw their signature"):
        signatures.sign(run=one, asked=other, person=person, now=NOW)
    with pytest.raises(NotAllowed, match="Lin"):
        signatures.withdraw(run=one, person=other, now=NOW)
    signatures.withdraw(run=one, person=person, now=LATER)
    assert not Run.objects.visible_to(other).filter(pk=one.pk).exists()
    assert amend(one, person, kind="reject").kind == "reject"


def test_another_person_countersigns_and_that_is_final(
    one: Run, person: Person, other: Person, firm: Organisation
) -> None:
    signatures.sign(run=one, asked=other, person=person, now=NOW)
    with pytest.raises(NotAllowed, match="another person"):
        signatures.countersign(run=one, person=person, now=LATER)
    done = signatures.countersign(run=one, person=other, now=LATER)
    assert done.is_final
    assert Notice.objects.get(person=person).kind == "answer.countersigned"
    for refused in (
        lambda: signatures.withdraw(run=one, person=person, now=LATER),
        lambda: signatures.send_back(run=one, reason="no", person=other, now=LATER),
        lambda: signatures.countersign(run=one, person=other, now=LATER),
        lambda: amend(one, person),
    ):
        with pytest.raises(NotPossible, match="countersigned"):
            refused()


def test_who_was_asked_sends_it_back_with_a_reason(one: Run, person: Person, other: Person, firm: Organisation) -> None:
    signatures.sign(run=one, asked=other, person=person, now=NOW)
    with pytest.raises(NotPossible, match="no reason"):
        signatures.send_back(run=one, reason=" ", person=other, now=LATER)
    with pytest.raises(NotAllowed):
        signatures.send_back(run=one, reason="mine", person=person, now=LATER)
    signatures.send_back(run=one, reason="row 3 is wrong", person=other, now=LATER)
    assert Notice.objects.get(person=person).facts["reason"] == "row 3 is wrong"
    assert signatures.layer_of(one).signing is None
    assert Signing.objects.get().reason == "row 3 is wrong"


def test_strangers_and_oneself_are_not_asked(one: Run, person: Person, other: Person) -> None:
    with pytest.raises(NotPossible, match="yourself"):
        signatures.sign(run=one, asked=person, person=person, now=NOW)
    with pytest.raises(NotPossible, match="may not countersign"):
        signatures.sign(run=one, asked=other, person=person, now=NOW)
    with pytest.raises(NotAllowed):
        signatures.sign(run=one, asked=person, person=other, now=NOW)
    assert signatures.colleagues(one, person) == []


def test_what_changed_behind_a_signature_is_not_countersigned(
    one: Run, person: Person, other: Person, firm: Organisation
) -> None:
    signatures.sign(run=one, asked=other, person=person, now=NOW)
    Amendment.objects.create(run=one, feature=1, kind="confirm", reason="sneaked in", person=person, at=NOW)
    with pytest.raises(NotPossible, match="not what stands here now"):
        signatures.countersign(run=one, person=other, now=LATER)


def test_the_database_keeps_four_eyes_and_reasons(one: Run, person: Person, other: Person) -> None:
    signed = {"run": one, "content_sha256": "0" * 64, "author": person, "signed_at": NOW}
    edit = {"run": one, "feature": 1, "kind": "confirm", "reason": "so", "person": person, "at": NOW}
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (Signing, {**signed, "asked": person}),
        (Signing, {**signed, "asked": other, "countersigner": person, "countersigned_at": NOW}),
        (Signing, {**signed, "asked": other, "countersigner": other}),
        (Amendment, {**edit, "reason": ""}),
        (Amendment, {**edit, "kind": "rename"}),
        (Amendment, {**edit, "name": "x"}),
        (Amendment, {**edit, "undone_at": NOW}),
    ]
    for model, given in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**given)
    Amendment.objects.create(**edit)
    Signing.objects.create(**signed, asked=other)
    for model, given in ((Amendment, edit), (Signing, {**signed, "asked": other})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**given)


def test_the_report_shows_edits_and_signatures_and_is_made_anew(
    one: Run, person: Person, other: Person, firm: Organisation
) -> None:
    plain = reporting.report(one, kind="html", language="en")
    amend(one, person, kind="rename", name="Theobromine", reason="standard agrees")
    signatures.sign(run=one, asked=other, person=person, now=NOW)
    signatures.countersign(run=one, person=other, now=LATER)
    path = reporting.report(one, kind="html", language="en")
    text = path.read_text(encoding="utf-8")
    assert path != plain
    for words in ("renamed: Theobromine", "standard agrees", "countersigned", "Mo", "2026-11-21 09:00 UTC"):
        assert words in text
    assert "Theobromine" not in plain.read_text(encoding="utf-8")


def test_who_answers_for_the_service_edits_its_runs(one: Run, other: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one.order = Order(service=None)
    monkeypatch.setattr(amendments.keepers, "answers_for", lambda person, service: person == other)
    assert amendments.may_amend(one, other)
