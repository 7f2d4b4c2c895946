"""Domestic alternatives: models of the same class from home beside an instrument, and where they can be tried."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.catalogue.models import Instrument
from liqi.insight.alternatives import Ends
from liqi.observatory import alternatives
from liqi.web import capabilities, scripts, tables

SIDE_BY_SIDE = 4
"""Alternatives that stand beside the wanted one; the file has all."""
HEADER = (
    *("maker", "model", "made_here", "own_brand", "quantity", "unit", "wanted", "found", "verdict", "ratio"),
    "instruments",
)


def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """The alternatives side by side, number by number; `format=csv` gives all as a file."""
    instrument = get_object_or_404(Instrument.objects.select_related("maker", "institution"), key=key)
    found = alternatives.read(instrument)
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"alternatives-{instrument.pk}", HEADER, _lines(found))
    beside = found.found[:SIDE_BY_SIDE]
    language = translation.get_language() or ""
    keys = [instrument.key, *(one.example.key for one in beside)]
    facts = {
        "instrument": instrument,
        "found": found,
        "home": taxonomy.place_label(found.home, language),
        "class_label": taxonomy.label(found.class_code, language) if found.class_code else "",
        "beside": [_column(one, language) for one in beside],
        "more": len(found.found) - len(beside),
        "rows": [_row(quantity, found, beside, language) for quantity in found.wanted.numbers],
        "compare": f"{reverse('compare')}?{urlencode([('key', one) for one in keys])}",
        "example": instrument.synthetic or any(one.example.synthetic for one in beside),
        "crumbs": [
            (_("Instruments"), reverse("instruments")),
            (scripts.name_of(instrument, language), reverse("instrument", args=[instrument.key])),
            (_("Domestic alternatives"), ""),
        ],
    }
    return render(request, "observatory/alternatives.html", facts)


def _column(one: alternatives.Alternative, language: str) -> dict[str, Any]:
    first = one.example
    return {
        "alternative": one,
        "maker": scripts.name_of(first.maker, language) if first.maker else first.maker_text,
        "maker_key": first.maker.key if first.maker else "",
        "model": one.match.model.name,
        "share": one.match.share,
        "n": len(one.match.model.instruments),
        "places": one.places,
        "example": first,
    }


def _row(
    quantity: str, found: alternatives.Alternatives, beside: tuple[alternatives.Alternative, ...], language: str
) -> dict[str, Any]:
    known = taxonomy.quantities()[quantity]
    return {
        "label": f"{known.label(language)}{f' ({known.unit})' if known.unit else ''}",
        "hint": {"smaller": _("smaller is better"), "larger": _("larger is better")}.get(known.better, ""),
        "wanted": _said(found.wanted.numbers[quantity]),
        "cells": [
            {"text": _said(one.match.model.numbers.get(quantity)), "verdict": _verdict(quantity, one)} for one in beside
        ],
    }


def _verdict(quantity: str, one: alternatives.Alternative) -> str:
    if quantity in one.match.meets:
        return "meets"
    return "misses" if quantity in one.match.misses else ""


def _said(ends: Ends | None) -> str:
    if ends is None:
        return ""
    low, high = ends
    if low is not None and low == high:
        return capabilities.value_of({"value": low}, "")
    return capabilities.value_of({"low": low, "high": high}, "")


def _lines(found: alternatives.Alternatives) -> list[list[Any]]:
    lines = []
    for one in found.found:
        head = [one.maker, one.match.model.name, one.made_here, one.own_brand]
        keys = ";".join(one.match.model.instruments)
        for quantity, ends in found.wanted.numbers.items():
            mine = one.match.model.numbers.get(quantity)
            unit = taxonomy.quantities()[quantity].unit
            verdict = _verdict(quantity, one) or "not judged"
            lines.append(
                [*head, quantity, unit, _said(ends), _said(mine), verdict, one.match.ratios.get(quantity), keys]
            )
        if not found.wanted.numbers:
            lines.append([*head, "", "", "", "", "not judged", None, keys])
    return lines
