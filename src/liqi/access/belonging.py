"""Who counts as a user from outside, and who looks after what."""

from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value

from liqi.access.models import Steward
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Facility, Institution, Instrument


def is_outside(organisation: Organisation | None, institution: Institution | None) -> bool:
    """Whether somebody of this organisation is a user from outside the institution.

    Inside is the institution's own organisation and every part of it, at any depth. Somebody who
    belongs nowhere is outside everywhere.
    """
    if organisation is None or institution is None or institution.organisation_id is None:
        return True
    seen: set[int] = set()
    step: Organisation | None = organisation
    while step is not None and step.pk not in seen:
        if step.pk == institution.organisation_id:
            return False
        seen.add(step.pk)
        step = step.parent
    return True


def looks_after(person: Person | None, instrument: Instrument) -> bool:
    """Whether the person is a steward of the instrument or of its facility, or runs the platform."""
    if person is None:
        return False
    if person.is_operator:
        return True
    place = Q(instrument=instrument)
    if instrument.facility_id is not None:
        place |= Q(facility=instrument.facility_id)
    return Steward.objects.filter(place, person=person).exists()


def looked_after_by(person: Person) -> QuerySet[Instrument]:
    """The instruments that the person looks after; for an operator those are all."""
    if person.is_operator:
        return Instrument.objects.all()
    mine = Steward.objects.filter(person=person)
    return Instrument.objects.filter(
        Q(pk__in=mine.filter(instrument__isnull=False).values("instrument"))
        | Q(facility__in=Facility.objects.filter(stewards__person=person))
    )


def marked(instruments: QuerySet[Instrument], person: Person | None) -> QuerySet[Instrument]:
    """The same instruments, each with ``cared``: whether the person looks after it; no query of its own."""
    if person is None or person.is_operator:
        return instruments.annotate(cared=Value(person is not None, output_field=BooleanField()))
    place = Q(instrument=OuterRef("pk")) | Q(facility=OuterRef("facility"))
    mine: Any = Exists(Steward.objects.filter(place, person=person))
    return instruments.annotate(cared=mine)
