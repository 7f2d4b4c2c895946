"""/api/bookings: book, move, cancel, take back; the calendar feed and free periods."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import booking as bookings
from liqi.access import calendar, free, series
from liqi.access.models import Booking, Order
from liqi.accounts import rows
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._once import Key, keeps_key
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import ANYBODY, SIGNED_IN

router = Router(tags=["bookings"], auth=SIGNED_IN)

LONGEST_FEED = timedelta(days=93)
MOST = 500


class Wish(Sent):
    """A period on an instrument; ``order`` puts it under a thread that is there already."""

    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    title: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=5000)] = ""
    order: str | None = None
    family: Annotated[str, Field(max_length=40)] = ""
    person: str = ""
    """The address of whom it is for; only a steward books for others."""
    waive: list[str] = []
    reason: Annotated[str, Field(max_length=1000)] = ""


class Change(Sent):
    """A new period, or a new state: cancelled, or confirmed to take a cancellation back."""

    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    instrument: str | None = None
    state: Literal["confirmed", "cancelled"] | None = None
    scope: Literal["this", "following", "all"] = "this"
    """How much of its series changes with it."""
    clash: Literal["refuse", "skip", "shift"] = "refuse"
    tolerance_minutes: Annotated[int, Field(ge=0, le=4320)] = 0
    seen_start: AwareDatetime | None = None
    """Where the caller saw it; when it was moved since, the change is refused and not lost."""
    waive: list[str] = []
    reason: Annotated[str, Field(max_length=1000)] = ""


class Held(Schema):
    """A booking as it stands."""

    id: int
    instrument: str
    order: str
    start: AwareDatetime
    end: AwareDatetime
    state: str
    position: int
    held_from: AwareDatetime
    held_until: AwareDatetime
    family: str
    series: int | None
    together: str
    expires_at: AwareDatetime | None
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
        "position": booking.position,
        "held_from": booking.held_from,
        "held_until": booking.held_until,
        "family": booking.family,
        "series": booking.series_id,
        "together": booking.together,
        "expires_at": booking.expires_at,
        "synthetic": booking.synthetic,
    }


@router.post("", response={201: Held, 200: Held}, summary="Book an instrument")
@keeps_key
def book(
    request: HttpRequest,
    wish: Wish,
    response: HttpResponse,
    idempotency_key: Key = "",
) -> Any:
    """The instrument is held for the period: 201 when this request made the booking, 200 when it was there.

    Send the same ``Idempotency-Key`` with a repeated request, and nothing is booked twice.
    """
    now, person = timezone.now(), signed_in(request)
    order = get_object_or_404(Order, key=wish.order) if wish.order else None
    made = bookings.book(
        instrument=_instrument(wish.instrument),
        person=person_named(wish.person) or person,
        made_by=person if wish.person else None,
        starts_at=wish.start,
        ends_at=wish.end,
        now=now,
        order=order,
        title=wish.title,
        need=wish.need,
        family=wish.family,
        request_key=idempotency_key,
        waive=wish.waive,
        reason=wish.reason,
    )
    response["Location"] = f"/api/bookings/{made.pk}"
    return Status(201 if made.created_at == now else 200, held(made))


@router.get("", response=Page[Held], summary="My bookings")
def mine(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The person's bookings by number."""
    mine = Booking.objects.of(signed_in(request)).select_related("order")
    found, following = page(mine.prefetch_related(Prefetch("instrument", instruments_asked())), paged)
    return {"items": [held(booking) for booking in found], "next": following}


class Event(Schema):
    """A booking as the calendar shows it: who to those signed in, what for to the person and the stewards."""

    id: int
    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    person: str
    title: str
    order: str
    mine: bool
    changeable: bool
    synthetic: bool
    state: str
    position: int
    held_from: AwareDatetime
    held_until: AwareDatetime


@router.get("/feed", auth=ANYBODY, response=list[Event], summary="Events of a period")
def feed(
    request: HttpRequest, start: AwareDatetime, end: AwareDatetime, instrument: Annotated[list[str], Query()]
) -> Any:
    """Who holds these instruments in [start, end), at most 93 days; for visitors without names."""
    if not timedelta(0) < end - start <= LONGEST_FEED:
        words = _("Found %(start)s to %(end)s; expected an end after the start and at most %(most)s days between.")
        raise ValueError(words % {"start": start.isoformat(), "end": end.isoformat(), "most": LONGEST_FEED.days})
    asked = Instrument.objects.filter(key__in=instrument[:MOST]).only("pk", "key", "facility_id")
    person = request.user if isinstance(request.user, Person) else None
    # written as it is: to check thousands of events one by one costs more than to find them
    return JsonResponse(calendar.events(asked, start, end, person=person), safe=False)


