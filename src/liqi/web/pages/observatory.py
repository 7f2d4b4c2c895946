"""The observatory: where do we stand, what is imported, what is missing; every figure opens its rows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import insight
from liqi.insight.dependence import BANDS, DOMESTIC_FORMULA
from liqi.observatory import chain, dependence, policies
from liqi.web import lenses, observatory_doors, populations, tables

ORIGIN_LABELS = {
    "domestic": gettext_lazy("domestic"),
    "foreign": gettext_lazy("from abroad"),
    "not_said": gettext_lazy("origin not recorded"),
}
FORMULAS = {
    DOMESTIC_FORMULA: gettext_lazy(
        "domestic / (domestic + from abroad); what is not recorded is left out and shown as missing"
    ),
    "hhi": gettext_lazy("sum of the squared shares of the makers, times 10 000"),
    "cr4": gettext_lazy("share of the four makers with most instruments"),
    "either": gettext_lazy("n(brand or made in) = n(brand) + n(made in) - n(both)"),
}
OVERLAP = [
    ("brand", gettext_lazy("own brand")),
    ("made_in", gettext_lazy("made at home")),
    ("both", gettext_lazy("own brand and made at home")),
    ("either", gettext_lazy("own brand or made at home")),
]
WEAK = 0.5
"""A figure of which more than this share is missing is drawn as weak."""
ROW_COLUMNS = (
    *("id", "name", "name_en", "class_code", "made_in", "brand_country", "owner_country", "maker", "model"),
    *("value_cny", "band", "institution", "country", "province", "city", "confirmed_on", "synthetic"),
)


def index(request: HttpRequest) -> HttpResponse:
    """The doors: each a question, with one live figure."""
    now = timezone.now()
    stock, links = dependence.read(now=now), chain.read(now=now)
    facts = {
        "stock": stock,
        "links": links,
        "rules": len(policies.in_use()),
        "groups": observatory_doors.GROUPS,
        "examples": observatory_doors.EXAMPLES,
        "place": populations.label(stock.population.country),
        "example": bool(stock.population.synthetic),
        "crumbs": [(_("Observatory"), "")],
    }
    return render(request, "observatory/index.html", facts)


def imports(request: HttpRequest) -> HttpResponseBase:
    """Domestic share by class and value band through one lens; `format=csv` gives the table as a file."""
    asked = lenses.asked(request)
    found = dependence.read(now=timezone.now(), **asked)
    if request.GET.get("format") == "csv":
        return tables.as_csv("dependence", _HEAT_HEADER, _heat_lines(found))
    address = {"country": found.population.country, "province": found.population.province, "class": found.class_code}
    facts = {
        **populations.scope(found.population),
        "found": found,
        "lenses": lenses.tabs(found.by_lens, found.lens, address),
        "lens_label": lenses.LENSES[found.lens][0],
        "bands": [lenses.BAND_LABELS[band] for band in found.heat.columns],
        "lines": [_line(row, found, address) for row in found.heat.rows],
        "sums": [_cell(found.heat.column_sums[b], found, address, None, b) for b in found.heat.columns],
        "total": _cell(found.heat.total, found, address),
        "hhi_points": None if found.hhi.value is None else round(found.hhi.value * 10_000),
        "formula": FORMULAS[DOMESTIC_FORMULA],
        "formulas": FORMULAS,
        "overlap": OVERLAP,
        "kept": populations.kept(request, "lens", "class"),
        "class_path": lenses.class_path(found.class_code),
        "rows_address": _rows_address(found, address),
        "example": bool(found.population.synthetic),
        "crumbs": [(_("Observatory"), reverse("observatory")), (_("Dependence on imports"), "")],
    }
    return render(request, "observatory/dependence.html", facts)


def rows(request: HttpRequest) -> HttpResponseBase:
    """The instruments behind a figure, fifty a page; `format=csv` gives all as a file."""
    asked, band, origins = lenses.asked(request), request.GET.get("band", ""), request.GET.get("origin", "")
    year, makers = request.GET.get("year", ""), [key for key in request.GET.get("maker", "").split(",") if key]
    if not (year in ("", dependence.NO_YEAR) or (year.isascii() and year.isdigit() and len(year) == 4)):
        raise Http404
    if band not in ("", dependence.NO_BAND, *map(str, range(len(BANDS)))) or origins not in ("", *ORIGIN_LABELS):
        raise Http404
    frame, taken = dependence.rows(now=timezone.now(), **asked, band=band, origins=origins, makers=makers, year=year)
    if request.GET.get("format") == "csv":
        return tables.as_csv("instruments", ROW_COLUMNS, frame.select(ROW_COLUMNS).collect().iter_rows())
    held = populations.Rows(frame)
    label = lenses.BAND_LABELS[BANDS[int(band)] if band.isdigit() else None] if band else ""
    figure = populations.asked(request, "lens", "country", "province", "class")
    bought = _("year not recorded") if year == dependence.NO_YEAR else year
    chips = [lenses.class_label(asked["class_code"]), label, ORIGIN_LABELS.get(origins, ""), bought, *makers]
    facts = {
        "page": Paginator(held, populations.PAGE).get_page(request.GET.get("page")),
        "lens_label": lenses.LENSES[asked["lens"]][0],
        "chips": [chip for chip in chips if chip],
        "origin": origins,
        "origins": list(ORIGIN_LABELS.items()),
        "kept": populations.kept(request, "lens", "country", "province", "class", "band", "year", "maker"),
        "taken": taken,
        "back": f"{reverse('observatory_dependence')}?{figure}",
        "example": held.synthetic,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Dependence on imports"), reverse("observatory_dependence")),
            (_("Rows"), ""),
        ],
    }
    return render(request, "observatory/rows.html", facts)


def _line(row: str | None, found: dependence.Dependence, address: dict[str, str]) -> dict[str, Any]:
    deeper = row and row != found.class_code and not lenses.is_leaf(row)
    return {
        "label": lenses.class_label(row or dependence.NO_CLASS),
        "code": row or "",
        "address": f"?{populations.encode({**address, 'lens': found.lens, 'class': row or ''})}" if deeper else "",
        "cells": [_cell(found.heat.cells[row, band], found, address, row, band) for band in found.heat.columns],
        "sum": _cell(found.heat.row_sums[row], found, address, row),
    }


_ANY = "any"


def _cell(
    figure: insight.Figure,
    found: dependence.Dependence,
    address: dict[str, str],
    row: str | None = None,
    band: str | None = _ANY,
) -> dict[str, Any]:
    """A figure of the heat table: its colour step, and the address of its rows."""
    in_row = "large_class" in figure.group or "middle_class" in figure.group or "class_code" in figure.group
    query = {**address, "lens": found.lens}
    if in_row:
        query["class"] = row or dependence.NO_CLASS
    if band != _ANY:
        query["band"] = dependence.NO_BAND if band is None else str(BANDS.index(band))
    return {
        "figure": figure,
        "level": lenses.level(figure),
        "weak": figure.value is not None and figure.missing > WEAK,
        "hole": figure.note,
        "label": lenses.BAND_LABELS[band] if band != _ANY else "",
        "address": f"{reverse('observatory_rows')}?{populations.encode(query)}" if figure.rows else "",
    }


_HEAT_HEADER = (
    *("class_code", "class", "band", "lens", "unit", "domestic_share", "note", "domestic", "foreign", "not_said"),
    *("rows", "missing", "as_of", "formula"),
)


def _heat_lines(found: dependence.Dependence) -> list[list[Any]]:
    lines = []
    for (row, band), figure in found.heat.cells.items():
        counts = [figure.counts[name] for name in ("domestic", "foreign", "not_said")]
        label = lenses.class_label(row or dependence.NO_CLASS)
        head = [row or "", label, str(lenses.BAND_LABELS[band]), figure.lens, figure.unit]
        tail = [figure.rows, figure.missing, figure.as_of, figure.formula]
        lines.append([*head, figure.value, figure.note, *counts, *tail])
    return lines


def _rows_address(found: dependence.Dependence, address: dict[str, str]) -> str:
    return f"{reverse('observatory_rows')}?{populations.encode({**address, 'lens': found.lens})}"
