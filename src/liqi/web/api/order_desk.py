"""/api/orders: quotes offered, conclusions written, grades given; threads of own use."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import orders
from liqi.access.commissions import feedback, quoting, results
from liqi.access.models import Feedback, Order
from liqi.accounts.models import Project
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._records import Number
from liqi.web.api._sent import Sent
from liqi.web.api.orders import OrderOut, Short, Text, commission_of, whole
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["orders"], auth=SIGNED_IN)


class OfferedLine(Sent):
    """A line of a quote."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class OfferIn(Sent):
    """A quote for an order: its lines, tax in percent, and until when it stands."""

    lines: Annotated[list[OfferedLine], Field(min_length=1, max_length=100)]
    tax_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] = Decimal(0)
    valid_until: date | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class Offered(Schema):
    """A quote that the customer has."""

    number: str
    state: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    valid_until: date | None


class ConclusionIn(Sent):
    """What the report says on top of its results."""

    text: Annotated[str, Field(max_length=8000)]


class GradeIn(Sent):
    """How satisfied the customer is: 5 very satisfied, 4 satisfied, 3 neither, 2 dissatisfied, 1 very dissatisfied."""

    grade: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, Field(max_length=2000)] = ""


class GradeOut(GradeIn):
    """The grade of an order, and who gave it when."""

    order: str
    person: str
    at: datetime
    synthetic: bool


class OwnUse(Sent):
    """A need that one meets oneself: in words, on an instrument where it is known, under a project."""

    need: Text = ""
    title: Short = ""
    instrument: str = ""
    project: Number | None = None


class ThreadOut(Schema):
    """A thread of one's own use, from the need to its end."""

    key: str
    title: str
    need: str
    instrument: str
    project: str
    state: str
    created_at: datetime
    synthetic: bool


@router.get("/own-use", response=Page[ThreadOut], summary="My threads of own use")
def threads(request: HttpRequest, paged: Annotated[Paged, Query()], state: str = "") -> Any:
    """Needs that I meet myself on instruments, oldest first."""
    rows = Order.objects.filter(person=signed_in(request), kind=Order.Kind.OWN_USE)
    rows = rows.filter(state=state) if state else rows
    found, following = page(rows.select_related("instrument", "project"), paged)
    return {"items": [_thread(one) for one in found], "next": following}


@router.post("/own-use", response={201: ThreadOut}, summary="Open a thread of own use")
def open_thread(request: HttpRequest, sent: OwnUse) -> Any:
    """The need is on record; bookings and files come under it. An order of a service is drafted by POST /api/orders."""
    person = signed_in(request)
    if not sent.need.strip() and not sent.title.strip():
        raise ValueError(_("Found no need; say in a sentence what is to be found out."))
    mine = Project.objects.select_related("organisation").filter(organisation__memberships__person=person)
    made = orders.open(
        person=person, title=sent.title.strip() or sent.need.strip().partition("\n")[0][:200], need=sent.need.strip(),
        instrument=get_object_or_404(Instrument, key=sent.instrument) if sent.instrument else None,
        project=get_object_or_404(mine, pk=sent.project) if sent.project else None, now=timezone.now(),
    )  # fmt: skip
    return Status(201, _thread(made))


@router.post("/own-use/{key}/finish", response=ThreadOut, summary="The need is met")
def finish(request: HttpRequest, key: str) -> Any:
    """The thread is done; again changes nothing."""
    return _thread(orders.finish(order=_own(request, key), person=signed_in(request), now=timezone.now()))


@router.post("/own-use/{key}/close", response=ThreadOut, summary="Give a thread up")
def close(request: HttpRequest, key: str) -> Any:
    """The thread is closed; what was done under it stays on record."""
    return _thread(orders.close(order=_own(request, key), person=signed_in(request), now=timezone.now()))


@router.post("/{key}/quotes", response={201: Offered}, summary="Offer a quote")
def offer(request: HttpRequest, key: str, sent: OfferIn) -> Any:
    """The customer has a quote with these lines and it is their turn; the one before falls. For the facility."""
    made = quoting.offer(
        commission=commission_of(request, key), rows=[line.dict() for line in sent.lines],
        person=signed_in(request), now=timezone.now(), tax_percent=sent.tax_percent, valid_until=sent.valid_until,
        text=sent.note,
    )  # fmt: skip
    return Status(201, {name: getattr(made, name) for name in Offered.model_fields})


@router.put("/{key}/conclusion", response=OrderOut, summary="Write the conclusion of the report")
def conclude(request: HttpRequest, key: str, sent: ConclusionIn) -> Any:
    """The report says this on top of its results; during the work and its review, for the facility."""
    person, commission = signed_in(request), commission_of(request, key)
    results.conclude(order=commission.order, text=sent.text, person=person, now=timezone.now())
    return whole(commission_of(request, key), person)


@router.get("/{key}/feedback", response=GradeOut, summary="The grade of an order")
def grade(request: HttpRequest, key: str) -> Any:
    """The grade that the customer gave; 404 before there is one."""
    order = commission_of(request, key).order
    return _grade(get_object_or_404(Feedback.objects.select_related("person", "order"), order=order))


@router.put("/{key}/feedback", response=GradeOut, summary="Grade an order")
def give(request: HttpRequest, key: str, sent: GradeIn) -> Any:
    """The order has this grade by its customer, once its results are released; a second one replaces the first."""
    order, person = commission_of(request, key).order, signed_in(request)
    made = feedback.give(order=order, grade=sent.grade, person=person, now=timezone.now(), text=sent.words)
    return _grade(made)


def _own(request: HttpRequest, key: str) -> Order:
    rows = Order.objects.select_related("person", "instrument", "project", "organisation", "service")
    found: Order = get_object_or_404(rows, key=key)
    orders.require_sight(found, signed_in(request))
    return found


def _thread(one: Order) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("key", "title", "need", "state", "created_at", "synthetic")}
    place = {"instrument": one.instrument.key if one.instrument else ""}
    return facts | place | {"project": one.project.code if one.project else ""}


def _grade(one: Feedback) -> dict[str, Any]:
    facts = {name: getattr(one, name) for name in ("grade", "words", "at", "synthetic")}
    return facts | {"order": one.order.key, "person": str(one.person)}
