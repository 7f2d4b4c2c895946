"""/api/sessions: start and end metered use."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import session as sessions
from liqi.access.metering import walk_up
from liqi.access.models import Booking, Session
from liqi.catalogue.models import Instrument
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["sessions"], auth=SIGNED_IN)


class StartSession(Sent):
    """The booking whose time has come."""

    booking: int
    purpose: Literal["", "teaching", "research", "service"] = ""
    take_over: bool = False
    """Whether a session of somebody else whose booking is over is ended for it."""


class WalkUp(Sent):
    """An instrument that is free now."""

    instrument: str
    until: AwareDatetime | None = None
    purpose: Literal["", "teaching", "research", "service"] = ""


class End(Sent):
    """How long the instrument ran for nobody."""

    idle_minutes: Annotated[int, Field(ge=0, le=100_000)] = 0


class Metered(Schema):
    """A session as it stands; hours are empty while it runs."""

    id: int
    booking: int | None
    instrument: str
    started_at: datetime
    ended_at: datetime | None
    effective_hours: Decimal | None
    outside: bool
    purpose: str
    ended_by: str
    confirmed: bool
    withdrawn: bool


def metered(session: Session) -> dict[str, Any]:
    """The session as the interface shows it."""
    return {
        "id": session.pk,
        "booking": session.booking_id,
        "instrument": session.instrument.key,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "effective_hours": session.effective_hours,
        "outside": session.outside,
        "purpose": session.purpose,
        "ended_by": session.ended_by,
        "confirmed": session.confirmation_id is not None,
        "withdrawn": session.withdrawn,
    }


@router.post("", response={201: Metered}, summary="Start a session")
def start(request: HttpRequest, asked: StartSession) -> Any:
    """The instrument is in use by the person of the booking; starting twice gives the running session."""
    booked = Booking.objects.select_related("instrument__institution__organisation", "person", "organisation")
    booking = get_object_or_404(booked, pk=asked.booking)
    how: dict[str, Any] = {"purpose": asked.purpose, "take_over": asked.take_over}
    return Status(201, metered(sessions.start(booking=booking, person=signed_in(request), now=timezone.now(), **how)))


@router.post("/walk-up", response={201: Metered}, summary="Start without a booking")
def walk_up_start(request: HttpRequest, asked: WalkUp) -> Any:
    """The person has the free instrument from now on and works on it, by the rules of booking."""
    near = Instrument.objects.select_related("institution__organisation", "facility")
    instrument = get_object_or_404(near, key=asked.instrument)
    given: dict[str, Any] = {"until": asked.until, "purpose": asked.purpose}
    return Status(
        201, metered(walk_up.start(instrument=instrument, person=signed_in(request), now=timezone.now(), **given))
    )


@router.post("/{int:id}/end", response=Metered, summary="End a session")
def end(request: HttpRequest, id: int, asked: End) -> Any:
    """The session is over and its effective hours are on record."""
    session = get_object_or_404(Session.objects.select_related("instrument", "person"), pk=id)
    idle = timedelta(minutes=asked.idle_minutes)
    return metered(sessions.end(session=session, person=signed_in(request), now=timezone.now(), idle=idle))
