"""/api/boards: the records of the observatory: firms, projects, needs, scenarios, trials, demand, targets, parks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.accounts.models import Person
from liqi.observatory import boards
from liqi.observatory.boards import Board
from liqi.web import board_deeds
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import ANYBODY, SIGNED_IN

router = Router(tags=["boards"], auth=ANYBODY)


class BoardOut(Schema):
    """A board: how many records stand on it, the fields of each, and those that tell one record from another."""

    name: str
    records: int
    fields: list[str]
    key: list[str]
    open: Annotated[bool, Field(description="Whether everybody who is signed in may add to it")]


class RecordOut(Schema):
    """A record; values are texts as in a table of the board, empty where nothing is said."""

    id: int
    values: dict[str, str]
    updated_at: datetime
    example: bool


class RecordIn(Sent):
    """Texts by field, as they stand in a table of the board; of a change, those alone that are to be otherwise."""

    values: Annotated[dict[str, str], Field(max_length=60)]


class DeedIn(Sent):
    """What is done with a record, and what its form asks for, by the names of the form's fields."""

    do: Annotated[str, Field(min_length=1, max_length=40)]
    values: dict[str, Annotated[str, Field(max_length=4000)]] = {}


@router.get("", response=Page[BoardOut], summary="The boards")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Every board of the observatory, by name."""
    person = _person(request)
    found, following = among(boards.BOARDS.values(), paged, lambda one: one.name)
    items = [
        {
            "name": one.name, "records": boards.read(one, person=person).count(), "fields": list(one.fields),
            "key": list(one.key), "open": one.open,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get("/{name}/records", response=Page[RecordOut], summary="The records of a board")
def records(
    request: HttpRequest, name: str, paged: Annotated[Paged, Query()], q: Annotated[str, Query(max_length=200)] = ""
) -> Any:
    """Those that hold all the words of ``q``; a scenario that is not published is shown to who keeps it."""
    board = _board(name)
    found, following = page(boards.read(board, person=_person(request), text=q), paged)
    return {"items": [_shown(board, one) for one in found], "next": following}


@router.post("/{name}/records", auth=SIGNED_IN, response={201: RecordOut}, summary="Add a record to a board")
def add(request: HttpRequest, name: str, asked: RecordIn) -> Any:
    """Operators add to every board, everybody who is signed in to an open one."""
    board = _board(name)
    made = boards.add(board, _known(board, asked), person=signed_in(request), now=timezone.now())
    return Status(201, _shown(board, made))


@router.get("/{name}/records/{number}", response=RecordOut, summary="One record of a board")
def show(request: HttpRequest, name: str, number: int) -> Any:
    """The record, as long as it stands on the board."""
    board = _board(name)
    return _shown(board, get_object_or_404(boards.read(board, person=_person(request)), pk=number))


@router.patch("/{name}/records/{number}", auth=SIGNED_IN, response=RecordOut, summary="Change a record of a board")
def change(request: HttpRequest, name: str, number: int, asked: RecordIn) -> Any:
    """The record says what was given; fields that are not named stay."""
    board, person = _board(name), signed_in(request)
    one = get_object_or_404(boards.read(board, person=person), pk=number)
    return _shown(board, boards.change(board, one, _known(board, asked), person=person, now=timezone.now()))


@router.delete("/{name}/records/{number}", auth=SIGNED_IN, response={204: None}, summary="Take a record away")
def withdraw(request: HttpRequest, name: str, number: int) -> Any:
    """The record is on the board no longer; its page brings it back."""
    board, person = _board(name), signed_in(request)
    one = get_object_or_404(boards.read(board, person=person), pk=number)
    boards.withdraw(board, one, person=person, now=timezone.now())
    return Status(204, None)


@router.post("/{name}/records/{number}/deeds", auth=SIGNED_IN, response=RecordOut, summary="Do something with a record")
def do(request: HttpRequest, name: str, number: int, sent: DeedIn) -> Any:
    """What a button of its page does: move, judge, wish, publish, record and the like; 422 for what the board lacks."""
    board, person = _board(name), signed_in(request)
    one = board_deeds.seen(board, number, person)
    board_deeds.do(board, one, sent.values | {"do": sent.do}, person, timezone.now())
    one.refresh_from_db()
    return _shown(board, one)


@router.post("/{name}/records/{number}/undo", auth=SIGNED_IN, response=RecordOut, summary="Undo the last step")
def undo(request: HttpRequest, name: str, number: int) -> Any:
    """The record is as before what was last done to it."""
    board, person = _board(name), signed_in(request)
    one = board_deeds.seen(board, number, person)
    boards.undo(board, one, person=person, now=timezone.now())
    one.refresh_from_db()
    return _shown(board, one)


def _board(name: str) -> Board:
    if name not in boards.BOARDS:
        words = _("Found the board “%(name)s”, expected one of %(known)s; name one of them.")
        raise Http404(words % {"name": name[:40], "known": ", ".join(boards.BOARDS)})
    return boards.BOARDS[name]


def _known(board: Board, asked: RecordIn) -> dict[str, str]:
    if odd := sorted(set(asked.values) - set(board.fields)):
        one_of(odd[0], board.fields)
    return asked.values


def _person(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _shown(board: Board, record: Any) -> dict[str, Any]:
    return {
        "id": record.pk,
        "values": {name: boards.said(record, name) for name in board.fields},
        "updated_at": record.updated_at,
        "example": record.synthetic,
    }
