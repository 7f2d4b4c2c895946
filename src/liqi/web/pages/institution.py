"""One institution: who it is, what it has, its facilities, its instruments."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue import editing
from liqi.catalogue.models import Institution, Instrument, RecordChange
from liqi.web import counted, histories, listed, maps, places, records, scripts

FACILITIES, CHANGES = 100, 5


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """Its names and place, what it has by class and value, its facilities, its instruments a page at a time."""
    institution = records.find(request, "institution", key, Institution.everything.select_related("parent"))
    if isinstance(institution, HttpResponse):
        return institution
    language = translation.get_language() or ""
    everything = Instrument.objects.filter(institution=institution)
    if file := listed.export(request, f"institution-{key}", everything):
        return file
    held = counted.read(f"institution/{institution.pk}", everything)
    person = records.person_of(request)
    may_edit = editing.may_edit(person, institution)
    contacts = institution.contacts.all() if may_edit else institution.contacts.filter(public=True)
    count = Count("instruments", filter=Q(instruments__removed_at=None))
    facilities = institution.facilities.filter(removed_at=None).annotate(count=count)
    changes = RecordChange.objects.filter(kind="institution", key=key).select_related("person")[:CHANGES]
    here = reverse("institution", args=[key])
    shown = listed.read(request, everything, total=held.total)
    facts = {
        "institution": institution,
        "may_edit": may_edit,
        "place": places.of(institution, language),
        "facilities": list(facilities.order_by("-count", "name", "id")[:FACILITIES]),
        "children": list(institution.children.filter(removed_at=None).order_by("name", "id")[:FACILITIES]),
        "contacts": list(contacts),
        "held": held,
        "bars": [
            counted.classes(held, language, lambda code: f"{here}?class={code}#instruments"),
            counted.makers(held, language),
            counted.bands(held, language),
        ],
        "listed": shown,
        "page": shown.page,
        "lines": histories.lines(changes, may_edit=may_edit),
        "map": maps.of_spots(held.spots, language) if len(held.spots) > 1 else maps.of_record(institution, language),
        "example": institution.synthetic or held.synthetic > 0,
        "crumbs": [
            (_("Institutions"), f"{reverse('search')}?kind=institution"),
            (scripts.name_of(institution, language), ""),
        ],
    }
    return render(request, "institution/show.html", facts)
