"""Every list of the interface is read page by page, and stays the same list while rows are added."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from liqi.accounts import notices
from liqi.accounts.models import Notice, Person
from liqi.web.api._cursor import Paged, WrongCursor, among, page
from tests.access.conftest import NOW
from tests.web.api.roles import document, endpoints
from tests.web.roles import people
from tests.web.world import World, world

pytestmark = pytest.mark.django_db
NO_LISTS = {
    "/api/bookings/feed": "the events of a period of at most 93 days",
    "/api/bookings/free": "so many next free periods as are asked for",
    "/api/evaluation/purchase": "one verdict with what it stands on",
    "/api/runs/{key}/amendments": "what stands beside the features of one answer",
    "/api/runs/{key}/exports": "the formats that one answer can leave in",
    "/api/runs/{key}/releases": "the log of one answer, a line a release",
}
"""Addresses that answer several things and are no list to be read on, each with the reason."""


@pytest.fixture
def one_of_everything(settings: Any, tmp_path: Any) -> World:
    settings.LIQI_DATA = tmp_path
    return world()


@functools.cache
def answers() -> dict[str, dict[str, Any]]:
    """The schema that each GET answers, by address."""
    found = {}
    for path, methods in document()["paths"].items():
        if "get" in methods:
            content = {str(status): one for status, one in methods["get"]["responses"].items()}["200"]["content"]
            schema = content["application/json"]["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            found[path] = document()["components"]["schemas"][name] if name else schema
    return found


LISTS = sorted(path for path, schema in answers().items() if "next" in schema.get("properties", {}))


def test_a_get_that_answers_several_things_is_a_list_with_pages_or_says_why_not() -> None:
    for path, schema in answers().items():
        several = schema.get("type") == "array" or "items" in schema.get("properties", {})
        assert not several or path in LISTS or path in NO_LISTS, f"{path} answers a list without pages"
    assert not set(NO_LISTS) & set(LISTS)
    assert len(LISTS) >= 30


@pytest.mark.parametrize("path", LISTS)
def test_each_list_takes_cursor_and_limit_and_says_next(path: str) -> None:
    asked = {each["name"]: each for each in document()["paths"][path]["get"]["parameters"]}
    assert asked["limit"]["schema"]["maximum"] == 200
    assert asked["cursor"]["schema"]["type"] == "string"
    assert {"items", "next"} <= set(answers()[path]["required"])


@pytest.mark.timeout(300)
def test_each_list_read_one_by_one_is_the_list_read_at_once(one_of_everything: World) -> None:
    client = people(one_of_everything)["operator"]
    known = endpoints(one_of_everything)
    filled = []
    for path in LISTS:
        address = known["GET", path][0]
        address += "&" if "?" in address else "?"
        cache.clear()
        whole = client.get(f"{address}limit=200")
        assert whole.status_code == 200, (path, whole.content)
        assert (whole.json()["next"], client.get(f"{address}cursor=x").status_code) == (None, 422), path
        parts, cursor = [], ""
        while cursor is not None and len(parts) < 60:
            step = client.get(f"{address}limit=1&cursor={cursor}").json()
            assert len(step["items"]) <= 1, path
            parts += step["items"]
            cursor = step["next"]
        assert parts == whole.json()["items"][:60], path
        filled += [path] if len(parts) > 1 else []
    assert len(filled) > 5


def told(person: Person, count: int) -> None:
    for _each in range(count):
        notices.tell([person], kind="order.receive", now=NOW, title="Tea")


@pytest.mark.parametrize("newest_first", [False, True])
def test_rows_that_come_or_go_between_two_pages_neither_double_nor_hide_others(newest_first: bool) -> None:
    person = Person.objects.create_user("lin@example.org", name="Lin")
    told(person, 6)
    kept = list(Notice.objects.order_by("-pk" if newest_first else "pk").values_list("pk", flat=True))
    first, cursor = page(Notice.objects.all(), Paged(limit=2), newest_first=newest_first)
    told(person, 3)
    Notice.objects.filter(pk__in=[first[-1].pk, kept[3]]).delete()
    rest, end = page(Notice.objects.all(), Paged(limit=200, cursor=cursor or ""), newest_first=newest_first)
    seen = [one.pk for one in rest]
    assert [pk for pk in seen if pk in kept] == [kept[2], kept[4], kept[5]]
    assert (len(seen), end) == (3 if newest_first else 6, None)


def test_a_list_that_is_worked_out_goes_on_behind_the_last_key() -> None:
    first, cursor = among(["d", "a", "c"], Paged(limit=2), str)
    rest, end = among(["d", "b", "e", "a"], Paged(limit=2, cursor=cursor or ""), str)
    assert (first, rest, end) == (["a", "c"], ["d", "e"], None)
    assert among([], Paged(cursor=cursor or ""), str) == ([], None)


@pytest.mark.parametrize("cursor", ["x", "~", "bnVsbA", "W10", "WyJwayIsIC0xXQ", "WyJwayIsICIxIl0", "W1" * 180])
def test_a_cursor_that_is_not_of_this_list_is_told_so(cursor: str) -> None:
    with translation.override("en"), pytest.raises(WrongCursor, match="begin without it"):
        page(Notice.objects.all(), Paged(cursor=cursor))


def test_a_cursor_of_another_order_is_refused() -> None:
    person = Person.objects.create_user("lin@example.org", name="Lin")
    told(person, 3)
    _first, cursor = page(Notice.objects.all(), Paged(limit=1))
    for wrong in (lambda: page(Notice.objects.all(), Paged(cursor=cursor or ""), newest_first=True),
                  lambda: among([1, 2], Paged(cursor=cursor or ""), int)):  # fmt: skip
        with pytest.raises(WrongCursor):
            wrong()
