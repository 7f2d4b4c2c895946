"""Search: who has it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue import search
from liqi.web import maps, questions, tables

PAGE, SEEN, EXPORTED = 20, 100, 5000
"""Hits a page, hits behind the map, hits in a file."""
FACETS = {
    "kind": (gettext_lazy("Kind of record"), "kind"),
    "class": (gettext_lazy("Class of instrument"), "class"),
    "place": (gettext_lazy("Province"), "place"),
    "country": (gettext_lazy("Country or region"), "place"),
    "maker": (gettext_lazy("Maker"), "maker"),
    "origin": (gettext_lazy("Where the brand is from"), "origin"),
    "shared": (gettext_lazy("Open to others"), "shared"),
}
"""Facet: its title and the field of the address that it sets."""
OPEN_AT_FIRST = ("kind", "class", "place", "country")
SHOWN_AT_FIRST = 8


def find(request: HttpRequest) -> HttpResponseBase:
    """Hits for the question and filters of the address; `format=csv` gives them as a file."""
    asked, language = request.GET, translation.get_language() or ""
    question = questions.read(asked)
    text, filters, by_value = question.text, question.filters, question.sort == "value"
    if asked.get("format") == "csv":
        return _export(search.find(text, filters, limit=EXPORTED, language=language, facets=()))
    number = _number(asked.get("page"))
    first = (number - 1) * PAGE // SEEN * SEEN
    found = search.find(
        text, filters, limit=SEEN, offset=first, language=language, facets=tuple(FACETS), sort=question.sort
    )
    if not by_value:
        found = replace(found, hits=search.varied(found.hits))
    page = _page(found, number, first)
    facts = {
        "text": text,
        "found": found,
        "by_value": by_value,
        "kept": [(name, value) for name in asked for value in asked.getlist(name) if name not in ("sort", "page")],
        "page": page,
        "wrong": question.wrong,
        "facets": [facet for name in FACETS if (facet := _facet(name, found.facets.get(name, ()), asked))],
        "chips": _chips(asked, found),
        "examples": [_("mass spectrometer"), _("electron microscope"), _("gas chromatograph")],
        "map": maps.of_hits(found.hits),
        "example": any(hit.synthetic for hit in page),
        "crumbs": [(_("Catalogue"), "")],
    }
    return render(request, "search/search.html", facts)


def _number(text: str | None) -> int:
    number = int(text) if text and text.isdecimal() else 1
    return max(1, min(number, 500))


def _page(found: search.Found, number: int, first: int) -> Page[search.Hit]:
    pages: Paginator[Any] = Paginator(range(min(found.total, 10_000)), PAGE)
    at = (min(number, pages.num_pages) - 1) * PAGE - first
    return Page(found.hits[max(at, 0) : max(at, 0) + PAGE], min(number, pages.num_pages), pages)


def _facet(name: str, counts: tuple[search.FacetCount, ...], asked: QueryDict) -> dict[str, Any] | None:
    """The facet as the page shows it; None where there is nothing to choose between."""
    title, field = FACETS[name]
    chosen = asked.getlist(field)
    if name == "place":
        counts = tuple(one for one in counts if one.code.isdigit())
    if len(counts) < 2 and not any(one.code in chosen for one in counts):
        return None
    values: list[dict[str, Any]] = [
        {
            "label": one.label,
            "count": one.count,
            "chosen": one.code in chosen,
            "address": _toggled(asked, field, one.code),
        }
        for one in counts
    ]
    values.sort(key=lambda value: not value["chosen"])
    first = max(SHOWN_AT_FIRST, sum(value["chosen"] for value in values))
    is_open = name in OPEN_AT_FIRST or any(value["chosen"] for value in values)
    return {"title": title, "values": values[:first], "more": values[first:], "open": is_open}


def _toggled(asked: QueryDict, field: str, code: str) -> str:
    """The address with this choice taken or given back, from the first page on."""
    address = asked.copy()
    address.pop("page", None)
    values = address.getlist(field)
    if field == "shared":
        values = [] if code in values else [code]
    else:
        values = [value for value in values if value != code] if code in values else [*values, code]
    address.setlist(field, values)
    return f"?{address.urlencode()}"


def _chips(asked: QueryDict, found: search.Found) -> list[dict[str, str]]:
    """What narrows the list now, each with the address that takes it away."""
    labels = {(FACETS[name][1], one.code): one.label for name, counts in found.facets.items() for one in counts}
    language = translation.get_language() or ""
    chips = []
    for field in dict.fromkeys(field for _title, field in FACETS.values()):
        for code in asked.getlist(field):
            label = labels.get((field, code)) or search.facet_label(field, code, language)
            chips.append({"label": label, "address": _toggled(asked, field, code)})
    if asked.get("bookable") == "1":
        chips.append({"label": _("Can be booked here"), "address": _toggled(asked, "bookable", "1")})
    return chips


def _export(found: search.Found) -> HttpResponseBase:
    header = ("id", "kind", "name", "name_en", "institution", "place", "maker", "model", "class")
    rows = (
        (hit.key, hit.kind, hit.name, hit.name_en, hit.institution, hit.place, hit.maker, hit.model, hit.class_code)
        for hit in found.hits
    )
    return tables.as_csv(f"liqi-{len(found.hits)}-of-{found.total}", header, rows)
