"""The chain: three classes of facility by four stages, gaps drawn as holes; every count opens its facilities."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.insight.inquiry import UnclearQuestion, where
from liqi.observatory import chain
from liqi.web import populations, tables

FACILITY_COLUMNS = (
    *("id", "name", "name_en", "class", "kind", "field", *taxonomy.STAGES, "institution", "country"),
    *("province", "city", "status", "confirmed_on", "synthetic"),
)


def links(request: HttpRequest) -> HttpResponse:
    """The chain: three classes by four stages of a field, gaps drawn as holes, and every field beside it."""
    field = request.GET.get("field", "")
    asked = {name: request.GET.get(name, "") for name in ("country", "province")}
    found = chain.read(now=timezone.now(), field=field if field in taxonomy.FIELDS else "", **asked)
    place = {"country": found.population.country, "province": found.population.province}
    facts = {
        **populations.scope(found.population),
        "found": found,
        "kept": populations.kept(request, "field"),
        "field": taxonomy.FIELDS.get(found.field),
        "stages": list(taxonomy.STAGES.values()),
        "lines": [_links_of(kind, found, place) for kind in taxonomy.FACILITY_CLASSES.values()],
        "gaps": [
            (taxonomy.FACILITY_CLASSES[c], taxonomy.STAGES[s], _gap(found, place, c, s)) for c, s in found.matrix.gaps
        ],
        "fields": [_field(code, found, place) for code in taxonomy.FIELDS],
        "all_address": f"{reverse('observatory_chain')}?{populations.encode(place)}",
        "rows_address": f"{reverse('observatory_facilities')}?{populations.encode({**place, 'field': found.field})}",
        "example": bool(found.population.synthetic),
        "crumbs": [(_("Observatory"), reverse("observatory")), (_("The chain"), "")],
    }
    return render(request, "observatory/chain.html", facts)


def facilities(request: HttpRequest) -> HttpResponseBase:
    """The facilities of a cell of the chain, fifty a page; `format=csv` gives all as a file."""
    asked = {name: request.GET.get(name, "") for name in ("field", "stage", "country", "province")}
    facility_class = request.GET.get("class", "")
    known = ((asked["field"], taxonomy.FIELDS), (asked["stage"], taxonomy.STAGES))
    if any(code and code not in terms for code, terms in (*known, (facility_class, taxonomy.FACILITY_CLASSES))):
        raise Http404
    peers = request.GET.get("peers", "")
    try:
        frame, taken = chain.rows(now=timezone.now(), facility_class=facility_class, peers_of=peers, **asked)
    except UnclearQuestion:
        raise Http404 from None
    if request.GET.get("format") == "csv":
        return tables.as_csv("facilities", FACILITY_COLUMNS, frame.select(FACILITY_COLUMNS).iter_rows())
    terms = [taxonomy.FIELDS.get(asked["field"]), taxonomy.FACILITY_CLASSES.get(facility_class)]
    facts = {
        "page": Paginator(populations.Rows(frame), populations.PAGE).get_page(request.GET.get("page")),
        "terms": [term for term in (*terms, taxonomy.STAGES.get(asked["stage"])) if term],
        "compared": _("places compared with %(place)s")
        % {"place": where(peers).label(translation.get_language() or "")}
        if peers
        else "",
        "kinds": taxonomy.FACILITY_KINDS,
        "taken": taken,
        "back": f"{reverse('observatory_chain')}?{populations.asked(request, 'field', 'country', 'province')}",
        "example": bool(frame["synthetic"].any()),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("The chain"), reverse("observatory_chain")),
            (_("Facilities"), ""),
        ],
    }
    return render(request, "observatory/facilities.html", facts)


def _links_of(kind: taxonomy.Term, found: chain.Chain, place: dict[str, str]) -> dict[str, Any]:
    cells = []
    for code, stage in taxonomy.STAGES.items():
        figure = found.matrix.cells[kind.code, code]
        query = {**place, "field": found.field, "class": kind.code, "stage": code}
        address = f"{reverse('observatory_facilities')}?{populations.encode(query)}" if figure.rows else ""
        gap = _gap(found, place, kind.code, code)
        cells.append({"figure": figure, "stage": stage, "address": address, "gap": gap})
    return {"kind": kind, "cells": cells}


def _gap(found: chain.Chain, place: dict[str, str], facility_class: str, stage: str) -> str:
    """Where it says what could fill this cell."""
    query = {**place, "field": found.field, "class": facility_class, "stage": stage}
    return f"{reverse('observatory_gap')}?{populations.encode(query)}"


def _field(code: str, found: chain.Chain, place: dict[str, str]) -> dict[str, Any]:
    return {
        "term": taxonomy.FIELDS[code],
        "matrix": found.fields[code],
        "here": code == found.field,
        "address": f"?{populations.encode({**place, 'field': code})}",
        "rows": f"{reverse('observatory_facilities')}?{populations.encode({**place, 'field': code})}",
        "strip": [
            bool(found.fields[code].cells[c, s].rows) for c in taxonomy.FACILITY_CLASSES for s in taxonomy.STAGES
        ],
    }
