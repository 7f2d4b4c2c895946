"""The control charts of an instrument: begun, looked at, released; a CSV of each."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access.care import control_charts
from liqi.access.care.refusal import NotPossible, require_steward
from liqi.access.models import ControlChart
from liqi.accounts.models import Person
from liqi.answers import answer
from liqi.answers.models import Run
from liqi.catalogue.models import Instrument
from liqi.insight import control
from liqi.methods import find_method, method_ids
from liqi.web import asked, tables

MOST_KNOWN = 200
COLUMNS = ("at", "value", "unit", "run", "broken", "released_at", "released_by", "reason", "left_out")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest, key: str) -> HttpResponseBase:
    """Every chart of the instrument with its figure; POST begins one."""
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    instrument = get_object_or_404(Instrument, key=key)
    require_steward(person, instrument)
    if request.method == "POST":
        try:
            _begin(request, instrument, person, now)
        except NotPossible as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("The chart is kept; mark files as its check standard and run the method."))
            return redirect("control_charts", key)
    charts = list(instrument.control_charts.order_by("ended_at", "name").prefetch_related("points"))
    facts: dict[str, Any] = {
        "instrument": instrument,
        "charts": [(chart, control_charts.figure(chart), _last(chart)) for chart in charts],
        "rules": control.RULES,
        "chosen": request.POST.getlist("rule") if request.method == "POST" else control.WESTERN_ELECTRIC,
        "methods": method_ids(),
        "known": _known(instrument, request.GET.get("method", "")),
        "typed": request.POST.dict() or request.GET.dict(),
        "wrong": wrong,
        "crumbs": [(str(instrument), reverse("instrument", args=[key])), (_("Control charts"), "")],
    }
    return render(request, "control_charts/index.html", facts, status=422 if wrong else 200)


def _known(instrument: Instrument, method: str) -> list[str]:
    """Names of findings to choose from: of the newest answers on this instrument's check files, and of the example."""
    runs = Run.objects.filter(files__check_standard_of=instrument, state=Run.State.DONE).distinct().order_by("-pk")
    told = [one["name"] for run in runs[:3] for one in answer.read(run)["findings"][:MOST_KNOWN]]
    expected = find_method(method).expected if method in method_ids() else None
    return list(dict.fromkeys([*told, *(expected.values if expected else ())]))[:MOST_KNOWN]


@require_http_methods(["GET", "HEAD"])
@login_required
def points(request: HttpRequest, key: str) -> HttpResponseBase:
    """Every point of one chart, for a spreadsheet."""
    chart = get_object_or_404(ControlChart.objects.select_related("instrument"), key=key)
    require_steward(asked.signed_in(request), chart.instrument)
    rows = (
        (one.at.isoformat(), one.value, chart.unit, one.run, "; ".join(one.broken),
         one.released_at.isoformat() if one.released_at else "", str(one.released_by or ""), one.reason, one.left_out)
        for one in chart.points.select_related("released_by")
    )  # fmt: skip
    return tables.as_csv(f"liqi-control-{key}", COLUMNS, rows)


@require_POST
@login_required
def act(request: HttpRequest, key: str) -> HttpResponseBase:
    """The chart is released with a reason, or ended."""
    person, now = asked.signed_in(request), timezone.now()
    chart = get_object_or_404(ControlChart.objects.select_related("instrument"), key=key)
    try:
        if "end" in request.POST:
            control_charts.end(chart=chart, person=person, now=now)
            messages.success(request, _("The chart is ended; its points stay."))
        else:
            control_charts.release(
                chart=chart, person=person, reason=request.POST.get("reason", ""), now=now,
                leave_out="leave_out" in request.POST,
            )  # fmt: skip
            messages.success(request, _("The instrument is free again."))
    except NotPossible as problem:
        messages.error(request, str(problem))
    return redirect("control_charts", chart.instrument.key)


def _begin(request: HttpRequest, instrument: Instrument, person: Person, now: datetime) -> None:
    given = request.POST
    control_charts.begin(
        instrument=instrument, person=person, name=given.get("name", ""), method=given.get("method", ""),
        finding=given.get("finding", ""), first_n=asked.number(given.get("first_n", "")),
        centre=_number(given.get("centre", "")), sigma=_number(given.get("sigma", "")), rules=given.getlist("rule"),
        action=given.get("action", ""), now=now,
    )  # fmt: skip


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise NotPossible(_("Found “%(found)s”; expected a number such as 12.5.") % {"found": text[:40]})
    return found


def _last(chart: ControlChart) -> list[Any]:
    """The newest points first, as many as a table shows."""
    return sorted(chart.points.all(), key=lambda one: (one.at, one.pk), reverse=True)[:30]
