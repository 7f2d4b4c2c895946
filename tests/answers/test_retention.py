"""Files go by their rule, never without notice, and never while something needs them."""

import io
from datetime import datetime, timedelta

import pytest

from liqi.access.models import Order
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Notice, Organisation, Person
from liqi.answers import audit, execution, retention, run, storage, store
from liqi.answers.models import RetentionRule, Run, StoredFile

from .conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_user("op@example.org", name="Op", is_operator=True)


def keep(person: Person | None, content: bytes = b"x", order: Order | None = None, name: str = "x.mgf") -> StoredFile:
    return storage.keep(io.BytesIO(content), name=name, person=person, now=NOW, order=order)


def pass_days(count: int, start: datetime = NOW) -> list[int]:
    """The sweep of every day; gives how many files went each day."""
    return [retention.due(now=start + day * DAY) for day in range(1, count + 1)]


def test_without_a_rule_nothing_ever_goes(person: Person) -> None:
    keep(person)
    assert pass_days(3, NOW + 10_000 * DAY) == [0, 0, 0]


def test_a_file_goes_on_its_day_after_thirty_days_notice_and_leaves_record_and_hash(
    person: Person, operator: Person
) -> None:
    file = keep(person)
    retention.set_rule(person=operator, days_kept=90, now=NOW)
    went = pass_days(95)
    assert sum(went) == 1
    assert went[89] == 1, "on day 90"
    notice = Notice.objects.get(person=person, kind="files.going")
    assert notice.at == NOW + 60 * DAY
    assert notice.facts == {"count": 1, "name": "x.mgf", "day": (NOW + 90 * DAY).date().isoformat()}
    file.refresh_from_db()
    assert file.removed_at == NOW + 90 * DAY
    assert store.current().find(file.sha256) is None
    assert JournalEntry.objects.filter(verb="removed bytes").get().facts["sha256"] == file.sha256
    with pytest.raises(store.Gone):
        storage.path_of(file.sha256)
    assert audit.examine(now=NOW + 100 * DAY).missing == []


def test_a_new_rule_never_takes_a_file_without_the_whole_notice(person: Person, operator: Person) -> None:
    keep(person)
    retention.set_rule(person=operator, days_kept=1, now=NOW + 400 * DAY)
    (planned,) = retention.plan(now=NOW + 400 * DAY)
    assert (planned.goes_at, planned.earliest_at) == (NOW + DAY, NOW + 430 * DAY)
    went = pass_days(40, NOW + 400 * DAY)
    assert went.index(1) == 30
    assert Notice.objects.get(kind="files.going").facts["day"] == (NOW + 431 * DAY).date().isoformat()


def test_bytes_that_somebody_else_brought_too_stay(person: Person, other: Person, operator: Person) -> None:
    mine, theirs = keep(person), keep(other)
    retention.set_rule(person=operator, days_kept=31, now=NOW)
    retention.hold(file=theirs, person=other, why="an inquiry", now=NOW)
    pass_days(40)
    mine.refresh_from_db()
    assert mine.removed_at is not None
    assert storage.path_of(theirs.sha256).read_bytes() == b"x"


def test_a_held_file_stays_until_it_is_let_go_and_is_announced_anew(person: Person, operator: Person) -> None:
    file = keep(person)
    retention.set_rule(person=operator, days_kept=31, now=NOW)
    retention.due(now=NOW + 20 * DAY)
    retention.hold(file=file, person=person, why="an inquiry goes on", now=NOW + 20 * DAY)
    assert sum(pass_days(60)) == 0
    (kept,) = retention.plan(now=NOW + 60 * DAY)
    assert "an inquiry goes on" in kept.stays_why
    file.refresh_from_db()
    retention.let_go(file=file, person=person, now=NOW + 60 * DAY)
    went = pass_days(35, NOW + 60 * DAY)
    assert went.index(1) == 30


def test_examples_check_standards_and_files_at_work_stay(person: Person, operator: Person) -> None:
    keep(None, b"example")
    at_work = keep(person, b"at work")
    run.start(method="test.count", files=[at_work], person=person, now=NOW)
    retention.set_rule(person=operator, days_kept=1, now=NOW)
    assert [(going.file, going.stays) for going in retention.plan(now=NOW + 90 * DAY)] == [(at_work, "run")]
    assert sum(pass_days(90)) == 0


def test_the_days_count_from_the_last_run(person: Person, operator: Person) -> None:
    file = keep(person)
    one = run.start(method="test.count", files=[file], person=person, now=NOW)
    execution.perform(key=one.key, clock=lambda: NOW + 50 * DAY)
    retention.set_rule(person=operator, days_kept=31, now=NOW)
    assert list(retention.plan(now=NOW + 80 * DAY)) == []
    (going,) = retention.plan(now=NOW + 82 * DAY)
    assert going.over_at == NOW + 50 * DAY
    pass_days(90)
    one.refresh_from_db()
    assert one.state == Run.State.DONE
    assert storage.path_of(one.answer_sha256).exists(), "the answer stays"


def test_a_run_on_bytes_that_are_gone_fails_with_a_sentence(person: Person, operator: Person) -> None:
    file = keep(person)
    retention.set_rule(person=operator, days_kept=1, now=NOW)
    pass_days(40)
    one = run.start(method="test.count", files=[file], person=person, now=NOW + 50 * DAY)
    execution.perform(key=one.key, clock=lambda: NOW + 50 * DAY)
    one.refresh_from_db()
    assert one.state == Run.State.FAILED
    assert file.sha256 in one.message


def test_bytes_brought_again_are_a_file_again(person: Person, operator: Person) -> None:
    file = keep(person)
    retention.set_rule(person=operator, days_kept=31, now=NOW)
    pass_days(40)
    again = storage.keep(io.BytesIO(b"x"), name="x.mgf", person=person, now=NOW + 50 * DAY)
    assert again == file
    assert (again.removed_at, again.announced_at) == (None, None)
    assert audit.is_named(file.sha256)


def test_the_rule_of_the_organisation_is_before_that_of_everybody(person: Person, operator: Person) -> None:
    group = Organisation.objects.create(name="Group")
    order = Order.objects.create(title="t", person=person, organisation=group, created_at=NOW)
    theirs, plain = keep(person, b"theirs", order), keep(person, b"plain")
    retention.set_rule(person=operator, days_kept=10, now=NOW)
    retention.set_rule(person=operator, organisation=group, days_kept=1000, now=NOW)
    assert [going.file for going in retention.plan(now=NOW + 100 * DAY)] == [plain]
    rules = list(RetentionRule.objects.all())
    found = retention.rule_for(theirs, rules)
    assert found is not None
    assert found.organisation == group


def test_only_operators_set_rules_and_only_the_owner_holds(person: Person, other: Person) -> None:
    with pytest.raises(NotAllowed):
        retention.set_rule(person=person, days_kept=10, now=NOW)
    with pytest.raises(NotAllowed):
        retention.hold(file=keep(person), person=other, why="mine?", now=NOW)
    with pytest.raises(retention.Impossible):
        retention.hold(file=keep(person), person=person, why=" ", now=NOW)
