"""Companions: which industries sit where this one sits (co-agglomeration)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from liqi.observatory import place
from liqi.web import industries, tables

BARS = 15
SHOWN = 100
FORMULA = "sum (s_mi - x_m)(s_mj - x_m) / (1 - sum x_m^2)"
HEADER = ("place", "industry", "name", "with", "gamma", "jobs", "floor_jobs", "baseline", "as_of", "formula")
RESEARCH = {"5417": "research", "6113": "universities", "3254": "drugs"}
"""The industries that city plans name as what instruments live from."""


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The list, closest first; `format=csv` gives all as a file."""
    code = industries.asked(request)
    floor = industries.number(request, "floor", place.INDUSTRY_FLOOR_JOBS, most=10_000_000)
    found = place.companions(code, floor_jobs=floor)
    if request.GET.get("format") == "csv":
        rows = ([at, other, industries.label(other), code, gamma, jobs, floor, "all jobs", industries.AS_OF, FORMULA]
                for other, gamma, at, jobs in found)  # fmt: skip
        return tables.as_csv(f"companions-{code}", HEADER, rows)
    lines = [(at, other, industries.label(other), gamma, jobs) for other, gamma, at, jobs in found]
    facts = {
        **industries.facts("together", code),
        "lines": lines[:SHOWN],
        "count": len(lines),
        "named": [line for line in lines if line[1] in RESEARCH],
        "chart": {
            "kind": "bars",
            "categories": [f"{at} {label}" for at, _code, label, _gamma, _jobs in lines[:BARS]],
            "series": [{"name": "γ × 1000", "values": [round(line[3] * 1000, 2) for line in lines[:BARS]]}],
            "unit": "",
        },
        "industries": industries.choices(),
        "floor": floor,
        "formula": FORMULA,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (pgettext("observatory", "Place"), reverse("observatory_place")),
            (_("What gathers with it"), ""),
        ],
    }
    return render(request, "observatory/companions.html", facts)
