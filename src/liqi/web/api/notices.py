"""/api/notices: what I was told, what is new among it, how I want to be told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.accounts import notice_wishes, notices, sentences
from liqi.accounts.models import Notice
from liqi.web.api._choices import one_of
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["notices"], auth=SIGNED_IN)


class NoticeOut(Schema):
    """Something I was told: what about, in words of the language asked for, where to act; `read_at` null is new."""

    id: int
    kind: str
    about: str
    words: str
    facts: dict[str, Any]
    link: str
    at: datetime
    read_at: datetime | None


class Seen(Sent):
    """The notices that were read, by number; none named means all."""

    notices: Annotated[list[Number], Field(max_length=1000)] = []


class News(Schema):
    """How many notices are new, without those about what I muted."""

    unread: int


class NoticeWishesOut(Sent):
    """How mail comes: how often, at which hour of my day, not between the quiet hours, not about what I muted."""

    rhythm: Literal["at once", "daily", "weekly", "never"]
    hour: Annotated[int, Field(ge=0, le=23)]
    quiet_from: time | None = None
    quiet_until: time | None = None
    muted: list[str] = []
    remind_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)]


@router.get("", response=Page[NoticeOut], summary="What I was told")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], about: str = "", new: bool = False) -> Any:
    """My notices, newest first; ``new`` gives the unread, ``about`` those of one subject such as booking."""
    person = signed_in(request)
    rows = Notice.objects.filter(person=person)
    if about:
        _require_subjects([about])
        rows = rows.filter(kind__startswith=f"{about}.")
    found, following = page(rows.filter(read_at=None) if new else rows, paged, newest_first=True)
    return {
        "items": [_shown(one, words) for one, words in sentences.sentences(found, zone=person.time_zone)],
        "next": following,
    }


@router.get("/count", response=News, summary="How much is new")
def count(request: HttpRequest) -> Any:
    """The number beside the bell."""
    return {"unread": notices.unread(signed_in(request))}


@router.post("/read", response=News, summary="Mark as read")
def read(request: HttpRequest, seen: Seen) -> Any:
    """The notices are read, or all where none is named; reading again changes nothing. Gives what is still new."""
    person = signed_in(request)
    notices.read(person, now=timezone.now(), only=seen.notices or None)
    return {"unread": notices.unread(person)}


@router.get("/wishes", response=NoticeWishesOut, summary="How I am told")
def show_wishes(request: HttpRequest) -> Any:
    """My wishes, or those of everybody who said nothing."""
    return notice_wishes.of(signed_in(request))


@router.put("/wishes", response=NoticeWishesOut, summary="Say how I am told")
def set_wishes(request: HttpRequest, wished: NoticeWishesOut) -> Any:
    """I am told so from now on; ``muted`` holds subjects, such as swap."""
    _require_subjects(wished.muted)
    return notice_wishes.change(signed_in(request), **wished.dict())


def _require_subjects(names: list[str]) -> None:
    for name in names:
        one_of(name, sentences.SUBJECTS)


def _shown(one: Notice, words: str) -> dict[str, Any]:
    names = ("kind", "facts", "link", "at", "read_at")
    about = sentences.subject_of(one.kind)
    return {"id": one.pk, "about": about, "words": words} | {name: getattr(one, name) for name in names}
