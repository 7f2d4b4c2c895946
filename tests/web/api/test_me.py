"""/api/me: the feed's address, the export and being forgotten, for a token that was given the scope."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from liqi.accounts import tokens
from liqi.accounts.models import Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def home() -> Place:
    return place()


def program(person: Person, *scopes: str) -> Client:
    made = tokens.issue(person=person, name="t", scopes=scopes, days=1, now=NOW)
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


def test_a_token_says_whose_it_is(home: Place) -> None:
    said = program(home.member, "read").get("/api/me").json()
    assert (said["email"], said["operator"]) == (home.member.email, False)
    assert [one["name"] for one in said["organisations"]] == [home.project.organisation.name]


@pytest.mark.parametrize("path", ["feed", "feed/renew", "export"])
def test_a_reading_token_gets_neither_feed_nor_export(home: Place, path: str) -> None:
    refused = program(home.member, "read", "manage").post(f"/api/me/{path}")
    assert (refused.status_code, "account" in refused.json()["detail"]) == (403, True)


def test_the_feed_has_an_address_that_answers_until_it_is_renewed(home: Place) -> None:
    mine = program(home.member, "account")
    old = mine.post("/api/me/feed").json()["address"]
    assert Client().get(old).status_code == 200
    new = mine.post("/api/me/feed/renew").json()["address"]
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    assert mine.post("/api/me/feed").json()["address"] == new


def test_the_export_holds_what_the_page_gives(home: Place) -> None:
    given = program(home.member, "account").post("/api/me/export")
    assert (given.status_code, given["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(given.content)) as archive:
        assert "README.txt" in archive.namelist()
        assert home.member.email in archive.read("accounts.person.json").decode()


def gone(client: Client, email: str) -> Any:
    return client.delete("/api/me", {"email": email}, content_type="application/json")


def test_being_forgotten_takes_ones_own_address_and_ends_the_token(home: Place) -> None:
    mine = program(home.other, "account", "read")
    assert gone(mine, home.member.email).status_code == 422
    assert Person.objects.get(pk=home.other.pk).is_active
    assert gone(mine, home.other.email).status_code == 204
    assert not Person.objects.get(pk=home.other.pk).is_active
    assert mine.get("/api/me").status_code == 401
