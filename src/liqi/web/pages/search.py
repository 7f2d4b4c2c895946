"""Search: who has it?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liqi.catalogue import misses, search
from liqi.web import maps, narrowing, questions, tables

PAGE, SEEN, EXPORTED = 20, 100, 5000
"""Hits a page, hits behind the map, hits in a file."""
ORDERS = {
    "relevance": gettext_lazy("Best match first"),
    "newest": gettext_lazy("Newest in the catalogue first"),
    "value": gettext_lazy("Highest value first"),
    "name": gettext_lazy("By name"),
    "nearest": gettext_lazy("Nearest first"),
}
_ROBOT = re.compile(r"bot|crawl|spider|slurp|curl|wget|python|http", re.IGNORECASE)


@require_safe
def find(request: HttpRequest) -> HttpResponseBase:
    """Hits for the question and filters of the address; `format=csv` gives them as a file."""
    asked, language = request.GET, translation.get_language() or ""
    if (canonical := narrowing.with_ability(asked)) is not None:
        return HttpResponseRedirect(canonical)
    question = questions.read(asked)
    if asked.get("format") == "csv":
        return _export(search.find(question.text, question.filters, limit=EXPORTED, language=language, facets=()))
    number = _number(asked.get("page"))
    first = (number - 1) * PAGE // SEEN * SEEN
    found = search.find(
        question.text, question.filters, limit=SEEN, offset=first, language=language, sort=question.sort
    )
    if question.sort == "relevance":
        found = replace(found, hits=search.varied(found.hits))
    if not found.total and not question.wrong and number == 1:
        _note(request, question)
    page = _page(found, number, first)
    facts = {
        "text": question.text,
        "found": found,
        "meant": [(text, f"?{urlencode({'q': text})}", total) for text, total in found.meant],
        "sort": question.sort,
        "orders": [(key, words) for key, words in ORDERS.items() if key != "nearest" or question.filters.near],
        "kept": [(name, value) for name in asked for value in asked.getlist(name) if name not in ("sort", "page")],
        "page": page,
        "wrong": question.wrong,
        "facets": narrowing.facets(asked, found),
        "ranges": narrowing.ranges(asked),
        "chips": narrowing.chips(asked, found),
        "examples": [_("mass spectrometer"), _("electron microscope"), _("gas chromatograph")],
        "address": questions.address(asked),
        "comparable": any(hit.kind == "instrument" for hit in page),
        "map": maps.of_hits(found.hits),
        "example": any(hit.synthetic for hit in page),
        "crumbs": [(_("Catalogue"), "")],
    }
    return render(request, "search/search.html", facts)


def _note(request: HttpRequest, question: questions.Question) -> None:
    """A question that a person sent and nothing answered is counted; robots and parts of pages are not people."""
    in_part = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    if question.text and not in_part and not _ROBOT.search(request.headers.get("User-Agent", "robot")):
        filters = {name: ",".join(request.GET.getlist(name)) for name in questions.PARTS if request.GET.get(name)}
        language = translation.get_language() or ""
        misses.record("search", question.text, day=timezone.localdate(), filters=filters, language=language)


def _number(text: str | None) -> int:
    number = int(text) if text and text.isdecimal() and len(text) < 6 else 1
    return max(1, min(number, 500))


def _page(found: search.Found, number: int, first: int) -> Page[search.Hit]:
    pages: Paginator[Any] = Paginator(range(min(found.total, 10_000)), PAGE)
    at = (min(number, pages.num_pages) - 1) * PAGE - first
    return Page(found.hits[max(at, 0) : max(at, 0) + PAGE], min(number, pages.num_pages), pages)


def _export(found: search.Found) -> HttpResponseBase:
    header = ("id", "kind", "name", "name_en", "institution", "place", "maker", "model", "class")
    rows = (
        (hit.key, hit.kind, hit.name, hit.name_en, hit.institution, hit.place, hit.maker, hit.model, hit.class_code)
        for hit in found.hits
    )
    return tables.as_csv(f"liqi-{len(found.hits)}-of-{found.total}", header, rows)
