"""/api/outages: when instruments are out of use; outages are declared, put off and ended, windows recur."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import belonging, outages
from liqi.access.models import MaintenanceWindow, Outage, StruckBooking
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["outages"], auth=SIGNED_IN)

Kind = Literal["breakdown", "maintenance", "calibration", "other"]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class NewOutage(Sent):
    """An instrument is out of use from a moment on, until another or until the outage is ended; in words for all."""

    instrument: str
    start: AwareDatetime
    end: AwareDatetime | None = None
    words: Words
    kind: Kind = "breakdown"
    position: Annotated[int | None, Field(ge=0, le=1000)] = None
    """The one place that is out, from 0; empty for the whole instrument."""


class OutageChange(Sent):
    """Another time or other words; an end of null lasts until the outage is ended."""

    start: AwareDatetime
    end: AwareDatetime | None = None
    words: Annotated[str, Field(max_length=300)] = ""


class OutageOut(Schema):
    """An outage; `struck` counts the bookings of which nothing became yet, null for who is not its steward."""

    id: int
    instrument: str
    kind: str
    words: str
    start: datetime
    end: datetime | None
    position: int | None
    window: int | None
    withdrawn_at: datetime | None
    struck: int | None
    synthetic: bool


class Left(Schema):
    """How many of the struck bookings were dealt with, and the numbers of those that could not be."""

    done: int
    left: list[int]


class NewWindow(Sent):
    """Time that recurs for maintenance, by a rule of RFC 5545 on the clock of the instrument."""

    instrument: str
    rule: Annotated[str, Field(min_length=1, max_length=500)]
    start: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]
    words: Words
    kind: Kind = "maintenance"


class WindowOut(Schema):
    """A maintenance window and its next starts."""

    id: int
    instrument: str
    rule: str
    start: datetime
    minutes: int
    kind: str
    words: str
    ended_at: datetime | None
    next_starts: list[datetime]


@router.get("", response=Page[OutageOut], summary="Outages")
def listed(
    request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "",
    when: Literal["", "now", "ahead", "past"] = "",
) -> Any:  # fmt: skip
    """Those of an instrument, or of all instruments in my care; ``when`` gives those now, to come, or over."""
    person, now = signed_in(request), timezone.now()
    over = Q(ends_at__lte=now) | Q(withdrawn_at__isnull=False)
    rows = _rows(person, instrument)
    if when == "past":
        rows = rows.filter(over)
    elif when:
        rows = rows.exclude(over)
        rows = rows.filter(starts_at__lte=now) if when == "now" else rows.filter(starts_at__gt=now)
    found, following = page(rows, paged)
    cared = set(belonging.looked_after_by(person).values_list("pk", flat=True)) if found else set()
    return {"items": [_shown(one, one.instrument_id in cared) for one in found], "next": following}


@router.post("", response={201: OutageOut}, summary="Declare an outage")
def declare(request: HttpRequest, asked: NewOutage) -> Any:
    """The instrument cannot be booked then, and everybody whose booking it strikes is told; for its stewards."""
    made = outages.declare(
        instrument=_instrument(asked.instrument), person=signed_in(request), starts_at=asked.start, ends_at=asked.end,
        words=asked.words, kind=asked.kind, position=asked.position, now=timezone.now(),
    )  # fmt: skip
    return Status(201, outage_shown(made))


@router.get("/windows", response=Page[WindowOut], summary="Maintenance windows")
def windows(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Those of an instrument, or of all instruments in my care, that still recur."""
    person, now = signed_in(request), timezone.now()
    rows = MaintenanceWindow.objects.filter(ended_at=None).select_related("instrument")
    if instrument:
        rows = rows.filter(instrument=_instrument(instrument))
    else:
        rows = rows.filter(instrument__in=belonging.looked_after_by(person))
    found, following = page(rows, paged)
    return {"items": [_window(one, now) for one in found], "next": following}


@router.post("/windows", response={201: WindowOut}, summary="Begin a maintenance window")
def begin(request: HttpRequest, asked: NewWindow) -> Any:
    """The instrument is out of use whenever the rule says; its outages are made ahead of the bookings."""
    now = timezone.now()
    made = outages.begin(
        instrument=_instrument(asked.instrument), person=signed_in(request), rule=asked.rule, starts_at=asked.start,
        minutes=asked.minutes, words=asked.words, kind=asked.kind, now=now,
    )  # fmt: skip
    return Status(201, _window(made, now))


