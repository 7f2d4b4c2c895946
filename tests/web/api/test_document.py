"""The document of the interface is valid OpenAPI 3.1 and says all of every address."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from ninja import Schema
from ninja.constants import NOT_SET
from openapi_spec_validator import OpenAPIV31SpecValidator

from liqi.accounts import tokens
from liqi.web import bearer, urls
from liqi.web.api import _once, _problems, api

BODIES = {"body", "form", "file"}
NINJA = {"api-root", "openapi-json", "openapi-view"}
WRITTEN = re.compile(r"<(?:\w+:)?")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Client().get("/api/openapi.json").content)
    return read


def said(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {(method, path): one for path, ways in document["paths"].items() for method, one in ways.items()}


OPERATIONS = [(path, method, each) for path, each in api.operations() for method in each.methods]
NAMES = [f"{method} {path}" for path, method, _each in OPERATIONS]


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert [str(error)[:300] for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_address_that_the_server_knows_is_in_it_with_each_of_its_methods(document: dict[str, Any]) -> None:
    (served,) = [each for each in urls.urlpatterns if getattr(each, "app_name", "") == "ninja"]
    assert set(said(document)) == {(method.lower(), path) for path, method, _each in OPERATIONS}
    groups = [getattr(each, "url_patterns", [each]) for each in served.url_patterns]
    routes = {str(each.pattern) for group in groups for each in group if each.name not in NINJA}
    assert {f"/api/{re.sub(WRITTEN, '{', route).replace('>', '}')}" for route in routes} == set(document["paths"])


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_each_operation_says_what_it_takes_and_gives(
    document: dict[str, Any], path: str, method: str, operation: Any
) -> None:
    found = document["paths"][path][method.lower()]
    assert all(found[name] for name in ("summary", "description", "tags"))
    assert ("requestBody" in found) == any(model.__ninja_param_source__ in BODIES for model in operation.models)
    if "requestBody" in found:
        (content,) = found["requestBody"]["content"].values()
        assert content["schema"]
    for status, model in operation.response_models.items():
        assert model is not NOT_SET, f"{method} {path} does not say what it answers with {status}"
        answer = found["responses"][str(status)]
        assert status == 204 or answer["content"]["application/json"]["schema"]
    asked = {each["name"] for each in found["parameters"] if each["in"] == "path"}
    assert asked == {part[1:-1] for part in path.split("/") if part.startswith("{")}


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_each_operation_says_who_may_ask_and_what_can_go_wrong(
    document: dict[str, Any], path: str, method: str, operation: Any
) -> None:
    found = document["paths"][path][method.lower()]
    errors = {status for status in found["responses"] if status >= "4"}
    assert {"422", "429"} <= errors
    for status in errors:
        name = found["responses"][status]["$ref"].rpartition("/")[2]
        assert list(document["components"]["responses"][name]["content"]) == [_problems.MEDIA_TYPE]
    scopes = [scope for way in found["security"] for scope in way.get("PersonToken", [])]
    if not {"AgentToken", "KioskToken"} & set(found["security"][0]):
        wants = bearer.scope_of(method, path.removeprefix("/"))
        assert {} in found["security"] or scopes == [wants]
        assert set(scopes) <= tokens.SCOPES.keys()
    assert {} in found["security"] or "401" in errors
    keyed = method == "POST" and _once.takes_key(operation.view_func)
    assert keyed == any(each["name"] == "Idempotency-Key" for each in found["parameters"])
    assert not keyed or "409" in errors


def test_no_address_is_hidden_by_one_that_is_asked_before_it() -> None:
    """An address that two routers have, or that another one's pattern takes in first, would answer 405."""
    addresses = list(dict.fromkeys(path for path, _method, _each in OPERATIONS))
    homes = Counter((bound.prefix, path) for bound in api._get_bound_routers() for path in bound.path_operations)
    assert [each for each, count in homes.items() if count > 1] == []
    for path in addresses:
        asked = "/" + re.sub(r"{\w+}", "7", path).strip("/")
        assert urls_of(asked) == path, f"{path} is hidden by {urls_of(asked)}"


def urls_of(asked: str) -> str:
    route = resolve(asked).route
    return "/" + re.sub(WRITTEN, "{", route).replace(">", "}").strip("/")


def test_no_two_shapes_have_one_name() -> None:
    def below(kind: type[Schema]) -> list[type[Schema]]:
        return [each for child in kind.__subclasses__() for each in [child, *below(child)]]

    ours = [each for each in set(below(Schema)) if each.__module__.startswith("liqi.web.api")]
    names = Counter(each.__name__ for each in ours if "[" not in each.__name__)
    assert [name for name, count in names.items() if count > 1] == []
    ids = Counter(api.get_openapi_operation_id(each) for _path, _method, each in OPERATIONS)
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_shape_and_resource_is_said_in_words(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    assert [name for name, one in shapes.items() if not name.startswith("Page_") and not one.get("description")] == []
    assert [each["name"] for each in document["tags"] if not each["description"]] == []
    assert {tag for one in said(document).values() for tag in one["tags"]} == {
        each["name"] for each in document["tags"]
    }
