"""Who may change which records of the catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from liqi.accounts.models import Membership, Person
from liqi.catalogue.models import Institution

__all__ = ["editable", "institutions_of", "may_add_to", "may_edit"]


def may_edit(person: Person | None, record: Any) -> bool:
    """Whether the person is a lead of the record's institution, a steward of it or its facility, or an operator."""
    if person is None or not person.is_active:
        return False
    if person.is_operator:
        return True
    return editable(person, type(record)).filter(pk=record.pk).exists()


def editable(person: Person, model: type[Any]) -> QuerySet[Any]:
    """The records of this model that the person may edit, removed ones too; for an operator those are all."""
    rows: QuerySet[Any] = model.everything.all()
    if person.is_operator:
        return rows
    led = institutions_of(person)
    kind = model._meta.model_name
    if kind == "institution":
        return rows.filter(pk__in=led)
    if kind == "maker":
        return rows.none()
    mine = Q(institution__in=led)
    if kind in ("instrument", "facility"):  # stewardships are kept by access, and asked here by their relation
        mine |= Q(pk__in=person.stewardships.filter(**{f"{kind}__isnull": False}).values(kind))
    if kind in ("instrument", "service"):
        mine |= Q(facility__in=person.stewardships.filter(facility__isnull=False).values("facility"))
    return rows.filter(mine)


def may_add_to(person: Person | None, institution: Institution | None) -> bool:
    """Whether the person may make new records of this institution; of none, only an operator may."""
    if person is None or not person.is_active:
        return False
    if person.is_operator:
        return True
    return institution is not None and institutions_of(person).filter(pk=institution.pk).exists()


def institutions_of(person: Person) -> QuerySet[Institution]:
    """The institutions whose organisation, or the whole that it is part of, the person leads; an operator's are all."""
    if person.is_operator:
        return Institution.everything.all()
    leads = person.memberships.filter(role=Membership.Role.LEAD).values("organisation")
    return Institution.everything.filter(Q(organisation__in=leads) | Q(organisation__parent__in=leads))