@router.post("/windows/{int:id}/end", response=WindowOut, summary="End a maintenance window")
def finish(request: HttpRequest, id: int) -> Any:
    """It recurs no longer, and its outages to come are withdrawn; ending it again changes nothing."""
    found, now = get_object_or_404(MaintenanceWindow.objects.select_related("instrument"), pk=id), timezone.now()
    return _window(outages.finish(window=found, person=signed_in(request), now=now), now)


@router.get("/{int:id}", response=OutageOut, summary="One outage")
def show(request: HttpRequest, id: int) -> Any:
    """An outage of any instrument; its stewards also see how many bookings it strikes."""
    found = _outage(id)
    return _shown(found, belonging.looks_after(signed_in(request), found.instrument))


@router.patch("/{int:id}", response=OutageOut, summary="Put an outage off")
def reschedule(request: HttpRequest, id: int, asked: OutageChange) -> Any:
    """It lasts from and until another time; those whom it strikes now are told, the others spared."""
    changed = outages.reschedule(
        outage=_outage(id), person=signed_in(request), starts_at=asked.start, ends_at=asked.end, words=asked.words,
        now=timezone.now(),
    )  # fmt: skip
    return outage_shown(changed)


@router.post("/{int:id}/end", response=OutageOut, summary="End an outage")
def end(request: HttpRequest, id: int) -> Any:
    """It is over now; one that has not begun is withdrawn. Ending it again changes nothing."""
    return outage_shown(outages.end(outage=_outage(id), person=signed_in(request), now=timezone.now()))


@router.post("/{int:id}/withdraw", response=OutageOut, summary="Withdraw an outage")
def withdraw(request: HttpRequest, id: int) -> Any:
    """It does not stand, and those who were told of it hear so."""
    return outage_shown(outages.withdraw(outage=_outage(id), person=signed_in(request), now=timezone.now()))


@router.post("/{int:id}/move-bookings", response=Left, summary="Move the struck bookings")
def move_bookings(request: HttpRequest, id: int) -> Any:
    """Every struck booking is moved to the nearest free time by the rules; those that find none stand."""
    found, person = _outage(id), signed_in(request)
    outages.require_steward(person, found.instrument)
    before = found.struck.filter(outcome=StruckBooking.Outcome.TOLD).count()
    left = outages.clear(outage=found, person=person, now=timezone.now())
    return {"done": before - len(left), "left": [one.booking_id for one in left]}


@router.post("/{int:id}/cancel-bookings", response=Left, summary="Cancel the struck bookings")
def cancel_bookings(request: HttpRequest, id: int) -> Any:
    """Every struck booking is cancelled with the outage as its reason; those in use or over stand."""
    found, person = _outage(id), signed_in(request)
    outages.require_steward(person, found.instrument)
    done = outages.cancel_all(outage=found, person=person, now=timezone.now())
    left = found.struck.filter(outcome=StruckBooking.Outcome.TOLD).values_list("booking", flat=True)
    return {"done": done, "left": list(left)}


def _rows(person: Person, instrument: str) -> QuerySet[Any]:
    rows = Outage.objects.select_related("instrument").annotate(open=OPEN)
    if instrument:
        return rows.filter(instrument=_instrument(instrument))
    return rows.filter(instrument__in=belonging.looked_after_by(person))


OPEN = Count("struck", filter=Q(struck__outcome=StruckBooking.Outcome.TOLD))
"""How many bookings an outage strikes of which nothing became yet."""


def _instrument(key: str) -> Instrument:
    found: Instrument = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    return found


def _outage(id: int) -> Any:
    rows = Outage.objects.select_related("instrument__facility", "instrument__institution").annotate(open=OPEN)
    return get_object_or_404(rows, pk=id)


def outage_shown(changed: Outage) -> dict[str, Any]:
    """The outage as it stands for its steward."""
    return _shown(_outage(changed.pk), True)


def _shown(one: Any, cared: bool) -> dict[str, Any]:
    return {
        "id": one.pk, "instrument": one.instrument.key, "kind": one.kind, "words": one.words, "start": one.starts_at,
        "end": one.ends_at, "position": one.position, "window": one.window_id, "withdrawn_at": one.withdrawn_at,
        "struck": one.open if cared else None, "synthetic": one.synthetic,
    }  # fmt: skip


def _window(one: MaintenanceWindow, now: datetime) -> dict[str, Any]:
    names = ("rule", "minutes", "kind", "words", "ended_at")
    coming = outages.next_starts(one, now, 3) if one.ended_at is None else []
    return {
        "id": one.pk, "instrument": one.instrument.key, "start": one.starts_at, "next_starts": coming,
        **{name: getattr(one, name) for name in names},
    }  # fmt: skip
