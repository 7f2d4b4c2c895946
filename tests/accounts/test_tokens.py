"""API tokens of people: issued once, hashed, scoped, over in time."""

from datetime import UTC, datetime, timedelta

import pytest

from liqi.accounts import tokens
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import ApiToken, JournalEntry, Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def lin() -> Person:
    return Person.objects.create_user("lin@example.org", name="Lin")


def test_a_token_is_recognised_and_its_secret_is_kept_nowhere(lin: Person) -> None:
    made = tokens.issue(person=lin, name=" My  script ", scopes=["read", "book"], days=30, now=NOW)
    assert tokens.recognise(made.secret, now=NOW).person == lin
    kept = ApiToken.objects.values().get()
    assert kept["name"] == "My script"
    assert kept["used_at"] == NOW
    assert made.secret not in str(kept) + str(list(JournalEntry.objects.values()))


def test_a_token_is_over_when_it_expired_was_revoked_or_its_person_left(lin: Person) -> None:
    made = tokens.issue(person=lin, name="a", scopes=["read"], days=1, now=NOW)
    with pytest.raises(tokens.UnknownToken):
        tokens.recognise(made.secret, now=NOW + timedelta(days=1))
    Person.objects.update(is_active=False)
    with pytest.raises(tokens.UnknownToken):
        tokens.recognise(made.secret, now=NOW)
    Person.objects.update(is_active=True)
    tokens.revoke(token=made.token, person=lin, now=NOW)
    with pytest.raises(tokens.UnknownToken):
        tokens.recognise(made.secret, now=NOW)


def test_only_its_person_or_an_operator_revokes_a_token(lin: Person) -> None:
    made = tokens.issue(person=lin, name="a", scopes=["read"], days=1, now=NOW)
    mo = Person.objects.create_user("mo@example.org", name="Mo")
    with pytest.raises(NotAllowed):
        tokens.revoke(token=made.token, person=mo, now=NOW)


@pytest.mark.parametrize(
    ("name", "scopes", "days"), [("", ["read"], 1), ("a", [], 1), ("a", ["all"], 1), ("a", ["read"], 0)]
)
def test_what_cannot_be_is_not_issued(lin: Person, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(tokens.WrongToken):
        tokens.issue(person=lin, name=name, scopes=scopes, days=days, now=NOW)
    assert not ApiToken.objects.exists()
