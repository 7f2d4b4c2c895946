"""Choosing a site: a table of criteria, weights by order or by pairs, a ranking with how firm it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from liqi.insight import sites
from liqi.web import criteria, industries, tables

SEED = 20_260_101
MORE = {
    "idle_capacity": gettext_lazy("What idle land could carry"),
    "talent_within": gettext_lazy("Talent within reach"),
    "place_kind": gettext_lazy("Kinds of places: hub of facilities, belt of life science"),
    "huff": gettext_lazy("Who goes where (Huff)"),
}
"""What a table of one's own can be asked besides."""
METHODS = {"topsis": "TOPSIS", "promethee": "PROMETHEE II"}
PARKS = (
    ("A", 62, 265, 2.4, 15),
    ("B", 58, 240, 2.5, 18),
    ("C", 90, 420, 4.2, 2),
    ("D", 25, 60, 1.1, 64),
    ("E", 12, 30, 0.8, 120),
)
HEADER = (
    "rank",
    "site",
    "score",
    "method",
    "rank_best",
    "rank_worst",
    "first_share",
    "tie",
    "weights",
    "draws",
    "spread",
)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponseBase:
    """The form with its ranking; POST takes a file and comes back with its table in the address."""
    if request.method == "POST":
        return _uploaded(request)
    asked = _asked(request)
    found, wrong = None, ""
    try:
        found = _ranked(asked)
    except criteria.Unreadable as problem:
        wrong = str(problem)
    if found and request.GET.get("format") == "csv":
        return tables.as_csv("sites", HEADER, _lines(found, asked))
    return _page(request, asked, found, wrong)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address says; the example where it says no table."""
    table = request.GET.get("table", "").strip()
    given = request.GET if table else {}
    weigh, method = given.get("weigh", "order"), given.get("method", "topsis")
    return {
        "table": table or example(),
        "is_example": not table or table.replace("\r", "") == example(),
        "weigh": weigh if weigh in ("order", "pairs") else "order",
        "order": given.get("order", "") if table else " > ".join(example().split("\n")[0].split(",")[1:]),
        "pairs": given.get("pairs", "") if table else "",
        "less": request.GET.getlist("less") if table else [_("rent (CNY/m² day)"), _("km to the hub")],
        "method": method if method in METHODS else "topsis",
    }


def example() -> str:
    """Five made-up parks; the page says that they are an example."""
    head = (
        _("site"),
        _("talent in reach (thousand)"),
        _("venture money (M CNY)"),
        _("rent (CNY/m² day)"),
        _("km to the hub"),
    )
    park = _("Park")
    rows = [
        head,
        *(tuple(f"{park} {one[0]}" if at == 0 else str(cell) for at, cell in enumerate(one)) for one in PARKS),
    ]
    return "\n".join(",".join(row) for row in rows)


def _ranked(asked: dict[str, Any]) -> tuple[criteria.Criteria, dict[str, float], float | None, sites.Ranking]:
    table = criteria.read(asked["table"])
    ratio = None
    if asked["weigh"] == "pairs":
        compared = criteria.by_pairs(asked["pairs"], table.names)
        weights, ratio = compared.weights, compared.consistency_ratio
    else:
        weights = criteria.by_rank(asked["order"], table.names)
    shares = criteria.weights_of(weights, table.names)
    found = sites.ranked(
        table.sites, table.rows, shares, criteria.worse(asked["less"], table.names), seed=SEED, method=asked["method"]
    )
    return table, dict(zip(table.names, shares, strict=True)), ratio, found


def _page(request: HttpRequest, asked: dict[str, Any], found: Any, wrong: str) -> HttpResponse:
    facts: dict[str, Any] = {
        **industries.facts("sites"),
        **asked,
        "wrong": wrong,
        "methods": list(METHODS.items()),
        "more": list(MORE.items()),
        "method_label": METHODS[asked["method"]],
        "spread": sites.SPREAD,
        "tolerated": sites.TOLERATED,
        "kept_address": "&".join(
            urlencode([(name, value) for value in values]) for name, values in request.GET.lists() if name != "format"
        ),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (pgettext("observatory", "Place"), reverse("observatory_place")),
            (_("Choose a site"), ""),
        ],
    }
    if found:
        table, weights, ratio, ranking = found
        facts |= {
            "names": table.names,
            "weights": [(name, share, name in asked["less"]) for name, share in weights.items()],
            "ratio": ratio,
            "consistent": ratio is None or ratio <= sites.TOLERATED,
            "ranking": ranking,
            "places": [_place(one, ranking, table) for one in ranking.places],
            "chart": {
                "kind": "bars",
                "categories": [one.name for one in ranking.places],
                "series": [
                    {"name": METHODS[ranking.method], "values": [round(one.score, 3) for one in ranking.places]}
                ],
                "unit": "",
            },
        }
    return render(request, "observatory/sites.html", facts, status=422 if wrong else 200)


def _place(one: sites.Place, ranking: sites.Ranking, table: criteria.Criteria) -> dict[str, Any]:
    cells = zip(table.names, table.rows[table.sites.index(one.name)], strict=True)
    return {"place": one, "tie": _tie(one, ranking), "cells": list(cells)}


def _tie(one: sites.Place, ranking: sites.Ranking) -> bool:
    return sum(other.rank == one.rank for other in ranking.places) > 1


def _lines(found: Any, asked: dict[str, Any]) -> list[list[Any]]:
    _table, weights, _ratio, ranking = found
    said = "; ".join(
        f"{name} {share:.4f}{' (less is better)' if name in asked['less'] else ''}" for name, share in weights.items()
    )
    return [
        [one.rank, one.name, one.score, ranking.method, one.best, one.worst, one.first_share, _tie(one, ranking), said,
         ranking.draws, sites.SPREAD]
        for one in ranking.places
    ]  # fmt: skip


def _uploaded(request: HttpRequest) -> HttpResponseBase:
    """A file that is a table becomes the table of the address; anything else comes back with a sentence."""
    file = request.FILES.get("file")
    wrong, text = _("Found no file; expected a CSV table of sites and criteria; choose one."), ""
    if file is not None:
        raw = file.read(4 * criteria.MOST_CHARACTERS + 1)
        for code in ("utf-8-sig", "gb18030"):
            try:
                text = raw.decode(code)
                break
            except UnicodeDecodeError:
                text = ""
        try:
            criteria.read(text)
        except criteria.Unreadable as problem:
            wrong = str(problem)
        else:
            return redirect(f"{reverse('observatory_sites')}?{urlencode({'table': text.strip()})}")
    asked = _asked(request)
    return _page(request, asked, None, wrong)
