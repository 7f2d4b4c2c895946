"""Organisations and projects: who may do what, and that each change is in the journal."""

from datetime import UTC, datetime

import pytest

from liqi.accounts import journal, membership, organisation
from liqi.accounts.models import Membership, Organisation, Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def person(name: str) -> Person:
    return Person.objects.create_user(f"{name}@example.org", "a long password", name=name)


@pytest.fixture
def lead() -> Person:
    return person("lead")


@pytest.fixture
def group(lead: Person) -> Organisation:
    return organisation.found(name="质谱课题组", kind="research group", person=lead, now=NOW)


def test_the_founder_is_the_lead_and_the_journal_says_so(group: Organisation, lead: Person) -> None:
    assert organisation.is_lead(group, lead)
    assert [line.verb for line in journal.read(group)] == ["founded"]


def test_a_second_organisation_of_that_name_is_refused(group: Organisation, lead: Person) -> None:
    with pytest.raises(organisation.AlreadyThere, match="质谱课题组"):
        organisation.found(name=group.name, kind="firm", person=lead, now=NOW)


def test_a_member_may_act_but_not_add(group: Organisation, lead: Person) -> None:
    member, other = person("member"), person("other")
    organisation.add(organisation=group, email="Member@example.org ", by=lead, now=NOW)
    assert membership.may_act_for(member, group)
    with pytest.raises(membership.NotAllowed):
        organisation.add(organisation=group, email=other.email, by=member, now=NOW)


def test_an_address_without_account_is_a_sentence(group: Organisation, lead: Person) -> None:
    with pytest.raises(organisation.NoSuchPerson, match=r"nobody@example\.org"):
        organisation.add(organisation=group, email="nobody@example.org", by=lead, now=NOW)


def test_the_last_lead_cannot_leave(group: Organisation, lead: Person) -> None:
    own = Membership.objects.get(person=lead, organisation=group)
    with pytest.raises(membership.NotAllowed, match="lead"):
        organisation.remove(left=own, by=lead, now=NOW)
    assert Membership.objects.filter(pk=own.pk).exists()


def test_a_project_code_is_taken_once_in_an_organisation(group: Organisation, lead: Person) -> None:
    organisation.begin_project(organisation=group, code="P1", title="Milk", person=lead, now=NOW)
    with pytest.raises(organisation.AlreadyThere, match="P1"):
        organisation.begin_project(organisation=group, code="P1", title="Tea", person=lead, now=NOW)


def test_a_stranger_may_not_begin_a_project(group: Organisation) -> None:
    with pytest.raises(membership.NotAllowed):
        organisation.begin_project(organisation=group, code="P2", title="x", person=person("x"), now=NOW)


def test_a_project_closes_and_opens_again(group: Organisation, lead: Person) -> None:
    project = organisation.begin_project(organisation=group, code="P1", title="Milk", person=lead, now=NOW)
    organisation.close_project(project=project, person=lead, now=NOW, on=NOW.date())
    assert project.closed_on == NOW.date()
    organisation.close_project(project=project, person=lead, now=NOW, on=None)
    assert [line.verb for line in journal.read(project)][:1] == ["reopened"]
