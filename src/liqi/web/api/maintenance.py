"""/api/care/plans: plans of maintenance begun and ended, and what was done at an instrument."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import belonging
from liqi.access.care import plans
from liqi.access.models import MaintenancePlan, MaintenanceRecord
from liqi.catalogue.models import Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)


class PlanIn(Sent):
    """Work that comes again after so many months, so many hours of use, or whichever is first."""

    instrument: str
    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: str = "maintenance"
    every_months: Annotated[int | None, Field(ge=1, le=600)] = None
    every_hours: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    first_on: date | None = None
    warn_days: Annotated[int, Field(ge=1, le=365)] = 14


class PlanOut(Schema):
    """A plan of maintenance as it counts; `ended` where it counts no longer."""

    id: int
    instrument: str
    name: str
    kind: str
    every_months: int | None
    every_hours: int | None
    warn_days: int
    due_on: date | None
    ended: bool
    synthetic: bool


class WorkOut(Schema):
    """A record of maintenance; `plan` is null for what was done beside all plans."""

    id: int
    instrument: str
    plan: int | None
    done_on: date
    done_by: str
    words: str
    result: str
    parts: str
    cost_cny: Decimal | None
    certificate_number: str
    synthetic: bool


@router.post("/plans", response={201: PlanOut}, summary="Begin a plan of maintenance")
def begin(request: HttpRequest, sent: PlanIn) -> Any:
    """The plan counts from now; by date it is first due on `first_on`, else one interval from today."""
    instrument = get_object_or_404(Instrument.objects.select_related("facility"), key=sent.instrument)
    facts = sent.dict(exclude={"instrument"})
    return Status(
        201, _plan(plans.begin(instrument=instrument, person=signed_in(request), now=timezone.now(), **facts))
    )


@router.post("/plans/{int:id}/end", response=PlanOut, summary="End a plan of maintenance")
def end(request: HttpRequest, id: int) -> Any:
    """The plan counts no longer; its records stay."""
    found = get_object_or_404(MaintenancePlan.objects.select_related("instrument__facility"), pk=id)
    plans.end(plan=found, person=signed_in(request), now=timezone.now())
    found.refresh_from_db()
    return _plan(found)


@router.get("/records", response=Page[WorkOut], summary="What was done at my instruments")
def records(request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "") -> Any:
    """Records of maintenance at the instruments in one's care, newest first."""
    rows = MaintenanceRecord.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.select_related("instrument"), paged, newest_first=True)
    names = [name for name in WorkOut.model_fields if name not in ("id", "instrument", "plan")]
    items = [
        {"id": one.pk, "instrument": one.instrument.key, "plan": one.plan_id}
        | {name: getattr(one, name) for name in names}
        for one in found
    ]
    return {"items": items, "next": following}


def _plan(one: MaintenancePlan) -> dict[str, Any]:
    names = ("name", "kind", "every_months", "every_hours", "warn_days", "due_on", "synthetic")
    facts = {name: getattr(one, name) for name in names}
    return facts | {"id": one.pk, "instrument": one.instrument.key, "ended": one.ended_at is not None}
