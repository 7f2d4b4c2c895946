"""/api/care/charts: control charts of check standards; what holds an instrument is read, and released with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import belonging
from liqi.access.care import control_charts
from liqi.access.care.refusal import require_steward
from liqi.access.models import ControlChart, ControlPoint
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.insight import control
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["state of instruments"], auth=SIGNED_IN)

RULES = ", ".join(control.RULES)


class NewChart(Sent):
    """A finding of a method on an instrument's check standard; limits are given, or those of the first points."""

    instrument: str
    name: Annotated[str, Field(max_length=120)]
    method: Annotated[str, Field(max_length=80, description="The id of the method, such as `ms.quantify`")]
    finding: Annotated[str, Field(max_length=120, description="The name of the finding, as the answer says it")]
    first_n: Annotated[int, Field(description="Limits from so many first points, 5 to 200")] = 20
    centre: float | None = None
    sigma: float | None = None
    rules: Annotated[list[str], Field(max_length=20, description=f"Of these: {RULES}")] = list(control.WESTERN_ELECTRIC)
    action: Annotated[
        Literal["block", "warn"], Field(description="block: nobody can book until a release; warn: stewards are told")
    ] = "block"


class ReleaseIn(Sent):
    """Why the instrument is free again; ``leave_out`` where the standard was at fault and not the instrument."""

    reason: Annotated[str, Field(max_length=300)]
    leave_out: bool = False


class ChartOut(Schema):
    """A chart; ``state`` is learning, within, out or ended, ``outage`` what keeps people from booking meanwhile."""

    key: str
    instrument: str
    name: str
    method: str
    finding: str
    unit: str
    state: str
    centre: float | None
    sigma: float | None
    first_n: int
    rules: list[str]
    action: str
    points: int
    out_since: datetime | None
    outage: int | None
    ended_at: datetime | None


class PointOut(Schema):
    """What one run found, the rules that it broke, and the release where there was one."""

    id: int
    at: datetime
    value: float
    run: str
    broken: list[str]
    left_out: bool
    released_at: datetime | None
    released_by: str
    reason: str


@router.get("/charts", response=Page[ChartOut], summary="Control charts in my care")
def listed(
    request: HttpRequest, paged: Annotated[Paged, Query()], instrument: str = "", held: bool = False
) -> Any:  # fmt: skip
    """Those of the instruments in my care, ended ones too; ``held`` gives those out of their limits alone."""
    rows = _charts(signed_in(request))
    rows = rows.filter(instrument__key=instrument) if instrument else rows
    found, following = page(rows.filter(out_since__isnull=False) if held else rows, paged)
    return {"items": [_shown(one) for one in found], "next": following}


@router.post("/charts", response={201: ChartOut}, summary="Begin a control chart")
def begin(request: HttpRequest, asked: NewChart) -> Any:
    """Each run on a file that is marked as the instrument's check standard adds a point from now on."""
    given = asked.dict(exclude={"instrument"})
    made = control_charts.begin(
        instrument=get_object_or_404(Instrument, key=asked.instrument), person=signed_in(request),
        now=timezone.now(), **given,
    )  # fmt: skip
    return Status(201, _shown(made))


@router.get("/charts/{key}", response=ChartOut, summary="One control chart")
def show(request: HttpRequest, key: str) -> Any:
    """A chart of an instrument in my care."""
    return _shown(_chart(request, key))


@router.get("/charts/{key}/points", response=Page[PointOut], summary="The points of a control chart")
def points(request: HttpRequest, key: str, paged: Annotated[Paged, Query()], broken: bool = False) -> Any:
    """What each run found, newest first; ``broken`` gives those that broke a rule alone."""
    rows = _chart(request, key).points.select_related("released_by")
    found, following = page(rows.exclude(broken=[]) if broken else rows, paged, newest_first=True)
    return {"items": [_point(one) for one in found], "next": following}


@router.post("/charts/{key}/release", response=ChartOut, summary="Release an instrument from its hold")
def release(request: HttpRequest, key: str, asked: ReleaseIn) -> Any:
    """The chart is within its limits again and what kept people from booking is over; the rules begin anew."""
    chart = _chart(request, key)
    done = control_charts.release(
        chart=chart, person=signed_in(request), reason=asked.reason, leave_out=asked.leave_out, now=timezone.now()
    )  # fmt: skip
    return _shown(done)


@router.post("/charts/{key}/end", response=ChartOut, summary="End a control chart")
def end(request: HttpRequest, key: str) -> Any:
    """The chart takes no more points; its points stay. One out of its limits is released first."""
    return _shown(control_charts.end(chart=_chart(request, key), person=signed_in(request), now=timezone.now()))


def _charts(person: Person) -> QuerySet[ControlChart]:
    rows = ControlChart.objects.filter(instrument__in=belonging.looked_after_by(person))
    return rows.select_related("instrument").annotate(counted=Count("points"))


def _chart(request: HttpRequest, key: str) -> ControlChart:
    """The chart; for whom it concerns only."""
    chart = get_object_or_404(ControlChart.objects.select_related("instrument"), key=key)
    require_steward(signed_in(request), chart.instrument)
    return chart


def _shown(chart: ControlChart) -> dict[str, Any]:
    known = chart.centre is not None
    state = "ended" if chart.ended_at else "out" if chart.out_since else "within" if known else "learning"
    counted = getattr(chart, "counted", None)
    return {
        "key": chart.key, "instrument": chart.instrument.key, "name": chart.name, "method": chart.method,
        "finding": chart.finding, "unit": chart.unit, "state": state, "centre": chart.centre, "sigma": chart.sigma,
        "first_n": chart.first_n, "rules": chart.rules, "action": chart.action,
        "points": chart.points.count() if counted is None else counted, "out_since": chart.out_since,
        "outage": chart.outage_id, "ended_at": chart.ended_at,
    }  # fmt: skip


def _point(one: ControlPoint) -> dict[str, Any]:
    return {
        "id": one.pk, "at": one.at, "value": one.value, "run": one.run, "broken": one.broken,
        "left_out": one.left_out, "released_at": one.released_at, "released_by": str(one.released_by or ""),
        "reason": one.reason,
    }  # fmt: skip
