"""A row found by a statement that was made once is the row that the ORM finds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore as Djangos
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liqi.accounts import rows, tokens
from liqi.accounts.models import ApiToken, Person
from liqi.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def issued() -> list[Any]:
    people = [Person.objects.create(email=f"p{number}@example.org", name=f"人{number}") for number in range(3)]
    return [tokens.issue(person=each, name="x", scopes=["read"], days=9, now=NOW).token for each in people]


def test_every_row_and_the_row_beside_it_are_as_the_orm_reads_them(issued: list[Any]) -> None:
    near = ApiToken.objects.select_related("person").defer("hint")
    lookup = rows.Lookup(lambda: near, by="digest")
    for token in issued:
        expected, found = near.get(digest=token.digest), lookup.find(token.digest)
        assert found is not None
        assert {name: found.__dict__[name] for name in found.__dict__ if name != "_state"} == {
            name: expected.__dict__[name] for name in expected.__dict__ if name != "_state"
        }
        assert (found.get_deferred_fields(), found._state.adding) == ({"hint"}, False)
        with CaptureQueriesContext(connection) as seen:
            assert found.person.name == token.person.name
        assert len(seen) == 0
        found.name = "kept"
        found.save()
        assert ApiToken.objects.get(pk=token.pk).name == "kept"
    assert lookup.find("nobody's") is None


def test_a_statement_that_asks_more_than_one_thing_is_refused(issued: list[Any]) -> None:
    lookup = rows.Lookup(lambda: ApiToken.objects.filter(name="x"), by="digest")
    with pytest.raises(TypeError, match="by one alone"):
        lookup.find(issued[0].digest)


def test_a_session_is_read_as_the_framework_wrote_it_and_not_after_its_end() -> None:
    written = Djangos()
    written["colour"] = "青"
    written.save()
    assert SessionStore(written.session_key)["colour"] == "青"
    Session.objects.filter(pk=written.session_key).update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    over = SessionStore(written.session_key)
    assert over.get("colour") is None
    assert over.session_key is None
