"""/api/inbox: files from instruments whose owner is not known, filed by a steward, put aside, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from liqi.access import belonging
from liqi.answers import arrivals, inbox
from liqi.answers.models import Arrival
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["inbox"], auth=SIGNED_IN)
Keys = Annotated[list[Annotated[str, Field(min_length=1, max_length=12)]], Field(min_length=1, max_length=inbox.MOST)]
State = Literal["inbox", "filed", "aside"]


class ArrivedFile(Schema):
    """A file that an instrument sent; `why` it waits, `order` and `how` once it is filed, `offered` orders of then."""

    key: str
    instrument: str
    path: str
    size: int
    sha256: str
    modified_at: datetime
    arrived_at: datetime
    state: str
    why: str
    how: str
    order: str | None
    offered: list[str]
    synthetic: bool


class Filed(Sent):
    """The files by key, and the order: by its key, or by the label of one of its samples."""

    files: Keys
    order: Annotated[str, Field(min_length=1, max_length=400)]


class Chosen(Sent):
    """The files by key."""

    files: Keys


@router.get("", response=Page[ArrivedFile], summary="Files from my instruments")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], state: State = "inbox", instrument: str = "") -> Any:
    """Those that wait, were filed or put aside, newest first; each that waits with orders booked near its time."""
    rows = Arrival.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)), state=state)
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument", "order"), paged, newest_first=True)
    return {"items": _shown(found), "next": following}


@router.post("/file", response=list[ArrivedFile], summary="Say whose files are")
def file(request: HttpRequest, sent: Filed) -> Any:
    """All of the files are in the order, or none and the reason; filing into the same order again changes nothing."""
    person, files = signed_in(request), _found(request, sent.files)
    return _shown(inbox.file(files, to=sent.order, person=person, now=timezone.now()))


@router.post("/aside", response=list[ArrivedFile], summary="Put files aside")
def aside(request: HttpRequest, sent: Chosen) -> Any:
    """The files are nobody's, such as calibrations; they are kept and wait no longer: all of them, or none."""
    return _shown(inbox.put_aside(_found(request, sent.files), person=signed_in(request), now=timezone.now()))


@router.post("/back", response=list[ArrivedFile], summary="Take files back into the inbox")
def back(request: HttpRequest, sent: Chosen) -> Any:
    """The files wait again and are nobody's: all, or none; not one that an answer was made from."""
    return _shown(inbox.take_back(_found(request, sent.files), person=signed_in(request), now=timezone.now()))


def _found(request: HttpRequest, keys: list[str]) -> list[Arrival]:
    """The files of these keys; 404 where one is not at an instrument in the person's care."""
    found = inbox.chosen(keys, signed_in(request))
    if missing := sorted(set(keys) - {one.key for one in found}):
        words = _("Found no file %(key)s at an instrument in your care; read the keys from the inbox.")
        raise Http404(words % {"key": missing[0]})
    return found


def _shown(files: list[Arrival]) -> list[dict[str, Any]]:
    offered = arrivals.suggest([one for one in files if one.state == Arrival.State.INBOX])
    names = ("key", "path", "size", "sha256", "modified_at", "arrived_at", "state", "why", "how", "synthetic")
    return [
        {name: getattr(one, name) for name in names}
        | {
            "instrument": one.instrument.key, "order": one.order.key if one.order else None,
            "offered": [booking.order.key for booking in offered.get(one.pk, [])],
        }
        for one in files
    ]  # fmt: skip
