"""Whatever goes wrong below /api/ is told as a problem (RFC 9457), also where no function was reached."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from liqi.accounts.models import Person
from liqi.web.api import _choices, _fields, _problems, instruments

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


@pytest.mark.parametrize(
    ("language", "start", "missing"),
    [
        (
            "en",
            "Found “noon”; expected a moment with its time zone, such as 2026-11-23T09:00:00+08:00: correct it.",
            "Found nothing here; expected a value: send this field.",
        ),
        (
            "zh-hans",
            "收到的是“noon”；应为带时区的时刻，例如 2026-11-23T09:00:00+08:00，请改正。",
            "缺少这个字段；应有值，请补上。",
        ),
        (
            "zh-hant",
            "收到的是“noon”；應為帶時區的時刻，例如 2026-11-23T09:00:00+08:00，請改正。",
            "缺少這個欄位；應有值，請補上。",
        ),
    ],
)
def test_a_field_is_told_in_the_readers_language_with_a_pointer(language: str, start: str, missing: str) -> None:
    client = Client(headers={"Accept-Language": language})
    client.force_login(Person.objects.create_user("a@example.org", name="A"))
    sent = {"periods": [{"instrument": "x", "start": "noon"}], "rule": "FREQ=DAILY", "time_zone": "Asia/Shanghai"}
    told = client.post("/api/bookings/series", sent, content_type="application/json").json()
    assert told["errors"] == [
        {"field": "body.periods.0.start", "words": start, "pointer": "#/periods/0/start"},
        {"field": "body.periods.0.end", "words": missing, "pointer": "#/periods/0/end"},
    ]
    told = client.get("/api/bookings?limit=0").json()
    assert (told["errors"][0]["parameter"], "“0”" in told["errors"][0]["words"]) == ("limit", True)
    torn = client.post("/api/bookings", "{torn", content_type="application/json")
    assert (torn.status_code, "JSON" in torn.json()["detail"], "Cannot" in torn.json()["detail"]) == (400, True, False)


def test_no_schema_has_an_error_that_only_the_library_words() -> None:
    """Each kind of error that a field of ours can have is told by a sentence of ours."""
    translation.activate("en")
    kinds = {"string_type", "int_parsing", "float_parsing", "decimal_parsing", "bool_parsing", "datetime_parsing"}
    kinds |= {"timezone_aware", "date_from_datetime_parsing", "time_parsing", "list_type", "dict_type", "model_type"}
    kinds |= {"int_type", "int_from_float", "bool_type", "datetime_from_date_parsing", "decimal_type", "finite_number"}
    for kind in kinds:
        assert _fields.words({"type": kind, "msg": "library's own"}, "3").startswith("Found 3;"), kind
    for kind, (limit, _words) in _fields.LIMITED.items():
        assert "expected" in _fields.words({"type": kind, "msg": "library's own", "ctx": {limit: 2}}, "3"), kind
    translation.deactivate()


def test_a_secret_that_is_wrong_is_repeated_nowhere() -> None:
    error = {"type": "string_too_long", "loc": ("body", "sent", "pin"), "ctx": {"max_length": 8}, "msg": ""}
    told = _fields.problem(error, {"body": {"pin": "123456789"}})
    assert "1234" not in str(told)
    assert told["pointer"] == "#/pin"
    escaped = _fields.problem(error | {"loc": ("body", "sent", "a/b~c")}, {"body": {}})
    assert escaped["pointer"] == "#/a~1b~0c"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Found “moon”; expected one of: open, done, dropped."),
        ("zh-hans", "读到“moon”；应为其中之一：open, done, dropped。"),
    ],
)
def test_a_word_that_does_not_fit_is_told_in_the_readers_language(language: str, words: str) -> None:
    client = Client(headers={"Accept-Language": language})
    client.force_login(Person.objects.create_user("a@example.org", name="A"))
    assert client.get("/api/care/tasks?state=moon").json()["detail"] == words


@pytest.mark.parametrize("given", [{"value": None, "state": None}, {"value": 1, "state": "idle"}])
def test_of_two_exactly_one_is_given(given: dict[str, object]) -> None:
    with translation.override("en"), pytest.raises(ValueError, match="both or neither of value and state"):
        _choices.either(**given)
    _choices.either(value=1, state="")


def test_no_refusal_of_the_interface_is_written_in_one_language_alone() -> None:
    """Words that are raised go through gettext: a sentence put into an error as it is would stay English."""
    bare = []
    for file in Path(_problems.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                bare += [f"{file.name}:{node.lineno}" for each in node.exc.args if _is_a_sentence(each)]
    assert bare == []


def _is_a_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
