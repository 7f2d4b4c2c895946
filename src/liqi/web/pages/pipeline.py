"""The pipeline of projects, the screening of a fund, and the pairing of needs with makers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi.observatory import needs, preference, projects
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Park, Project
from liqi.web import asked, tables
from liqi.web.board_cells import FORMS

CRITERIA: dict[str, Any] = {
    "score": lambda: _("mean score"),
    "fit": lambda: _("fit to the focus"),
    "level": lambda: _("readiness"),
    "cost": lambda: _("what it asks for, less is better"),
}
ENDS: dict[str, Any] = {
    **FORMS,
    "dropped": lambda: _("dropped"),
    "sold_away": lambda: _("sold away"),
    "moved_away": lambda: _("moved away"),
}


def show(request: HttpRequest) -> HttpResponseBase:
    """Where the projects stand, how many came how far, how long they stay and how they leave."""
    park = Park.objects.there().filter(pk=asked.number(request.GET.get("park", ""))).first()
    found = projects.read_all(now=timezone.now(), park=park.pk if park else None)
    states = dict(Project.State.choices)
    board = reverse("board", args=["projects"])
    rungs = [(rung, states[rung.state]) for rung in found.funnel]
    if request.GET.get("format") == "csv":
        rows: list[tuple[Any, ...]] = [
            ("funnel", rung.state, rung.reached, rung.of_before, rung.of_first) for rung in found.funnel
        ]
        rows += [("stay", stay.form, stay.spells, stay.ended, stay.median_days) for stay in found.stays]
        rows += [("form", form, count, "", "") for form, count in found.forms.items()]
        return tables.as_csv("liqi-pipeline", ("part", "name", "count", "of_before_or_ended", "of_first_or_days"), rows)
    facts: dict[str, Any] = {
        "found": found,
        "forms": [(FORMS[form](), count, f"{board}?{_asked(park, form=form)}") for form, count in found.forms.items()],
        "rows_address": f"{board}?{_asked(park)}",
        "left": [(ENDS[way](), count) for way, count in found.left.items()],
        "rungs": rungs,
        "stays": [(FORMS[s.form](), s, [(ENDS[way](), p) for way, p in sorted(s.exits.items())]) for s in found.stays],
        "parks": Park.objects.there(),
        "park": park,
        "chart": {
            "kind": "bars",
            "unit": _("projects"),
            "categories": [str(label) for _rung, label in rungs],
            "series": [{"name": _("reached"), "values": [rung.reached for rung, _label in rungs]}],
        }
        if found.projects
        else None,
        "example": Project.objects.there().filter(synthetic=True).exists(),
        "crumbs": [*_crumbs(), (_("The pipeline"), "")],
    }
    return render(request, "boards/pipeline.html", facts)


def screening(request: HttpRequest) -> HttpResponseBase:
    """The best set of projects for a budget, conflicts and declared interests taken into account."""
    budget, wrong = _budget(request.GET.get("budget", ""))
    focus = [part.strip() for part in request.GET.get("focus", "").replace("；", ";").split(";") if part.strip()][:20]
    park = asked.number(request.GET.get("park", "")) or None
    found = projects.screen(budget, focus=focus, park=park)
    try:
        order = preference.order_of(request.GET.get("order", ""), focus=bool(focus))
    except NotPossible as problem:
        wrong, order = wrong or str(problem), preference.order_of("", focus=bool(focus))
    ranked = preference.rank(found.lines, order)
    places = ranked.places if ranked else {}
    if request.GET.get("format") == "csv":
        rows = (
            (line.project.name, line.project.cost_cny, line.score, line.judges, ";".join(line.interests), line.fit,
             "yes" if line.taken else "no", *_ranks(places.get(line.project.pk)))
            for line in found.lines
        )  # fmt: skip
        head = (
            "project",
            "cost_cny",
            "score",
            "judges",
            "interests",
            "fit",
            "taken",
            "topsis",
            "rank",
            "rank_from",
            "rank_to",
        )
        return tables.as_csv("liqi-screening", head, rows)
    facts = {
        "found": found,
        "today": timezone.localdate(),
        "not_judged_share": found.not_judged / len(found.lines) if found.lines else 0.0,
        "ranked": ranked,
        "places": [(line, places.get(line.project.pk)) for line in found.lines],
        "weights": [(CRITERIA[name](), weight) for name, weight in ranked.weights.items()] if ranked else [],
        "order": request.GET.get("order", "") or ">".join(order),
        "budget": request.GET.get("budget", "") or f"{budget:f}",
        "focus": request.GET.get("focus", ""),
        "parks": Park.objects.there(),
        "park": park,
        "wrong": wrong,
        "example": any(line.project.synthetic for line in found.lines),
        "crumbs": [*_crumbs(), (_("Screening"), "")],
    }
    return render(request, "boards/screening.html", facts, status=422 if wrong else 200)


def _ranks(place: Any) -> tuple[Any, ...]:
    return ("", "", "", "") if place is None else (round(place.score, 6), place.rank, place.best, place.worst)


def pairs(request: HttpRequest) -> HttpResponseBase:
    """Which maker takes up which need: stable, and best for the needs."""
    found = needs.pair()
    if request.GET.get("format") == "csv":
        rows = ((one.need.title, one.need.who, one.firm.name if one.firm else "") for one in found)
        return tables.as_csv("liqi-pairs", ("need", "who", "firm"), rows)
    facts = {
        "pairs": found,
        "paired": sum(one.firm is not None for one in found),
        "example": any(one.need.synthetic for one in found),
        "crumbs": [*_crumbs(), (_("Needs and makers"), "")],
    }
    return render(request, "boards/pairs.html", facts)


def _asked(park: Park | None, **narrower: str) -> str:
    """The query that shows these projects on their board."""
    return urlencode({**({"park": park.name} if park else {}), **narrower})


def _budget(text: str) -> tuple[Decimal, str]:
    standard = Decimal(20_000_000)
    if not text.strip():
        return standard, ""
    try:
        value = Decimal(text.replace(",", "").strip())
        if value.is_finite() and 0 <= value < Decimal(10) ** 13:
            return value, ""
    except InvalidOperation:
        pass
    words = _("Found “%(found)s”, expected an amount in CNY such as 20000000; that one was taken.")
    return standard, words % {"found": text[:40]}


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Observatory"), reverse("observatory")), (_("Firms, plans and pipelines"), reverse("boards"))]
