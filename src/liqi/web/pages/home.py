"""The home page: what can I do here?"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liqi import methods, taxonomy
from liqi.catalogue import overview
from liqi.web import maps, needs

KEPT_S = 60
"""How long the figures of the home page are kept before they are counted again."""


def home(request: HttpRequest) -> HttpResponse:
    """One question box, what Liqi can answer, a map, four doors."""
    found = cache.get("home-overview")
    if found is None:
        found = overview.read()
        cache.set("home-overview", found, KEPT_S)
    language = translation.get_language() or ""
    facts = {
        "overview": found,
        "methods": len(methods.method_ids()),
        "examples": [*needs.examples(), _("cryo electron microscope")],
        "kinds": _kinds(found, language),
        "map": maps.of_spots(found.spots, language, world=True),
        "example": found.synthetic > 0,
    }
    return render(request, "home/home.html", facts)


def _kinds(found: overview.Overview, language: str) -> list[dict[str, Any]]:
    return [
        {
            "label": taxonomy.label(kind.class_code, language),
            "count": kind.instruments,
            "address": f"{reverse('search')}?{urlencode({'class': kind.class_code})}",
        }
        for kind in found.kinds
    ]
