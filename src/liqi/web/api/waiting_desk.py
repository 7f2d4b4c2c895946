"""/api/waiting/desk: stewards order the line, set its terms, forgive no-shows; and a withdrawn wish waits again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.access import belonging, no_shows, waiting
from liqi.access.models import NoShow, Wish
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.api.waiting import WishOut, wish_shown
from liqi.web.asked import in_my_care, signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["waiting"], auth=SIGNED_IN)
Minutes = Annotated[int, Field(ge=0, lt=2**31)]


class PriorityIn(Sent):
    """Higher is served first; 0 is the usual one."""

    priority: Annotated[int, Field(ge=-9, le=9)]


class LineTerms(Sent):
    """How long an offer stands, how near to its time one is made, standby, fairness, and offers missed in a row."""

    offer_minutes: Minutes
    lead_minutes: Minutes
    standby_minutes: Minutes
    fair_days: Annotated[int, Field(ge=0, lt=2**15)]
    missed_offers: Annotated[int, Field(ge=0, lt=2**15)]


class Missed(Schema):
    """A booking to which nobody came; a forgiven one counts no longer."""

    id: int
    instrument: str
    person: str
    booking: int | None
    at: datetime
    forgiven_at: datetime | None
    forgiven_why: str


class Forgiven(Sent):
    """Why it is forgiven; the person reads it."""

    why: Annotated[str, Field(min_length=1, max_length=300)]


@router.post("/{int:id}/rejoin", response=WishOut, summary="Wait again")
def rejoin(request: HttpRequest, id: int) -> Any:
    """A wish that was withdrawn waits again, where it stood, while its window lasts."""
    found = get_object_or_404(_wishes(), pk=id, person=signed_in(request))
    return wish_shown(waiting.rejoin(wish=found, person=signed_in(request), now=timezone.now()))


@router.put("/desk/wishes/{int:id}/priority", response=WishOut, summary="Order the line")
def prioritise(request: HttpRequest, id: int, sent: PriorityIn) -> Any:
    """The wish has this priority; for the stewards of all its instruments."""
    found, person = get_object_or_404(_wishes(), pk=id), signed_in(request)
    return wish_shown(
        waiting.prioritise(wish=found, person=person, priority=sent.priority, now=timezone.now())
    )  # fmt: skip


@router.get("/desk/terms/{key}", response=LineTerms, summary="Terms of a waiting list")
def show_terms(request: HttpRequest, key: str) -> Any:
    """The terms of the instrument, the usual ones where none were set; for its stewards."""
    thing = in_my_care(request, key)
    return waiting.terms_of([thing])[thing.pk]


@router.put("/desk/terms/{key}", response=LineTerms, summary="Set the terms of a waiting list")
def set_terms(request: HttpRequest, key: str, sent: LineTerms) -> Any:
    """The terms hold from the next offer on."""
    thing = in_my_care(request, key)
    return waiting.change_terms(instrument=thing, person=signed_in(request), now=timezone.now(), **sent.dict())


@router.get("/desk/no-shows", response=Page[Missed], summary="No-shows at my instruments")
def missed(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Those at the instruments in one's care, newest first, forgiven ones too."""
    rows = NoShow.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument", "person"), paged, newest_first=True)
    return {"items": [_missed(one) for one in found], "next": following}


@router.post("/desk/no-shows/{int:id}/forgive", response=Missed, summary="Forgive a no-show")
def forgive(request: HttpRequest, id: int, sent: Forgiven) -> Any:
    """It counts no longer, and the person is told why; again changes nothing."""
    found, person = _no_show(id), signed_in(request)
    no_shows.forgive(no_show=found, person=person, why=sent.why, now=timezone.now())
    return _missed(_no_show(id))


@router.post("/desk/no-shows/{int:id}/count", response=Missed, summary="Count a no-show again")
def count(request: HttpRequest, id: int) -> Any:
    """A no-show that was forgiven counts again."""
    no_shows.remind(no_show=_no_show(id), person=signed_in(request), now=timezone.now())
    return _missed(_no_show(id))


def _wishes() -> Any:
    return Wish.objects.select_related("order", "person").prefetch_related("instruments")


def _no_show(id: int) -> NoShow:
    found: NoShow = get_object_or_404(NoShow.objects.select_related("instrument", "person", "booking"), pk=id)
    return found


def _missed(one: NoShow) -> dict[str, Any]:
    names = ("at", "forgiven_at", "forgiven_why")
    facts = {"id": one.pk, "instrument": one.instrument.key, "person": str(one.person), "booking": one.booking_id}
    return facts | {name: getattr(one, name) for name in names}
