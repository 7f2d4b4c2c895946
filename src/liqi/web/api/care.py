"""/api/care: incidents reported and closed, what falls due and was done, stock in and out, what is fitted."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access import belonging
from liqi.access.care import fittings, incidents, plans, stock
from liqi.access.models import Fitting, Incident, MaintenancePlan, Order, Session, StockItem, StockMovement
from liqi.catalogue.models import Instrument
from liqi.web import asked
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._once import Key, keeps_key
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)


class ReportIn(Schema):
    """What went wrong at an instrument."""

    instrument: str
    words: Annotated[str, Field(min_length=1, max_length=2000)]
    severity: str = "minor"
    happened: AwareDatetime | None = None


class IncidentOut(Schema):
    """An incident; ``closed`` and ``lesson`` are empty while it is open."""

    id: int
    instrument: str
    severity: str
    words: str
    reported: AwareDatetime
    closed: AwareDatetime | None
    lesson: str


class LessonIn(Schema):
    """What is done so that it does not happen again."""

    lesson: Annotated[str, Field(min_length=1, max_length=2000)]


class DoneIn(Schema):
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


class ReceiveIn(Schema):
    """So much of an item came in as a lot; a lot of that number grows."""

    number: Annotated[str, Field(min_length=1, max_length=60, description="The number of the lot")]
    quantity: Decimal
    expires_on: date | None = None
    place: Annotated[str, Field(max_length=120)] = ""
    words: Annotated[str, Field(max_length=200)] = ""


class FitIn(Schema):
    """What is fitted from now on: one of the choices."""

    value: Annotated[str, Field(max_length=80)]
    words: Annotated[str, Field(max_length=200)] = ""


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


class LevelOut(Schema):
    """What is left of an item and can be used."""

    id: int
    name: str
    unit: str
    left: Decimal
    expired: Decimal
    minimum: Decimal
    low: bool


class IssueIn(Schema):
    """So much of an item for a session or an order, or for neither."""

    quantity: Decimal
    session: int | None = None
    order: str = ""
    words: Annotated[str, Field(max_length=200)] = ""


class MovementOut(Schema):
    """A movement of a lot; below zero went out."""

    id: int
    lot: str
    kind: str
    quantity: Decimal


class FittedOut(Schema):
    """What is fitted, and what the next booking needs where that is something else."""

    id: int
    fitting: str
    choices: list[str]
    value: str
    since: AwareDatetime | None
    next_needs: str


@router.get("/incidents", response=Page[IncidentOut], summary="Incidents I may read")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Those that the person reported and those of the instruments in their care, oldest first."""
    person = asked.signed_in(request)
    rows = Incident.objects.filter(person=person) | Incident.objects.filter(
        instrument__in=belonging.looked_after_by(person)
    )
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, after = page(rows.select_related("instrument"), paged)
    return {"items": [_incident(one) for one in found], "next": after}


@router.post("/incidents", response={201: IncidentOut, 200: IncidentOut}, summary="Report a problem")
def report(request: HttpRequest, sent: ReportIn) -> Any:
    """The stewards are told; the same words again within ten minutes are the same incident, answered with 200."""
    now = timezone.now()
    made = incidents.report(
        instrument=get_object_or_404(Instrument, key=sent.instrument), person=asked.signed_in(request),
        words=sent.words, severity=sent.severity, happened_at=sent.happened, now=now,
    )  # fmt: skip
    return Status(201 if made.reported_at == now else 200, _incident(made))


@router.post("/incidents/{int:id}/close", response=IncidentOut, summary="Close an incident")
def close(request: HttpRequest, id: int, sent: LessonIn) -> Any:
    """Its reporter hears so; the lesson stands with it. Closing it again changes nothing."""
    incident = get_object_or_404(Incident.objects.select_related("instrument"), pk=id)
    done = incidents.close(
        incident=incident, person=asked.signed_in(request), lesson=sent.lesson, now=timezone.now()
    )  # fmt: skip
    return _incident(done)


@router.get("/maintenance", response=Page[DueOut], summary="What falls due")
def due(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The plans of the instruments in one's care by number; `state` says which are overdue or soon due."""
    mine = MaintenancePlan.objects.filter(instrument__in=belonging.looked_after_by(asked.signed_in(request)))
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
        instrument=plan.instrument, plan=plan, person=asked.signed_in(request), now=timezone.now(), **sent.dict()
    )
    return Status(201, {"id": made.pk, "plan": plan.pk, "done_on": made.done_on, "result": made.result})


@router.get("/stock", response=Page[LevelOut], summary="What is left")
def levels(request: HttpRequest, paged: Annotated[Paged, Query()], low: bool = False) -> Any:
    """The items of the facilities in one's care; ``low`` gives those to order alone."""
    mine = stock.facilities_of(asked.signed_in(request))
    rows = [one for one in stock.levels(mine, on=timezone.localdate()) if one.low or not low]
    found, following = among(rows, paged, lambda one: one.item.pk)
    items = [
        {
            "id": one.item.pk, "name": one.item.name, "unit": one.item.unit, "left": one.left, "expired": one.expired,
            "minimum": one.item.minimum, "low": one.low,
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post(
    "/stock/{int:id}/issue", response={201: list[MovementOut], 200: list[MovementOut]}, summary="Issue from stock"
)
@keeps_key
def issue(request: HttpRequest, id: int, sent: IssueIn, idempotency_key: Key = "") -> Any:
    """What expires first goes out first: 201 when this request took it, 200 when it was taken under the same key."""
    now = timezone.now()
    item = get_object_or_404(StockItem.objects.select_related("facility"), pk=id)
    session = get_object_or_404(Session.objects.select_related("instrument"), pk=sent.session) if sent.session else None
    order = get_object_or_404(Order, key=sent.order) if sent.order else None
    made = stock.issue(
        item=item, person=asked.signed_in(request), quantity=sent.quantity, session=session, order=order,
        words=sent.words, now=now, request_key=idempotency_key,
    )  # fmt: skip
    return Status(201 if made[0].at == now else 200, [_movement(one) for one in made])


@router.post("/stock/{int:id}/receive", response={201: MovementOut, 200: MovementOut}, summary="Receive into stock")
@keeps_key
def receive(request: HttpRequest, id: int, sent: ReceiveIn, idempotency_key: Key = "") -> Any:
    """A lot came in: 201 when this request brought it, 200 when it was brought under the same key."""
    now = timezone.now()
    item = get_object_or_404(StockItem.objects.select_related("facility"), pk=id)
    one = stock.receive(
        item=item, person=asked.signed_in(request), now=now, request_key=idempotency_key, **sent.dict()
    )  # fmt: skip
    return Status(201 if one.at == now else 200, _movement(one))


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
        fitting=fitting, person=asked.signed_in(request), value=sent.value, words=sent.words, now=timezone.now()
    )  # fmt: skip
    return Status(204, None)


def _movement(one: StockMovement) -> dict[str, Any]:
    return {"id": one.pk, "lot": one.lot.number, "kind": one.kind, "quantity": one.quantity}


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.pk, "instrument": one.instrument.key, "severity": one.severity, "words": one.words,
        "reported": one.reported_at, "closed": one.closed_at, "lesson": one.lesson,
    }  # fmt: skip
