"""/api/kiosk: the tablet beside an instrument: now and next, sessions started and ended by badge or PIN, problems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from liqi.access import session
from liqi.access.metering import kiosk, tap, trouble, walk_up
from liqi.access.models import Booking, Kiosk, Session
from liqi.web.api._once import outside
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.api.sessions import Metered, metered
from liqi.web.bearer import KioskToken

router = Router(tags=["kiosk"], auth=KioskToken())


class Shown(Sent):
    """Who stands at the tablet: a badge, or an e-mail address and PIN."""

    badge: Annotated[str, Field(max_length=64)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    pin: Annotated[str, Field(max_length=8)] = ""


class Begin(Shown):
    """The booking whose time has come, or none for the free instrument; with it the PIN of its person is enough."""

    booking: Number | None = None
    purpose: Literal["", "teaching", "research", "service"] = ""
    take_over: bool = False


class Over(Shown):
    """The session that ends, or none for one's own; with it the PIN of its person is enough."""

    session: Number | None = None


class Wrong(Shown):
    """What is wrong with the instrument."""

    words: Annotated[str, Field(min_length=1, max_length=2000)]


class Told(Schema):
    """The number of the problem that was reported."""

    incident: int


class OnIt(Schema):
    """A session that runs; `over` where its booking has ended."""

    session: int
    person: str
    started_at: datetime
    booking: int | None
    over: bool


class Next(Schema):
    """A booking that is on or begins within half a day."""

    booking: int
    person: str
    starts_at: datetime
    ends_at: datetime
    can_start: bool


class Beside(Schema):
    """Now and next on the instrument of the tablet; free until then, null where it is not free."""

    instrument: str
    name: str
    tablet: str
    running: list[OnIt]
    coming: list[Next]
    free_until: datetime | None


@router.get("", response=Beside, summary="Now and next on the instrument")
def show(request: HttpRequest) -> Any:
    """What stands on the tablet: who is on the instrument, who comes, until when it is free."""
    tablet, now = _tablet(request), timezone.now()
    running = list(Session.objects.running().filter(instrument=tablet.instrument).select_related("person", "booking"))
    used = {one.booking_id for one in running}
    return {
        "instrument": tablet.instrument.key, "name": tablet.instrument.name, "tablet": tablet.name,
        "running": [
            {"session": one.pk, "person": str(one.person), "started_at": one.started_at, "booking": one.booking_id,
             "over": session.is_over(one, now)} for one in running
        ],
        "coming": [
            {"booking": one.pk, "person": str(one.person), "starts_at": one.starts_at, "ends_at": one.ends_at,
             "can_start": one.starts_at - session.EARLY <= now}
            for one in kiosk.coming(tablet.instrument, now=now) if one.pk not in used
        ],
        "free_until": walk_up.free_until(tablet.instrument, now=now),
    }  # fmt: skip


@router.post("/start", response={201: Metered}, summary="Start a session at the tablet")
@outside
def start(request: HttpRequest, sent: Begin) -> Any:
    """The session runs, by the rules of booking; five wrong PINs in a row lock that PIN for ten minutes."""
    instrument, now = _tablet(request).instrument, timezone.now()
    near = Booking.objects.select_related("instrument__institution__organisation", "person", "organisation")
    booked = get_object_or_404(near, instrument=instrument, pk=sent.booking) if sent.booking else None
    person = tap.known(badge=sent.badge, email=sent.email, pin=sent.pin, at=booked, now=now)
    made = tap.start(
        instrument=instrument, person=person, now=now, booked=booked, purpose=sent.purpose, take_over=sent.take_over
    )
    return Status(201, metered(made))


@router.post("/end", response=Metered, summary="End a session at the tablet")
@outside
def end(request: HttpRequest, sent: Over) -> Any:
    """The session is over and its effective hours are on record."""
    instrument, now = _tablet(request).instrument, timezone.now()
    near = Session.objects.running().select_related("instrument", "person")
    running = get_object_or_404(near, instrument=instrument, pk=sent.session) if sent.session else None
    person = tap.known(badge=sent.badge, email=sent.email, pin=sent.pin, at=running, now=now)
    return metered(tap.end(instrument=instrument, person=person, now=now, running=running))


@router.post("/problems", response={201: Told}, summary="Report a problem at the tablet")
@outside
def report(request: HttpRequest, sent: Wrong) -> Any:
    """The stewards are told; the same words of the same person within ten minutes are the same problem."""
    instrument, now = _tablet(request).instrument, timezone.now()
    person = tap.known(badge=sent.badge, email=sent.email, pin=sent.pin, now=now)
    made = trouble.report(instrument=instrument, person=person, words=sent.words, now=now)
    return Status(201, {"incident": made.pk})


def _tablet(request: Any) -> Kiosk:
    assert isinstance(request.auth, Kiosk)
    return request.auth
