"""/api/money/budgets: budgets begun, filled and closed, with every movement."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access.models import Budget
from liqi.access.money import books, budgets
from liqi.accounts.models import Organisation, Project
from liqi.catalogue.models import Institution
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._sent import Sent
from liqi.web.api.money import Account
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)

Change = Annotated[Decimal, Field(max_digits=12, decimal_places=2)]


class NewBudget(Sent):
    """What a group may spend at an institution; `group` and `project` by number."""

    seller: str
    group: int
    title: Annotated[str, Field(min_length=1, max_length=200)]
    project: int | None = None
    amount: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] = Decimal(0)


class BudgetOut(Schema):
    """A budget: what is left to spend, what is set aside for bookings and orders."""

    id: int
    title: str
    seller: str
    group: int
    project: int | None
    left: Decimal
    held: Decimal
    closed: bool
    synthetic: bool


class MovementOfBudget(Schema):
    """An entry that moved a budget, and what stood after it."""

    entry: int
    on: date
    kind: str
    text: str
    left_change: Decimal
    held_change: Decimal
    left: Decimal
    held: Decimal


class MoneyAdded(Sent):
    """So much more may be spent; below zero it is taken away, never more than is left."""

    amount: Change
    text: Annotated[str, Field(max_length=200)] = ""


@router.get("/budgets", response=Page[Account], summary="Budgets")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """Budgets of my groups and of institutions whose money I look after, with what is left."""
    person = signed_in(request)
    rows = Budget.objects.filter(Q(organisation__memberships__person=person) | Q(seller__in=books.kept_by(person)))
    found, following = page(rows.select_related("organisation", "available", "reserved").distinct(), paged)
    items = [
        {"id": each.pk, "title": each.title, "payer": str(each.organisation), "left": each.left, "held": each.held,
         "state": "closed" if each.closed else "open"} for each in found
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.post("/budgets", response={201: BudgetOut}, summary="Begin a budget")
def begin(request: HttpRequest, sent: NewBudget) -> Any:
    """The group has money to spend at the institution; for who looks after the institution's money."""
    person, seller = signed_in(request), get_object_or_404(Institution, key=sent.seller)
    books.require(person, seller)
    group = get_object_or_404(Organisation, pk=sent.group)
    project = get_object_or_404(Project, pk=sent.project, organisation=group) if sent.project is not None else None
    made = budgets.begin(
        seller=seller, organisation=group, title=sent.title, project=project, amount=sent.amount, person=person,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, _shown(_found(request, made.pk)))


@router.get("/budgets/{int:id}", response=BudgetOut, summary="One budget")
def show(request: HttpRequest, id: int) -> Any:
    """What is left and what is set aside; for its group and who keeps the books."""
    return _shown(_found(request, id))


@router.get("/budgets/{int:id}/movements", response=Page[MovementOfBudget], summary="Movements of a budget")
def movements(request: HttpRequest, id: int, paged: Annotated[Paged, Query()]) -> Any:
    """Every entry that moved the budget, oldest first."""
    rows, following = among(budgets.statement(_found(request, id)), paged, lambda one: one.entry.pk)
    names = ("left_change", "held_change", "left", "held")
    items = [
        {"entry": one.entry.pk, "on": one.entry.on, "kind": one.entry.kind, "text": one.entry.text}
        | {name: getattr(one, name) for name in names}
        for one in rows
    ]
    return {"items": items, "next": following}


@router.post("/budgets/{int:id}/money", response={201: BudgetOut}, summary="Add money to a budget")
def add(request: HttpRequest, id: int, sent: MoneyAdded) -> Any:
    """So much more can be spent; for who looks after the institution's money."""
    if not sent.amount:
        raise ValueError(_("Found the amount 0; send how much is added, or below zero how much is taken away."))
    budgets.add(
        _found(request, id), sent.amount, person=signed_in(request), now=timezone.now(), text=sent.text.strip()
    )  # fmt: skip
    return Status(201, _shown(_found(request, id)))


@router.post("/budgets/{int:id}/{step}", response=BudgetOut, summary="Close a budget")
def close(request: HttpRequest, id: int, step: Literal["close", "open"]) -> Any:
    """Nothing more is booked on it, or it is open again."""
    budgets.close(_found(request, id), person=signed_in(request), now=timezone.now(), back=step == "open")
    return _shown(_found(request, id))


def _found(request: HttpRequest, id: int) -> Budget:
    rows = Budget.objects.select_related("organisation", "seller", "available", "reserved")
    found = get_object_or_404(rows, pk=id)
    budgets.require_sight(found, signed_in(request))
    return found


def _shown(one: Budget) -> dict[str, Any]:
    return {
        "id": one.pk, "title": one.title, "seller": one.seller.key, "group": one.organisation_id,
        "project": one.project_id, "left": one.left, "held": one.held, "closed": one.closed,
        "synthetic": one.synthetic,
    }  # fmt: skip
