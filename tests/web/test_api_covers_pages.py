"""What a page does a program can do: every verb behind a page is behind an endpoint, or page_only.tsv says why not."""

from __future__ import annotations

import ast
import csv
import functools
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.urls import URLPattern

import liqi.web
from liqi.web import urls
from liqi.web.api import api

WEB = Path(liqi.web.__file__).parent
HERE = Path(__file__).parent
WHO = {"person", "by"}
"""A verb changes something for somebody at a moment: it takes one of these, and `now`."""
WITHOUT_NOW = {"liqi.accounts.profile.change", "liqi.accounts.profile.speak", "liqi.accounts.notice_wishes.change"}
"""Verbs of one's own account that keep no moment."""
READS = {"liqi.access.ical.feed", "liqi.access.ical.feed_of_instrument", "liqi.accounts.tokens.live",
         "liqi.answers.thread.read"}  # fmt: skip
"""What takes a person and a moment and only reads."""


def is_verb(thing: Any) -> bool:
    if not inspect.isfunction(thing) or not thing.__module__.startswith("liqi.") or _of_web(thing):
        return False
    asked = inspect.signature(thing).parameters
    return name_of(thing) not in READS and (bool("now" in asked and WHO & set(asked)) or name_of(thing) in WITHOUT_NOW)


def name_of(verb: Callable[..., Any]) -> str:
    return f"{verb.__module__}.{verb.__name__}"


def _of_web(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("liqi.web")


def _things(tree: ast.AST, known: dict[str, Any]) -> Iterator[Any]:
    """Everything that the code names, as far as names of the module and attributes of its modules lead there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            home = known.get(node.value.id)
            if isinstance(home, ModuleType) and hasattr(home, node.attr):
                yield getattr(home, node.attr)
        elif isinstance(node, ast.Name) and node.id in known:
            found = known[node.id]
            yield found
            yield from found.values() if isinstance(found, dict) else found if isinstance(found, tuple) else ()


@functools.cache
def verbs_of(view: Any) -> frozenset[str]:
    """The verbs that the view reaches, through whatever of liqi.web it calls."""
    found, seen, ahead = set(), set(), [inspect.unwrap(view)]
    while ahead:
        one = ahead.pop()
        if one in seen:
            continue
        seen.add(one)
        tree = ast.parse(textwrap.dedent(inspect.getsource(one)))
        for thing in _things(tree, vars(importlib.import_module(one.__module__))):
            if is_verb(thing):
                found.add(name_of(thing))
            elif inspect.isfunction(thing) and _of_web(thing) and thing.__name__ != "<lambda>":
                ahead.append(inspect.unwrap(thing))
    return frozenset(found)


def deeds() -> dict[str, Any]:
    """The named pages that take a POST, by who_may.tsv, which a test keeps whole."""
    with (HERE / "who_may.tsv").open(newline="") as file:
        sent = {row["address"] for row in csv.DictReader(file, delimiter="\t") if row["method"] == "POST"}
    patterns = [one for one in urls.urlpatterns if isinstance(one, URLPattern) and one.name in sent]
    return {str(one.name): one.callback for one in patterns}


@functools.cache
def said() -> dict[str, str]:
    with (HERE / "page_only.tsv").open(newline="", encoding="utf-8") as file:
        return {row["what"]: row["why"] for row in csv.DictReader(file, delimiter="\t")}


@functools.cache
def of_programs() -> frozenset[str]:
    """The verbs that some endpoint reaches."""
    found: set[str] = set()
    for _path, operation in api.operations():
        view = inspect.unwrap(operation.view_func)
        module = importlib.import_module(view.__module__)
        ahead, seen = [view], set()
        while ahead:
            one = ahead.pop()
            if one in seen:
                continue
            seen.add(one)
            for thing in _things(ast.parse(textwrap.dedent(inspect.getsource(one))), vars(module)):
                if is_verb(thing):
                    found.add(name_of(thing))
                elif inspect.isfunction(thing) and thing.__module__ == module.__name__:
                    ahead.append(inspect.unwrap(thing))
                elif inspect.isfunction(thing) and _of_web(thing) and ".web.api" not in thing.__module__:
                    found |= verbs_of(thing)
    return frozenset(found)


def test_there_are_as_many_deeds_as_we_know() -> None:
    assert len(deeds()) > 150
    assert len(set().union(*(verbs_of(view) for view in deeds().values()))) > 200
    assert len(of_programs()) > 200
    assert "liqi.access.booking._book.book" in of_programs() or any(one.endswith(".book") for one in of_programs())


def test_every_verb_behind_a_page_is_behind_an_endpoint_or_says_why_not() -> None:
    known = of_programs() | said().keys()
    wrong = {verb: page for page, view in deeds().items() for verb in verbs_of(view) if verb not in known}
    assert wrong == {}, "give each an endpoint in web/api, or a line in page_only.tsv"


def test_every_page_that_takes_a_form_reaches_a_verb_or_says_why_not() -> None:
    wrong = [page for page, view in deeds().items() if not verbs_of(view) and page not in said()]
    assert wrong == [], "a page that is only read has require_safe; else a line in page_only.tsv"


def test_every_line_of_the_table_still_holds_and_gives_a_reason() -> None:
    pages = deeds()
    reached = set().union(*(verbs_of(view) for view in pages.values()))
    for what, why in said().items():
        assert len(why) > 15, what
        if "." in what:
            assert what in reached, f"no page calls {what} any more"
            assert what not in of_programs(), f"{what} has an endpoint now"
        else:
            assert what in pages, f"there is no page {what} that takes a form"
            assert not verbs_of(pages[what]), f"{what} reaches a verb; its verb has a line or an endpoint"


@pytest.mark.parametrize("what", ["liqi.answers.run.start", "liqi.access.agents.restore"])
def test_the_check_sees_a_verb_that_is_named_in_a_page(what: str) -> None:
    assert any(what in verbs_of(view) for view in deeds().values())
    assert what in of_programs()
