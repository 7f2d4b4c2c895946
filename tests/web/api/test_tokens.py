"""The interface by token: what a scope opens, and that every endpoint has one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from liqi.accounts import tokens
from liqi.web import bearer
from liqi.web.bearer import MOST_WRONG_A_MINUTE, scope_of
from tests.web.access import Place, place
from tests.web.api.roles import document

OPERATIONS = [
    (method.upper(), "api/" + path.removeprefix("/api/"), operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture
def home(db: None) -> Place:
    cache.clear()
    return place()


def ask(home: Place, method: str, path: str, *scopes: str) -> Any:
    made = tokens.issue(person=home.member, name="t", scopes=scopes, days=1, now=datetime.now(UTC))
    headers = {"Authorization": f"Bearer {made.secret}", "Accept-Language": "en"}
    client = Client(headers=headers, enforce_csrf_checks=True)
    return client.generic(method, path, "{}", "application/json")


def schemes_of(operation: dict[str, Any]) -> list[str]:
    return [name for each in operation.get("security", []) for name in each]


def test_every_endpoint_has_a_scope() -> None:
    of_tablets = {(method, route) for method, route, operation in OPERATIONS if "KioskToken" in schemes_of(operation)}
    assert {route.split("/")[1] for _method, route in of_tablets} == {"kiosk"}
    asked = {(method, route) for method, route, _operation in OPERATIONS} - of_tablets
    assert {scope_of(method, route) for method, route in asked} <= tokens.SCOPES.keys()


def test_a_token_that_only_reads_reads_and_changes_nothing(home: Place) -> None:
    assert ask(home, "GET", "/api/bookings", "read").status_code == 200
    refused = ask(home, "POST", "/api/bookings", "read")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "this needs book" in refused.json()["detail"]
    assert ask(home, "POST", "/api/bookings", "book").status_code == 422
    assert ask(home, "GET", "/api/bookings", "book").status_code == 403


def test_every_change_needs_its_scope(home: Place) -> None:
    secret = tokens.issue(person=home.member, name="t", scopes=["read"], days=1, now=datetime.now(UTC)).secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    for method, route, operation in OPERATIONS:
        if method == "GET" or "PersonToken" not in schemes_of(operation) or scope_of(method, route) == "read":
            continue
        address = f"/{route}"
        for each in operation.get("parameters", []):
            number = each["schema"].get("type") == "integer"
            address = address.replace(f"{{{each['name']}}}", "1" if number else each["name"])
        assert client.generic(method, address).status_code == 403, f"{method} {address}"


def test_a_token_sees_what_its_person_sees_where_visitors_see_less(home: Place) -> None:
    path = "/api/bookings/feed?instrument=triple&start=2026-12-01T00:00:00Z&end=2026-12-02T00:00:00Z"
    assert Client().get(path).status_code == 200
    assert ask(home, "GET", path, "read").status_code == 200
    assert ask(home, "GET", path, "book").status_code == 403


def test_guessing_tokens_is_held_off(home: Place) -> None:
    client = Client(headers={"Authorization": "Bearer liqi-api-wrong"})
    told = {client.get("/api/bookings").status_code for _ in range(MOST_WRONG_A_MINUTE + 2)}
    assert told == {401, 429}


def test_what_a_token_lacks_and_that_it_asks_too_often_is_said_in_the_language_of_the_reader(
    home: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tokens.issue(person=home.member, name="t", scopes=["read"], days=1, now=datetime.now(UTC)).secret
    expected = {"zh-hans": ("这里需要 book", "请等一分钟"), "zh-hant": ("這裡需要 book", "請等一分鐘")}
    for language, (lacking, often) in expected.items():
        client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": language})
        refused = client.post("/api/bookings", "{}", "application/json")
        with monkeypatch.context() as patch:
            patch.setattr(bearer, "MOST_A_MINUTE", 0)
            held_off = client.get("/api/bookings")
        assert (refused.status_code, held_off.status_code) == (403, 429)
        assert lacking in refused.json()["detail"]
        assert often in held_off.json()["detail"]
