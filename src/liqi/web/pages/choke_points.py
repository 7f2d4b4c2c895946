"""Choke points: what is imported, from few makers, made by nobody at home, and much used."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.insight.chokepoints import DEPENDENT, FEW, FORMULA, ChokePoint
from liqi.observatory import chokepoints
from liqi.web import lenses, populations, tables

SHOWN = 40
USES = {
    chokepoints.HOURS: gettext_lazy("effective hours"),
    chokepoints.INSTRUMENTS: gettext_lazy("instruments"),
}
FACTORS = {
    "dependence": gettext_lazy("share from abroad"),
    "fewness": gettext_lazy("foreign sources"),
    "absence": gettext_lazy("makers at home"),
    "use": gettext_lazy("use"),
}
HEADER = (
    *("rank", "class_code", "class", "score", "choke_point", "unknown", "foreign_share", "equal_foreign_sources"),
    *("domestic_makers", "use", "use_unit", "lens", "rows", "missing", "as_of", "formula"),
)


def show(request: HttpRequest) -> HttpResponseBase:
    """The classes by the product of their four factors; `format=csv` gives all as a file."""
    use = request.GET.get("use", chokepoints.INSTRUMENTS)
    if use not in USES:
        raise Http404
    found = chokepoints.read(now=timezone.now(), **lenses.asked(request), use=use)
    if request.GET.get("format") == "csv":
        return tables.as_csv("choke_points", HEADER, _lines(found))
    address = {"country": found.population.country, "province": found.population.province, "lens": found.lens}
    ranked = [one for one in found.points if one.score or one.is_choke_point]
    facts = {
        **populations.scope(found.population),
        "found": found,
        "lenses": lenses.tabs({}, found.lens, {**address, "class": found.class_code}),
        "lens_label": lenses.LENSES[found.lens][0],
        "points": [_point(one, address) for one in ranked[:SHOWN]],
        "more": len(ranked) - SHOWN,
        "past": sum(bool(one.is_choke_point) for one in found.points),
        "classes": len(found.points),
        "unjudged_share": sum(one.score is None for one in found.points) / max(1, len(found.points)),
        "unknown": [(_label(one), [FACTORS[name] for name in one.unknown]) for one in found.points if one.unknown],
        "use": USES[found.use],
        "used": found.use,
        "uses": list(USES.items()),
        "kept_use": populations.kept(request, "lens", "class", "country", "province"),
        "dependent": DEPENDENT,
        "few": f"{FEW:g}",
        "kept": populations.kept(request, "lens", "class", "use"),
        "class_path": lenses.class_path(found.class_code),
        "example": bool(found.population.synthetic),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Dependence on imports"), reverse("observatory_dependence")),
            (_("Choke points"), ""),
        ],
    }
    return render(request, "observatory/choke_points.html", facts)


def _label(one: ChokePoint) -> str:
    return lenses.class_label(one.item.name)


def _point(one: ChokePoint, address: dict[str, str]) -> dict[str, Any]:
    query = {**address, "class": one.item.name}
    return {
        "point": one,
        "label": _label(one),
        "deeper": "" if not one.item.name.endswith("00") else f"?{populations.encode(query)}",
        "sources": None if one.item.sources is None else round(one.item.sources, 1),
        "address": f"{reverse('observatory_rows')}?{populations.encode(query)}",
        "score": "" if one.score is None else f"{one.score:.4f}",
    }


def _lines(found: chokepoints.ChokePoints) -> list[list[Any]]:
    return [
        [one.rank or "", one.item.name, _label(one), one.score, one.is_choke_point, ";".join(one.unknown),
         one.item.foreign_share, one.item.sources, one.item.domestic_sources, one.item.use, found.use, found.lens,
         one.item.rows, one.item.missing, found.as_of, FORMULA]
        for one in found.points
    ]  # fmt: skip
