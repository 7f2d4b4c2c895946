"""The agents of an instrument, for its stewards: tokens, last signs, what waits at the instrument, what came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liqi.access import agents
from liqi.access.models import Agent
from liqi.answers.models import Arrival
from liqi.catalogue.models import Instrument
from liqi.web.asked import signed_in

RECENT = 20
WRONG_CLOCK_S = 60
STATES = {
    "well": (gettext_lazy("well"), "good"),
    "silent": (gettext_lazy("silent"), "bad"),
    "share": (gettext_lazy("its folder is gone"), "warn"),
    "trouble": (gettext_lazy("some files do not get through"), "warn"),
    "new": (gettext_lazy("not heard of yet"), ""),
    "revoked": (gettext_lazy("revoked"), ""),
}
"""States in words, with their tone."""
REASONS = {
    "end": gettext_lazy("its format says that its end is missing; it is sent after a day all the same"),
    "partial": gettext_lazy("the run is not complete yet"),
    "closed": gettext_lazy("another program holds it closed"),
    "marker": gettext_lazy("the file that says it is ready is not there"),
    "gone": gettext_lazy("it vanished before it was sent"),
}
"""Why a file does not get through, by the agent's word; other reasons are the server's own sentence."""


@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The agents with how each is; POST issues a token and shows it this once."""
    instrument = get_object_or_404(Instrument.objects.select_related("institution"), key=key)
    person, now = signed_in(request), timezone.now()
    agents.require(person, instrument)
    issued, refusal = None, ""
    if request.method == "POST":
        try:
            issued = agents.issue(instrument=instrument, name=request.POST.get("name", ""), person=person, now=now)
        except agents.NameTaken as problem:
            refusal = str(problem)
    arrivals = Arrival.objects.filter(instrument=instrument).select_related("order", "agent")
    found = list(instrument.agents.order_by("revoked_at", "name"))
    facts = {
        "instrument": instrument,
        "agents": [_line(agent, now) for agent in found],
        "issued": issued,
        "refusal": refusal,
        "typed": request.POST.get("name", "") if refusal else "",
        "server": request.build_absolute_uri("/").rstrip("/"),
        "arrivals": arrivals.order_by("-arrived_at")[:RECENT],
        "arrived": arrivals.count(),
        "waiting": arrivals.waiting().count(),
        "crumbs": [
            (str(instrument), reverse("instrument", args=[key])),
            (_("Files from the instrument"), ""),
        ],
    }
    return render(request, "agents/show.html", facts, status=422 if refusal else 200)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The token is good for nothing; it can be taken back."""
    agent = agents.revoke(agent=_agent(pk), person=signed_in(request), now=timezone.now())
    words = _("The token of %(agent)s is revoked; its agent can send nothing more.") % {"agent": agent}
    messages.success(request, words, extra_tags=reverse("agent_restore", args=[pk]))
    return redirect("agents", key=agent.instrument.key)


@require_POST
@login_required
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """The token is good again."""
    agent = agents.restore(agent=_agent(pk), person=signed_in(request), now=timezone.now())
    return redirect("agents", key=agent.instrument.key)


@require_POST
@login_required
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """The stewards are told after so many minutes without a sign."""
    text = request.POST.get("minutes", "")
    agent = _agent(pk)
    if text.isascii() and text.isdecimal() and len(text) < 8:
        agents.allow_silence(agent=agent, minutes=int(text), person=signed_in(request), now=timezone.now())
        messages.success(request, _("Saved."))
    else:
        words = _("Found “%(found)s”; expected minutes as a whole number, such as 60.") % {"found": text[:40]}
        messages.error(request, words)
    return redirect("agents", key=agent.instrument.key)


def _line(agent: Agent, now: datetime) -> dict[str, Any]:
    report = agent.report or {}
    skew = report.get("skew_s")
    state = state_of(agent, now)
    words, tone = STATES[state]
    return {
        "agent": agent,
        "state": words,
        "tone": tone,
        "minutes": agent.silence // timedelta(minutes=1),
        "report": report,
        "oldest": _moment(report.get("oldest_at"), skew),
        "scanned": _moment(report.get("scanned_at"), skew),
        "skew": round(skew) if skew is not None and abs(skew) >= WRONG_CLOCK_S else None,
        "troubles": [
            (trouble["path"], REASONS.get(trouble["reason"], trouble["reason"]))
            for trouble in report.get("troubles", [])
        ],
    }


def state_of(agent: Agent, now: datetime) -> str:
    """How the agent is, in one word of STATES."""
    report = agent.report or {}
    if not agent.is_live:
        return "revoked"
    if agent.seen_at is None:
        return "new"
    if agent.is_silent(now):
        return "silent"
    if report.get("share") == "gone":
        return "share"
    return "trouble" if report.get("troubles") or report.get("unreadable") else "well"


def _moment(seconds: float | None, skew: float | None) -> datetime | None:
    """A moment of the agent's clock, set right."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds - (skew or 0), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _agent(pk: int) -> Agent:
    return get_object_or_404(Agent.objects.select_related("instrument"), pk=pk)
