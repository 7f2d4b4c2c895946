"""The table of every address by role: who may and who may not. An address without a row fails."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from liqi.observatory import snapshot
from liqi.web import errors
from tests.web.api.roles import endpoints
from tests.web.roles import ROLES, SENT, pages, people
from tests.web.world import World, world

pytestmark = pytest.mark.django_db
PARTS = 4
"""The pages are asked in so many tests, so that several processes can share them."""
PROGRAMS = ("agent", "token")
"""Roles that pages know nothing of: their tokens open no page that is shut to visitors."""


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A refusal is its status here: the page that says so would be drawn some thousand times."""
    settings.LIQI_DATA = tmp_path
    monkeypatch.setattr(errors, "_page", lambda request, status, *_words, **_more: HttpResponse(status=status))
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def one_of_everything() -> World:
    """The world and its snapshot, which else each page of figures would take for itself: nothing stays of a request."""
    made = world()
    snapshot.current(now=datetime.now(UTC))
    return made


def outcome(client: Client, method: str, address: str, sent: Any) -> str:
    """What the role is told; nothing of it stays. `fields`: what was sent was refused, not who sent it."""
    cache.clear()
    with transaction.atomic():
        if address.startswith("/api/"):
            answer = client.generic(method, address, json.dumps(sent), "application/json")
        else:
            answer = client.post(address, sent) if method == "POST" else client.get(address)
        transaction.set_rollback(True)
    answer.close()
    status = answer.status_code
    if status == 302 and answer["Location"].startswith("/accounts/login/"):
        return "sign in"
    if status in (401, 403, 404):
        return "no"
    named = {405: "-", 410: "no", 400: "fields", 422: "fields"}
    return named.get(status, "yes" if status < 500 else f"broken {status}")


def told(clients: Mapping[str, Client], method: str, address: str, sent: Any) -> Iterator[str]:
    """What each role is told; a page that is shown to whoever comes is not shown to programs once more."""
    anybody = ""
    for role in ROLES:
        is_open = anybody == "yes" and role in PROGRAMS and not address.startswith("/api/")
        heard = anybody if is_open else outcome(clients[role], method, address, sent)
        anybody = anybody or heard
        yield heard


@pytest.mark.timeout(1500)  # some thousand requests
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_lets_in_whom_the_table_says_and_nobody_else(one_of_everything: World, part: int) -> None:
    clients = people(one_of_everything)
    every = sorted(pages(one_of_everything).items())
    found = {}
    for name, address in every[part::PARTS]:
        for method in ("GET", "POST"):
            row = tuple(told(clients, method, address, SENT.get(name, {})))
            if set(row) != {"-"}:
                found[name, method] = row
    asked = {name for name, _address in every[part::PARTS]}
    compare(found, Path(__file__).with_name("who_may.tsv"), elsewhere={name for name, _address in every} - asked)


@pytest.mark.timeout(900)
def test_every_endpoint_lets_in_whom_the_table_says_and_nobody_else(one_of_everything: World) -> None:
    clients = people(one_of_everything)
    found = {
        (path, method): tuple(told(clients, method, address, sent))
        for (method, path), (address, sent) in sorted(endpoints(one_of_everything).items())
    }
    compare(found, Path(__file__).with_name("api") / "who_may.tsv")


def compare(
    found: dict[tuple[str, str], tuple[str, ...]], table: Path, *, elsewhere: Collection[str] = ()
) -> None:  # fmt: skip
    """Address, method, and for each role `yes`, `fields`, `sign in` or `no`; `LIQI_RECORD=1` writes it, to be read.

    The rows of addresses that are asked elsewhere are left to it.
    """
    others = {key: row for key, row in _read(table).items() if key[0] in elsewhere}
    if os.environ.get("LIQI_RECORD"):
        _write(dict(sorted((found | others).items())) if others else found, table)
    kept = {key: row for key, row in _read(table).items() if key[0] not in elsewhere}
    wrong = {key: (row, kept.get(key)) for key, row in found.items() if kept.get(key) != row}
    assert not wrong, f"(found, in the table) by {ROLES}: {wrong}"
    assert found.keys() == kept.keys(), f"rows without an address: {kept.keys() - found.keys()}"
    assert not [key for key, row in found.items() if any(cell.startswith("broken") for cell in row)]


def _write(found: dict[tuple[str, str], tuple[str, ...]], table: Path) -> None:
    with table.open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("address", "method", *ROLES))
        rows.writerows((*key, *row) for key, row in found.items())


def _read(table: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    with table.open(newline="") as file:
        return {(row[0], row[1]): tuple(row[2:]) for row in list(csv.reader(file, delimiter="\t"))[1:]}