@router.get("/free", auth=None, response=list[FreePeriod], summary="Next free periods")
def next_free(
    request: HttpRequest,
    instrument: str,
    count: Annotated[int, Query(ge=1, le=50)] = 5,
    minutes: Annotated[int | None, Query(ge=1, le=100_000)] = None,
) -> Any:
    """The next free periods of the instrument, of so many minutes or of the shortest length it allows."""
    asked = _instrument(instrument)
    slots = free.next_slots(asked, count, now=timezone.now(), minutes=minutes)
    return [{"start": start, "end": end} for start, end in slots]


@router.get("/{int:id}", response=Held, summary="One booking")
def show(request: HttpRequest, id: int) -> Any:
    """A booking of the person."""
    return held(_mine(request, id))


@router.patch("/{int:id}", response=Held, summary="Move, cancel or take back")
def change(request: HttpRequest, id: int, change: Change) -> Any:
    """The booking, or its series within the scope, has the new period or the new state."""
    booking, person, now = any_booking(id), signed_in(request), timezone.now()
    if change.seen_start is not None:
        length = booking.ends_at - booking.starts_at
        booking.starts_at, booking.ends_at = change.seen_start, change.seen_start + length
    if change.state == "cancelled":
        if change.scope == "this":
            bookings.cancel(booking=booking, person=person, now=now)
        else:
            series.cancel(booking=booking, scope=change.scope, person=person, now=now)
        return held(booking)
    again = change.state == "confirmed" and not booking.is_live
    if again:
        if change.scope == "this":
            bookings.restore(booking=booking, person=person, now=now)
        else:
            series.restore(booking=booking, scope=change.scope, person=person, now=now)
    if change.start or change.end or change.instrument:
        _move(booking, change, person, now)
    elif not again:
        return held(_mine(request, id))
    return held(booking)


def _move(booking: Booking, change: Change, person: Person, now: datetime) -> None:
    starts_at, ends_at = change.start or booking.starts_at, change.end or booking.ends_at
    if change.scope == "this":
        target = _instrument(change.instrument) if change.instrument else None
        bookings.move(
            booking=booking, person=person, starts_at=starts_at, ends_at=ends_at, now=now, instrument=target,
            waive=change.waive, reason=change.reason,
        )  # fmt: skip
    else:
        series.move(
            booking=booking, scope=change.scope, person=person, starts_at=starts_at, ends_at=ends_at, now=now,
            clash=change.clash, tolerance=timedelta(minutes=change.tolerance_minutes), waive=change.waive,
            reason=change.reason,
        )  # fmt: skip


@router.delete("/{int:id}", response={204: None}, summary="Cancel")
def cancel(request: HttpRequest, id: int) -> Any:
    """The booking holds its instrument no longer."""
    bookings.cancel(booking=any_booking(id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


def person_named(email: str) -> Person | None:
    """The person with this address; None for none, 404 for one that no account has."""
    return get_object_or_404(Person, email=email.strip().lower(), is_active=True) if email else None


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


def instruments_asked() -> QuerySet[Instrument]:
    """Instruments with what the rules ask, and nothing else: reading fifty columns costs more than booking."""
    return Instrument.objects.select_related("institution").only(*ASKED)


ONE_ASKED = rows.Lookup(instruments_asked, by="key")


def _instrument(key: str) -> Instrument:
    """The instrument of this key with what the rules ask; 404 where there is none."""
    found = ONE_ASKED.find(key)
    if found is None:
        raise Http404(_("Found no instrument %(key)s; take its key from its address.") % {"key": key[:120]})
    return found


def any_booking(id: int) -> Booking:
    """The booking of this number with what its verbs ask; 404 where there is none."""
    near = Booking.objects.select_related("order", "person", "organisation")
    return get_object_or_404(near.prefetch_related(Prefetch("instrument", instruments_asked())), pk=id)


def _mine(request: HttpRequest, id: int) -> Booking:
    return get_object_or_404(Booking.objects.of(signed_in(request)).select_related("order", "instrument"), pk=id)
