"""/api/waiting: wishes, offers and the line of an instrument; the first time for a whole job, and its booking."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import belonging, waiting, whole_job
from liqi.access.models import Offer, Wish
from liqi.access.whole_job import At, JobStep, Way
from liqi.accounts.membership import NotAllowed
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._once import Key, changes_nothing, keeps_key
from liqi.web.api._sent import Sent
from liqi.web.api.bookings import Held, held
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["waiting"], auth=SIGNED_IN)


class WishIn(Sent):
    """Any of these instruments for so many minutes between two moments."""

    instruments: Annotated[list[str], Field(min_length=1, max_length=20)]
    earliest: AwareDatetime
    latest: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=1_000_000)]
    standby: bool = False
    automatic: bool = False
    title: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=5000)] = ""


class WishOut(Schema):
    """A wish as it stands: waiting, met, withdrawn or over."""

    id: int
    instruments: list[str]
    earliest: AwareDatetime
    latest: AwareDatetime
    minutes: int
    standby: bool
    automatic: bool
    state: str
    order: str
    joined: AwareDatetime


class HeldOffer(Schema):
    """A time that is held until ``expires``."""

    id: int
    wish: int
    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    expires: AwareDatetime
    state: str


class TurnOut(Schema):
    """A place in the line and what gave it."""

    place: int
    wish: int
    person: str
    priority: int
    offers_lately: int
    hours_lately: int
    joined: AwareDatetime


class StepIn(Sent):
    """One step: instruments by key, or a technique or class, for so many minutes, so long after the step before."""

    instruments: Annotated[list[str], Field(max_length=50)] = []
    technique: Annotated[str, Field(max_length=80)] = ""
    class_code: Annotated[str, Field(max_length=12)] = ""
    minutes: Annotated[int, Field(ge=1, le=1_000_000)]
    name: Annotated[str, Field(max_length=120)] = ""
    shortest_gap_minutes: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    longest_gap_minutes: Annotated[int | None, Field(ge=0, le=1_000_000)] = None


class JobIn(Sent):
    """A whole job within two moments."""

    steps: Annotated[list[StepIn], Field(min_length=1, max_length=8)]
    not_before: AwareDatetime
    not_after: AwareDatetime
    place: Annotated[str, Field(max_length=60)] = ""
    count: Annotated[int, Field(ge=1, le=10)] = 3


class PlacedStep(Sent):
    """A step at its time."""

    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    others: list[str] = []


class WayOut(Schema):
    """One way to do the whole job."""

    start: AwareDatetime
    end: AwareDatetime
    steps: list[PlacedStep]


class BookIn(Sent):
    """The steps of a way, to be booked all or none."""

    steps: Annotated[list[PlacedStep], Field(min_length=1, max_length=8)]
    title: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=5000)] = ""


@router.get("", response=Page[WishOut], summary="My wishes")
def mine(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The wishes of the person, oldest first."""
    found, after = page(_wishes().filter(person=signed_in(request)), paged)
    return {"items": [wish_shown(wish) for wish in found], "next": after}


@router.post("", response={201: WishOut, 200: WishOut}, summary="Join the waiting list")
@keeps_key
def join(
    request: HttpRequest,
    wish: WishIn,
    response: HttpResponse,
    idempotency_key: Key = "",
) -> Any:
    """The person waits: 201 when this request made the wish, 200 when it was there. What is free is offered at once."""
    now = timezone.now()
    chosen = _instruments(wish.instruments)
    made = waiting.join(
        person=signed_in(request), instruments=chosen, earliest_at=wish.earliest, latest_at=wish.latest,
        minutes=wish.minutes, standby=wish.standby, automatic=wish.automatic, title=wish.title, need=wish.need,
        now=now, request_key=idempotency_key,
    )  # fmt: skip
    waiting.offer_free(now=now, instruments=chosen)
    response["Location"] = f"/api/waiting/{made.pk}"
    return Status(201 if made.created_at == now else 200, wish_shown(_wishes().get(pk=made.pk)))


