"""/api/bookings: book, move, cancel, take back; the calendar feed and free periods."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Header, Query, Router, Schema, Status
from ninja.security import django_auth
from pydantic import AwareDatetime, Field

from liqi.access import booking as bookings
from liqi.access import calendar, free
from liqi.access.models import Booking, Order
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

router = Router(tags=["bookings"], auth=django_auth)

LONGEST_FEED = timedelta(days=93)
MOST = 500


class Wish(Schema):
    """A period on an instrument; ``order`` puts it under a thread that is there already."""

    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    title: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=5000)] = ""
    order: str | None = None
    waive: list[str] = []


class Change(Schema):
    """A new period, or a new state: cancelled, or confirmed to take a cancellation back."""

    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    state: Literal["confirmed", "cancelled"] | None = None
    waive: list[str] = []


class Held(Schema):
    """A booking as it stands."""

    id: int
    instrument: str
    order: str
    start: AwareDatetime
    end: AwareDatetime
    state: str
    synthetic: bool


class FreePeriod(Schema):
    """A free period."""

    start: AwareDatetime
    end: AwareDatetime


def held(booking: Booking) -> dict[str, Any]:
    """The booking as the interface shows it."""
    return {
        "id": booking.pk,
        "instrument": booking.instrument.key,
        "order": booking.order.key,
        "start": booking.starts_at,
        "end": booking.ends_at,
        "state": booking.state,
        "synthetic": booking.synthetic,
    }


@router.post("", response={201: Held, 200: Held}, summary="Book an instrument")
def book(
    request: HttpRequest,
    wish: Wish,
    response: HttpResponse,
    idempotency_key: Annotated[str, Header(max_length=80)] = "",
) -> Any:
    """The instrument is held for the period: 201 when this request made the booking, 200 when it was there.

    Send the same ``Idempotency-Key`` with a repeated request, and nothing is booked twice.
    """
    now, person = timezone.now(), _person(request)
    order = get_object_or_404(Order, key=wish.order) if wish.order else None
    made = bookings.book(
        instrument=get_object_or_404(_instruments(), key=wish.instrument),
        person=person,
        starts_at=wish.start,
        ends_at=wish.end,
        now=now,
        order=order,
        title=wish.title,
        need=wish.need,
        request_key=idempotency_key,
        waive=wish.waive,
    )
    response["Location"] = f"/api/bookings/{made.pk}"
    return Status(201 if made.created_at == now else 200, held(made))


@router.get("", response=list[Held], summary="My bookings")
def mine(request: HttpRequest, after: int = 0, limit: Annotated[int, Query(ge=1, le=MOST)] = 100) -> Any:
    """The person's bookings by id; pass the last id as ``after`` for the next page."""
    rows = Booking.objects.of(_person(request)).filter(pk__gt=after).select_related("order").order_by("pk")
    return [held(booking) for booking in rows.prefetch_related(Prefetch("instrument", _instruments()))[:limit]]


@router.get("/feed", auth=None, summary="Events of a period")
def feed(
    request: HttpRequest, start: AwareDatetime, end: AwareDatetime, instrument: Annotated[list[str], Query()]
) -> Any:
    """Who holds these instruments in [start, end), at most 93 days; for visitors without names."""
    if not timedelta(0) < end - start <= LONGEST_FEED:
        raise ValueError(f"found {end - start} between start and end; ask for more than nothing and at most 93 days.")
    asked = Instrument.objects.filter(key__in=instrument[:MOST]).only("pk", "key", "facility_id")
    person = request.user if isinstance(request.user, Person) else None
    return calendar.events(asked, start, end, person=person)


@router.get("/free", auth=None, response=list[FreePeriod], summary="Next free periods")
def next_free(
    request: HttpRequest,
    instrument: str,
    count: Annotated[int, Query(ge=1, le=50)] = 5,
    minutes: Annotated[int | None, Query(ge=1, le=100_000)] = None,
) -> Any:
    """The next free periods of the instrument, of so many minutes or of the shortest length it allows."""
    asked = get_object_or_404(_instruments(), key=instrument)
    slots = free.next_slots(asked, count, now=timezone.now(), minutes=minutes)
    return [{"start": start, "end": end} for start, end in slots]


@router.get("/{int:id}", response=Held, summary="One booking")
def show(request: HttpRequest, id: int) -> Any:
    """A booking of the person."""
    return held(_mine(request, id))


@router.patch("/{int:id}", response=Held, summary="Move, cancel or take back")
def change(request: HttpRequest, id: int, change: Change) -> Any:
    """The booking has the new period or the new state."""
    booking, person, now = _any(id), _person(request), timezone.now()
    if change.state == "cancelled":
        return held(bookings.cancel(booking=booking, person=person, now=now))
    if change.state == "confirmed" and not booking.is_live:
        booking = bookings.restore(booking=booking, person=person, now=now)
    if change.start or change.end:
        starts_at, ends_at = change.start or booking.starts_at, change.end or booking.ends_at
        booking = bookings.move(
            booking=booking, person=person, starts_at=starts_at, ends_at=ends_at, now=now, waive=change.waive
        )
    return held(booking)


@router.delete("/{int:id}", response={204: None}, summary="Cancel")
def cancel(request: HttpRequest, id: int) -> Any:
    """The booking holds its instrument no longer."""
    bookings.cancel(booking=_any(id), person=_person(request), now=timezone.now())
    return Status(204, None)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


ASKED = (
    *("key", "name", "facility_id", "bookable", "shared", "status", "opening_hours", "time_zone"),
    *(
        "min_minutes",
        "max_minutes",
        "notice_minutes",
        "horizon_days",
        "institution__name",
        "institution__organisation_id",
    ),
)


def _instruments() -> QuerySet[Instrument]:
    """Instruments with what the rules ask, and nothing else: reading fifty columns costs more than booking."""
    return Instrument.objects.select_related("institution").only(*ASKED)


def _any(id: int) -> Booking:
    rows = Booking.objects.select_related("order", "person", "organisation")
    return get_object_or_404(rows.prefetch_related(Prefetch("instrument", _instruments())), pk=id)


def _mine(request: HttpRequest, id: int) -> Booking:
    return get_object_or_404(Booking.objects.of(_person(request)).select_related("order", "instrument"), pk=id)
