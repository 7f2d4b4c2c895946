"""/api/booking-plans: series, several instruments, approval, swap, booking terms, bookings from a file."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from liqi.access import approval, booking_import, series, swap, terms, together
from liqi.access.booking import Wanted
from liqi.access.models import Booking, Swap
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._once import Key, changes_nothing, keeps_key
from liqi.web.api._sent import Sent
from liqi.web.api.bookings import Held, any_booking, held, instruments_asked, person_named
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["bookings"], auth=SIGNED_IN)


class Period(Sent):
    """A period on an instrument."""

    instrument: str
    start: AwareDatetime
    end: AwareDatetime
    family: Annotated[str, Field(max_length=40)] = ""


class Several(Sent):
    """Periods that are booked all or none."""

    periods: Annotated[list[Period], Field(min_length=1, max_length=together.MOST)]
    title: Annotated[str, Field(max_length=200)] = ""
    need: Annotated[str, Field(max_length=5000)] = ""
    person: str = ""
    waive: list[str] = []
    reason: Annotated[str, Field(max_length=1000)] = ""


class Recurring(Several):
    """A first date that recurs by a rule of RFC 5545, on the clock of a time zone."""

    rule: Annotated[str, Field(max_length=500)]
    time_zone: Annotated[str, Field(max_length=60)]
    except_dates: Annotated[list[str], Field(max_length=series.MOST)] = []
    clash: Literal["refuse", "skip", "shift"] = "refuse"
    tolerance_minutes: Annotated[int, Field(ge=0, le=4320)] = 0


class Date(Schema):
    """One date of a series: free, taken, refused, shifted, skipped or booked."""

    occurrence: AwareDatetime
    start: AwareDatetime
    end: AwareDatetime
    state: str
    words: str


class MadeSeries(Schema):
    """A series with its bookings."""

    id: int
    rule: str
    bookings: list[Held]
    dates: list[Date]


class Words(Sent):
    """What the steward says, and the rules that they let pass with a reason."""

    words: Annotated[str, Field(max_length=2000)] = ""
    waive: list[str] = []
    reason: Annotated[str, Field(max_length=1000)] = ""


class Proposal(Sent):
    """Two bookings that are to change places."""

    given: int
    wanted: int
    words: Annotated[str, Field(max_length=2000)] = ""


class Proposed(Schema):
    """A proposal as it stands."""

    id: int
    given: int
    wanted: int
    state: str


class TermsOf(Sent):
    """Positions, buffers in minutes, set-up families and minutes between them, approval."""

    positions: int = 1
    before_minutes: int = 0
    after_minutes: int = 0
    families: list[str] = []
    setup_minutes: dict[str, dict[str, int]] = {}
    approval: Literal["never", "outside", "always"] = "never"
    approval_hours: int = 48


class Read(Schema):
    """One row of a file, and what becomes of it."""

    row: int
    state: str
    words: str
    start: str
    end: str


def _wanted(asked: Several) -> list[Wanted]:
    known = {each.key: each for each in instruments_asked().filter(key__in={row.instrument for row in asked.periods})}
    missing = [row.instrument for row in asked.periods if row.instrument not in known]
    if missing:
        words = _("Found no instrument “%(found)s”; expected its key, as in its address.")
        raise ValueError(words % {"found": missing[0][:80]})
    return [Wanted(known[row.instrument], row.start, row.end, row.family) for row in asked.periods]


def _who(request: HttpRequest, asked: Several) -> dict[str, Any]:
    me = signed_in(request)
    return {
        "person": person_named(asked.person) or me, "made_by": me if asked.person else None, "now": timezone.now(),
        "waive": asked.waive, "reason": asked.reason,
    }  # fmt: skip


def _dates(dates: list[series.Date]) -> list[dict[str, Any]]:
    return [
        {"occurrence": date.occurrence_at, "start": date.starts_at, "end": date.ends_at, "state": date.state,
         "words": date.words}
        for date in dates
    ]  # fmt: skip


@router.post("/together", response={201: list[Held], 200: list[Held]}, summary="Book several instruments")
@keeps_key
def book_together(request: HttpRequest, asked: Several, idempotency_key: Key = "") -> Any:
    """All periods are held under one order, or none: 201 when this request made them, 200 when they were there."""
    who = _who(request, asked)
    made = together.book(
        _wanted(asked), title=asked.title, need=asked.need, request_key=idempotency_key, **who
    )  # fmt: skip
    return Status(201 if made[0].created_at == who["now"] else 200, [held(booking) for booking in made])


def _recurring(asked: Recurring) -> dict[str, Any]:
    return {
        "rule": asked.rule, "time_zone": asked.time_zone, "except_dates": asked.except_dates, "clash": asked.clash,
        "tolerance": timedelta(minutes=asked.tolerance_minutes),
    }  # fmt: skip


@router.post("/series/preview", response=list[Date], summary="Look at the dates of a series")
@changes_nothing
def preview_series(request: HttpRequest, asked: Recurring) -> Any:
    """What would become of each date now; nothing is held."""
    return _dates(series.preview(_wanted(asked), **_recurring(asked), **_who(request, asked)))


@router.post("/series", response={201: MadeSeries, 200: MadeSeries}, summary="Book a series")
@keeps_key
def book_series(request: HttpRequest, asked: Recurring, idempotency_key: Key = "") -> Any:
    """Every date is held, or with the clash policy those that can be: 201 when this request made the series."""
    who = _who(request, asked)
    made = series.book(
        _wanted(asked), title=asked.title, need=asked.need, request_key=idempotency_key, **_recurring(asked), **who
    )  # fmt: skip
    facts = {
        "id": made.series.pk, "rule": made.series.rule, "bookings": [held(each) for each in made.bookings],
        "dates": _dates(made.dates),
    }  # fmt: skip
    return Status(201 if made.series.created_at == who["now"] else 200, facts)


@router.get("/requests", response=Page[Held], summary="Requests that wait for my answer")
def requests(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The requests on the instruments that one looks after, oldest first; `expires_at` says until when."""
    found, following = page(approval.waiting_for(signed_in(request)).select_related("instrument", "order"), paged)
    return {"items": [held(booking) for booking in found], "next": following}


