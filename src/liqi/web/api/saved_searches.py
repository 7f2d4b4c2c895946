"""/api/search/saved: questions that I keep, how many hits each has, and how many of them are new."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.catalogue import saved_search
from liqi.catalogue.models import SavedSearch
from liqi.web import news, questions
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["catalogue"], auth=SIGNED_IN)


class NewSavedSearch(Sent):
    """A question as the query string of the search page and of GET /api/search; without a title its words are one."""

    address: Annotated[str, Field(max_length=2 * saved_search.ADDRESS)]
    title: str = ""


class SavedSearchChange(Sent):
    """What is to be different; null leaves it as it is."""

    title: str | None = None
    notify: bool | None = None


class SavedSearchOut(Schema):
    """A question that is kept: what it finds now, and how many of that came since `seen_at`."""

    id: int
    title: str
    address: str
    words: str
    notify: bool
    total: int
    new: int
    created_at: datetime
    seen_at: datetime


@router.get("", response=Page[SavedSearchOut], summary="My saved searches")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The questions that I keep, each with its hits and what is new among them."""
    found, following = page(SavedSearch.objects.filter(person=signed_in(request)), paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("", response={201: SavedSearchOut, 200: SavedSearchOut}, summary="Save a search")
def save(request: HttpRequest, asked: NewSavedSearch) -> Any:
    """The question is kept: 201, or 200 where it was kept before; what comes from now on is new."""
    query, now = QueryDict(asked.address.removeprefix("?")), timezone.now()
    if wrong := questions.read(query).wrong:
        raise ValueError(wrong)
    address = questions.address(query)
    made = saved_search.save(address, asked.title or news.title(address), person=signed_in(request), now=now)
    return Status(201 if made.created_at == now else 200, _shown(made))


@router.get("/{int:id}", response=SavedSearchOut, summary="One saved search")
def show(request: HttpRequest, id: int) -> Any:
    """A question of mine; reading it leaves what is new as it is."""
    return _shown(_mine(request, id))


@router.patch("/{int:id}", response=SavedSearchOut, summary="Rename or mute a saved search")
def change(request: HttpRequest, id: int, asked: SavedSearchChange) -> Any:
    """The question has another title, or its new hits are announced on the bench or no longer."""
    saved, person, now = _mine(request, id), signed_in(request), timezone.now()
    if asked.title is not None:
        saved_search.rename(saved, asked.title, person=person, now=now)
    if asked.notify is not None:
        saved_search.notify(saved, asked.notify, person=person, now=now)
    return _shown(saved)


@router.post("/{int:id}/seen", response=SavedSearchOut, summary="Call all hits seen")
def see(request: HttpRequest, id: int) -> Any:
    """What comes from now on is new."""
    saved_search.see(_mine(request, id), now=timezone.now())
    return _shown(_mine(request, id))


@router.delete("/{int:id}", response={204: None}, summary="Forget a saved search")
def forget(request: HttpRequest, id: int) -> Any:
    """The question is no longer kept; sending its address again keeps it anew."""
    saved_search.forget(_mine(request, id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


def _mine(request: HttpRequest, id: int) -> SavedSearch:
    found = SavedSearch.objects.filter(pk=id, person=signed_in(request)).first()
    if found is None:
        raise Http404(_("Found no such saved search among yours; GET /api/search/saved lists them."))
    return found


def _shown(saved: SavedSearch) -> dict[str, Any]:
    kept = news.kept(saved)
    names = ("title", "address", "notify", "created_at", "seen_at")
    own = {name: getattr(saved, name) for name in names}
    return {"id": saved.pk, "words": kept.words, "total": kept.total, "new": kept.new, **own}
