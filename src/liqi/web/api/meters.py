"""/api/metering: meters set up and removed, tablets registered, how the sessions of an instrument are counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import belonging
from liqi.access.metering import kiosk, meters, terms
from liqi.access.models import Kiosk, Meter, MeteringTerms
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import in_my_care, signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["metering"], auth=SIGNED_IN)
Asked = Annotated[Paged, Query()]
Level = Annotated[float, Field(gt=-1e9, lt=1e9, allow_inf_nan=False)]
Minutes = Annotated[int, Field(ge=0, le=terms.MOST_MINUTES)]


class MeterIn(Sent):
    """A meter: what it reads, from which values on the machine is on and works, where MQTT carries it."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    quantity: Literal["power", "current", "state"] = "power"
    on_from: Level = 10
    on_below: Level = 8
    working_from: Level = 200
    working_below: Level = 160
    silence_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 15
    topic: Annotated[str, Field(max_length=200)] = ""
    field: Annotated[str, Field(max_length=100)] = ""
    time_field: Annotated[str, Field(max_length=100)] = ""


class NewMeter(MeterIn):
    """A meter of an instrument."""

    instrument: str


class MeterOut(NewMeter):
    """A meter as it stands, with its last reading; one that is not active takes no readings."""

    id: int
    unit: str
    active: bool
    last_at: datetime | None
    last_value: float | None
    synthetic: bool


class TermsIn(Sent):
    """How sessions are counted and ended, in minutes, and whether somebody may start without a booking."""

    startup: Minutes
    post: Minutes
    idle_after: Minutes
    forgotten_after: Minutes
    walk_up: bool


class NewTablet(Sent):
    """A tablet beside an instrument, and where it hangs."""

    instrument: str
    name: Annotated[str, Field(min_length=1, max_length=80)]


class TabletOut(Schema):
    """A tablet beside an instrument; a revoked one opens nothing."""

    id: int
    instrument: str
    name: str
    made_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


class TabletMade(TabletOut):
    """A new tablet with its secret, which is told this once."""

    token: str


@router.get("/meters", response=Page[MeterOut], summary="Meters of my instruments")
def listed(request: HttpRequest, paged: Asked, instrument: str = "") -> Any:
    """Those at the instruments in one's care, removed ones too."""
    rows = Meter.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument"), paged)
    return {"items": [_meter(one) for one in found], "next": following}


@router.post("/meters", response={201: MeterOut}, summary="Set up a meter")
def set_up(request: HttpRequest, sent: NewMeter) -> Any:
    """The instrument has the meter; a removed one of that name takes readings again."""
    instrument = in_my_care(request, sent.instrument)
    known = Meter.objects.filter(instrument=instrument, name=sent.name, active=False).first()
    return Status(201, _meter(_kept(request, instrument, sent, known)))


@router.put("/meters/{int:id}", response=MeterOut, summary="Change a meter")
def change(request: HttpRequest, id: int, sent: MeterIn) -> Any:
    """The meter is as given from its next reading on; what was said before stays."""
    found = _found_meter(id)
    return _meter(_kept(request, found.instrument, sent, found))


@router.post("/meters/{int:id}/remove", response=MeterOut, summary="Remove a meter")
def remove(request: HttpRequest, id: int) -> Any:
    """The meter takes no more readings; what it said stays. Again changes nothing."""
    return _meter(meters.remove(meter=_found_meter(id), person=signed_in(request), now=timezone.now()))


@router.get("/terms/{key}", response=TermsIn, summary="How sessions are counted")
def show_terms(request: HttpRequest, key: str) -> Any:
    """The terms of the instrument, the defaults where none were set."""
    return _terms(terms.of(in_my_care(request, key)))


@router.put("/terms/{key}", response=TermsIn, summary="Say how sessions are counted")
def set_terms(request: HttpRequest, key: str, sent: TermsIn) -> Any:
    """The sessions of the instrument are counted and ended so from now on."""
    minutes = {name: getattr(sent, name) for name in terms.FIELDS}
    kept = terms.change(
        instrument=in_my_care(request, key), person=signed_in(request), now=timezone.now(), walk_up=sent.walk_up,
        minutes=minutes,
    )  # fmt: skip
    return _terms(kept)


@router.get("/kiosks", response=Page[TabletOut], summary="Tablets beside my instruments")
def tablets(request: HttpRequest, paged: Asked, instrument: str = "") -> Any:
    """Those at the instruments in one's care, revoked ones too."""
    rows = Kiosk.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument"), paged)
    return {"items": [_tablet(one) for one in found], "next": following}


@router.post("/kiosks", response={201: TabletMade}, summary="Register a tablet")
def register(request: HttpRequest, sent: NewTablet) -> Any:
    """The tablet is known by its token, told this once: at /api/kiosk, and as the address /kiosk/TOKEN/."""
    instrument, person = in_my_care(request, sent.instrument), signed_in(request)
    made, token = kiosk.register(instrument=instrument, name=sent.name, person=person, now=timezone.now())
    return Status(201, _tablet(made) | {"token": token})


@router.post("/kiosks/{int:id}/revoke", response=TabletOut, summary="Revoke a tablet")
def revoke(request: HttpRequest, id: int) -> Any:
    """The tablet opens nothing any more; again changes nothing."""
    found = get_object_or_404(Kiosk.objects.select_related("instrument__facility"), pk=id)
    return _tablet(kiosk.revoke(kiosk=found, person=signed_in(request), now=timezone.now()))


def _found_meter(id: int) -> Meter:
    found: Meter = get_object_or_404(Meter.objects.select_related("instrument__facility"), pk=id)
    return found


def _kept(request: HttpRequest, instrument: Instrument, sent: MeterIn, meter: Meter | None) -> Meter:
    given = sent.dict(exclude={"instrument", "silence_minutes"})
    given |= {"silence": timedelta(minutes=sent.silence_minutes), "active": True}
    person = signed_in(request)
    return meters.keep(instrument=instrument, person=person, now=timezone.now(), meter=meter, **given)


def _meter(one: Meter) -> dict[str, Any]:
    names = [name for name in MeterOut.model_fields if name not in ("id", "instrument", "silence_minutes")]
    minutes = one.silence // timedelta(minutes=1)
    facts = {"id": one.pk, "instrument": one.instrument.key, "silence_minutes": minutes}
    return facts | {name: getattr(one, name) for name in names}


def _terms(kept: MeteringTerms) -> dict[str, Any]:
    minutes = {name: getattr(kept, name) // timedelta(minutes=1) for name in terms.FIELDS}
    return minutes | {"walk_up": kept.walk_up}


def _tablet(one: Kiosk) -> dict[str, Any]:
    names = ("name", "made_at", "seen_at", "revoked_at")
    return {"id": one.pk, "instrument": one.instrument.key} | {name: getattr(one, name) for name in names}
