"""The ring test: near the hub but not in it, and without any one region."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from liqi.insight.location import EDGES_KM, Band
from liqi.observatory import place
from liqi.web import industries, tables

HEADER = (
    *("band", "from_km", "to_km", "regions", "jobs", "all_jobs", "quotient", "weakest_without", "quotient_without"),
    *("industry", "hubs_by", "hubs", "as_of", "formula"),
)
FORMULA = gettext_lazy("(jobs / all jobs in the band) / (jobs / all jobs everywhere)")
VERDICTS = {
    "ring": (
        gettext_lazy("A ring"),
        "good",
        gettext_lazy("One band outside the hubs is the strongest, and stays so without any one of its regions."),
    ),
    "one case": (
        gettext_lazy("One case"),
        "warn",
        gettext_lazy(
            "One band outside the hubs is the strongest, but only because of one region: a story, not a rule."
        ),
    ),
    "no ring": (
        gettext_lazy("No ring"),
        "",
        gettext_lazy("No band outside the hubs is stronger than the hubs and the country."),
    ),
}


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The bands with leave-one-out beside them; `format=csv` gives them as a file."""
    code = industries.asked(request, default=place.ANALYTICAL)
    research = industries.asked(request, "hubs_by", place.RESEARCH)
    count = max(1, industries.number(request, "hubs", place.HUBS, most=60))
    edges, wrong = _edges(request.GET.get("edges", ""))
    found = place.ring(code, research=research, count=count, edges_km=edges)
    names = place.regions()
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"ring-{code}", HEADER, _lines(found.bands, names, code, research, count))
    word, tone, said = VERDICTS[found.verdict]
    facts = {
        **industries.facts("ring", code),
        "found": found,
        "word": word,
        "tone": tone,
        "said": said,
        "bands": [_band(one, names) for one in found.bands],
        "chart": {
            "kind": "columns",
            "categories": [label(one) for one in found.bands],
            "series": [
                {"name": _("location quotient"), "values": [_round(one.quotient) for one in found.bands]},
                {"name": _("without its most telling region"),
                 "values": [_round(one.least.quotient) if one.least else None for one in found.bands]},
            ],
            "unit": "",
        },
        "hubs": [names[hub] for hub in found.hubs],
        "count": count,
        "research": research,
        "research_label": industries.label(research),
        "edges": ", ".join(f"{edge:g}" for edge in edges),
        "wrong": wrong,
        "industries": industries.choices(),
        "formula": FORMULA,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (pgettext("observatory", "Place"), reverse("observatory_place")),
            (_("Near but not in"), ""),
        ],
    }  # fmt: skip
    return render(request, "observatory/ring.html", facts)


def label(band: Band) -> str:
    """The band in words: the hubs, or its kilometres."""
    if band.hub:
        return _("the hubs")
    return f"{band.from_km:g}–{band.to_km:g} km" if band.to_km else f"> {band.from_km:g} km"


def _band(band: Band, names: dict[str, str]) -> dict[str, Any]:
    without = [(names[one.region], one) for one in band.without[:4]]
    return {"band": band, "label": label(band), "without": without,
            "least": (names[band.least.region], band.least) if band.least else None}  # fmt: skip


def _lines(bands: tuple[Band, ...], names: dict[str, str], *facts: Any) -> list[list[Any]]:
    return [
        [label(one), one.from_km, one.to_km, one.regions, one.jobs, one.base, one.quotient,
         names[one.least.region] if one.least else "", one.least.quotient if one.least else None, *facts,
         industries.AS_OF, str(FORMULA)]
        for one in bands
    ]  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _edges(said: str) -> tuple[tuple[float, ...], str]:
    """The edges that were typed, or the usual ones with a sentence about what was wrong."""
    if not said.strip():
        return EDGES_KM, ""
    parts = said.replace("，", ",").replace("、", ",").split(",")
    numbers = [float(part) for part in parts if part.strip().isascii() and part.strip().replace(".", "", 1).isdigit()]
    if len(numbers) != len(parts) or numbers != sorted(set(numbers)) or not numbers[0] > 0 or len(numbers) > 8:
        text = _(
            "Found “%(found)s”; expected up to eight rising kilometres such as 60, 120, 250; the usual ones are used."
        )
        return EDGES_KM, text % {"found": said[:60]}
    return tuple(numbers), ""
