"""Gates drawn by hand on the events of an answer: the page, the quick count while a gate moves, the new run."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.answers import gates
from liqi.methods import BadParameter
from liqi.web import handled
from liqi.web.asked import person_of, run_seen


@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The dot plot with the gates of the answer, to be drawn and moved."""
    one = run_seen(request, key)
    bench = gates.drawing(one, person_of(request))
    told = {
        "events": len(bench.events),
        "axes": [{"key": axis.key, "label": axis.label} for axis in bench.axes],
        "gates": bench.gates(),
        "view": list(bench.first_pair()),
    }
    page = {
        "run": one,
        "told": told,
        "files": list(one.files.all()),
        "crumbs": [(_("Answers"), reverse("answers")), (one.called, reverse("run", args=[key])), (_("Gates"), "")],
    }
    return render(request, "answers/gates.html", page)


@require_POST
def count(request: HttpRequest, key: str) -> HttpResponse:
    """The populations of the gates as they are now, and the density behind them where a view is asked for."""

    def counted(sent: dict[str, Any]) -> dict[str, Any]:
        bench = gates.drawing(run_seen(request, key), person_of(request))
        strategy = bench.strategy(sent.get("gates"))
        told: dict[str, Any] = {"populations": [_population(one) for one in bench.populations(strategy)]}
        view = sent.get("view")
        if isinstance(view, dict):
            y, parent, ends, marked = (view.get(name) for name in ("y", "parent", "ends", "marked"))
            told["picture"] = bench.picture(
                strategy, str(view.get("x")), None if y is None else str(y), None if parent is None else str(parent),
                ends if isinstance(ends, list) else (), None if marked is None else str(marked),
            )  # fmt: skip
        return told

    return handled.answered(request, counted)


def _population(one: Any) -> dict[str, Any]:
    low, high = (round(100 * end, 2) for end in one.interval)
    return {"name": one.name, "count": one.count, "of_parent": one.of_parent, "low": low, "high": high}


@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """The gates become a new run; its address comes back."""

    def saved(sent: dict[str, Any]) -> dict[str, Any]:
        person = handled.signer(request)
        made = gates.save(run_seen(request, key), sent.get("gates"), person=person, now=datetime.now(UTC))
        return {"address": reverse("run", args=[made.key])}

    return handled.answered(request, saved)


@require_POST
def download(request: HttpRequest, key: str) -> HttpResponse:
    """The gates as they are now, as Gating-ML 2.0."""
    bench = gates.drawing(run_seen(request, key), person_of(request))
    given = request.POST.get("gates", "")
    try:
        told = json.loads(given)
    except (ValueError, RecursionError):
        raise BadParameter("gates", given[:40], "gates as JSON") from None
    response = HttpResponse(gates.written(bench, bench.strategy(told)), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="liqi-{key}-gates.xml"'
    return response