@router.get("/offers", response=Page[HeldOffer], summary="What is held for me")
def offers(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The open offers of the person, oldest first; `expires` says until when each is held."""
    found, after = page(_offers().filter(wish__person=signed_in(request), state=Offer.State.OPEN), paged)
    return {"items": [_offer(offer) for offer in found], "next": after}


@router.post("/offers/{int:id}/accept", response=Held, summary="Take an offered time")
def accept(request: HttpRequest, id: int) -> Any:
    """The offered time is booked; again gives the same booking."""
    offer = get_object_or_404(_offers(), pk=id)
    return held(waiting.accept(offer=offer, person=signed_in(request), now=timezone.now()))


@router.post("/offers/{int:id}/refuse", response=HeldOffer, summary="Let an offered time go")
def refuse(request: HttpRequest, id: int) -> Any:
    """The time goes to the next in line; the wish goes on waiting."""
    offer = get_object_or_404(_offers(), pk=id)
    return _offer(waiting.refuse(offer=offer, person=signed_in(request), now=timezone.now()))


@router.get("/line", response=Page[TurnOut], summary="Who waits for an instrument")
def line(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str) -> Any:
    """The line of the instrument by wish, `place` 1 is next; for its stewards."""
    thing, person = get_object_or_404(Instrument, key=instrument), signed_in(request)
    if not belonging.looks_after(person, thing):
        raise NotAllowed(
            _("Only the stewards of %(thing)s see who waits for it; ask one of them.") % {"thing": called(thing)}
        )
    turns = enumerate(waiting.line(thing, now=timezone.now()), 1)
    found, following = among(turns, paged, lambda one: one[1].wish.pk)
    items = [
        {
            "place": place, "wish": turn.wish.pk, "person": str(turn.wish.person), "priority": turn.wish.priority,
            "offers_lately": turn.offers, "hours_lately": turn.hours, "joined": turn.wish.created_at,
        }
        for place, turn in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post("/whole-job/search", response=list[WayOut], summary="First time for a whole job")
@changes_nothing
def search(request: HttpRequest, job: JobIn) -> Any:
    """The ways to do all steps, the one that is over first on top; 409 says which step has no time and why."""
    steps = [
        JobStep(
            tuple(
                whole_job.candidates(
                    keys=each.instruments, technique=each.technique, class_code=each.class_code, place=job.place
                )
            ),
            each.minutes, each.name or each.technique or each.class_code, each.shortest_gap_minutes,
            each.longest_gap_minutes,
        )
        for each in job.steps
    ]  # fmt: skip
    ways = whole_job.first(
        steps, person=signed_in(request), now=timezone.now(), not_before=job.not_before, not_after=job.not_after,
        count=job.count,
    )  # fmt: skip
    return [
        {"start": way.starts_at, "end": way.ends_at, "steps": [_placed(each) for each in way.steps]} for way in ways
    ]


@router.post("/whole-job", response={201: list[Held], 200: list[Held]}, summary="Book a whole job")
@keeps_key
def book(request: HttpRequest, job: BookIn, idempotency_key: Key = "") -> Any:
    """Every step is booked under one order, or none is: 201 when this request made them, 200 when they were there."""
    now = timezone.now()
    known = {one.key: one for one in _instruments([each.instrument for each in job.steps])}
    steps = []
    for each in job.steps:
        one, length = known[each.instrument], each.end - each.start
        steps.append(At(JobStep((one,), int(length.total_seconds() // 60)), one, (), each.start, each.end))
    made = whole_job.book(
        way=Way(tuple(steps)), person=signed_in(request), now=now, title=job.title, need=job.need,
        request_key=idempotency_key,
    )  # fmt: skip
    return Status(201 if made[0].created_at == now else 200, [held(booking) for booking in made])


@router.get("/{int:id}", response=WishOut, summary="One wish")
def show(request: HttpRequest, id: int) -> Any:
    """A wish of the person."""
    return wish_shown(get_object_or_404(_wishes(), pk=id, person=signed_in(request)))


@router.delete("/{int:id}", response={204: None}, summary="Stop waiting")
def withdraw(request: HttpRequest, id: int) -> Any:
    """The wish is off the list, and what was offered to it is free again."""
    waiting.withdraw(wish=get_object_or_404(_wishes(), pk=id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


def _instruments(keys: list[str]) -> list[Instrument]:
    """The instruments of these keys in this order; 404 for a key that is not there."""
    found = {one.key: one for one in Instrument.objects.select_related("institution", "facility").filter(key__in=keys)}
    for key in keys:
        if key not in found:
            get_object_or_404(Instrument, key=key)
    return [found[key] for key in dict.fromkeys(keys)]


def _wishes() -> QuerySet[Wish]:
    return Wish.objects.select_related("order", "person").prefetch_related("instruments")


def _offers() -> QuerySet[Offer]:
    return Offer.objects.select_related(
        "wish__person", "booking__instrument__institution", "booking__order__project", "booking__person",
        "booking__organisation",
    )  # fmt: skip


def wish_shown(wish: Wish) -> dict[str, Any]:
    """The wish as the interface shows it."""
    return {
        "id": wish.pk, "instruments": [one.key for one in wish.instruments.all()], "earliest": wish.earliest_at,
        "latest": wish.latest_at, "minutes": wish.minutes, "standby": wish.standby, "automatic": wish.automatic,
        "state": wish.state, "order": wish.order.key, "joined": wish.created_at,
    }  # fmt: skip


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.pk, "wish": offer.wish_id, "instrument": offer.booking.instrument.key,
        "start": offer.booking.starts_at, "end": offer.booking.ends_at, "expires": offer.expires_at,
        "state": offer.state,
    }  # fmt: skip


def _placed(each: At) -> dict[str, Any]:
    others = [one.key for one in each.others]
    return {"instrument": each.instrument.key, "start": each.starts_at, "end": each.ends_at, "others": others}
