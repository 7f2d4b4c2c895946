"""Distances: at which kilometres things gather more than chance (Duranton and Overman)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from liqi.observatory import place
from liqi.web import industries, tables

HEADER = ("km", "density", "low", "high", "domain", "bandwidth_km", "firms", "sites", "draws", "confidence", "verdict",
          "p_localised", "p_dispersed", "unit")  # fmt: skip
DOMAINS = {
    place.LABORATORIES: gettext_lazy("Laboratories full of instruments, of every field"),
    "Biological and Medical Sciences": gettext_lazy("Biological and medical sciences"),
    "Chemistry and Material Sciences": gettext_lazy("Chemistry and materials"),
    "Earth and Environmental Sciences": gettext_lazy("Earth and environment"),
    "Engineering and Energy": gettext_lazy("Engineering and energy"),
    "Humanities and Arts": gettext_lazy("Humanities and arts"),
    "Information Science and Technology": gettext_lazy("Information science"),
    "Physics, Astronomy, Astrophysics and Mathematics": gettext_lazy("Physics, astronomy and mathematics"),
    "Social Sciences": gettext_lazy("Social sciences"),
}
VERDICTS = {
    "localised": (gettext_lazy("Gathered"), "good", gettext_lazy("They gather more than chance would have it.")),
    "dispersed": (gettext_lazy("Apart"), "warn", gettext_lazy("They keep further apart than chance would have it.")),
    "chance": (gettext_lazy("As by chance"), "", gettext_lazy("No distance stands out: chance would spread them so.")),
}


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The curve with its band; `format=csv` gives it as a file."""
    domain = request.GET.get("domain") or place.LABORATORIES
    kind = request.GET.get("kind") or ("all" if domain == place.LABORATORIES else "single")
    if domain not in DOMAINS or kind not in ("single", "all"):
        raise Http404
    found = place.distances(domain, single=kind == "single")
    points = list(zip(found.distances_km, found.density, found.low, found.high, strict=True))
    if request.GET.get("format") == "csv":
        counted = (domain, found.bandwidth_km, found.firms, found.sites, found.draws, found.confidence)
        rest = (*counted, found.verdict, found.p_localised, found.p_dispersed, "1/km")
        return tables.as_csv("distances", HEADER, ([*point, *rest] for point in points))
    word, tone, said = VERDICTS[found.verdict]
    at = found.localised_km or found.dispersed_km
    facts = {
        **industries.facts("distances"),
        "found": found,
        "word": word,
        "tone": tone,
        "said": said,
        "ranges": _ranges(at, found.distances_km[1]),
        "points": [(km, k * 1e4, low * 1e4, high * 1e4) for km, k, low, high in points[::5]],
        "chart": {
            "kind": "lines",
            "categories": [round(km) for km, _k, _low, _high in points],
            "series": [
                {"name": _("these"), "values": [round(point[1] * 1e4, 4) for point in points]},
                {"name": _("chance, upper edge"), "values": [round(point[3] * 1e4, 4) for point in points]},
                {"name": _("chance, lower edge"), "values": [round(point[2] * 1e4, 4) for point in points]},
            ],
            "unit": "×10⁻⁴ / km",
            "across": "km",
        },
        "domains": list(DOMAINS.items()),
        "domain": domain,
        "domain_label": DOMAINS[domain],
        "kind": kind,
        "kinds": [("single", _("those at one site")), ("all", _("all, distributed and virtual ones too"))],
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (pgettext("observatory", "Place"), reverse("observatory_place")),
            (_("At which distances"), ""),
        ],
    }
    return render(request, "observatory/distances.html", facts)


def _ranges(kilometres: list[float], step: float) -> list[str]:
    """The distances as stretches: 0-120 km, 340-380 km."""
    stretches: list[list[float]] = []
    for km in kilometres:
        if stretches and km - stretches[-1][1] < 1.5 * step:
            stretches[-1][1] = km
        else:
            stretches.append([km, km])
    return [f"{first:.0f}–{last:.0f} km" for first, last in stretches]
