"""The league of vendors: who holds the stock through which lens, with the owners of which day, and how few they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.insight.league import Holder
from liqi.observatory import vendors
from liqi.web import lenses, populations, scripts, tables

SHOWN = 20
"""Holders on the page; the file has all."""
MEASURES = {
    "hhi": gettext_lazy("HHI, 0 to 1"),
    "hhi_normalised": gettext_lazy("HHI, normalised"),
    "equivalent_number": gettext_lazy("as many equal vendors"),
    "cr1": gettext_lazy("largest (CR1)"),
    "cr4": gettext_lazy("four largest (CR4)"),
    "gini": gettext_lazy("Gini"),
    "gini_corrected": gettext_lazy("Gini, corrected"),
    "theil": gettext_lazy("Theil T"),
    "mean_log_deviation": gettext_lazy("mean log deviation"),
    "entropy": gettext_lazy("entropy, nats"),
}
HEADER = (
    *("rank", "holder", "name", "country", "instruments", "share", "cumulative", "brands", "lens", "owners_on"),
    *("rows", "missing", "as_of", "formula"),
)


def show(request: HttpRequest) -> HttpResponseBase:
    """The league through one lens; `on` is the day whose owners count, `format=csv` gives the whole as a file."""
    asked, on = lenses.asked(request, "brand"), _day(request.GET.get("on", ""))
    found = vendors.read(now=timezone.now(), **asked, on=on)
    if request.GET.get("format") == "csv":
        return tables.as_csv("vendors", HEADER, _lines(found))
    address = {"country": found.population.country, "province": found.population.province, "class": found.class_code}
    day = {"on": on.isoformat()} if on else {}
    league = found.league
    facts = {
        **populations.scope(found.population),
        "found": found,
        "lenses": lenses.tabs({}, found.lens, {**address, **day}),
        "lens_label": lenses.LENSES[found.lens][0],
        "holders": [_holder(one, found, address) for one in league.holders[:SHOWN]],
        "more": len(league.holders) - SHOWN,
        "are_placed": any(one.country for one in league.holders),
        "vendors_by_country": league.countries,
        "sizes": league.sizes_by_country[:SHOWN],
        "measures": [(label, _three(league.measures[name].value), league.measures[name].formula)
                     for name, label in MEASURES.items()],
        "equal": league.measures["equivalent_number"].value,
        "cr4": league.measures["cr4"].value,
        "hhi_of_countries": _three(found.hhi_of_countries),
        "chart": _chart(found) if len(league.holders) > 1 else None,
        "moved": [_holder(one, found, address) for one in found.moved],
        "kept": populations.kept(request, "lens", "class", "on"),
        "kept_day": populations.kept(request, "lens", "class", "country", "province"),
        "class_path": lenses.class_path(found.class_code),
        "example": bool(found.population.synthetic),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Dependence on imports"), reverse("observatory_dependence")),
            (_("Vendors"), ""),
        ],
    }  # fmt: skip
    return render(request, "observatory/vendors.html", facts)


def _day(text: str) -> date | None:
    """The day asked for; none for no day or no day that there is."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _three(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _holder(one: Holder, found: vendors.Vendors, address: dict[str, str]) -> dict[str, Any]:
    query = {**address, "lens": found.lens, "maker": ",".join(one.brands)}
    return {
        "holder": one,
        "name": _name(one.name, found),
        "is_maker": one.name in found.names,
        "country": taxonomy.place_label(one.country, translation.get_language() or "") if one.country else "",
        "brands": [(brand, _name(brand, found)) for brand in one.brands if brand != one.name],
        "address": f"{reverse('observatory_rows')}?{populations.encode(query)}",
    }


def _name(key: str, found: vendors.Vendors) -> str:
    """The maker's name in the language of the page; an owner that is no maker is called as on record."""
    name, name_en = found.names.get(key, (key, ""))
    language = translation.get_language() or ""
    return name_en if name_en and language.startswith("en") else scripts.in_script(name, language)


def _chart(found: vendors.Vendors) -> dict[str, Any]:
    shown = found.league.holders[:SHOWN]
    return {
        "kind": "bars",
        "unit": "%",
        "categories": [_name(one.name, found) for one in shown],
        "series": [{"name": _("share"), "values": [round(one.share * 100, 1) for one in shown]}],
    }


def _lines(found: vendors.Vendors) -> list[list[Any]]:
    tail = [found.lens, found.on, found.league.rows, found.league.missing, found.as_of]
    formula = "instruments of the holder / instruments whose maker is recorded"
    return [
        [one.rank, one.name, _name(one.name, found), one.country, one.size, one.share, one.cumulative,
         ";".join(one.brands), *tail, formula]
        for one in found.league.holders
    ]  # fmt: skip
