"""Whatever goes wrong below /api/ is told as a problem (RFC 9457), also where no function was reached."""

import json
from typing import Any

import pytest
from django.test import Client

from liqi.accounts.models import Person
from liqi.web.api import _problems, instruments

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/nothing", 404),
        ("get", "/api/instruments/x/y/z", 404),
        ("put", "/api/bookings", 405),
        ("delete", "/api/instruments/x", 405),
        ("get", "/api/instruments?cursor=xyz", 422),
        ("get", "/api/instruments/none", 404),
        ("get", "/api/bookings", 401),
        ("post", "/api/bookings", 403),
    ],
)
def test_an_error_is_a_problem_with_a_title_and_a_detail(method: str, path: str, status: int) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, _problems.MEDIA_TYPE)
    assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    assert status != 405 or answer["Allow"]


def test_a_fault_of_ours_is_a_problem_and_a_page_keeps_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(instruments, "page", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/instruments")
    assert (answer.status_code, answer["Content-Type"]) == (500, _problems.MEDIA_TYPE)
    assert "planted" not in answer.content.decode()
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")
    assert client.get("/api/")["Content-Type"].startswith("text/html")


def test_a_record_or_token_that_is_not_there_is_told_in_our_words_and_not_in_the_frameworks() -> None:
    told = Client(HTTP_ACCEPT_LANGUAGE="en").get("/api/instruments/none").json()
    assert told["detail"] == "Found no such record; take its number or key from a list."
    told = Client(HTTP_ACCEPT_LANGUAGE="en").get("/api/bookings").json()
    assert (told["status"], "Authorization: Bearer" in told["detail"]) == (401, True)


@pytest.mark.parametrize(
    ("method", "path", "sent", "field"),
    [
        ("post", "/api/bookings/swaps", {"wanted": 1}, "body.given"),
        ("post", "/api/bookings/series", {"periods": [{"instrument": "x"}]}, "body.periods.0.start"),
        ("get", "/api/bookings?limit=0", None, "query.limit"),
        ("post", "/api/bookings/swaps/1/take", None, "path.answer"),
        ("post", "/api/bookings/swaps", None, "body"),
    ],
)  # fmt: skip
def test_a_field_is_named_as_it_was_sent(client: Client, method: str, path: str, sent: Any, field: str) -> None:
    client.force_login(Person.objects.create_user("a@example.org", name="A"))
    answer = client.generic(method.upper(), path, json.dumps(sent) if sent else b"", content_type="application/json")
    told = answer.json()
    assert answer.status_code == 422, told
    assert field in [each["field"] for each in told["errors"]]
    assert field in told["detail"]
    assert "/api/openapi.json" in told["detail"]
