"""Whatever goes wrong below /api/ is told as a problem (RFC 9457), also where no function was reached."""

from typing import Any

import pytest
from django.test import Client

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
