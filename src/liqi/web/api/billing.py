"""/api/money/billing: how an organisation stands on invoices."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from liqi.access.money import parties
from liqi.access.money.refusal import Unable
from liqi.accounts import membership
from liqi.accounts.models import Organisation
from liqi.web import pricelines
from liqi.web.api._choices import one_of
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)


class BillingIn(Sent):
    """The details of an organisation on bills; `user_class`, how it pays, is an operator's to set."""

    legal_name: Annotated[str, Field(min_length=1, max_length=200)]
    tax_number: Annotated[str, Field(max_length=40)] = ""
    address: Annotated[str, Field(max_length=300)] = ""
    place: Annotated[str, Field(pattern="^([0-9]{6})?$", description="Six digits of the division, such as 340100")] = ""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "CN"
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    bank: Annotated[str, Field(max_length=200)] = ""
    bank_account: Annotated[str, Field(max_length=60)] = ""
    payment_days: Annotated[int, Field(ge=0, le=365)] = 30
    user_class: Annotated[str, Field(max_length=40)] | None = None


class BillingOut(Schema):
    """The details as they stand on the next invoice; `written` says whether somebody of the organisation gave them."""

    organisation: int
    written: bool
    legal_name: str
    tax_number: str
    address: str
    place: str
    country: str
    email: str
    bank: str
    bank_account: str
    payment_days: int
    user_class: str


@router.get("/billing/{int:organisation}", response=BillingOut, summary="Billing details of an organisation")
def show(request: HttpRequest, organisation: int) -> Any:
    """The details; for those who act for the organisation."""
    return _shown(_of_mine(request, organisation))


@router.put("/billing/{int:organisation}", response=BillingOut, summary="Write billing details")
def write(request: HttpRequest, organisation: int, sent: BillingIn) -> Any:
    """The organisation stands so on invoices from now on; for its leads."""
    theirs, person, given = _of_mine(request, organisation), signed_in(request), sent.dict(exclude_none=True)
    if (found := given.get("user_class")) is not None and not person.is_operator:
        raise Unable(_("Found how the organisation pays; only an operator sets it: leave user_class out."))
    if found:
        one_of(found, pricelines.CLASSES)
    parties.save(theirs, given, person=person, now=timezone.now())
    return _shown(theirs)


def _of_mine(request: HttpRequest, pk: int) -> Organisation:
    theirs: Organisation = get_object_or_404(Organisation, pk=pk)
    membership.require(signed_in(request), theirs)
    return theirs


def _shown(theirs: Organisation) -> dict[str, Any]:
    kept = parties.of(theirs)
    blank = BillingIn(legal_name=theirs.name).dict() | {"user_class": ""}
    names = (*parties.FIELDS, "user_class")
    facts = {name: getattr(kept, name) if kept else blank[name] for name in names}
    return facts | {"organisation": theirs.pk, "written": kept is not None}
