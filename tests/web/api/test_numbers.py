"""No number that a program sends is too large to be refused in words: neither one of a record nor one of a list."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.web.api.roles import document, endpoints
from tests.web.roles import people
from tests.web.world import World, world

pytestmark = pytest.mark.django_db
TOO_LARGE = 2**63
"""What the database can no longer hold."""


@pytest.fixture
def one_of_everything(settings: Any, tmp_path: Any) -> World:
    settings.LIQI_DATA = tmp_path
    return world()


def whole_numbers(schema: dict[str, Any], parts: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[list[Any]]:
    """The way to each whole number that a body of this shape can hold; a list is entered at its first place."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        if name not in seen:
            yield from whole_numbers(parts[name], parts, (*seen, name))
        return
    for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from whole_numbers(one, parts, seen)
    if schema.get("type") == "integer":
        yield []
    if schema.get("type") == "array":
        yield from ([0, *way] for way in whole_numbers(schema.get("items", {}), parts, seen))
    for name, one in schema.get("properties", {}).items():
        yield from ([name, *way] for way in whole_numbers(one, parts, seen))


def put(body: Any, way: list[Any], number: int) -> Any:
    """The body with the number there, what is missing on the way made."""
    if not way:
        return number
    first, *rest = way
    if first == 0:
        inner = body[0] if isinstance(body, list) and body else None
        return [put(inner, rest, number)]
    kept = dict(body) if isinstance(body, dict) else {}
    return kept | {first: put(kept.get(first), rest, number)}


def bodies() -> dict[tuple[str, str], list[list[Any]]]:
    found = {}
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            content = said.get("requestBody", {}).get("content", {}).get("application/json")
            if content and (ways := list(whole_numbers(content["schema"], document()["components"]["schemas"]))):
                found[method.upper(), path] = ways
    return found


def test_lists_of_numbers_and_numbers_within_are_found() -> None:
    ways = bodies()
    assert ["charges", 0] in ways["POST", "/api/money/charges/{step}"]
    assert ["notices", 0] in ways["POST", "/api/notices/read"]
    assert ["organisations", 0] in ways["POST", "/api/runs/{key}/releases"]
    assert ["answers", 0, 0] in ways["POST", "/api/training/quizzes/{id}/answers"]
    assert put({"a": [{"b": 1}]}, ["a", 0, "c"], 2) == {"a": [{"b": 1, "c": 2}]}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", [TOO_LARGE, -TOO_LARGE - 1, 10**30], ids=["2**63", "below -2**63", "10**30"])
def test_a_number_that_nothing_can_hold_is_refused_in_words(one_of_everything: World, number: int) -> None:
    client, wrong = people(one_of_everything)["operator"], []
    known = endpoints(one_of_everything)
    for (method, path), ways in sorted(bodies().items()):
        address, sent = known[method, path]
        for way in ways:
            cache.clear()
            body = json.dumps(put(copy.deepcopy(sent), way, number))
            with transaction.atomic():
                answer = client.generic(method, address, body, "application/json")
                transaction.set_rollback(True)
            if not 400 <= answer.status_code < 500:
                wrong.append((method, path, way, answer.status_code))
    assert wrong == []


@pytest.mark.timeout(600)
def test_a_number_in_an_address_that_nothing_can_hold_is_not_found(one_of_everything: World) -> None:
    client, wrong = people(one_of_everything)["operator"], []
    known = endpoints(one_of_everything)
    asked = 0
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            named = [each for each in said["parameters"] if each["schema"].get("type") == "integer"]
            for each in named:
                cache.clear()
                address, sent = known[method.upper(), path]
                if each["in"] == "path":
                    address = path.replace(f"{{{each['name']}}}", str(TOO_LARGE)).replace("{", "").replace("}", "")
                else:
                    address += f"{'&' if '?' in address else '?'}{each['name']}={TOO_LARGE}"
                asked += 1
                with transaction.atomic():
                    answer = client.generic(method.upper(), address, json.dumps(sent), "application/json")
                    transaction.set_rollback(True)
                if not 400 <= answer.status_code < 500:
                    wrong.append((method, address, answer.status_code))
    assert asked > 150
    assert wrong == []
