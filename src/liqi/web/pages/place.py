"""Place: the league of regions in an industry, and what one region is made of."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from liqi.observatory import place
from liqi.web import industries, maps, populations, tables

BARS = 15
OWN = {
    "location_league": gettext_lazy("Location quotients of regions"),
    "cluster_index": gettext_lazy("Cluster index of Litzenberger and Sternberg"),
    "instrument_partners": gettext_lazy("Industries that make partners for instruments"),
}
"""What a table of one's own city can be asked."""
SORTS = ("quotient", "jobs", "share")
HEADER = (
    *("region", "name", "industry", "jobs", "establishments", "all_jobs", "quotient", "share", "strong"),
    *("unit", "as_of", "formula", "source"),
)
FORMULA = "(e_ir / e_r) / (e_i / e)"
SOURCE = "US Census Bureau, County Business Patterns 2019"


@require_safe
def league(request: HttpRequest) -> HttpResponseBase:
    """Every region in an industry by quotient, jobs or share; `format=csv` gives all as a file."""
    code = industries.asked(request)
    floor = industries.number(request, "floor", place.FLOOR_JOBS, most=1_000_000)
    found = place.league(code, floor_jobs=floor)
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"quotients-{code}", HEADER, _lines(found))
    by = request.GET.get("sort") if request.GET.get("sort") in SORTS else SORTS[0]
    held = [one for one in found.standings if one.jobs and one.jobs >= floor]
    if by != "quotient":
        held.sort(key=lambda one: (-getattr(one, str(by)), one.region))
    page = Paginator(held, populations.PAGE).get_page(request.GET.get("page"))
    facts = {
        **industries.facts("league", code),
        "found": found,
        "page": page,
        "lines": [_line(one, found) for one in page],
        "chart": _bars(found, held[:BARS], str(by)),
        "map": _map(found),
        "industries": industries.choices(),
        "sort": by,
        "sorts": [("quotient", _("location quotient")), ("jobs", _("jobs"))],
        "floor": floor,
        "strong": sum(one.strong for one in found.standings),
        "all_regions": len(found.standings),
        "formula": FORMULA,
        "as_of": industries.AS_OF,
        "crumbs": [(_("Observatory"), reverse("observatory")), (pgettext("observatory", "Place"), "")],
    }
    return render(request, "observatory/place.html", facts)


@require_safe
def region(request: HttpRequest, key: str) -> HttpResponseBase:
    """What a region is made of: its strongest industries, how special it is, whom it has to work with."""
    if key not in place.regions():
        raise Http404
    floor = industries.number(request, "floor", 500, most=1_000_000)
    found = place.profile(key)
    if request.GET.get("format") == "csv":
        header = ("industry", "name", "jobs", "quotient", "share", "as_of", "formula", "source")
        rows = ([code, industries.label(code), one.jobs, one.quotient, one.share, industries.AS_OF, FORMULA, SOURCE]
                for code, one in found.strongest)  # fmt: skip
        return tables.as_csv(f"region-{key}", header, rows)
    strongest = [(code, industries.label(code), one) for code, one in found.strongest if one.jobs >= floor][:25]
    facts = {
        **industries.facts("region"),
        "found": found,
        "strongest": strongest,
        "partners": [(industries.label(one.industry), one) for one in found.partners[:12]],
        "floor": floor,
        "more": list(OWN.items()),
        "formula": FORMULA,
        "as_of": industries.AS_OF,
        "industries_n": len(found.strongest),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (pgettext("observatory", "Place"), reverse("observatory_place")),
            (found.name, ""),
        ],
    }
    return render(request, "observatory/region.html", facts)


def _line(one: Any, found: place.League) -> dict[str, Any]:
    return {
        "standing": one,
        "name": found.names[one.region],
        "firms": found.firms[one.region],
        "address": reverse("observatory_region", args=[one.region]),
    }


def _lines(found: place.League) -> list[list[Any]]:
    return [
        [one.region, found.names[one.region], found.industry, one.jobs, found.firms[one.region], one.base, one.quotient,
         one.share, one.strong, "ratio", industries.AS_OF, FORMULA, SOURCE]
        for one in found.standings
    ]  # fmt: skip


def _bars(found: place.League, shown: list[Any], by: str) -> dict[str, Any]:
    values = [round(one.jobs) if by == "jobs" else round(one.quotient or 0, 2) for one in shown]
    return {
        "kind": "bars",
        "categories": [found.names[one.region] for one in shown],
        "series": [{"name": _("jobs") if by == "jobs" else _("location quotient"), "values": values}],
        "unit": _("jobs") if by == "jobs" else "",
        "links": [reverse("observatory_region", args=[one.region]) for one in shown],
    }


def _map(found: place.League) -> dict[str, Any]:
    """The regions with jobs, each as large as its jobs."""
    points = [
        [round(found.points[one.region][1], 3), round(found.points[one.region][0], 3), round(one.jobs),
         found.names[one.region], reverse("observatory_region", args=[one.region])]
        for one in found.standings
        if one.jobs and one.region in found.points
    ]  # fmt: skip
    return maps.picture(points)
