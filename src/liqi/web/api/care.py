"""/api/care: what falls due and was done, warranties and contracts, what is fitted and what bookings need."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import belonging
from liqi.access.care import fittings, plans
from liqi.access.models import Booking, Fitting, MaintenancePlan, ServiceContract
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)


class DoneIn(Sent):
    """What was done under a plan, by whom, on which day; a check that failed does not begin the plan anew."""

    done_on: date
    done_by: Annotated[str, Field(min_length=1, max_length=120)]
    words: Annotated[str, Field(min_length=1, max_length=2000)]
    result: Literal["passed", "limited", "failed"] = "passed"
    parts: Annotated[str, Field(max_length=500)] = ""
    cost_cny: Annotated[Decimal | None, Field(ge=0, max_digits=12, decimal_places=2)] = None
    certificate_number: Annotated[str, Field(max_length=80)] = ""


class DoneOut(Schema):
    """A record of maintenance."""

    id: int
    plan: int
    done_on: date
    result: str


class FitIn(Sent):
    """What is fitted from now on: one of the choices."""

    value: Annotated[str, Field(max_length=80)]
    words: Annotated[str, Field(max_length=200)] = ""


class NewFitting(Sent):
    """Something that is changed on an instrument, such as its column, and what can be fitted."""

    instrument: str
    name: Annotated[str, Field(min_length=1, max_length=80)]
    choices: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=40)]


class FittingOut(Schema):
    """A fitting and its choices; one that is `ended` is kept no longer."""

    id: int
    instrument: str
    name: str
    choices: list[str]
    ended: bool


class NeedIn(Sent):
    """What a booking needs to be fitted: one of the choices, blank for nothing in particular."""

    booking: Number
    value: Annotated[str, Field(max_length=80)] = ""


class ContractIn(Sent):
    """A warranty or service contract of an instrument, from its first day to its last."""

    instrument: str
    provider: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["warranty", "contract"] = "contract"
    number: Annotated[str, Field(max_length=80)] = ""
    starts_on: date
    ends_on: date
    cost_cny: Annotated[Decimal | None, Field(ge=0, max_digits=12, decimal_places=2)] = None


class ContractOut(ContractIn):
    """A warranty or service contract that is on record."""

    id: int
    synthetic: bool


class DueOut(Schema):
    """How far a plan is: overdue, soon or fine."""

    id: int
    instrument: str
    plan: str
    kind: str
    state: str
    due_on: date | None
    days_left: int | None
    hours_used: Decimal
    hours_left: Decimal | None


class FittedOut(Schema):
    """What is fitted, and what the next booking needs where that is something else."""

    id: int
    fitting: str
    choices: list[str]
    value: str
    since: AwareDatetime | None
    next_needs: str


@router.get("/maintenance", response=Page[DueOut], summary="What falls due")
def due(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The plans of the instruments in one's care by number; `state` says which are overdue or soon due."""
    mine = MaintenancePlan.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    found, following = among(plans.due_list(mine, now=timezone.now()), paged, lambda one: one.plan.pk)
    items = [
        {
            "id": one.plan.pk, "instrument": one.plan.instrument.key,
            "plan": one.plan.name, "kind": one.plan.kind, "state": one.state,
            "due_on": one.plan.due_on, "days_left": one.days_left, "hours_used": one.hours,
            "hours_left": one.hours_left,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post("/maintenance/{int:id}/done", response={201: DoneOut}, summary="Record what was done")
def done(request: HttpRequest, id: int, sent: DoneIn) -> Any:
    """The record stands and its plan counts anew; a certificate is added on the page of the instrument."""
    plan = get_object_or_404(MaintenancePlan.objects.select_related("instrument"), pk=id)
    made = plans.record(
        instrument=plan.instrument, plan=plan, person=signed_in(request), now=timezone.now(), **sent.dict()
    )
    return Status(201, {"id": made.pk, "plan": plan.pk, "done_on": made.done_on, "result": made.result})


@router.get("/fittings/{key}", response=Page[FittedOut], summary="What is fitted")
def fitted(request: HttpRequest, key: str, paged: Annotated[Paged, Query()]) -> Any:
    """What is on the instrument now."""
    instrument = get_object_or_404(Instrument, key=key)
    found, following = among(fittings.of(instrument, now=timezone.now()), paged, lambda one: one.fitting.pk)
    items = [
        {
            "id": one.fitting.pk, "fitting": one.fitting.name, "choices": one.fitting.choices,
            "value": one.state.value if one.state else "",
            "since": one.state.at if one.state else None, "next_needs": one.next_need.value if one.next_need else "",
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post("/fittings/{int:id}/fit", response={204: None}, summary="Say what is fitted")
def fit(request: HttpRequest, id: int, sent: FitIn) -> Any:
    """This is on the instrument from now on; for its stewards and who is in session on it."""
    fitting = get_object_or_404(Fitting.objects.select_related("instrument"), pk=id)
    fittings.fit(
        fitting=fitting, person=signed_in(request), value=sent.value, words=sent.words, now=timezone.now()
    )  # fmt: skip
    return Status(204, None)


@router.post("/fittings", response={201: FittingOut}, summary="Keep what is fitted")
def add(request: HttpRequest, sent: NewFitting) -> Any:
    """The instrument says from now on which of the choices is fitted; for its stewards."""
    instrument, facts = get_object_or_404(Instrument, key=sent.instrument), sent.dict(exclude={"instrument"})
    return Status(
        201, _fitting(fittings.add(instrument=instrument, person=signed_in(request), now=timezone.now(), **facts))
    )  # fmt: skip


@router.post("/fittings/{int:id}/end", response=FittingOut, summary="Keep what is fitted no longer")
def end(request: HttpRequest, id: int) -> Any:
    """The fitting is kept no longer; its history stays."""
    found = _found(id)
    fittings.end(fitting=found, person=signed_in(request), now=timezone.now())
    return _fitting(_found(id))


@router.post("/fittings/{int:id}/needs", response={204: None}, summary="Say what a booking needs")
def need(request: HttpRequest, id: int, sent: NeedIn) -> Any:
    """The stewards are reminded a day ahead; for who booked and the stewards."""
    booked = get_object_or_404(Booking.objects.live().select_related("instrument"), pk=sent.booking)
    fittings.need(
        booking=booked, fitting=_found(id), person=signed_in(request), value=sent.value, now=timezone.now()
    )  # fmt: skip
    return Status(204, None)


@router.get("/contracts", response=Page[ContractOut], summary="Warranties and contracts of my instruments")
def contracts(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Those of the instruments in one's care, past ones too."""
    rows = ServiceContract.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument"), paged)
    return {"items": [_contract(one) for one in found], "next": following}


@router.post("/contracts", response={201: ContractOut}, summary="Keep a warranty or contract")
def sign(request: HttpRequest, sent: ContractIn) -> Any:
    """It is on record, and the stewards hear 60 days before it ends."""
    instrument, facts = get_object_or_404(Instrument, key=sent.instrument), sent.dict(exclude={"instrument"})
    return Status(
        201, _contract(plans.sign(instrument=instrument, person=signed_in(request), now=timezone.now(), **facts))
    )  # fmt: skip


def _found(id: int) -> Fitting:
    found: Fitting = get_object_or_404(Fitting.objects.select_related("instrument"), pk=id)
    return found


def _fitting(one: Fitting) -> dict[str, Any]:
    facts = {"id": one.pk, "instrument": one.instrument.key, "ended": one.ended_at is not None}
    return facts | {"name": one.name, "choices": one.choices}


def _contract(one: ServiceContract) -> dict[str, Any]:
    names = ("kind", "provider", "number", "starts_on", "ends_on", "cost_cny", "synthetic")
    return {"id": one.pk, "instrument": one.instrument.key} | {name: getattr(one, name) for name in names}
