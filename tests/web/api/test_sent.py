"""A field or a question that an address does not know is refused by its name and with the nearest that there is."""

import json
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from liqi.accounts.models import Person
from liqi.web.api import _sent, agents, api

pytestmark = pytest.mark.django_db

TAKES_EXTRAS: set[type[BaseModel]] = {agents.Report, agents.Trouble}
"""An agent that is newer than the server is heard all the same."""


@pytest.fixture
def client() -> Client:
    made = Client(HTTP_ACCEPT_LANGUAGE="en")
    made.force_login(Person.objects.create_user("a@example.org", name="A"))
    return made


def asked(client: Client, method: str, path: str, sent: Any) -> Any:
    body = json.dumps(sent) if sent is not None else b""
    answer = client.generic(method, path, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), answer.content
    return answer.json()["errors"]


def bodies() -> set[type[BaseModel]]:
    """Every schema that stands in a body, those inside others too."""
    found: set[type[BaseModel]] = set()
    left = [
        one
        for _path, operation in api.operations()
        for model in operation.models
        if model.__ninja_param_source__ in ("body", "form")
        for field in model.model_fields.values()
        for one in _sent._models(field.annotation)
    ]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += [each for field in one.model_fields.values() for each in _sent._models(field.annotation)]
    return found


def test_every_body_refuses_what_it_does_not_know_or_says_why_not() -> None:
    assert len(bodies()) > 140
    assert {one for one in bodies() if one.model_config.get("extra") != "forbid"} == TAKES_EXTRAS


@pytest.mark.parametrize(
    ("method", "path", "sent", "where", "near"),
    [
        ("POST", "/api/bookings", {"instrment": "x"}, "#/instrment", "instrument"),
        ("POST", "/api/bookings", {"begin": "x"}, "#/begin", "instrument, start, end"),
        ("POST", "/api/bookings/series", {"periods": [{"instruments": "x"}]}, "#/periods/0/instruments", "instrument"),
        ("PUT", "/api/notices/wishes", {"rhythm": "daily", "hours": 7}, "#/hours", "hour"),
        ("POST", "/api/bookings/swaps/1/withdraw", {"why": "x"}, "#/why", ""),
        ("GET", "/api/instruments?instituton=x", None, "instituton", "institution"),
        ("GET", "/api/bookings/free?instrument=x&coutn=3", None, "coutn", "count"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest(
    client: Client, method: str, path: str, sent: Any, where: str, near: str
) -> None:
    told = {each.get("pointer", each.get("parameter")): each["words"] for each in asked(client, method, path, sent)}
    assert where in told, told
    assert near in told[where]
    assert "no place here" in told[where]


def test_the_document_says_that_a_body_takes_nothing_else() -> None:
    schemas = api.get_openapi_schema()["components"]["schemas"]
    assert schemas["Wish"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Report"]


def test_what_takes_any_name_still_does(client: Client) -> None:
    answer = client.post(
        "/api/orders", {"service": "none", "need": "x", "answers": {"any": 1}}, content_type="application/json"
    )
    assert answer.status_code == 404, answer.content
