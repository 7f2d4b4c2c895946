"""/api/journal: what was done by me and about me, to one thing, and to all in my care."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from liqi.access import journals
from liqi.access.journals import Asked
from liqi.accounts import personal_data
from liqi.accounts.models import JournalEntry
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.asked import journal_thing, signed_in, somebody
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["journal"], auth=SIGNED_IN)


class JournalLine(Schema):
    """One line: who did what to which thing, when, with which facts; `person` null is the system."""

    id: int
    at: datetime
    person: str | None
    verb: str
    thing: str
    thing_id: str
    facts: dict[str, Any]


class Narrowing(Schema):
    """A kind of thing such as booking, one person by address, a half-open period."""

    kind: Annotated[str, Field(max_length=40)] = ""
    person: Annotated[str, Field(max_length=254)] = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@router.get("", response=Page[JournalLine], summary="My journal")
def mine(request: HttpRequest, paged: Annotated[Paged, Query()], asked: Annotated[Narrowing, Query()]) -> Any:
    """What I did, and what was done about me, newest first."""
    return _page(personal_data.lines_about(signed_in(request)), paged, asked)


@router.get("/care", response=Page[JournalLine], summary="The journal of what I look after")
def care(request: HttpRequest, paged: Annotated[Paged, Query()], asked: Annotated[Narrowing, Query()]) -> Any:
    """What was done at the instruments, facilities and orders in my care, newest first; of an operator, everywhere."""
    if asked.kind:
        one_of(asked.kind, journals.kinds())
    return _page(journals.in_care(signed_in(request), kind=asked.kind), paged, asked)


@router.get("/{kind}/{key}", response=Page[JournalLine], summary="The journal of a thing")
def of_thing(
    request: HttpRequest, kind: Literal["instrument", "booking", "order", "organisation"], key: str,
    paged: Annotated[Paged, Query()], asked: Annotated[Narrowing, Query()],
) -> Any:  # fmt: skip
    """What was done to it and to what belongs to it, newest first; for its stewards, its people and their leads."""
    return _page(journals.of(journal_thing(kind, key), person=signed_in(request)), paged, asked)


def _page(lines: QuerySet[JournalEntry], paged: Paged, asked: Narrowing) -> dict[str, Any]:
    person = somebody(asked.person) if asked.person else None
    wanted = Asked(asked.kind, person, asked.since, asked.until)
    found, following = page(journals.narrowed(lines, wanted), paged, newest_first=True)
    return {"items": [_shown(one) for one in found], "next": following}


def _shown(one: JournalEntry) -> dict[str, Any]:
    names = ("at", "verb", "thing", "thing_id", "facts")
    person = str(one.person) if one.person else None
    return {"id": one.pk, "person": person} | {name: getattr(one, name) for name in names}
