"""The demand radar: classes that people asked for and did not get, the most asked first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.observatory import radar
from liqi.web import asked, tables

PAGE = 50
DAYS = (30, 90, 365, 1095)


def show(request: HttpRequest) -> HttpResponseBase:
    """The radar of the last so many days (`days`); `format=csv` gives it as a file."""
    days = asked.number(request.GET.get("days", ""))
    days = days if days in DAYS else radar.DAYS
    found = radar.read(now=timezone.now(), days=days)
    language = translation.get_language() or "en"
    if request.GET.get("format") == "csv":
        rows = (
            (one.class_code, one.count, one.searches, one.refusals, one.waits, one.checks, "; ".join(one.words))
            for one in found.echoes
        )
        return tables.as_csv("liqi-radar", ("class", "count", "searches", "refusals", "waits", "checks", "words"), rows)
    page = Paginator(found.echoes, PAGE).get_page(request.GET.get("page"))
    lines = [
        (one, taxonomy.label(one.class_code, language) if one.class_code else _("no class could be read"))
        for one in page
    ]
    total = sum(one.count for one in found.echoes)
    unknown = sum(one.count for one in found.echoes if not one.class_code)
    facts = {
        "page": page,
        "lines": lines,
        "found": found,
        "days": days,
        "choices": DAYS,
        "total": total,
        "unknown": unknown,
        "unknown_share": unknown / total if total else 0.0,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Firms, plans and pipelines"), reverse("boards")),
            (_("Demand radar"), ""),
        ],
    }
    return render(request, "boards/radar.html", facts)
