"""One facility: what it is for, what it does for others, what stands in it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.catalogue.models import Facility
from liqi.taxonomy import FACILITY_CLASSES, FACILITY_KINDS, FIELDS, STAGES
from liqi.web import maps, places, scripts

PAGE = 50


def show(request: HttpRequest, key: str) -> HttpResponse:
    """The facility's class, kind, stages and services, and a list of its instruments."""
    facility = get_object_or_404(Facility.objects.select_related("institution", "parent"), key=key)
    language = translation.get_language() or ""
    instruments = facility.instruments.select_related("maker").order_by("name", "id")
    crumbs = []
    if facility.institution:
        name = scripts.name_of(facility.institution, language)
        crumbs.append((name, reverse("institution", args=[facility.institution.key])))
    facts = {
        "facility": facility,
        "place": places.of(facility, language),
        "facility_class": FACILITY_CLASSES.get(facility.facility_class),
        "kind": FACILITY_KINDS.get(facility.kind),
        "field": FIELDS.get(facility.field),
        "stages": [(term, code in facility.stages) for code, term in STAGES.items()],
        "services": facility.services.order_by("name", "id"),
        "page": Paginator(instruments, PAGE).get_page(request.GET.get("page")),
        "point": maps.of_record(facility, language),
        "example": facility.synthetic,
        "crumbs": [
            (_("Facilities"), f"{reverse('search')}?kind=facility"),
            *crumbs,
            (scripts.name_of(facility, language), ""),
        ],
    }
    return render(request, "facility/show.html", facts)
