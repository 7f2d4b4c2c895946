"""One institution: who it is, its facilities, its instruments."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.catalogue.models import Institution
from liqi.web import maps, places, scripts

PAGE, FACILITIES = 50, 100


def show(request: HttpRequest, key: str) -> HttpResponse:
    """The institution's names and place, its facilities with their instruments counted, and its instruments."""
    institution = get_object_or_404(Institution.objects.select_related("parent"), key=key)
    language = translation.get_language() or ""
    instruments = institution.instruments.select_related("maker").order_by("name", "id")
    facilities = institution.facilities.annotate(count=Count("instruments")).order_by("-count", "name", "id")
    facts = {
        "institution": institution,
        "place": places.of(institution, language),
        "facilities": facilities[:FACILITIES],
        "page": Paginator(instruments, PAGE).get_page(request.GET.get("page")),
        "point": maps.of_record(institution, language),
        "example": institution.synthetic,
        "crumbs": [
            (_("Institutions"), f"{reverse('search')}?kind=institution"),
            (scripts.name_of(institution, language), ""),
        ],
    }
    return render(request, "institution/show.html", facts)