@router.post("/requests/{int:id}/approve", response=Held, summary="Approve a request")
def approve(request: HttpRequest, id: int, said: Words) -> Any:
    """The requested booking is confirmed."""
    done = approval.approve(
        booking=any_booking(id), person=signed_in(request), now=timezone.now(), words=said.words, waive=said.waive,
        reason=said.reason,
    )  # fmt: skip
    return held(done)


@router.post("/requests/{int:id}/refuse", response=Held, summary="Refuse a request")
def refuse(request: HttpRequest, id: int, said: Words) -> Any:
    """The requested booking is refused and its time is free."""
    return held(
        approval.refuse(booking=any_booking(id), person=signed_in(request), now=timezone.now(), words=said.words)
    )  # fmt: skip


@router.post("/swaps", response={201: Proposed}, summary="Propose a swap")
def propose(request: HttpRequest, asked: Proposal) -> Any:
    """The owner of the other booking is asked to change places."""
    made = swap.propose(
        given=any_booking(asked.given), wanted=any_booking(asked.wanted), person=signed_in(request), now=timezone.now(),
        words=asked.words,
    )  # fmt: skip
    return Status(201, _proposed(made))


@router.post("/swaps/{int:id}/{answer}", response=Proposed, summary="Answer a swap")
def answer_swap(request: HttpRequest, id: int, answer: Literal["accept", "decline", "withdraw"]) -> Any:
    """The two have changed places, or the proposal is closed."""
    proposal = get_object_or_404(Swap.objects.select_related("given__instrument", "wanted__instrument"), pk=id)
    verb = {"accept": swap.accept, "decline": swap.decline, "withdraw": swap.withdraw}[answer]
    return _proposed(verb(proposal=proposal, person=signed_in(request), now=timezone.now()))


def _proposed(found: Swap) -> dict[str, Any]:
    return {"id": found.pk, "given": found.given_id, "wanted": found.wanted_id, "state": found.state}


@router.get("/terms/{key}", auth=None, response=TermsOf, summary="Booking terms of an instrument")
def show_terms(request: HttpRequest, key: str) -> Any:
    """The terms that hold for it: its own, its facility's, or the usual ones."""
    own = terms.of(get_object_or_404(Instrument, key=key))
    minute = timedelta(minutes=1)
    return {
        "positions": own.positions, "before_minutes": own.before // minute, "after_minutes": own.after // minute,
        "families": list(own.families), "setup_minutes": own.setup, "approval": own.approval,
        "approval_hours": own.approval_time // timedelta(hours=1),
    }  # fmt: skip


@router.put("/terms/{key}", response=TermsOf, summary="Set the booking terms of an instrument")
def set_terms(request: HttpRequest, key: str, asked: TermsOf) -> Any:
    """A steward's terms hold for every booking from now on."""
    instrument = get_object_or_404(Instrument, key=key)
    terms.change(instrument, person=signed_in(request), now=timezone.now(), **asked.dict())
    return show_terms(request, key)


@router.post("/import", response={201: list[Held], 200: list[Read]}, summary="Bookings from a file")
def take_file(
    request: HttpRequest, file: File[UploadedFile], instrument: str = "", dry_run: bool = False
) -> Any:  # fmt: skip
    """Every row of the CSV, XLSX, ODS or iCalendar file is booked, or none; ``dry_run`` looks at each row only."""
    data, now = (file.read() or b""), timezone.now()
    rows = booking_import.read(data, instrument=instrument)
    if dry_run:
        seen = booking_import.preview(rows, person=signed_in(request), now=now)
        return Status(200, [
            {"row": row.number, "state": row.state, "words": row.words, "start": row.start, "end": row.end}
            for row in seen
        ])  # fmt: skip
    made = booking_import.take(rows, person=signed_in(request), now=now)
    keys = dict(Booking.objects.filter(pk__in=[each.pk for each in made]).values_list("pk", "order__key"))
    assert len(keys) == len({each.pk for each in made})
    return Status(201, [held(booking) for booking in made])
