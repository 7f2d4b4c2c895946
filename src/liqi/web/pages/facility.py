"""One facility: what it is for, what it does for others, what stands in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue import editing
from liqi.catalogue.models import Facility, Instrument, RecordChange
from liqi.taxonomy import FACILITY_CLASSES, FACILITY_KINDS, FIELDS, STAGES
from liqi.web import counted, fieldnames, histories, listed, maps, places, records, scripts

PARTS, CHANGES = 50, 5
TEXTS = ("functions", "specification", "domestic_users", "foreign_users", "achievements")
"""Long texts of the national record, shown where they are filled."""


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """Its class, kind, stages and services, and its instruments, found by `find` and narrowed by `class`."""
    rows = Facility.everything.select_related("institution", "parent")
    facility = records.find(request, "facility", key, rows)
    if isinstance(facility, HttpResponse):
        return facility
    language = translation.get_language() or ""
    everything = Instrument.objects.filter(facility=facility)
    if file := listed.export(request, f"facility-{key}", everything):
        return file
    held = counted.read(f"facility/{facility.pk}", everything)
    may_edit = editing.may_edit(records.person_of(request), facility)
    contacts = facility.contacts.all() if may_edit else facility.contacts.filter(public=True)
    changes = RecordChange.objects.filter(kind="facility", key=key).select_related("person")[:CHANGES]
    here = reverse("facility", args=[key])
    shown = listed.read(request, everything, total=held.total)
    facts = {
        "facility": facility,
        "may_edit": may_edit,
        "place": places.of(facility, language),
        "facility_class": FACILITY_CLASSES.get(facility.facility_class),
        "kind": FACILITY_KINDS.get(facility.kind),
        "field": FIELDS.get(facility.field),
        "stages": [(term, code in facility.stages) for code, term in STAGES.items()],
        "services": facility.services.filter(removed_at=None).order_by("name", "id"),
        "parts": facility.parts.filter(removed_at=None).order_by("name", "id")[:PARTS],
        "contacts": list(contacts),
        "texts": [(fieldnames.label(name), getattr(facility, name)) for name in TEXTS if getattr(facility, name)],
        "held": held,
        "classes": counted.classes(held, language, lambda code: f"{here}?class={code}#instruments"),
        "listed": shown,
        "page": shown.page,
        "lines": histories.lines(changes, may_edit=may_edit),
        "point": maps.of_record(facility, language),
        "example": facility.synthetic,
        "crumbs": _crumbs(facility, language),
    }
    return render(request, "facility/show.html", facts)


def _crumbs(facility: Facility, language: str) -> list[tuple[str, str]]:
    crumbs = [(_("Facilities"), f"{reverse('search')}?kind=facility")]
    if facility.institution:
        name = scripts.name_of(facility.institution, language)
        crumbs.append((name, reverse("institution", args=[facility.institution.key])))
    return [*crumbs, (scripts.name_of(facility, language), "")]
