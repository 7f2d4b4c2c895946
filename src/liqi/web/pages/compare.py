"""Up to five instruments side by side: what they are, what each can do in the same unit, what differs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.web import comparison, tables

MOST, NEAR = 5, 6


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The instruments of `key=…` in that order; `only=differences` leaves out what is the same, `format=csv` a file."""
    language = translation.get_language() or ""
    asked = list(dict.fromkeys(key for key in request.GET.getlist("key") if key))
    rows = Instrument.objects.filter(key__in=asked[: MOST * 4]).select_related("institution", "facility", "maker")
    found = {instrument.key: instrument for instrument in rows.defer("source_row")}
    here = [found[key] for key in asked if key in found]
    shown = here[:MOST]
    only = request.GET.get("only") == "differences" and len(shown) > 1
    sections = comparison.sections(shown, language=language, now=timezone.now())
    if request.GET.get("format") == "csv" and shown:
        header = ("", *(f"{instrument.name} [{instrument.key}]" for instrument in shown))
        lines = [(row.label, *(cell.text for cell in row.cells)) for section in sections for row in section.rows]
        return tables.as_csv("compare", header, lines)
    if only:
        sections = [comparison.Section(one.title, [row for row in one.rows if row.differs]) for one in sections]
    keys = [instrument.key for instrument in shown]
    add = request.GET.get("add", "").strip()[:200]
    facts = {
        "shown": [(one, _address([key for key in keys if key != one.key])) for one in shown],
        "keys": keys,
        "sections": [section for section in sections if section.rows],
        "only": only,
        "toggle": _address(keys, **({} if only else {"only": "differences"})),
        "csv": _address(keys, format="csv"),
        "missing": [key for key in asked if key not in found],
        "too_many": len(here) - len(shown),
        "full": len(shown) >= MOST,
        "add": add,
        "near": _near(add, keys, language) if add and len(shown) < MOST else [],
        "example": any(instrument.synthetic for instrument in shown),
        "crumbs": [(_("Instruments"), reverse("instruments")), (_("Compare"), "")],
    }
    return render(request, "compare/show.html", facts)


def _near(add: str, keys: list[str], language: str) -> list[tuple[search.Hit, str]]:
    """Instruments that what was typed may mean, each with the address that adds it."""
    hits = search.find(add, search.Filters(kinds=("instrument",)), limit=NEAR, language=language, facets=()).hits
    return [(hit, _address([*keys, hit.key])) for hit in hits if hit.key not in keys]


def _address(keys: list[str], **more: Any) -> str:
    query = urlencode([*(("key", key) for key in keys), *more.items()])
    return f"{reverse('compare')}?{query}" if query else reverse("compare")
