"""Purchases by year: is what is bought becoming more domestic, and what has replaced imports since when?"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.insight import Figure
from liqi.insight.cohorts import Cohorts
from liqi.insight.dependence import BANDS
from liqi.observatory import dependence, purchases
from liqi.web import lenses, populations, tables

MEASURES = {
    purchases.UNITS: gettext_lazy("by number"),
    purchases.VALUE: gettext_lazy("by value"),
}
HEADER = (
    *("year", "measure", "lens", "unit", "domestic_share", "note", "domestic", "foreign", "not_said", "rows"),
    *("missing", "substitution_since_base", "base_year", "as_of", "formula"),
)


def show(request: HttpRequest) -> HttpResponseBase:
    """The line of years by number and by value, and the classes of each year; `format=csv` gives a file."""
    asked = lenses.asked(request)
    measure, band = request.GET.get("measure", purchases.UNITS), request.GET.get("band", "")
    if measure not in MEASURES or band not in ("", dependence.NO_BAND, *map(str, range(len(BANDS)))):
        raise Http404
    found = purchases.read(now=timezone.now(), **asked, measure=measure, band=band)
    if request.GET.get("format") == "csv":
        return tables.as_csv("purchases", HEADER, _lines(found))
    address = {"country": found.population.country, "province": found.population.province, "class": found.class_code}
    address["lens"] = found.lens
    units = found.by[purchases.UNITS]
    drawn = found.by[measure]
    last = next((year for year in reversed(found.years) if drawn.figures[year].value is not None), None)
    facts = {
        **populations.scope(found.population),
        "found": found,
        "measure": measure,
        "measures": [
            (code, label, f"?{populations.encode({**address, 'measure': code, 'band': band})}")
            for code, label in MEASURES.items()
        ],
        "lenses": lenses.tabs({}, found.lens, {**address, "measure": measure, "band": band}),
        "lens_label": lenses.LENSES[found.lens][0],
        "band": band,
        "bands": [(str(at), lenses.BAND_LABELS[BANDS[at]]) for at in range(len(BANDS))]
        + [(dependence.NO_BAND, lenses.BAND_LABELS[None])],
        "years": [_year(year, found, address) for year in reversed(found.years)],
        "undated": units.undated,
        "undated_address": _rows({**address, "year": dependence.NO_YEAR}),
        "base": drawn.base,
        "last": last,
        **_behind(found),
        "last_address": _rows({**address, "year": str(last)}),
        "substitution": drawn.substitution[last] if last is not None else None,
        "slope": None if drawn.slope is None else round(drawn.slope * 100, 2),
        "chart": _chart(found) if len(found.years) > 1 else None,
        "columns": found.heat.columns,
        "lines": [_line(row, found, address, band) for row in found.heat.rows],
        "kept": populations.kept(request, "lens", "class", "measure", "band"),
        "kept_count": populations.kept(request, "lens", "class", "country", "province"),
        "class_path": lenses.class_path(found.class_code),
        "example": bool(found.population.synthetic),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Dependence on imports"), reverse("observatory_dependence")),
            (_("Purchases by year"), ""),
        ],
    }
    return render(request, "observatory/purchases.html", facts)


def _behind(found: purchases.Purchases) -> dict[str, float]:
    """The instruments behind the line of years: all, the share that says no origin, the share without a year."""
    units = found.by[purchases.UNITS]
    dated = [units.figures[year] for year in found.years]
    rows = sum(one.rows for one in dated)
    everything, undated = (
        rows + (units.undated.rows if units.undated else 0),
        units.undated.rows if units.undated else 0,
    )
    return {
        "line_rows": rows,
        "line_missing": sum(one.rows * one.missing for one in dated) / max(1, rows),
        "all_rows": everything,
        "undated_share": undated / max(1, everything),
    }


def _year(year: int, found: purchases.Purchases, address: dict[str, str]) -> dict[str, Any]:
    units, value = found.by[purchases.UNITS], found.by[purchases.VALUE]
    return {
        "year": year,
        "units": units.figures[year],
        "value": value.figures[year],
        "substitution": units.substitution[year],
        "address": _rows({**address, "year": str(year)}) if units.figures[year].rows else "",
    }


def _line(row: str | None, found: purchases.Purchases, address: dict[str, str], band: str) -> dict[str, Any]:
    code = row or dependence.NO_CLASS
    here = {**address, "class": code, "band": band}
    deeper = row and row != found.class_code and not lenses.is_leaf(row)
    return {
        "label": lenses.class_label(code),
        "code": row or "",
        "address": f"?{populations.encode({**address, 'class': code})}" if deeper else "",
        "cells": [
            {
                "figure": figure,
                "level": lenses.level(figure),
                "year": year,
                "address": _rows({**here, "year": year or ""}),
            }
            for year in found.heat.columns
            for figure in [found.heat.cells[row, year]]
        ],
    }


def _chart(found: purchases.Purchases) -> dict[str, Any]:
    return {
        "kind": "lines",
        "unit": "%",
        "categories": [str(year) for year in found.years],
        "series": [
            {"name": str(MEASURES[name]), "values": [_percent(cohorts.figures[year]) for year in found.years]}
            for name, cohorts in found.by.items()
        ],
    }


def _percent(figure: Figure) -> float | None:
    return None if figure.value is None else round(figure.value * 100, 1)


def _rows(query: dict[str, str]) -> str:
    return f"{reverse('observatory_rows')}?{populations.encode(query)}"


def _lines(found: purchases.Purchases) -> list[list[Any]]:
    return [_csv(year, name, cohorts) for name, cohorts in found.by.items() for year in found.years]


def _csv(year: int, name: str, cohorts: Cohorts) -> list[Any]:
    figure, replaced = cohorts.figures[year], cohorts.substitution[year]
    head = [year, name, figure.lens, figure.unit, figure.value, figure.note]
    counts = [figure.counts[one] for one in ("domestic", "foreign", "not_said")]
    return [
        *head, *counts, figure.rows, figure.missing, replaced.value, cohorts.base, figure.as_of, figure.formula,
    ]  # fmt: skip
